package console

import (
	"net/http"
	"slices"
	"strings"
)

// ownLine are the forms whose line in the book is written by the script that does
// the act; silent are those that change nothing for anybody else.
var (
	ownLine = []string{
		"/case/:id/open", "/case/:id/claim", "/case/:id/answer", "/case/:id/extend", "/case/:id/return", "/case/:id/handback",
		"/case/:id/close", "/case/:id/snooze", "/case/:id/ask", "/case/:id/askgroup", "/case/:id/unask", "/case/:id/accept",
		"/case/:id/decline", "/case/:id/note", "/case/:id/identify", "/case/:id/yield", "/case/:id/goon", "/case/:id/erase", "/case/:id/pause", "/case/:id/resume", "/case/:id/eyes", "/case/:id/watch", "/case/:id/relieve", "/case/:id/whisper", "/case/:id/room",
		"/people", "/people/:id/edit", "/people/:id/reset", "/people/:id/disable", "/people/:id/enable", "/people/:id/sessions/end",
		"/book/export", "/areas/save", "/areas/retire", "/areas/back", "/me/password", "/me/second/begin", "/me/second/confirm", "/me/second/codes", "/me/second/drop", "/people/:id/second/drop", "/me/devices/end", "/me/sessions/:id/end", "/first", "/sign-out", "/sign-in", "/sign-in/code",
	}
	silent = []string{previewPath, "/practice/:id", "/look", "/noticed", "/case/:id/writing", "/case/:id/picks", "/me/bells", "/me/bells/:id", "/me/bells/:id/off", "/me/bells/:id/try"}
)

// wrote puts what a form has just changed into the book, where no script has done
// so: every change has its line, also that of a form which is new.
func (c *console) wrote(v *visit, r route) error {
	if c.Office == nil || c.Office.Book == nil || r.method != http.MethodPost || v.Name == "" || v.Response().Status >= http.StatusBadRequest ||
		slices.Contains(ownLine, r.path) || slices.Contains(silent, r.path) {
		return nil
	}
	on := v.Param("id")
	if !idShape.MatchString(on) {
		on = ""
	}
	if err := c.Office.Book.Write(v.Request().Context(), v.Name, actOf(r.path), on, ""); err != nil {
		// It is done and told; an answer that failed now would have it done twice.
		c.Log.Error("console: the book lacks a line", "what", actOf(r.path), "err", err)
	}
	return nil
}

// actOf names a form in the book: "/hours/week" is "hours-week".
func actOf(path string) string {
	return strings.ReplaceAll(strings.Trim(strings.ReplaceAll(path, "/:id", ""), "/"), "/", "-")
}
