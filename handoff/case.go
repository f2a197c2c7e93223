package handoff

import (
	"errors"
	"fmt"
	"time"

	"engawa/flows"
)

// State says where a case stands.
type State string

// The states of a case: waiting → claimed → talking ⇄ snoozed → closed, and back
// to waiting when it is returned, left alone too long or opened again.
const (
	None    State = ""        // no case yet
	Waiting State = "waiting" // in the line; the machine still speaks
	Claimed State = "claimed" // a coordinator has it and has not yet written
	Talking State = "talking" // a coordinator and the resident talk
	Snoozed State = "snoozed" // sleeps with its coordinator; a word of the resident wakes it
	Closed  State = "closed"  //
)

// Staff is a coordinator as the desk knows them.
type Staff struct {
	Name  string `json:"n,omitempty"` // of the account; never leaves the server towards a resident
	Alias string `json:"a,omitempty"` // what residents see: 「すずらん」
}

// Window is a stretch of a talk that an earlier opening of the case was shown.
type Window struct {
	From time.Time `json:"f,omitzero"`
	To   time.Time `json:"t,omitzero"`
}

// Case is one hand-off: a person, a coordinator and what has passed between
// them, without a word of what was said.
type Case struct {
	ID     flows.CaseID   `json:"id"`
	Person flows.PersonID `json:"p,omitempty"`
	Alias  string         `json:"a,omitempty"` // of the resident; gone after 消す
	State  State          `json:"s"`
	Place  string         `json:"pl,omitempty"` // where they talk: line or room
	Before flows.CaseID   `json:"bf,omitempty"` // the person's case before this one, if it was over too long ago to be opened again

	Topic  string            `json:"to,omitempty"`
	Flow   flows.FlowID      `json:"fl,omitempty"` // what they had chosen before they asked for a human
	Scene  flows.SceneKey    `json:"sc,omitempty"` //
	Lang   flows.Lang        `json:"l,omitempty"`
	Team   string            `json:"te,omitempty"`
	Memory map[string]string `json:"mm,omitempty"` // closed choices that the resident passed on

	Urgency flows.Urgency `json:"u,omitempty"`
	Level   flows.Level   `json:"ul,omitempty"`
	Rules   []string      `json:"r,omitempty"` // ids of the rules that fired
	Hurry   bool          `json:"h,omitempty"` // 急ぎ: the scene that handed over says so

	Since time.Time `json:"si,omitzero"`  // words from here on may be seen
	All   bool      `json:"al,omitempty"` // earlier visits too: 前の話も見せる
	Past  []Window  `json:"pa,omitempty"` // what was shown when the case was open before

	Staff Staff     `json:"st,omitzero"` // who has it
	Last  Staff     `json:"la,omitzero"` // who had it before
	Asked Staff     `json:"as,omitzero"` // whom Staff has asked to take it over; until they say yes it stays where it is
	AskAt time.Time `json:"aa,omitzero"`
	Asks  AskKind   `json:"ak,omitempty"` // whether Asked is a colleague, a team or an area
	Stay  bool      `json:"sy,omitempty"` // who asks stays with the case when it is accepted

	AskWhy string `json:"aw,omitempty"` // why, as the resident will be told; one of flows' closed set
	Pass   Pass   `json:"ps,omitzero"`  // the last passing on, while the resident may say no to it

	Area    string          `json:"ar,omitempty"`  // where it was taken up to
	Step    flows.AreaLevel `json:"awd,omitempty"` // how wide that was: known still when the area is no more
	AskStep flows.AreaLevel `json:"aqd,omitempty"` // how wide the area is that is asked
	Apart   bool            `json:"ap,omitempty"`  // no neighbour should hear of it: near areas are skipped
	Beside  Staff           `json:"bs,omitzero"`   // who had it first and stays with it

	Eyes    time.Time `json:"ey,omitzero"` // when its coordinator asked for a second pair of eyes
	Watcher Staff     `json:"wt,omitzero"` // whose they are

	Paused   time.Time `json:"pz,omitzero"` // until when a supervisor lets the talk rest
	PausedBy Staff     `json:"pb,omitzero"` //

	Opened   time.Time `json:"o,omitzero"`   // this time; a case can be opened again
	Claimed  time.Time `json:"c,omitzero"`   //
	First    time.Time `json:"f,omitzero"`   // first human answer since Opened
	Answered time.Time `json:"an,omitzero"`  // last one
	Closed   time.Time `json:"cl,omitzero"`  //
	Waits    time.Time `json:"w,omitzero"`   // since when the resident waits for a human's word; zero: nothing is owed
	Promise  time.Time `json:"pr,omitzero"`  // when the resident was told to expect the next answer
	Given    bool      `json:"gi,omitempty"` // a coordinator named the promise themself: it binds though nobody wrote
	Lease    time.Time `json:"le,omitzero"`  // when Sweep takes the case back, or wakes it
	Words    int       `json:"n,omitempty"`  // texts and taps that no coordinator has opened yet
	Word     time.Time `json:"lw,omitzero"`  // when the last of them reached the desk
	ReadTo   time.Time `json:"rt,omitzero"`  // up to when a coordinator has opened the words

	Unsent    int       `json:"ux,omitempty"` // texts taken back
	UnsentAt  time.Time `json:"ua,omitzero"`
	Erased    []string  `json:"ex,omitempty"` // texts that somebody at the desk has deleted
	Withdrawn time.Time `json:"wd,omitzero"`  // when words were last destroyed: open pages look anew
	Stopped   string    `json:"x,omitempty"`  // もう送らないで was said: asking, nudges, all; or blocked
	StoppedAt time.Time `json:"xa,omitzero"`
	Forgotten time.Time `json:"fo,omitzero"`  // 消す: nobody can be answered any more
	Faded     time.Time `json:"fd,omitzero"`  // its time is over: only bare facts are left
	Why       string    `json:"y,omitempty"`  // why it came back or was closed: silence, hand, left, forgotten
	Bounced   int       `json:"b,omitempty"`  // how often it came back to the line since Opened
	Tells     int       `json:"t,omitempty"`  // how many acts were told to the lane, for their ids
	Opening   int       `json:"ot,omitempty"` // the one of them that told of this opening
}

