package console

import (
	"context"
	"net/http"
	"time"
)

// Releases is what is in force, what could be, and what was done so far.
type Releases interface {
	Standing(ctx context.Context) (Standing, error)
	// Publish begins to check the folder and puts it in force. Where the house asks
	// for two, the first call only says who asks and the second, by somebody else, does it.
	Publish(ctx context.Context, hash, by string) error
	Recall(ctx context.Context, hash, by string) error
}

// Standing is the release in force and the folder that could be the next one.
type Standing struct {
	Hash, By, Second string // "" = nothing has been published: the built-in words speak
	At               time.Time
	Since            []string // what it changed, in words
	Next             string   // hash of the folder on this machine; "" = it is the one in force
	Faulty           []string // why that folder cannot be published
	Would            []string // what it would change
	Two              bool     // the house asks for two people
	Asked            string   // who has asked for Next to be published
	Try              Try
	Back             bool // there is an earlier one to go back to
	Log              []Done
}

// Try is what became of the last attempt to publish.
type Try struct {
	By    string
	At    time.Time
	State string // "", checking, refused
	Why   []string
}

// Done is one line of what was done.
type Done struct {
	At         time.Time
	Do         string // publish, recall, edit
	By, Second string
	What       string // edit: file and value; else the release
}

// releasesView is the page of what is in force.
type releasesView struct {
	Page      page
	Alarms    []alarmView
	Trouble   []string
	Publishes bool
	Standing  Standing
	Since     string
	Tried     string
	Mine      bool // I have asked for it myself
	Log       []doneView
}

type doneView struct{ Time, ISO, Text, What string }

func (c *console) releases(v *visit) error { return c.releasesPage(v, http.StatusOK, nil) }

func (c *console) releasesPage(v *visit, status int, trouble []string) error {
	if c.Content == nil {
		return errMissing
	}
	ctx, say, now := v.Request().Context(), c.pages.say(v.Taste.Lang), c.now()
	s, err := c.Content.Standing(ctx)
	if err != nil {
		return err
	}
	view := releasesView{Standing: s, Trouble: trouble, Publishes: v.has(publishes), Mine: s.Asked == v.Name, Since: say("release.builtin")}
	if s.Hash != "" {
		view.Since = say("release.since", "when", say.moment(s.At.In(c.zone()), now), "by", twoNames(s.By, s.Second))
	}
	if s.Try.State != "" {
		view.Tried = say("release."+s.Try.State, "when", say.moment(s.Try.At.In(c.zone()), now), "by", s.Try.By)
	}
	for _, d := range s.Log {
		at := d.At.In(c.zone())
		view.Log = append(view.Log, doneView{Time: say.moment(at, now), ISO: at.Format(time.RFC3339), Text: say("release.did."+d.Do, "by", twoNames(d.By, d.Second)), What: d.What})
	}
	if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "content", say("release.title"))
	return c.render(v, status, "releases", view)
}

func twoNames(by, second string) string {
	if second == "" {
		return by
	}
	return by + "・" + second
}

func (c *console) publish(v *visit) error { return c.moveRelease(v, Releases.Publish, "publishing") }

func (c *console) recall(v *visit) error { return c.moveRelease(v, Releases.Recall, "recalled") }

// moveRelease publishes or recalls the release that the form has shown.
func (c *console) moveRelease(v *visit, do func(Releases, context.Context, string, string) error, did string) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	hash := v.form("hash")
	if c.Content == nil || !idShape.MatchString(hash) {
		return errBad
	}
	if err := do(c.Content, v.Request().Context(), hash, v.Name); err != nil {
		return c.contentRefused(v, err, c.releasesPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content/releases?did="+did)
}
