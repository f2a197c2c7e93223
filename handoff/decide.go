package handoff

import (
	"slices"
	"time"

	"engawa/flows"
)

// wanted: the resident asks for a human, writes to one, or must have one. It
// opens a case, opens it again, or adds to the one that is open.
func (c Case) wanted(m Move, at time.Time) (Case, []flows.DeskAct) {
	if c.Open() {
		c = c.raise(m.Note)
		c.Apart = c.Apart || m.Apart
		if m.Note.Team != "" {
			c.Team = m.Note.Team
		}
		if c.Topic == "" {
			c.Topic = m.Note.Topic
		}
		if c.State == Snoozed && m.Away {
			return c.waits(m, at).back(WhyAway, at) // nobody would see it wake
		}
		return c.waits(m, at), nil
	}
	old := c
	if old.State == None {
		c = m.Fresh
	}
	c.State, c.Opened, c.Why, c.Bounced = Waiting, at, "", 0
	c.Claimed, c.First, c.Answered, c.Closed = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	c.Stopped, c.StoppedAt, c.Words = "", time.Time{}, 0
	act := flows.DeskAct{Do: flows.DeskOpened}
	switch {
	case old.State == Closed && m.Do != DoOpen:
		c = c.raise(m.Note) // words that were on their way when it was closed: the same talk goes on
		act.Why = WhyWords
	case old.State == Closed:
		c.Past = append(slices.Clone(c.Past), old.window())
		c = c.chosen(m.Note)
	default:
		c = c.chosen(m.Note)
		if m.Do != DoOpen && m.Note.Since == 0 {
			c.Since = at.Add(-onTheWay)
		}
	}
	c.Apart = c.Apart || m.Apart
	acts := say(act)
	if old.State == Closed && old.Why == WhyLeft && !old.Claimed.IsZero() {
		// Who leaves and comes back at once may hear only now that they had been
		// claimed: this takes it back, and is of no case to anybody else.
		acts = []flows.DeskAct{{Do: flows.DeskReturned, Why: WhyLeft}, act}
	}
	return c.waits(m, at), acts
}

// onTheWay is how long words may have been under way to a desk that does not
// know their case any more.
const onTheWay = 10 * time.Minute

// What notes say beside what they ask for.
const (
	whyHurry     = "hurry"     // open: 急ぎ
	whyForget    = "forget"    // unsent: この話を消す, all words of the visit
	whyUnblocked = "unblocked" // stopped: it is over, they can be reached again
)

// chosen takes over what the resident passes on with the tap.
func (c Case) chosen(n flows.DeskNote) Case {
	c.Topic, c.Flow, c.Scene, c.Team, c.Memory = n.Topic, n.Flow, n.Scene, n.Team, n.Memory
	c.Urgency, c.Level, c.Rules, c.Hurry = n.Urgency, n.Level, n.Rules, n.Why == whyHurry
	c.Lang, c.Place = n.Lang, placeOf(n)
	return c.share(n)
}

// share sets what of before may be seen. Zero means: only from the tap on.
func (c Case) share(n flows.DeskNote) Case {
	c.Since, c.All = c.Opened, n.All
	if n.Since > 0 {
		c.Since = time.Unix(n.Since, 0).UTC()
	}
	return c
}

// raise lets the risk rise, never fall, and keeps every rule that fired. In
// 明らか the visit is always shown.
func (c Case) raise(n flows.DeskNote) Case {
	if since := time.Unix(n.Since, 0).UTC(); n.Level == flows.Clear && n.Since > 0 && since.Before(c.Since) {
		c.Since = since
	}
	if (Case{Urgency: n.Urgency, Level: n.Level}).Rank() < c.Rank() {
		c.Urgency, c.Level = n.Urgency, n.Level
	}
	rules := slices.Clone(c.Rules)
	for _, r := range n.Rules {
		if !slices.Contains(rules, r) {
			rules = append(rules, r)
		}
	}
	c.Rules = rules
	return c
}

// waits notes that the resident waits for a human's word. It wakes a sleeping
// case, and where a talk has no promise ahead it gives the roster's.
func (c Case) waits(m Move, at time.Time) Case {
	if m.Do == DoWords {
		c.Words++
		c.Word = at
	}
	if c.Waits.IsZero() {
		c.Waits = at
	}
	if !c.Paused.IsZero() {
		return c // until its end nothing else is promised
	}
	if c.State == Snoozed {
		c.State, c.Promise = Talking, time.Time{}
	}
	if c.State == Talking {
		if !c.Promise.After(at) {
			c.Promise, c.Given = instant(m.Promise), false
		}
		c.Lease = c.Promise.Add(Grace)
	}
	return c
}

func (c Case) stop(why string, at time.Time) Case {
	switch why {
	case whyUnblocked:
		c.Stopped, c.StoppedAt = "", time.Time{}
		return c
	case "":
		why = string(DoStopped)
	}
	c.Stopped, c.StoppedAt = why, at
	return c
}

// unsend: a text was taken back, or all of this visit. The case stays.
func (c Case) unsend(why string, at time.Time) Case {
	c.Unsent++
	c.UnsentAt = at
	if why == whyForget {
		c.Flow, c.Scene, c.Memory, c.Words = "", "", nil, 0
	}
	return c
}