// Why a case came back to the line, was closed, or was opened again.
const (
	WhySilence   = "silence"
	WhyHand      = "hand"
	WhyLeft      = "left"
	WhyForgotten = "forgotten"
	WhyAway      = "away"  // they wrote while their coordinator was out
	WhyWords     = "words" // of DeskOpened: words were under way when the case was closed
	WhyTask      = "task"  // of DeskOpened: a coordinator answers a task
)

// What a move is refused with.
var (
	ErrUnknown   = errors.New("handoff: no such case")
	ErrNotYours  = errors.New("handoff: the case is with nobody or with somebody else")
	ErrMove      = errors.New("handoff: the case does not allow this now")
	ErrForgotten = errors.New("handoff: the person has deleted everything")
	ErrFull      = errors.New("handoff: this coordinator has as many cases as agreed")
	ErrEmpty     = errors.New("handoff: no words")
	ErrTooLong   = errors.New("handoff: more words than one answer holds")
	ErrSelf      = errors.New("handoff: somebody else is asked to take a case over, not oneself")
	ErrTime      = errors.New("handoff: this time has passed")
)

// TakenError says that somebody else was faster, and who.
type TakenError struct{ By string }

// Error names the colleague by the alias that everybody may see.
func (e *TakenError) Error() string { return fmt.Sprintf("handoff: taken by %s", e.By) }

// Open says whether the case is not closed.
func (c Case) Open() bool { return c.State != None && c.State != Closed }

// Held says whether a coordinator has the case.
func (c Case) Held() bool { return c.State == Claimed || c.State == Talking || c.State == Snoozed }

// Busy says whether the case counts against its coordinator's capacity.
func (c Case) Busy() bool { return c.State == Claimed || c.State == Talking }

// Reopens says whether the person's next 「人と話す」 would open this closed case again.
func (c Case) Reopens(at time.Time) bool {
	return c.State == Closed && c.Forgotten.IsZero() && c.Faded.IsZero() && at.Sub(c.Closed) <= again
}

// Rank is the published risk rule: lower comes first, whoever waits longer.
func (c Case) Rank() int {
	switch {
	case c.Level == flows.Clear && c.Urgency == flows.Life:
		return 0
	case c.Level == flows.Clear:
		return 1
	case c.Level == flows.Worry || c.Hurry:
		return 2
	}
	return 3
}

// From is the earliest moment whose words the desk may ask for.
func (c Case) From() time.Time {
	from := c.window().From
	for _, w := range c.Past {
		if w.From.Before(from) {
			from = w.From
		}
	}
	return from
}

// Shows says whether words of the moment at may be shown on this case: only
// what the resident passed on, and nothing after it was closed.
func (c Case) Shows(at time.Time) bool {
	return c.window().holds(at) || Windows(c.Past).Hold(at)
}

// window is what this opening of the case may show.
func (c Case) window() Window {
	w := Window{From: c.Since, To: c.Closed}
	if c.All {
		w.From = time.Time{}
	}
	return w
}
