package console

import (
	"net/http"
	"time"

	"engawa/handoff/staff"
)

// Finding is one thing that the house has looked at in itself.
type Finding struct {
	Name string `json:"name"`
	Good bool   `json:"good"`
	Ja   string `json:"ja"`
	En   string `json:"en"`
}

// Checkup is the last daily examination of the house.
type Checkup struct {
	At       time.Time `json:"at"` // zero: there was none
	Findings []Finding `json:"findings"`
	Silent   time.Time `json:"-"` // since when nothing comes from LINE, if people were called for it
}

// Wrong are the findings that somebody should act on.
func (c Checkup) Wrong() (all []Finding) {
	for _, f := range c.Findings {
		if !f.Good {
			all = append(all, f)
		}
	}
	return all
}

// onlySeen are the findings that a person settles by looking.
var onlySeen = map[string]bool{"autoreply": true}

// minds are those who look after the machine.
var minds = []staff.Role{staff.Administrator, staff.Supervisor}

var doctorRoutes = []route{
	{http.MethodGet, "/doctor", minds, (*console).doctor},
	{http.MethodPost, "/doctor/seen", minds, (*console).looked},
}

// healthView is the calm line at the top of every page, for those who can act on it.
type healthView struct {
	Text string
	Loud bool // nothing comes from LINE
}

func (c *console) health(v *visit, say sayer) *healthView {
	if c.Checkup == nil || !v.has(minds) {
		return nil
	}
	found, err := c.Checkup(v.Request().Context())
	if err != nil {
		return nil
	}
	if !found.Silent.IsZero() {
		return &healthView{Text: say("doctor.silent", "since", say.moment(found.Silent.In(c.zone()), c.now())), Loud: true}
	}
	if n := len(found.Wrong()); n > 0 {
		return &healthView{Text: say("doctor.line", "n", n)}
	}
	return nil
}

// doctorView is the page with all that was looked at.
type doctorView struct {
	Page   page
	Alarms []alarmView
	When   string
	Silent string
	Wrong  []findingView
	Good   []findingView
}

type findingView struct {
	Name, Text string
	Look       bool // a person settles it by looking
}

func (c *console) doctor(v *visit) error {
	if c.Checkup == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	found, err := c.Checkup(ctx)
	if err != nil {
		return err
	}
	view := doctorView{When: say("doctor.never")}
	if !found.At.IsZero() {
		view.When = say("doctor.when", "when", say.moment(found.At.In(c.zone()), c.now()))
	}
	if !found.Silent.IsZero() {
		view.Silent = say("doctor.silent", "since", say.moment(found.Silent.In(c.zone()), c.now()))
	}
	for _, f := range found.Findings {
		one := findingView{Name: f.Name, Text: f.Ja, Look: !f.Good && onlySeen[f.Name]}
		if v.Taste.Lang == "en" {
			one.Text = f.En
		}
		if f.Good {
			view.Good = append(view.Good, one)
		} else {
			view.Wrong = append(view.Wrong, one)
		}
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "doctor", say("doctor.title"))
	return c.render(v, http.StatusOK, "doctor", view)
}

// looked notes that a person has looked at what no program can see.
func (c *console) looked(v *visit) error {
	if err := v.Request().ParseForm(); err != nil {
		return badForm(err)
	}
	what := v.Request().PostForm.Get("what")
	if c.Looked == nil || !onlySeen[what] {
		return errMissing
	}
	if err := c.Looked(v.Request().Context(), what, c.now()); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/doctor?did=looked")
}