// answer: words go to the resident. Nothing is owed until they write again, or if
// they wrote while the answer was held: it does not know of that.
func (c Case) answer(m Move, at time.Time) (Case, []flows.DeskAct) {
	c = c.awake() // in clear danger a word breaks through
	c.State, c.Answered = Talking, at
	c.Pass.Wrote = c.Pass.From != Staff{}
	if c.First.IsZero() {
		c.First = at
	}
	if wrote := instant(m.Wrote); wrote.IsZero() || !c.Word.After(wrote) {
		c.Waits, c.Words = time.Time{}, 0
	} else {
		c.Waits = c.Word
	}
	c.Given = false
	c.Promise = instant(m.Promise)
	c.Lease = c.Promise.Add(Grace)
	return c, say(flows.DeskAct{Do: flows.DeskAnswered, Staff: c.Staff.Alias, Until: c.Promise, Words: true})
}

// extend: before the first word ten minutes more, unless a time is named; from
// then on the promise moves, and the resident hears of it.
func (c Case) extend(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	if m.Until.IsZero() && c.State == Claimed {
		from := c.Lease
		if !from.After(at) {
			from = at
		}
		c.Lease = from.Add(FirstWord)
		if most := at.Add(MostAhead); c.Lease.After(most) {
			c.Lease = most
		}
		return c, nil, nil
	}
	until := instant(m.Until)
	if until.IsZero() {
		until = instant(m.Promise)
	}
	if !until.After(at) {
		return c, nil, ErrTime
	}
	c.Promise, c.Given, c.Lease = until, true, until.Add(Grace)
	return c, say(flows.DeskAct{Do: flows.DeskPromised, Staff: c.Staff.Alias, Until: until}), nil
}

// back: the case returns to the line. Who waited keeps the time they have waited.
func (c Case) back(why string, at time.Time) (Case, []flows.DeskAct) {
	act := flows.DeskAct{Do: flows.DeskReturned, Staff: c.Staff.Alias, Why: why}
	c = c.release()
	c.State, c.Why = Waiting, why
	c.Bounced++
	if c.Waits.IsZero() {
		c.Waits = at
	}
	return c, say(act)
}

func (c Case) close(why string, at time.Time) Case {
	c = c.release()
	c.State, c.Why, c.Closed, c.Waits, c.Beside = Closed, why, at, time.Time{}, Staff{}
	c.Eyes, c.Watcher, c.Pass = time.Time{}, Staff{}, Pass{}
	return c
}

// release takes the case out of its coordinator's hands and remembers whose they were.
func (c Case) release() Case {
	if c.Held() {
		c.Last = c.Staff
	}
	c = c.awake()
	c.Staff, c.Lease, c.Promise, c.Given = Staff{}, time.Time{}, time.Time{}, false
	return c.unask()
}

// read: a coordinator has opened the words. The lane hears it once for each stretch.
func (c Case) read(m Move, at time.Time) (Case, []flows.DeskAct) {
	upTo := instant(m.Until)
	if upTo.After(at) {
		upTo = at
	}
	if !c.Held() || c.Staff.Name == m.By.Name {
		c.Words = 0 // a colleague who looks in does not take them off the holder's list
	}
	if !upTo.After(c.ReadTo) {
		return c, nil
	}
	c.ReadTo = upTo
	return c, say(flows.DeskAct{Do: flows.DeskRead, Staff: m.By.Alias, Until: upTo})
}

// lapse: the lease has passed. A talk in which nothing is owed just rests.
func (c Case) lapse(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	if c.Lease.IsZero() || c.Lease.After(at) {
		return c, nil, ErrMove
	}
	switch {
	case !c.Paused.IsZero():
		next, acts := c.resume(m, at)
		return next, acts, nil
	case c.State == Snoozed && !c.Waits.IsZero(): // a word is owed, and was promised for now
		c.State, c.Lease = Talking, at.Add(Grace)
		return c, nil, nil
	case c.State == Snoozed:
		c.State, c.Promise, c.Given = Talking, instant(m.Promise), false
		c.Lease = c.Promise.Add(Grace)
		return c, nil, nil
	case c.State == Talking && c.Waits.IsZero() && !c.Given:
		c.Lease = time.Time{}
		return c, nil, nil
	case at.Before(m.Wrote.Add(StillWriting)):
		return c, nil, ErrMove // it is asked again at the next sweep
	}
	next, acts := c.back(WhySilence, at)
	return next, acts, nil
}

// forget leaves the bare facts of a case whose person has deleted everything. A
// risk stays before human eyes until somebody closes it; a case that is in
// nobody's hands and has none is over.
func (c Case) forget(at time.Time) Case {
	person := c.Person
	c = c.fade()
	c.Topic, c.Team, c.Lang = "", "", "" // after a long time these are counted; after 消す nothing of what they chose is
	if c.State == Waiting && c.Level == flows.NoLevel {
		c = c.close(WhyForgotten, at)
	}
	if c.State != Closed || c.Rank() == 0 && c.abandoned() {
		c.Person = person // a supervisor may still need it, where there is danger
	}
	return c
}

// fade takes off a case all that leads to its person or tells what they chose.
func (c Case) fade() Case {
	c.Person, c.Alias, c.Flow, c.Scene, c.Memory, c.Words, c.Area, c.Erased = "", "", "", "", nil, 0, "", nil
	return c
}
