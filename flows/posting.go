package flows

import (
	"slices"
	"strings"
)

// posting is everything that a tap does for a group that the person posts for.
func (t *turn) posting(arg string) {
	if t.formWaits(arg) {
		return
	}
	mark, word, inside := strings.Cut(arg, ".")
	f := t.s.Form
	switch {
	case len(t.v.Groups) == 0:
		t.because("form.nobody")
		t.s.Ask = AskCode
		t.say("form.nobody", ExMenu)
	case arg == "":
		t.home("form.home")
	case arg == "hear", arg == "hush":
		t.hears(arg == "hear")
	case inside && f != nil && mark == f.mark():
		t.formTap(word)
	case inside && t.group(GroupID(word)) != nil && t.forGroup(mark, t.group(GroupID(word))):
	case !inside && arg == "go" && f != nil && t.group(f.Group) != nil:
		t.formShow("")
	case !inside && len(t.v.Groups) == 1 && t.forGroup(arg, &t.v.Groups[0]):
	case !inside && len(t.v.Groups) > 1 && (slices.Contains(homeWords[:], arg) || arg == stillWord):
		t.whichGroup(arg)
	default: // of a form that was sent or thrown away
		t.because("form.gone")
		t.home("form.gone")
	}
}

// homeWords are what somebody can do for their group, beside going on with a draft.
var homeWords = [...]string{"new", "same", "page", "hear", "leave"}

// home shows what can be done.
func (t *turn) home(line string) {
	t.s.Ask = AskHome
	t.say(line, ExMenu).Choices = Offered(t.b, t.s)
}

// homeTaps are the answers to [AskHome].
func homeTaps(s *State) []Tap {
	var taps []Tap
	if s.Form != nil {
		taps = append(taps, Tap{Exit: ExPost, Arg: "go"})
	}
	for _, w := range homeWords {
		switch {
		case w == "same" && s.Form != nil: // one thing less: who is writing wants to go on with that
			continue
		case w == "hear" && s.Hears:
			w = "hush"
		}
		taps = append(taps, Tap{Exit: ExPost, Arg: w})
	}
	return taps
}

// mostGroups of one person stand on the screen.
const mostGroups = 5

// whichGroup asks for which of the person's groups it is.
func (t *turn) whichGroup(word string) {
	e := t.say("form.group", ExPost, ExMenu)
	for i := range t.v.Groups[:min(len(t.v.Groups), mostGroups)] {
		g := &t.v.Groups[i]
		e.Choices = append(e.Choices, t.button(Tap{Exit: ExPost, Arg: word + "." + string(g.ID), Label: shortName(g.Name)}))
	}
}

// shortName fits on a button.
func shortName(s string) string {
	const most = 20
	if rs := []rune(s); len(rs) > most {
		return string(rs[:most-1]) + "…"
	}
	return s
}

func (t *turn) group(id GroupID) *Group {
	for i := range t.v.Groups {
		if t.v.Groups[i].ID == id && id != "" {
			return &t.v.Groups[i]
		}
	}
	return nil
}

// forGroup does one of the home's words for a group, false if it is none of them.
func (t *turn) forGroup(word string, g *Group) bool {
	switch word {
	case "new", "same":
		f := newForm(t.e.ID, g, t.now)
		if word == "same" && g.Last != "" {
			f.Same, f.Step = true, FormLook
		}
		t.s.Form = f
		t.because("form.begun")
		t.formShow("")
	case "page":
		e := t.say("form.page", ExPost, ExMenu)
		if g.Page != "" {
			e.Choices = []Button{{Label: t.b.label("form.button.page", t.lang()), URI: g.Page}}
		}
	case stillWord:
		t.still(g)
		t.say("group.still", ExPost, ExMenu)
	case "leave":
		t.s.Ask, t.s.About = AskLeave, string(g.ID)
		t.say("group.leave.ask", ExMenu).Choices = Offered(t.b, t.s)
	default:
		return false
	}
	return true
}

// replyLeave is the answer to 「はなれますか」.
func (t *turn) replyLeave(yes bool) bool {
	g := t.group(GroupID(t.s.About))
	if t.ask != AskLeave || g == nil {
		return false
	}
	if !yes {
		t.home("form.home")
		return true
	}
	t.because("group.left")
	if t.s.Form != nil && t.s.Form.Group == g.ID {
		t.s.Form = nil
	}
	t.say("group.left", ExMenu)
	t.add(EfBoard, "").Board = BoardNote{Do: BoardLeave, Group: g.ID}
	return true
}

// joined answers somebody who wrote an invitation.
func (t *turn) joined() bool {
	switch {
	case t.s.Mode != ModeBot: // a word to a human
		return false
	case t.v.Join == JoinIn:
		t.because("group.in")
		t.home("group.in")
	case t.v.Join == JoinOften && t.ask == AskCode:
		t.because("group.often")
		t.say("group.often", ExMenu)
	case t.v.Join == JoinNo && t.ask == AskCode:
		t.because("group.no")
		t.s.Ask = AskCode
		t.say("group.no", ExMenu)
	default:
		return false // eight letters may be any word
	}
	return true
}

// formShow shows what the form asks for now, after a line of its own if there is one.
func (t *turn) formShow(before string) {
	f := t.s.Form.clone()
	f.At = t.now
	t.s.Form, t.s.Ask = f, AskForm
	var e *Effect
	if before != "" {
		e = t.say(before, ExBack)
		t.write(e, t.b.Lines["form."+string(f.Step)])
	} else {
		e = t.say("form."+string(f.Step), ExBack)
	}
	if f.Step == FormLook {
		e.Bubbles = append([]Bubble{{Form: true}}, e.Bubbles[max(0, len(e.Bubbles)-2):]...)
	}
	e.Choices = Offered(t.b, t.s)
	switch f.Step {
	case FormFacts:
		for n := range Facts {
			if !slices.Contains(fewFacts[:], n) {
				e.chip(t.button(f.factTap(t.b, t.lang(), n)))
			}
		}
	case FormFix:
		for _, w := range [...]string{"to-for", "to-facts", "asked"} {
			e.chip(t.button(Tap{Exit: ExPost, Arg: f.mark() + "." + w}))
		}
	}
}

// formGo leads to a step.
func (t *turn) formGo(step FormStep, fix bool) {
	f := t.s.Form.clone()
	f.Step, f.Fix = step, fix
	t.s.Form = f
	t.formShow("")
}

// formNext leads to the step behind the one that was answered.
func (t *turn) formNext() {
	f := t.s.Form
	i := slices.Index(FormSteps[:], f.Step)
	if f.Fix || i < 0 {
		t.formGo(FormLook, false)
		return
	}
	t.formGo(FormSteps[min(i+1, len(FormSteps)-1)], false)
}

// formBack is もどる within a form: the step before.
func (t *turn) formBack() bool {
	f := t.s.Form
	if t.ask != AskForm || f == nil || t.s.Mode != ModeBot || len(t.v.Groups) == 0 {
		return false
	}
	i := slices.Index(FormSteps[:], f.Step)
	switch {
	case f.Fix, i < 0:
		t.formGo(FormLook, false)
	case i == 0, f.Same:
		t.home("form.home")
	default:
		t.formGo(FormSteps[i-1], false)
	}
	return true
}
