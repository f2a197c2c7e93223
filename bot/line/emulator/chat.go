package emulator

import (
	"net/http"
	"slices"
	"time"
)

// loading shows the three dots to one person, until the next message or the time is up.
func (e *Emulator) loading(c *call) answer {
	v, problems, err := check("ShowLoadingAnimationRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	seconds := whole64(v, "loadingSeconds")
	if v["loadingSeconds"] == nil {
		seconds = 20
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talks[text(v, "chatId")]
	if t == nil || t.group {
		return fail(http.StatusBadRequest, "The chatId is not one of a person")
	}
	t.loading = c.now.Add(time.Duration(seconds) * time.Second)
	e.wake()
	return answer{status: http.StatusAccepted, body: empty{}}
}

func (e *Emulator) markAsRead(c *call) answer {
	v, problems, err := check("MarkMessagesAsReadByTokenRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	upTo, known := e.markers[text(v, "markAsReadToken")]
	if !known {
		return fail(http.StatusBadRequest, "Invalid markAsReadToken")
	}
	if e.opt.Chat && upTo != nil {
		e.readUpTo(upTo)
	}
	return ok(empty{})
}

// readUpTo marks a person's message and all that they wrote before it; mu is held.
func (e *Emulator) readUpTo(last *entry) {
	for _, n := range last.talk.entries[:slices.Index(last.talk.entries, last)+1] {
		if n.Mine && !n.Read {
			n.Read = true
			e.touch(n)
		}
	}
	e.wake()
}

// Read tells whether 既読 stands at the newest message that shows certain words.
func (e *Emulator) Read(user, words string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talks[user]
	if t == nil {
		return false
	}
	for _, n := range slices.Backward(t.entries) {
		if n.Mine && n.Text == words {
			return n.Read
		}
	}
	return false
}

// Loading tells whether the three dots are on a person's screen.
func (e *Emulator) Loading(user string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talks[user]
	return t != nil && e.now().Before(t.loading)
}
