package flows

import "slices"

// Sign is a sign that help could be taken (受援力). Other desks count what was closed;
// here is counted what was laid out, what was taken of it, and that looking was enough.
// Signs are counted over everybody and by month, never by person.
type Sign string

// The signs, in the order of a page about them.
const (
	SignOffered Sign = "offered" // an answer laid something out that can be taken
	SignTaken   Sign = "taken"   // somebody took one of it
	SignCard    Sign = "card"    // somebody saw a service, a number or a place to be
	SignStep    Sign = "step"    // a small step of their own: going, keeping it, asking, wishing
	SignLooked  Sign = "looked"  // ended a topic without a human: it was enough
	SignHuman   Sign = "human"   // wanted a human
	SignAgain   Sign = "again"   // came again on another day
	SignWentOn  Sign = "wenton"  // and went on where they had been, asked nothing anew
)

// Signs lists them all.
var Signs = [...]Sign{SignOffered, SignTaken, SignCard, SignStep, SignLooked, SignHuman, SignAgain, SignWentOn}

// steps are the ways out that are a small step of one's own.
var steps = []Exit{ExGo, ExKeep, ExWith, ExAsk, ExWish}

// SignsOf says what a turn was a sign of: each at most once, and none of a turn about
// danger, where nobody is to be measured.
func SignsOf(before State, e Event, effects []Effect, reasons []string, after State) (all []Sign) {
	note := func(s Sign, is bool) {
		if is {
			all = append(all, s)
		}
	}
	if e.Standby || e.Kind != EvText && e.Kind != EvTap || slices.ContainsFunc(effects, func(x Effect) bool { return x.Crisis }) {
		return nil
	}
	note(SignAgain, before.Visit > 0 && after.Visit > before.Visit)
	note(SignWentOn, slices.Contains(reasons, "resume.go"))
	note(SignHuman, slices.ContainsFunc(effects, func(x Effect) bool { return x.Kind == EfDesk && x.Desk.Do == NoteOpen }))
	if before.Mode == ModeHuman {
		return all // what is said there is between two people
	}
	note(SignOffered, slices.ContainsFunc(effects, func(x Effect) bool { return x.Kind == EfAnswer && (len(x.Choices) > 0 || shows(x)) }))
	note(SignCard, slices.ContainsFunc(effects, shows))
	exit, took := e.Tap.Exit, e.Tap.Choice > 0 || e.Tap.Exit == ExMenu && e.Tap.Arg != ""
	for _, r := range e.Readings {
		took = took || r.Choice > 0
		if r.Exit != NoExit {
			exit = r.Exit
		}
	}
	note(SignTaken, took)
	note(SignStep, slices.Contains(steps, exit))
	note(SignLooked, exit == ExEnd && before.Mode == ModeBot && before.Scene != "")
	return all
}

func shows(x Effect) bool {
	return x.Kind == EfAnswer && slices.ContainsFunc(x.Bubbles, func(b Bubble) bool { return b.Card != nil })
}
