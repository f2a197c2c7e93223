package handoff

import (
	"slices"
	"time"

	"engawa/flows"
)

// Do names a move.
type Do string

// What may happen to a case. The first group comes from the resident's lane, the
// second from coordinators, the last from the clock.
const (
	DoOpen      Do = "open"
	DoWords     Do = "words"
	DoLeave     Do = "leave"
	DoShare     Do = "share"
	DoRisk      Do = "risk"
	DoUnsent    Do = "unsent"
	DoForgotten Do = "forgotten"
	DoStopped   Do = "stopped"
	DoPlace     Do = "place"     // the talk goes on in the room, or in LINE again
	DoWithdrawn Do = "withdrawn" // words have been destroyed: what shows them must look anew
	DoLost      Do = "lost"      // the lane does not know the case: it refused an act of this opening

	DoClaim    Do = "claim"
	DoAnswer   Do = "answer"
	DoExtend   Do = "extend"
	DoReturn   Do = "return"
	DoHandBack Do = "handback"
	DoClose    Do = "close"
	DoSnooze   Do = "snooze"
	DoAsk      Do = "ask"    // a colleague is asked to take the case over
	DoTakeBack Do = "unask"  // and is asked no more
	DoAccept   Do = "accept" // they take it
	DoDecline  Do = "decline"
	DoRead     Do = "read"
	DoRoom     Do = "room"  // a coordinator offers the room
	DoReach    Do = "reach" // a coordinator begins a talk, because a task of this person asks for an answer

	DoLapse Do = "lapse"
	DoFade  Do = "fade"

	DoSettle Do = "settle" // an area or team was renamed, or is no more
)

// These stand in the log and in notices only: they change no case.
const (
	DoNote     Do = "note"
	DoRefused  Do = "refused"
	DoIdentify Do = "identify" // a supervisor opened the sealed LINE id
)

// The times that the desk gives.
const (
	FirstWord = 10 * time.Minute // from a claim to the first word
	Grace     = 2 * time.Hour    // past a promise, before the case goes back to the line
	MostAhead = 30 * time.Minute // how far one-tap extensions reach before the first word
)

// Move is one thing that happens to a case, with all it needs to be decided.
type Move struct {
	Do      Do
	By      Staff           // who, for moves of coordinators
	Note    flows.DeskNote  // for moves of the resident
	Until   time.Time       // extend, snooze: until when; read: up to which word
	Promise time.Time       // what the roster would promise now
	Wrote   time.Time       // answer: when it was written, if it was held since; lapse: when the coordinator last wrote at it
	To      Staff           // ask: whom; a team or an area has an alias alone
	Asks    AskKind         // ask: which of these
	Stay    bool            // ask: By stays with the case
	Step    flows.AreaLevel // ask: how wide the area is; settle: the one it goes to
	Area    string          // settle: as it is called now, or where the case goes
	Team    string          // settle: the same
	Unask   bool            // settle: who was asked is no more
	Member  bool            // accept, decline: By belongs to the team or area that is asked
	Apart   bool            // of the resident: the topic is one that no neighbour should hear of
	Away    bool            // the coordinator who has the case is out, and somebody else is in; same: who had it before is not there
	Tell    int             // lost: the number of the act that was refused; same: of the passing on that it is about
	Spoke   bool            // pause: words travel beside it
	Because string          // ask: why, as the resident will be told; erase: one of its reasons
	Chief   bool            // erase: By is a supervisor
	Text    string          // erase: which line
	Fresh   Case            // id, person, alias, place, last coordinator of a case that does not exist yet
}

// allowed is the table of moves: in which states each may be made. None is a
// person without a case, Closed one whose case may be opened again.
var allowed = map[Do][]State{
	DoOpen:      {None, Waiting, Claimed, Talking, Snoozed, Closed},
	DoWords:     {None, Waiting, Claimed, Talking, Snoozed, Closed},
	DoRisk:      {None, Waiting, Claimed, Talking, Snoozed, Closed},
	DoLeave:     {Waiting, Claimed, Talking, Snoozed},
	DoShare:     {Waiting, Claimed, Talking, Snoozed},
	DoStopped:   {Waiting, Claimed, Talking, Snoozed},
	DoPlace:     {Waiting, Claimed, Talking, Snoozed},
	DoLost:      {Waiting, Claimed, Talking, Snoozed},
	DoUnsent:    {Waiting, Claimed, Talking, Snoozed, Closed},
	DoForgotten: {Waiting, Claimed, Talking, Snoozed, Closed},
	DoWithdrawn: {Waiting, Claimed, Talking, Snoozed, Closed},
	DoRead:      {Waiting, Claimed, Talking, Snoozed, Closed},
	DoReach:     {None, Closed},
	DoClaim:     {Waiting},
	DoAnswer:    {Claimed, Talking, Snoozed},
	DoRoom:      {Claimed, Talking, Snoozed},
	DoExtend:    {Claimed, Talking},
	DoReturn:    {Claimed, Talking, Snoozed},
	DoHandBack:  {Claimed, Talking, Snoozed},
	DoClose:     {Claimed, Talking, Snoozed},
	DoSnooze:    {Talking, Snoozed},
	DoAsk:       {Claimed, Talking, Snoozed},
	DoTakeBack:  {Claimed, Talking, Snoozed},
	DoAccept:    {Claimed, Talking, Snoozed},
	DoDecline:   {Claimed, Talking, Snoozed},
	DoSame:      {Waiting, Claimed, Talking, Snoozed},
	DoYield:     {Claimed, Talking, Snoozed},
	DoGoOn:      {Claimed, Talking, Snoozed},
	DoPause:     {Claimed, Talking, Snoozed},
	DoResume:    {Claimed, Talking, Snoozed},
	DoEyes:      {Claimed, Talking, Snoozed},
	DoWatch:     {Claimed, Talking, Snoozed},
	DoRelieve:   {Claimed, Talking, Snoozed},
	DoErase:     {Waiting, Claimed, Talking, Snoozed, Closed},
	DoLapse:     {Claimed, Talking, Snoozed},
	DoFade:      {Closed},
	DoSettle:    {Waiting, Claimed, Talking, Snoozed},
}

