package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"engawa/handoff/alarm/push"
)

// Bells are the browsers that ring although nobody looks at the console; *push.Store
// is one. Without it nobody is offered any.
type Bells interface {
	Key(ctx context.Context) (string, error)
	Of(ctx context.Context, account string) ([]push.Browser, error)
	Put(ctx context.Context, account string, b push.Browser) error
	Change(ctx context.Context, account, id string, waiting bool, from, to int) error
	Drop(ctx context.Context, account, id string) error
	Try(ctx context.Context, account, id string) error
}

var bellRoutes = []route{
	{http.MethodGet, "/push.js", anyone, (*console).pushScript},
	{http.MethodPost, "/me/bells", reads, (*console).bellOn},
	{http.MethodPost, "/me/bells/:id", reads, (*console).bellChange},
	{http.MethodPost, "/me/bells/:id/off", reads, (*console).bellOff},
	{http.MethodPost, "/me/bells/:id/try", reads, (*console).bellTry},
}

// bellsView is the part of one's own page about browsers that ring.
type bellsView struct {
	Key      string
	Browsers []bellView
}

type bellView struct {
	ID, Title, Since string
	Waiting          bool
	From, To         string // "22:00"; both empty: never quiet
}

// bells shows one's own; nil where the house has none.
func (c *console) bells(ctx context.Context, v *visit, say sayer) (*bellsView, error) {
	if c.Bells == nil || !v.has(reads) {
		return nil, nil
	}
	key, err := c.Bells.Key(ctx)
	if err != nil {
		return nil, err
	}
	mine, err := c.Bells.Of(ctx, v.Name)
	if err != nil {
		return nil, err
	}
	view := &bellsView{Key: key}
	for i, b := range mine {
		one := bellView{ID: b.ID, Title: say("bell.one", "n", i+1), Waiting: b.Waiting,
			Since: say("bell.since", "since", say.moment(b.Since.In(c.zone()), c.now()))}
		if b.From != b.To {
			one.From, one.To = clockOf(b.From), clockOf(b.To)
		}
		view.Browsers = append(view.Browsers, one)
	}
	return view, nil
}

// pushScript is what a browser runs when it is rung. It lies at the root under a
// name that stays: a browser comes back to it long after a release.
func (c *console) pushScript(v *visit) error {
	v.Response().Header().Set("Cache-Control", "no-cache")
	return v.Blob(http.StatusOK, mediaTypes[".js"], c.pages.files["push.js"])
}

// bellOn switches this browser on. A script sends it: only the browser itself knows
// where it can be rung.
func (c *console) bellOn(v *visit) error {
	if c.Bells == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	err := c.Bells.Put(v.Request().Context(), v.Name, push.Browser{
		Lang: v.Taste.Lang, Endpoint: v.form("endpoint"), P256dh: v.form("p256dh"), Auth: v.form("auth"),
	})
	switch {
	case errors.Is(err, push.ErrHost):
		return v.NoContent(http.StatusForbidden)
	case errors.Is(err, push.ErrMany):
		return v.NoContent(http.StatusConflict)
	case errors.Is(err, push.ErrBrowser):
		return v.NoContent(http.StatusUnprocessableEntity)
	case err != nil:
		return err
	}
	return v.NoContent(http.StatusNoContent)
}

// bellChange sets when one of one's own browsers rings.
func (c *console) bellChange(v *visit) error {
	return c.bellAct(v, "bellchanged", func(ctx context.Context, id string) error {
		from, to, ok := quietOf(v.form("from"), v.form("to"))
		if !ok {
			return push.ErrBrowser
		}
		return c.Bells.Change(ctx, v.Name, id, v.form("waiting") == "yes", from, to)
	})
}

func (c *console) bellOff(v *visit) error {
	return c.bellAct(v, "belloff", func(ctx context.Context, id string) error { return c.Bells.Drop(ctx, v.Name, id) })
}

func (c *console) bellTry(v *visit) error {
	return c.bellAct(v, "belltried", func(ctx context.Context, id string) error { return c.Bells.Try(ctx, v.Name, id) })
}

func (c *console) bellAct(v *visit, did string, do func(context.Context, string) error) error {
	if c.Bells == nil {
		return errMissing
	}
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	id, err := v.id()
	if err != nil {
		return err
	}
	err = do(v.Request().Context(), id)
	say := c.pages.say(v.Taste.Lang)
	switch {
	case errors.Is(err, push.ErrUnknown):
		return errMissing
	case errors.Is(err, push.ErrBrowser):
		return c.mePage(v, http.StatusUnprocessableEntity, say("bell.badtime"))
	case err != nil && did == "belltried":
		return c.mePage(v, http.StatusBadGateway, say("bell.notried"))
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/me?did="+did)
}

// quietOf reads when a browser is quiet; both empty is never.
func quietOf(from, to string) (f, t int, ok bool) {
	if from == "" && to == "" {
		return 0, 0, true
	}
	f, okF := minuteOf(from)
	t, okT := minuteOf(to)
	return f, t, okF && okT
}

// minuteOf reads "22:00".
func minuteOf(clock string) (int, bool) {
	t, err := time.Parse("15:04", strings.TrimSpace(clock))
	return t.Hour()*60 + t.Minute(), err == nil
}

func clockOf(minute int) string {
	two := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	return two(minute/60) + ":" + two(minute%60)
}
