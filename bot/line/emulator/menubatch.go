package emulator

import "net/http"

// LINE takes few of these: each may touch every user of an account.
var menuBatches = rate{3, 3600e9}

// menuBatch gives all who have one menu of their own another one, or none. LINE
// does it later; here it is done when the answer comes.
func (e *Emulator) menuBatch(c *call) answer {
	v, problems, err := check("RichMenuBatchRequest", c.body)
	if a, bad := unreadable(problems, err); bad {
		return a
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, op := range items(v, "operations") {
		if to := text(op, "to"); to != "" && (e.menus[to] == nil || e.menus[to].image == nil) {
			return fail(http.StatusBadRequest, "richmenu not found")
		}
		for _, t := range e.talks {
			if t.menu != "" && (text(op, "type") == "unlinkAll" || t.menu == text(op, "from")) {
				t.menu = text(op, "to")
			}
		}
	}
	e.batches[c.id] = c.now
	e.wake()
	return answer{status: http.StatusAccepted, body: empty{}}
}

func (e *Emulator) menuBatchProgress(c *call) answer {
	e.mu.Lock()
	defer e.mu.Unlock()
	at, known := e.batches[c.r.URL.Query().Get("requestId")]
	if !known {
		return fail(http.StatusNotFound, wordsNotFound)
	}
	return ok(map[string]any{"phase": "succeeded", "acceptedTime": at, "completedTime": at})
}
