package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// GroupID names a group that posts.
type GroupID string

// Group is a group that the person of the turn posts for, as the board has it now.
type Group struct {
	ID      GroupID
	Name    string `json:"-"` // for the words of a line: a journal has none
	Trusted bool   // what it sends stands at once
	Last    PostID // what it posted last; "" nothing yet
	Quiet   bool   `json:",omitempty"` // it fell silent, and the house waits for a word that it goes on
	Page    string `json:"-"`          // opens its pages in a browser, once; only where the turn asks for it
}

// Join is what became of an invitation that somebody wrote.
type Join string

// The fates of an invitation.
const (
	JoinNone  Join = ""      // none was written
	JoinIn    Join = "in"    // they post for View.Joined now, or did before
	JoinNo    Join = "no"    // no invitation, or one that does not open any more
	JoinOften Join = "often" // too many tries
)

// Form is what a person is writing for their group. It holds names of texts and
// closed choices; the words stay under their own keys until it is sent, so that
// whoever takes a text back has taken it out of here too.
type Form struct {
	ID     string   `json:"i"`            // names what will be posted: sent twice it is one
	Group  GroupID  `json:"g"`            //
	Step   FormStep `json:"s"`            //
	Fix    bool     `json:"x,omitempty"`  // one thing is being put right; then back to looking at it
	At     int64    `json:"a"`            // unix seconds when it was last touched
	Last   PostID   `json:"l,omitempty"`  // what the group posted last: what is not said anew may come from it
	Same   bool     `json:"sm,omitempty"` // everything that is not said anew comes from it
	What   string   `json:"w,omitempty"`  // ids of the texts, or [FromLast]
	When   string   `json:"t,omitempty"`  // "2026-12-05T14:00", or [FromLast]
	Until  string   `json:"u,omitempty"`  // "16:00"; "" = as long as the last, else two hours
	Repeat string   `json:"r,omitempty"`  // one of [Repeats]
	Where  string   `json:"p,omitempty"`  // ids of the texts, or [FromLast]
	Asked  bool     `json:"h,omitempty"`  // the place is told only to who asks
	For    int      `json:"f,omitempty"`  // 1-based place in [FormFors]; 0 = everybody
	Facts  []int    `json:"fa,omitempty"` // places in [Facts]
	Photo  string   `json:"ph,omitempty"` // the flyer, cleaned
	Taken  string   `json:"pm,omitempty"` // the message that brought it
}

// FormStep is what a form asks for.
type FormStep string

// The steps of posting: six, mostly taps, and a look at it before it is sent.
const (
	FormWhat   FormStep = "what"
	FormWhen   FormStep = "when"
	FormRepeat FormStep = "repeat"
	FormWhere  FormStep = "where"
	FormFor    FormStep = "for"
	FormFacts  FormStep = "facts"
	FormLook   FormStep = "look"
	FormFix    FormStep = "fix" // which of them shall be put right
)

// FormSteps are in the order in which they are asked.
var FormSteps = [...]FormStep{FormWhat, FormWhen, FormRepeat, FormWhere, FormFor, FormFacts, FormLook}

// FromLast stands for what the group said of its last post.
const FromLast = "="

// Repeats are the ways in which something recurs. Which weekday is meant, the day says.
var Repeats = [...]string{"once", "week", "two", "nth", "last"}

// FormFors are those for whom a form can say that something is; 1-based in [Form].For.
var FormFors = [...]string{"同じ経験", "家族", "若い人", "子育て"}

// FormCheck is what the board says of the form as it stands, before this turn.
type FormCheck struct {
	Fault FormStep // where something is missing or cannot be; "" = it can be sent
	Photo string   // EvMedia: the flyer that came, cleaned
	Bad   bool     // EvMedia: what came is no flyer
}

// BoardNote is what the board is asked for: to take a post, to let a member go.
type BoardNote struct {
	Do    BoardDo
	Group GroupID
	Form  *Form  // BoardPost
	Post  PostID // BoardFelt
	Felt  string // BoardFelt: one of [Felts], of a talk one of [TalkFelts]
	Case  CaseID `json:",omitempty"` // BoardFelt: the talk, so that it is counted once; nobody is told which
	Topic string `json:",omitempty"` // BoardFelt: of the talk
	Month string `json:",omitempty"` // BoardFelt: of the answer, "2026-11"
	Event string // BoardAgain: the event that brought a group's answer
}

// BoardDo is one such thing.
type BoardDo string

// What the board can be asked for.
const (
	BoardPost  BoardDo = "post"
	BoardLeave BoardDo = "leave"
	BoardAgain BoardDo = "again" // a group's answer cannot be heard now: it shall come later
)

// EfBoard carries Effect.Board to the board.
const EfBoard EffectKind = "board"

