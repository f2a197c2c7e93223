package emulator

import "net/http"

// content is what a resident attached.
type content struct {
	data    []byte
	kind    string // Content-Type
	gone    bool   // unsent
	waiting int    // how often to answer 202 first
}

// Prepare makes the next times requests for a message's content find it still
// in the making, as LINE does with large videos.
func (e *Emulator) Prepare(messageID string, times int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.media[messageID]; c != nil {
		c.waiting = times
	}
}

func (e *Emulator) contentBytes(c *call) answer { return e.attached(c, false) }

// contentPreview gives the same bytes: the emulator does not shrink pictures.
func (e *Emulator) contentPreview(c *call) answer { return e.attached(c, true) }

func (e *Emulator) attached(c *call, preview bool) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.media[c.r.PathValue("id")]
	switch {
	case m == nil:
		return fail(http.StatusNotFound, wordsNotFound)
	case m.gone:
		return fail(http.StatusGone, "The message was unsent")
	case preview && !m.picture():
		return fail(http.StatusNotFound, wordsNotFound)
	case m.waiting > 0:
		m.waiting--
		return answer{status: http.StatusAccepted, body: empty{}}
	}
	return answer{status: http.StatusOK, header: map[string]string{"Content-Type": m.kind}, body: m.data}
}

func (e *Emulator) contentState(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.media[c.r.PathValue("id")]
	if m == nil {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	if m.gone {
		return fail(http.StatusGone, "The message was unsent")
	}
	if m.waiting > 0 {
		return ok(map[string]string{"status": "processing"})
	}
	return ok(map[string]string{"status": "succeeded"})
}

// picture tells whether there is a preview: images and videos have one.
func (m *content) picture() bool {
	return len(m.kind) > 6 && (m.kind[:6] == "image/" || m.kind[:6] == "video/")
}
