package console

import (
	"context"
	"errors"
	"net/http"

	"engawa/handoff/staff"
)

// meView is one's own page: how things look, and where one is signed in.
type meView struct {
	Page    page
	Alarms  []alarmView
	Look    lookView
	Second  bool // a second factor can be set up
	Bells   *bellsView
	Own     *ownView
	Trouble string
}

type lookView struct{ Langs, Sizes, Themes, Keys []choiceView }

type sessionView struct {
	ID, Title, Says string
	This            bool
}

func (c *console) me(v *visit) error { return c.mePage(v, http.StatusOK, "") }

func (c *console) mePage(v *visit, status int, trouble string) error {
	return c.mePageWith(v, status, trouble, nil)
}

// mePageWith shows what was typed about being reached, where it could not be meant.
func (c *console) mePageWith(v *visit, status int, trouble string, typed *ownView) error {
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view := meView{Look: looks(v.Taste, say), Trouble: trouble, Second: c.Office != nil}
	var err error
	if view.Bells, err = c.bells(ctx, v, say); err != nil {
		return err
	}
	if view.Own = typed; typed == nil {
		if view.Own, err = c.own(ctx, v); err != nil {
			return err
		}
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "me", v.Alias)
	return c.render(v, status, "me", view)
}

// sessionViews are the browsers in which one is signed in.
func (c *console) sessionViews(ctx context.Context, v *visit, say sayer) (out []sessionView, err error) {
	sessions, err := c.Staff.Sessions(ctx, v.Name)
	if err != nil {
		return nil, err
	}
	now := c.now()
	for _, s := range sessions {
		one := sessionView{ID: s.ID, Title: say("me.other"), This: s.ID == v.Session.ID}
		if one.This {
			one.Title = say("me.this")
		}
		one.Says = say("me.sessionsays", "since", say.moment(s.Began.In(c.zone()), now), "last", say.moment(s.Seen.In(c.zone()), now))
		out = append(out, one)
	}
	return out, nil
}

// alarmsFor shows alarms on every page to those who read talks.
func (c *console) alarmsFor(ctx context.Context, v *visit, say sayer) ([]alarmView, error) {
	if !v.has(reads) {
		return nil, nil
	}
	return c.alarmViews(ctx, say)
}

func looks(t taste, say sayer) lookView {
	pick := func(name, chosen string, text func(string) string) []choiceView {
		var out []choiceView
		for _, v := range tastes[name] {
			out = append(out, choiceView{Value: v, Text: text(v), Chosen: v == chosen})
		}
		return out
	}
	return lookView{
		Langs:  pick("lang", t.Lang, func(v string) string { return map[string]string{"ja": "日本語", "en": "English"}[v] }),
		Sizes:  pick("size", t.Size, func(v string) string { return v + "%" }),
		Themes: pick("theme", t.Theme, func(v string) string { return say("me." + v) }),
		Keys:   pick("keys", t.Keys, func(v string) string { return say("me." + v) }),
	}
}

// password lets somebody choose their own. Their other sessions end.
func (c *console) password(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	say := c.pages.say(v.Taste.Lang)
	err := c.Staff.Change(v.Request().Context(), v.Token, v.form("old"), v.form("password"))
	var limited *staff.LimitedError
	switch {
	case errors.Is(err, staff.ErrPassword):
		return c.mePage(v, http.StatusUnprocessableEntity, say("me.short"))
	case errors.Is(err, staff.ErrDenied):
		return c.mePage(v, http.StatusUnprocessableEntity, say("me.wrong"))
	case errors.As(err, &limited):
		return c.mePage(v, http.StatusTooManyRequests, say("door.slow", "wait", say.wait(limited.After)))
	case err != nil:
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/me?did=password")
}

// endSession signs another device out.
func (c *console) endSession(v *visit) error {
	id, err := v.id()
	if err != nil {
		return err
	}
	if err := c.Staff.Revoke(v.Request().Context(), v.Name, id); err != nil {
		return err
	}
	c.hub.end(id)
	return v.Redirect(http.StatusSeeOther, "/me/devices?did=sessionended")
}

// helpView is the page behind "?".
type helpView struct {
	Page     page
	Alarms   []alarmView
	Chapters []chapter
	Heard    bool // the page of what is heard as urgent
}

type chapter struct {
	ID, Title string
	Texts     []string
}

// keyHelp is one key and the sentence that says what it does.
type keyHelp struct{ Key, Says string }

// keyTable is what keys.js and write.js listen to.
var keyTable = []keyHelp{
	{"?", "key.help"}, {"j", "key.down"}, {"k", "key.up"}, {"Enter", "key.enter"}, {"l", "key.line"},
	{"n", "key.fresh"}, {"p", "key.pause"}, {"o", "key.open"}, {"c", "key.claim"}, {"r", "key.answer"},
	{"Ctrl + Enter", "key.send"}, {"i", "key.pick"}, {"Ctrl + I", "key.pickin"}, {"m", "key.note"}, {"e", "key.extend"}, {"b", "key.back"}, {"s", "key.snooze"}, {"t", "key.ask"}, {"f", "key.filter"},
	{"u", "key.undo"}, {"+", "key.new"}, {"a", "key.ack"}, {"Esc", "key.esc"},
}

func (c *console) help(v *visit) error {
	say := c.pages.say(v.Taste.Lang)
	alarms, err := c.alarmsFor(v.Request().Context(), v, say)
	if err != nil {
		return err
	}
	view := helpView{Page: c.fullPage(v, "help", say("help.title")), Alarms: alarms, Heard: c.Heard != nil}
	for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
		view.Chapters = append(view.Chapters, chapter{
			ID: "help-" + n, Title: say("help." + n + ".title"), Texts: []string{say("help." + n + ".a"), say("help." + n + ".b")},
		})
	}
	return c.render(v, http.StatusOK, "help", view)
}