// ExPost is posting for a group, and all that a form has for buttons. Arg is a word,
// or a form's mark, a dot and a word: a button of another form means nothing any more.
const ExPost Exit = "post"

// The questions that belong to groups.
const (
	AskHome  Question = "home"  // what about their group
	AskCode  Question = "code"  // the next text is an invitation
	AskForm  Question = "form"  // what State.Form asks for
	AskLeave Question = "leave" // really leave the group State.About?
)

// Felts are the answers to 「どうでしたか」. A group learns only how many gave each, and only from ten.
var Felts = [...]string{"good", "so", "not", "away"}

// draftKept is how long something half written stays.
const draftKept = 7 * 24 * time.Hour

// pickForm is how LINE writes what was picked, and we what was typed.
const pickForm = "2006-01-02T15:04"

// fewFacts are the facts that stand as buttons; the others stand beside the ways out.
var fewFacts = [...]int{0, 1, 2, 10}

// newForm begins a form, named by the event that did.
func newForm(event string, g *Group, now int64) *Form {
	sum := sha256.Sum256([]byte("form|" + event))
	f := &Form{ID: hex.EncodeToString(sum[:8]), Group: g.ID, Step: FormWhat, At: now, Last: g.Last}
	if f.Last == "" {
		f.Facts = []int{0}
	}
	return f
}

// markOf is the part of a form's name that its buttons carry.
func (f *Form) mark() string { return f.ID[:min(len(f.ID), 6)] }

// clone is a form to change.
func (f *Form) clone() *Form {
	out := *f
	out.Facts = slices.Clone(f.Facts)
	return &out
}

// buttons are the answers to what the form asks for now.
func (f *Form) buttons(b *Bundle, l Lang) (taps []Tap) {
	tap := func(word string) { taps = append(taps, Tap{Exit: ExPost, Arg: f.mark() + "." + word}) }
	switch f.Step {
	case FormWhat, FormWhere:
		if f.Last != "" {
			tap(string(f.Step) + "-same")
		}
	case FormWhen:
		tap("pick")
		if f.Last != "" {
			tap("when-same")
		}
	case FormRepeat:
		for _, r := range Repeats {
			tap("repeat-" + r)
		}
	case FormFor:
		for i := range len(FormFors) + 1 {
			tap("for-" + strconv.Itoa(i))
		}
	case FormFacts:
		for _, n := range fewFacts {
			taps = append(taps, f.factTap(b, l, n))
		}
		tap("facts-ok")
	case FormLook:
		for _, w := range [...]string{"send", "fix", "later", "drop"} {
			tap(w)
		}
	case FormFix:
		for _, w := range [...]string{"to-what", "to-when", "until", "to-repeat", "to-where"} {
			tap(w)
		}
	}
	return taps
}

// factTap is a fact to tick or untick.
func (f *Form) factTap(b *Bundle, l Lang, n int) Tap {
	label := Facts[n]
	if ps := b.Lines["fact."+Facts[n]]; len(ps) > 0 {
		label, _ = ps[0].In(l)
	}
	if slices.Contains(f.Facts, n) {
		label = "✓" + label
	}
	return Tap{Exit: ExPost, Arg: f.mark() + ".fact-" + strconv.Itoa(n), Label: shortName(label)}
}

// formLabel is the key of the line that names a button of a form.
func formLabel(arg string) string {
	_, word, ok := strings.Cut(arg, ".")
	if !ok {
		word = arg
	}
	return "form.button." + word
}

// holds says whether a text is one of those that a field names.
func holds(field, text string) bool {
	return text != "" && slices.Contains(strings.Split(field, ","), text)
}

// without is the form after a text was taken back.
func (f *Form) without(text string) *Form {
	out := f.clone()
	switch {
	case holds(f.What, text):
		out.What, out.Step, out.Fix = "", FormWhat, f.Step != FormWhat
	case holds(f.Where, text):
		out.Where, out.Step, out.Fix = "", FormWhere, f.Step != FormWhere
	case text != "" && f.Taken == text:
		out.Photo, out.Taken = "", ""
	default:
		return f
	}
	return out
}

// FormWords are the words that buttons of a form can carry, for who names them.
func FormWords() []string {
	words := []string{"go", "new", "same", "page", "hear", "hush", "still", "leave", "what-same", "where-same", "pick", "when-same", "facts-ok",
		"send", "fix", "later", "drop", "until", "asked", "to-what", "to-when", "to-repeat", "to-where", "to-for", "to-facts"}
	for _, r := range Repeats {
		words = append(words, "repeat-"+r)
	}
	for i := range len(FormFors) + 1 {
		words = append(words, "for-"+strconv.Itoa(i))
	}
	return words
}
