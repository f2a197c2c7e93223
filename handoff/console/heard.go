package console

import (
	"net/http"

	"engawa/flows"
)

// Heard is one kind of danger with the rules that take a text for it.
type Heard struct {
	Danger flows.Urgency
	Level  flows.Level
	Rules  []HeardRule
	Others []string // a sentence each of the rules in other languages
}

// HeardRule is a rule as a supervisor reads it.
type HeardRule struct {
	ID, Reason string
	Examples   []string // sentences that it must see
}

// The rules hold nobody's words, so everybody who works here may know what is heard.
var heardRoutes = []route{{http.MethodGet, "/help/urgent", signedIn, (*console).heard}}

// heardView is the page of what is taken for a cry for help.
type heardView struct {
	Page   page
	Alarms []alarmView
	Kinds  []heardKind
}

type heardKind struct {
	ID, Title string
	Heard
}

func (c *console) heard(v *visit) error {
	if c.Heard == nil {
		return errMissing
	}
	say := c.pages.say(v.Taste.Lang)
	alarms, err := c.alarmsFor(v.Request().Context(), v, say)
	if err != nil {
		return err
	}
	view := heardView{Page: c.fullPage(v, "help", say("heard.title")), Alarms: alarms}
	for _, h := range c.Heard() {
		view.Kinds = append(view.Kinds, heardKind{
			ID:    string(h.Danger) + "-" + string(h.Level),
			Title: say("heard."+string(h.Danger)) + "・" + say("heard."+string(h.Level)),
			Heard: h,
		})
	}
	return c.render(v, http.StatusOK, "heard", view)
}
