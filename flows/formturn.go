package flows

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// What a tap, a text or a photo does to the form that is open.

// formTap is a button of the form that is open.
func (t *turn) formTap(word string) {
	f := t.s.Form.clone()
	t.s.Form = f
	what, value, _ := strings.Cut(word, "-")
	switch what {
	case "pick", "when", "until":
		t.formTime(what)
	case "fact", "facts":
		t.formFacts(value)
	case "asked":
		f.Asked = !f.Asked
		t.formGo(FormLook, false)
	case "fix":
		t.formGo(FormFix, false)
	case "send", "later", "drop":
		t.formEnd(what)
	case "to":
		t.formTo(value)
	default:
		if f.takes(what, value) {
			t.formNext()
		} else {
			t.formShow("")
		}
	}
}

// takes puts one closed choice in, false if it is none.
func (f *Form) takes(what, value string) bool {
	n, err := strconv.Atoi(value)
	switch {
	case what == "what" && value == "same" && f.Last != "":
		f.What, f.Step = FromLast, FormWhat
	case what == "where" && value == "same" && f.Last != "":
		f.Where, f.Step = FromLast, FormWhere
	case what == "repeat" && slices.Contains(Repeats[:], value):
		f.Repeat, f.Step = value, FormRepeat
	case what == "for" && err == nil && n >= 0 && n <= len(FormFors):
		f.For, f.Step = n, FormFor
	default:
		return false
	}
	return true
}

// formTo leads to one thing that shall be put right.
func (t *turn) formTo(step string) {
	switch {
	case step == string(FormWhen) && t.e.Tap.Pick != "": // its button is the picker already
		t.s.Form.Fix = true
		t.formTime("pick")
	case slices.Contains(FormSteps[:], FormStep(step)):
		t.formGo(FormStep(step), step != string(FormLook))
	default:
		t.formShow("")
	}
}

// formFacts ticks one fact, or goes on.
func (t *turn) formFacts(value string) {
	f := t.s.Form
	f.Step = FormFacts
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n >= len(Facts) {
		t.formNext()
		return
	}
	if i := slices.Index(f.Facts, n); i >= 0 {
		f.Facts = slices.Delete(f.Facts, i, i+1)
	} else {
		f.Facts = append(f.Facts, n)
		slices.Sort(f.Facts)
	}
	t.formShow("")
}

// formTime takes what LINE's picker brought, or the time of the last post.
func (t *turn) formTime(what string) {
	f := t.s.Form
	switch what {
	case "until":
		if _, err := time.Parse("15:04", t.e.Tap.Pick); err == nil {
			f.Until = t.e.Tap.Pick
		}
		t.formGo(FormLook, false)
		return
	case "when":
		if f.Last != "" {
			f.When, f.Step = FromLast, FormWhen
			if !f.Fix { // how it recurs comes with it
				f.Step = FormRepeat
			}
			t.formNext()
			return
		}
	}
	t.formAt(t.e.Tap.Pick)
}

// yearAhead is how far a post may lie ahead.
const yearAhead = 366 * 24 * time.Hour

// formAt takes a day and an hour, if it is one that can be.
func (t *turn) formAt(at string) {
	f := t.s.Form.clone()
	t.s.Form = f
	f.Step = FormWhen
	when, err := time.ParseInLocation(pickForm, at, t.local().Location())
	switch {
	case err != nil:
		t.formShow("form.when.again")
	case !when.After(t.v.Now), when.After(t.v.Now.Add(yearAhead)):
		t.formShow("form.when.past")
	default:
		f.When = at
		t.formNext()
	}
}

// formText takes what was written where the form asks for words.
func (t *turn) formText() bool {
	f := t.s.Form
	if t.ask != AskForm || f == nil || t.e.Kind != EvText || t.s.Mode != ModeBot || len(t.e.Texts) == 0 || len(t.v.Groups) == 0 {
		return false
	}
	f = f.clone()
	switch f.Step {
	case FormWhat:
		f.What = strings.Join(t.e.Texts, ",")
	case FormWhere:
		f.Where = strings.Join(t.e.Texts, ",")
	case FormWhen:
		at := ""
		for i := range t.e.Readings {
			if t.e.Readings[i].When != "" {
				at = t.e.Readings[i].When
			}
		}
		if at == "" && t.read.Sure { // it is about something else, which matters more than a form
			return false
		}
		t.formAt(at)
		return true
	default:
		return false
	}
	t.because("form.words")
	t.s.Form = f
	t.formNext()
	return true
}

// formPhoto takes a flyer.
func (t *turn) formPhoto() bool {
	if t.ask != AskForm || t.s.Form == nil || t.e.Kind != EvMedia || t.s.Mode != ModeBot || len(t.v.Groups) == 0 {
		return false
	}
	if t.v.Form.Photo == "" {
		t.because("form.photo.bad")
		t.formShow("form.photo.no")
		return true
	}
	f := t.s.Form.clone()
	f.Photo, f.Taken = t.v.Form.Photo, t.e.Ref
	t.s.Form = f
	t.because("form.photo")
	t.formShow("form.photo")
	return true
}

// formEnd sends the form, keeps it for later, or throws it away.
func (t *turn) formEnd(how string) {
	f := t.s.Form
	g := t.group(f.Group)
	switch {
	case how == "later":
		t.say("form.later", ExPost, ExMenu)
	case how == "drop":
		t.s.Form = nil
		t.because("form.dropped")
		t.home("form.dropped")
	case g == nil: // they belong to it no more
		t.s.Form = nil
		t.because("form.left")
		t.home("form.gone")
	case t.v.Form.Fault != "":
		t.because("form.fault " + string(t.v.Form.Fault))
		t.formGo(t.v.Form.Fault, true)
	default:
		t.s.Form = nil
		t.because("form.sent")
		line := "form.sent"
		if g.Trusted {
			line = "form.sent.now"
		}
		t.say(line, ExPost, ExMenu)
		t.add(EfBoard, "").Board = BoardNote{Do: BoardPost, Group: f.Group, Form: f}
	}
}

// formMend lets a draft go that was not touched for a week.
func (t *turn) formMend() {
	if f := t.s.Form; f != nil && t.now-f.At > int64(draftKept/time.Second) {
		t.s.Form = nil
	}
}

// groupName is the group that a line is about.
func (t *turn) groupName() string {
	id := t.v.Joined
	if f := t.s.Form; f != nil && id == "" {
		id = f.Group
	}
	if t.s.Ask == AskLeave || t.ask == AskLeave {
		id = GroupID(t.s.About)
	}
	if g := t.group(id); g != nil {
		return g.Name
	}
	if len(t.v.Groups) > 0 {
		return t.v.Groups[0].Name
	}
	return ""
}

// picks says which of LINE's pickers a button opens.
func picks(tap Tap) string {
	if tap.Exit != ExPost {
		return ""
	}
	switch _, word, _ := strings.Cut(tap.Arg, "."); word {
	case "pick", "to-when":
		return "datetime"
	case "until":
		return "time"
	}
	return ""
}

// formWaits: what is written now is for the human whom the person waits for. A
// browser takes posts meanwhile.
func (t *turn) formWaits(arg string) bool {
	if t.s.Mode != ModeWaiting || writesNothing(arg) || len(t.v.Groups) == 0 {
		return false
	}
	t.because("form.waits")
	t.say("form.waiting", ExMenu).Choices = []Button{t.button(Tap{Exit: ExPost, Arg: "page"})}
	return true
}
