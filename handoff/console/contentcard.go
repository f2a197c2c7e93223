package console

import (
	"net/http"
	"net/url"
	"strings"
)

// cardView is one card with what may be changed of it.
type cardView struct {
	Page    page
	Alarms  []alarmView
	Trouble []string
	Mends   bool
	ID      string
	Offer   offerView
	Seen    int64
	Fields  []fieldView
}

type fieldView struct {
	Name, Label, Hint, Value string
	Long                     bool
}

func (c *console) card(v *visit) error { return c.cardPage(v, http.StatusOK, nil) }

func (c *console) cardPage(v *visit, status int, trouble []string) error {
	id, err := v.id()
	if err != nil || c.Content == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	o, err := c.Content.Card(ctx, id)
	if err != nil {
		return err
	}
	view := cardView{ID: o.ID, Offer: c.offerView(o, say), Seen: o.Seen, Trouble: trouble, Mends: v.has(repairs) && !o.Always}
	for _, name := range offerFields {
		f := fieldView{Name: name, Label: say("field." + name), Value: o.Fields[name], Long: name == "arrive" || name == "lead"}
		if hint := say("hint." + name); hint != "hint."+name {
			f.Hint = hint
		}
		if typed, again := v.Request().PostForm[name]; again && len(typed) > 0 { // nobody types it twice
			f.Value = typed[0]
		}
		view.Fields = append(view.Fields, f)
	}
	if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "content", o.Title)
	return c.render(v, status, "card", view)
}

// changeCard changes what was changed in the form, and nothing else.
func (c *console) changeCard(v *visit) error {
	id, err := v.id()
	if err != nil || c.Content == nil {
		return errMissing
	}
	seen, err := v.seen()
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for _, name := range offerFields {
		now, was := strings.TrimSpace(v.form(name)), strings.TrimSpace(v.form("was."+name))
		if now != was {
			fields[name] = now
		}
	}
	if err := c.Content.Change(v.Request().Context(), id, seen, fields, v.Name); err != nil {
		return c.contentRefused(v, err, c.cardPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content/card/"+url.PathEscape(id)+"?did=mended")
}

// draftView is one file of sentences to be read aloud and confirmed.
type draftView struct {
	Page    page
	Alarms  []alarmView
	Trouble []string
	Mends   bool
	Draft   Draft
	Lang    string
	Both    bool // it is a translation: the Japanese stands beside it
	Name    string
}

func (c *console) draft(v *visit) error { return c.draftPage(v, http.StatusOK, nil) }

func (c *console) draftPage(v *visit, status int, trouble []string) error {
	if c.Content == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	file := v.QueryParam("file")
	if f := v.form("file"); f != "" {
		file = f
	}
	d, err := c.Content.Draft(ctx, file)
	if err != nil {
		return err
	}
	view := draftView{Draft: d, Trouble: trouble, Mends: v.has(repairs), Lang: langName(d.Lang, say), Both: d.Lang != "ja", Name: v.Alias}
	if view.Alarms, err = c.alarmViews(ctx, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "content", say("draft.title"))
	return c.render(v, status, "draft", view)
}

// confirmDraft: a named person has read these very sentences.
func (c *console) confirmDraft(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	name := strings.TrimSpace(v.form("name"))
	if name == "" || len([]rune(name)) > 40 {
		return c.draftPage(v, http.StatusUnprocessableEntity, []string{c.pages.say(v.Taste.Lang)("content.noname")})
	}
	if c.Content == nil {
		return errMissing
	}
	if err := c.Content.Confirm(v.Request().Context(), v.form("file"), v.form("hash"), name, v.Name); err != nil {
		return c.contentRefused(v, err, c.draftPage)
	}
	return v.Redirect(http.StatusSeeOther, "/content?did=confirmed")
}
