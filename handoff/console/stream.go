package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// pulse is how often a stream shows that it lives and looks whether its session does.
const pulse = 15 * time.Second

// slow is how long a browser may take to receive one piece of news.
const slow = 5 * time.Second

// live tells an open page that something has changed, until the page goes away,
// its session ends or the house shuts down.
func (c *console) live(v *visit) error {
	ids, err := shownCases(v)
	if err != nil {
		return err
	}
	s, err := c.hub.join(v.Session.ID)
	if err != nil {
		return err
	}
	defer c.hub.leave(s)
	out := &newsWriter{visit: v, control: http.NewResponseController(v.Response())}
	if err := out.begin(); err != nil {
		return err
	}
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	s.wake <- struct{}{}
	for err == nil {
		select {
		case <-v.Request().Context().Done():
			return nil
		case <-c.hub.done:
			return nil
		case <-s.over:
			return quiet(out.send("out", "{}"))
		case <-s.wake:
			err = out.news(c, ids)
		case <-beat.C:
			err = out.beat(c)
		}
	}
	return quiet(err)
}

// quiet: a browser that has gone away is not a fault, and the answer has begun.
func quiet(error) error { return nil }

// newsWriter is the one writer of a stream.
type newsWriter struct {
	*visit
	control *http.ResponseController
	last    string
}

func (w *newsWriter) begin() error {
	// A stream is read and written for longer than a page may take.
	if err := w.control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	h := w.Response().Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	w.Response().WriteHeader(http.StatusOK)
	return nil
}

func (w *newsWriter) send(event, data string) error {
	if err := w.control.SetWriteDeadline(time.Now().Add(slow)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprintf(w.Response(), "event: %s\ndata: %s\n\n", event, data); err != nil {
		return err
	}
	return w.control.Flush()
}

// casesPerStream is how many talks the tabs of one browser hear of.
const casesPerStream = 16

// shownCases are the talks that the tabs of this browser show.
func shownCases(v *visit) ([]flows.CaseID, error) {
	asked := v.QueryParams()["case"]
	if len(asked) > casesPerStream {
		return nil, errMissing
	}
	ids := make([]flows.CaseID, len(asked))
	for i, id := range asked {
		if !idShape.MatchString(id) {
			return nil, errMissing
		}
		ids[i] = flows.CaseID(id)
	}
	return ids, nil
}

// seatOf names a sign-in to the tabs of its own browser, and to nobody else.
func seatOf(session string) string {
	sum := sha256.Sum256([]byte("seat|" + session))
	return hex.EncodeToString(sum[:8])
}

// news sends the marks of what the pages show, each talk's under its name, unless
// they are the same as before.
func (w *newsWriter) news(c *console, ids []flows.CaseID) error {
	marks := map[string]string{}
	for _, id := range ids {
		_, mark := c.hub.now(id)
		mark, err := w.caseMark(c, id, mark)
		if err != nil {
			return nil // the next news or the page's own asking brings it
		}
		marks[string(id)] = mark
	}
	n, _ := c.hub.now("")
	marks["line"], marks["alarms"] = n.Line, n.Alarms
	body, err := json.Marshal(marks)
	if err != nil || string(body) == w.last {
		return err
	}
	w.last = string(body)
	return w.send("news", w.last)
}

// caseMark differs when the case of this page does, or what became of an answer. The
// hub knows those that wait or are in hands; of a closed one the words may go too.
func (w *newsWriter) caseMark(c *console, id flows.CaseID, known string) (string, error) {
	ctx := w.Request().Context()
	if known == "" {
		row, err := c.Desk.Get(ctx, id)
		if errors.Is(err, handoff.ErrUnknown) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		known = revOf(row.Case, false)
	}
	fates, err := c.Desk.Fates(ctx, id)
	if err != nil {
		return "", err
	}
	sum := fnv.New64a()
	for _, event := range slices.Sorted(maps.Keys(fates)) {
		fmt.Fprint(sum, event, fates[event].State, fates[event].Why)
	}
	if err := errors.Join(w.heldMark(ctx, c, id, sum), w.eyesMark(ctx, c, id, sum)); err != nil {
		return "", err
	}
	return known + fmt.Sprintf("%x", sum.Sum64()), nil
}

// beat says that the stream lives, or that the session does not.
func (w *newsWriter) beat(c *console) error {
	ctx, stop := context.WithTimeout(w.Request().Context(), slow)
	defer stop()
	if _, err := c.Staff.Session(ctx, w.Token); errors.Is(err, staff.ErrSession) {
		if err := w.send("out", "{}"); err != nil {
			return err
		}
		return staff.ErrSession
	}
	return w.send("beat", "{}")
}

// piecesView is the part of a page that its script asked for.
type piecesView struct {
	deskView
	want []string
}

// Wants says whether a piece was asked for.
func (p piecesView) Wants(name string) bool { return slices.Contains(p.want, name) }

// piecesOf gives the pieces of a page that may have changed. It opens nothing.
func (c *console) piecesOf(v *visit) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	id := flows.CaseID(v.QueryParam("case"))
	if id != "" && !idShape.MatchString(string(id)) {
		return errMissing
	}
	view := piecesView{want: strings.Split(v.QueryParam("want"), ",")}
	var err error
	if view.Wants("line") {
		if view.Line, err = c.lineView(ctx, v, id, say); err != nil {
			return err
		}
	}
	if view.Wants("alarms") {
		if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
			return err
		}
	}
	if view.Wants("told") {
		if view.Told, err = c.toldViews(ctx, v, say); err != nil {
			return err
		}
	}
	if view.Wants("case") && id != "" {
		if view.Case, err = c.caseView(v, id, say); err != nil {
			return err
		}
	}
	return c.renderPart(v, http.StatusOK, "desk", "pieces", view)
}