// holders are the moves that only the coordinator who has the case can make.
var holders = []Do{DoAnswer, DoExtend, DoReturn, DoHandBack, DoClose, DoSnooze, DoAsk, DoTakeBack, DoRoom, DoEyes, DoYield, DoGoOn}

// answers are the moves of the colleague who was asked to take the case over.
var answers = []Do{DoAccept, DoDecline}

// Can says whether the move is allowed to this coordinator now, and if not why.
func (c Case) Can(do Do, by Staff) error {
	if c.State == None && !slices.Contains(allowed[do], None) {
		return ErrUnknown
	}
	if do == DoClaim && c.Held() && c.Staff.Name != by.Name {
		return &TakenError{By: c.Staff.Alias}
	}
	if slices.Contains(holders, do) && c.Open() && c.Staff.Name != by.Name {
		return ErrNotYours
	}
	if slices.Contains(answers, do) && c.Open() && (c.Asked == Staff{} || c.Asks == AskColleague && c.Asked.Name != by.Name) {
		return ErrNotYours
	}
	if !slices.Contains(allowed[do], c.State) {
		return ErrMove
	}
	if do == DoAnswer && !c.Forgotten.IsZero() {
		return ErrForgotten
	}
	if c.heldUp(do) {
		return ErrPaused
	}
	return nil
}

// Apply decides one move: the case as it is afterwards, and what the resident's
// lane must hear of it. It reads no clock and changes nothing of c.
func (c Case) Apply(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	at = instant(at)
	if m.Do == DoClaim && c.Held() && c.Staff.Name == m.By.Name {
		return c, nil, nil // tapped twice
	}
	if err := c.Can(m.Do, m.By); err != nil {
		return c, nil, err
	}
	next, acts, err := c.decide(m, at)
	if err != nil {
		return c, nil, err
	}
	if !next.Forgotten.IsZero() {
		acts = nil // there is no lane left to tell
		next = next.forget(at)
	}
	for i := range acts {
		acts[i].Case = next.ID
	}
	return next, acts, nil
}

func (c Case) decide(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	switch m.Do {
	case DoOpen, DoWords, DoRisk:
		next, acts := c.wanted(m, at)
		return next, acts, nil
	case DoLeave:
		return c.close(WhyLeft, at), nil, nil
	case DoShare:
		return c.share(m.Note), nil, nil
	case DoStopped:
		return c.stop(m.Note.Why, at), nil, nil
	case DoPlace:
		c.Place = placeOf(m.Note)
		return c, nil, nil
	case DoSame:
		return c.same(m, at)
	case DoLost:
		if m.Tell <= c.Opening {
			return c, nil, ErrMove // it was of an earlier opening
		}
		return c.close(WhyLeft, at), nil, nil
	case DoUnsent:
		return c.unsend(m.Note.Why, at), nil, nil
	case DoWithdrawn:
		c.Withdrawn = at
		return c, nil, nil
	case DoForgotten:
		if c.Forgotten.IsZero() {
			c.Forgotten = at
		}
		return c, nil, nil
	case DoRead:
		next, acts := c.read(m, at)
		return next, acts, nil
	case DoLapse:
		return c.lapse(m, at)
	case DoFade:
		c.Faded = at
		return c.fade(), nil, nil
	case DoSettle:
		return c.settle(m)
	}
	return c.served(m, at)
}

// served decides what coordinators do.
func (c Case) served(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	switch m.Do {
	case DoClaim:
		c.State, c.Staff, c.Why, c.Pass = Claimed, m.By, "", Pass{}
		c.Claimed, c.Lease = at, at.Add(FirstWord)
		return c, say(flows.DeskAct{Do: flows.DeskClaimed, Staff: m.By.Alias}), nil
	case DoAnswer:
		next, acts := c.answer(m, at)
		return next, acts, nil
	case DoExtend:
		return c.extend(m, at)
	case DoReturn:
		next, acts := c.back(WhyHand, at)
		return next, acts, nil
	case DoHandBack:
		return c.close(WhyHand, at), say(flows.DeskAct{Do: flows.DeskHandBack, Staff: c.Staff.Alias}), nil
	case DoClose:
		return c.close(WhyHand, at), say(flows.DeskAct{Do: flows.DeskClosed, Staff: c.Staff.Alias}), nil
	case DoRoom:
		return c, say(flows.DeskAct{Do: flows.DeskRoom, Staff: c.Staff.Alias}), nil
	case DoSnooze:
		return c.snooze(m, at)
	case DoReach:
		return c.reach(m, at)
	case DoEyes, DoWatch, DoRelieve:
		return c.seconded(m, at)
	case DoYield, DoGoOn:
		return c.wished(m, at)
	case DoErase:
		return c.erase(m)
	case DoPause, DoResume:
		return c.rest(m, at)
	}
	return c.passed(m, at)
}

func say(act flows.DeskAct) []flows.DeskAct { return []flows.DeskAct{act} }

// instant is a moment as we store it: to the millisecond, in no particular zone.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}
