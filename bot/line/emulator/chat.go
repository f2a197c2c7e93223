package emulator

import (
	"net/http"
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
	if !e.markers[text(v, "markAsReadToken")] {
		return fail(http.StatusBadRequest, "Invalid markAsReadToken")
	}
	return ok(empty{})
}

// Loading tells whether the three dots are on a person's screen.
func (e *Emulator) Loading(user string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talks[user]
	return t != nil && e.now().Before(t.loading)
}
