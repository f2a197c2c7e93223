package flows

import (
	"slices"
	"strings"
)

// What the house has to say to those who post for a group, though nobody has written:
// that a question waits, or that the group fell silent. It goes only to who agreed to
// it by a tap, names no group on the screen of a locked phone, and is said once.

// GroupNews is one such thing about a group of the person.
type GroupNews struct {
	ID   GroupID
	What GroupWhat
}

// GroupWhat says what it is.
type GroupWhat string

// What there is to say to a group.
const (
	GroupAsked  GroupWhat = "asked"  // somebody wants to know something of it
	GroupSilent GroupWhat = "silent" // does it go on?
)

// EvGroup brings Event.Group, TimerGroup the same put off to an hour for it.
const (
	EvGroup    EventKind = "group"
	TimerGroup TimerKind = "group"
)

// AskGroup is what was said about a group: State.About is [GroupWhat], a dot and the group.
const AskGroup Question = "group"

// BoardStill is a member's word that their group goes on.
const BoardStill BoardDo = "still"

// stillWord begins the button that says so; see [ExPost].
const stillWord = "still"

// groupNews tells a member, if they agreed to be told and nobody else is speaking.
func (t *turn) groupNews(n GroupNews) {
	g := t.group(n.ID)
	switch {
	case !t.s.Hears, t.s.Stopped, t.s.Blocked, t.s.Muted:
		t.because("group.unasked")
		return
	case n.What != GroupAsked && n.What != GroupSilent:
		t.because("group.unknown")
		return
	}
	if at, wait := t.laterHour(dayBegins, t.s.Mode != ModeBot); wait {
		t.because("group.not_yet")
		t.add(EfTimer, "").Timer = Timer{Kind: TimerGroup, At: at, Key: "group:" + string(n.What) + ":" + string(n.ID), Group: n}
		return
	}
	if g == nil || n.What == GroupSilent && !g.Quiet { // they left, or somebody else has answered
		t.because("group.over")
		return
	}
	t.because("nudge")
	t.s.Ask, t.s.About = AskGroup, string(n.What)+"."+string(n.ID)
	t.speak(EfNudge, "group."+string(n.What), ExStop).Choices = Offered(t.b, t.s)
}

// groupNewsTaps is the one thing to do about it.
func groupNewsTaps(about string) []Tap {
	what, id, _ := strings.Cut(about, ".")
	word := "page"
	if GroupWhat(what) == GroupSilent {
		word = stillWord
	}
	return []Tap{{Exit: ExPost, Arg: word + "." + id}}
}

// hears agrees to such news, or withdraws it. Who agrees wants to hear, so it lifts an earlier stop.
func (t *turn) hears(yes bool) {
	t.s.Hears = yes
	line := "group.hush"
	if yes {
		t.s.Stopped = false
		line = "group.hear"
	}
	t.because(line)
	t.say(line, ExPost, ExMenu)
}

// still carries a member's word that their group goes on.
func (t *turn) still(g *Group) {
	t.because("group.still")
	t.add(EfBoard, "").Board = BoardNote{Do: BoardStill, Group: g.ID}
}

// toHuman says whether a button of the board is a word to the human who has the talk.
// That a group goes on is told to the board all the same, and nothing is said about it.
func (t *turn) toHuman(x Exit, arg string) bool {
	if x != ExPost && x != ExFelt || t.s.Mode != ModeHuman || AboutTalk(Tap{Exit: x, Arg: arg}) {
		return false
	}
	if word, id, _ := strings.Cut(arg, "."); x == ExPost && word == stillWord {
		if g := t.group(GroupID(id)); g != nil {
			t.still(g)
		}
	}
	return true
}

// quietWords are those of a group's buttons that write nothing: they mean the same
// while the person waits for a human.
var quietWords = []string{"page", "leave", stillWord, "hear", "hush"}

func writesNothing(arg string) bool {
	word, _, _ := strings.Cut(arg, ".")
	return slices.Contains(quietWords, word)
}
