package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"engawa/handoff/practice"
)

// The practice asks nothing of the desk, the store or the talk: what is written there
// comes with the page's own form and goes with it.
var practiceRoutes = []route{
	{http.MethodGet, "/practice", speaks, (*console).practiceLine},
	{http.MethodGet, "/practice/:id", speaks, (*console).practiceTalk},
	{http.MethodPost, "/practice/:id", speaks, (*console).practiceAct},
}

// practiceView is the line of people who do not exist, or the talk with one of them.
type practiceView struct {
	Page    page
	Alarms  []alarmView
	Lang    string
	People  []practiceRow
	Talk    *practice.Talk
	Who     practiceRow
	Done    []string // what was done so far, as the form carries it
	Lines   []practiceLine
	Draft   string
	Trouble string
}

type practiceRow struct {
	ID, Alias, About, Topic, Reason, Since string
	Clear                                  bool
}

type practiceLine struct {
	By, Text string
	You, Tip bool
}

func (c *console) practiceLine(v *visit) error {
	people, err := practice.People()
	if err != nil {
		return err
	}
	view := practiceView{}
	for _, p := range people {
		view.People = append(view.People, c.practiceRow(v, p))
	}
	return c.practicePage(v, http.StatusOK, view)
}

func (c *console) practiceTalk(v *visit) error { return c.practicePlay(v, nil) }

// practiceAct does one more thing after all those that the form brings along.
func (c *console) practiceAct(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	var acts []practice.Act
	for _, done := range v.Request().PostForm["done"] {
		acts = append(acts, practice.Parse(done))
	}
	return c.practicePlay(v, acts, practice.Act{Do: practice.Do(v.form("do")), Words: v.form("words")})
}

func (c *console) practicePlay(v *visit, acts []practice.Act, next ...practice.Act) error {
	people, err := practice.People()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(people, func(p practice.Person) bool { return p.ID == v.Param("id") })
	if i < 0 {
		return errMissing
	}
	say, view, status := c.pages.say(v.Taste.Lang), practiceView{Who: c.practiceRow(v, people[i])}, http.StatusOK
	done := slices.Concat(acts, next)
	talk, err := practice.Play(people[i], done, v.Taste.Lang)
	if err != nil { // what stood before stays, and the words
		status, view.Trouble, view.Draft, done = http.StatusUnprocessableEntity, say(practiceTrouble(err)), v.form("words"), acts
		if talk, err = practice.Play(people[i], done, v.Taste.Lang); err != nil {
			return errBad
		}
	}
	for _, a := range done {
		view.Done = append(view.Done, a.String())
	}
	view.Talk, view.Lines = &talk, practiceLines(talk, view.Who.Alias, say("by.staff", "staff", v.Alias), say("practice.tip"))
	return c.practicePage(v, status, view)
}

func practiceLines(talk practice.Talk, they, you, colleague string) (out []practiceLine) {
	for _, l := range talk.Lines {
		by := map[practice.By]string{practice.Them: they, practice.You: you, practice.Tip: colleague}[l.By]
		out = append(out, practiceLine{By: by, Text: l.Text, You: l.By == practice.You, Tip: l.By == practice.Tip})
	}
	return out
}

func practiceTrouble(err error) string {
	switch {
	case errors.Is(err, practice.ErrEmpty):
		return "practice.empty"
	case errors.Is(err, practice.ErrLong):
		return "practice.long"
	}
	return "practice.not"
}

func (c *console) practiceRow(v *visit, p practice.Person) practiceRow {
	lang := v.Taste.Lang
	return practiceRow{ID: p.ID, Alias: p.Alias.In(lang), About: p.About.In(lang), Topic: p.Topic.In(lang), Reason: p.Reason.In(lang), Clear: p.Clear,
		Since: c.pages.say(lang)("practice.waits", "n", p.Waits)}
}

func (c *console) practicePage(v *visit, status int, view practiceView) error {
	say := c.pages.say(v.Taste.Lang)
	var err error
	if view.Alarms, err = c.alarmsFor(v.Request().Context(), v, say); err != nil { // real ones ring here too
		return err
	}
	title := say("practice.title")
	if view.Talk != nil {
		title = say("practice.with", "alias", view.Who.Alias)
	}
	view.Page, view.Lang = c.fullPage(v, "practice", title), cmp.Or(v.Taste.Lang, "ja")
	return c.render(v, status, "practice", view)
}
