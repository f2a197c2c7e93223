package main

import (
	"sync/atomic"

	"engawa/flows"
)

// tidings are what everybody is told just now, and the page that says it without a store.
type tidings struct {
	leaflet leaflet
	notice  atomic.Pointer[flows.Notice]
}

// noticeNow is what the house tells everybody just now, from memory: it holds while
// the store is down, and ends by itself.
func (h *house) noticeNow() flows.Notice {
	if n := h.notice.Load(); n != nil {
		return *n
	}
	return flows.Notice{}
}
