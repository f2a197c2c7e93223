package handoff

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf16"

	"engawa/flows"
)

// longest is the most that one answer holds, in the units in which LINE counts.
const longest = 5000

// ErrAct says that an act's id is not one of ours.
var ErrAct = errors.New("handoff: the id of an act is 1 to 64 letters, digits, - and _")

// Claim gives a waiting case to by, who then has ten minutes to the first word.
// Somebody faster: *TakenError. As many cases as agreed: ErrFull, and see [Desk.Pull].
func (d *Desk) Claim(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	most := d.opt.Capacity
	if d.opt.Most != nil {
		own, err := d.opt.Most(ctx, by.Name)
		if err != nil {
			return Case{}, wrap("claim", err)
		}
		most = cmp.Or(own, most)
	}
	return d.rush.claim(ctx, id, by, func() (Case, error) {
		return d.staffAct(ctx, "claim", id, change{move: Move{Do: DoClaim, By: by}, most: most})
	})
}

// Pull is Claim beyond the agreed number, because somebody chose to.
func (d *Desk) Pull(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "pull", id, change{move: Move{Do: DoClaim, By: by}})
}

// Answer sends words to the resident; again with the same act changes nothing.
// The act is the form's own random id. The words are sealed before anything is
// written, and go through the lane, where the resident's "stop" is known.
func (d *Desk) Answer(ctx context.Context, id flows.CaseID, by Staff, act, words string) (Case, error) {
	if err := checkAct(act); err != nil {
		return Case{}, err
	}
	words, err := clean(words)
	if err != nil {
		return Case{}, err
	}
	event := ActID(id, act)
	c, done, err := d.ready(ctx, id, by, event)
	if err != nil || done {
		return c, wrap("answer", err)
	}
	at := d.now()
	sealed, err := d.scribe.SealWords(ctx, c.Person, event, by.Alias, words, at)
	if err != nil {
		return c, wrap("answer", err)
	}
	return d.staffAct(ctx, "answer", id, change{
		move: Move{Do: DoAnswer, By: by}, id: event, at: at, answer: event, sealed: sealed,
	})
}

// ready looks whether an answer may be given, before a key is made for its words,
// and whether it has been given already.
func (d *Desk) ready(ctx context.Context, id flows.CaseID, by Staff, event string) (Case, bool, error) {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return c, false, err
	}
	taken, err := d.rdb.ZScore(ctx, takenKey, event).Result()
	if err == nil && taken > 0 {
		return c, true, nil
	}
	return c, false, c.Can(DoAnswer, by)
}

// Extend gives ten more minutes before the first word. From then on, or with
// until, it moves the promise, and the resident is told. A zero until is what
// the roster promises.
func (d *Desk) Extend(ctx context.Context, id flows.CaseID, by Staff, until time.Time) (Case, error) {
	return d.staffAct(ctx, "extend", id, change{move: Move{Do: DoExtend, By: by, Until: until}})
}

// Return gives the case back to the line.
func (d *Desk) Return(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "return", id, change{move: Move{Do: DoReturn, By: by}})
}

// ReturnAll gives back everything that one coordinator has: they leave, are ill,
// or their account was locked. It says how many cases went back.
func (d *Desk) ReturnAll(ctx context.Context, by Staff) (int, error) {
	held, err := d.rdb.HGetAll(ctx, handsKey).Result()
	if err != nil {
		return 0, wrap("return all", err)
	}
	n := 0
	for id, staff := range held {
		if staff != by.Name {
			continue
		}
		_, err := d.Return(ctx, flows.CaseID(id), by)
		switch {
		case err == nil:
			n++
		case errors.Is(err, ErrNotYours), errors.Is(err, ErrMove):
			// it has gone another way in the meantime
		default:
			return n, err
		}
	}
	return n, nil
}

// HandBack gives the talk back to the machine and closes the case kindly.
func (d *Desk) HandBack(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "hand back", id, change{move: Move{Do: DoHandBack, By: by}})
}

// Close closes the case.
func (d *Desk) Close(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "close", id, change{move: Move{Do: DoClose, By: by}})
}

// Snooze lets the case sleep until then, or until the resident writes. It frees
// capacity and stays with its coordinator.
func (d *Desk) Snooze(ctx context.Context, id flows.CaseID, by Staff, until time.Time) (Case, error) {
	return d.staffAct(ctx, "snooze", id, change{move: Move{Do: DoSnooze, By: by, Until: until}})
}

// Opened records that by has opened the words up to upTo, the moment of the
// newest one that was shown to them.
func (d *Desk) Opened(ctx context.Context, id flows.CaseID, by Staff, upTo time.Time) (Case, error) {
	return d.staffAct(ctx, "open", id, change{move: Move{Do: DoRead, By: by, Until: upTo}})
}

func (d *Desk) staffAct(ctx context.Context, doing string, id flows.CaseID, ch change) (Case, error) {
	if ch.at.IsZero() {
		ch.at = d.now()
	}
	ch.move.Promise = d.roster.Promise(ch.at)
	c, err := d.act(ctx, id, ch)
	return c, wrap(doing, err)
}

func checkAct(act string) error {
	ours := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	if act == "" || len(act) > 64 || strings.ContainsFunc(act, func(r rune) bool { return !ours(r) }) {
		return ErrAct
	}
	return nil
}

// clean makes words fit to be stored and sent: no broken characters, no line of nothing.
func clean(words string) (string, error) {
	words = strings.ToValidUTF8(words, "\uFFFD")
	words = strings.ReplaceAll(words, "\r\n", "\n")
	words = strings.TrimSpace(strings.ReplaceAll(words, "\x00", ""))
	if words == "" {
		return "", ErrEmpty
	}
	if len(utf16.Encode([]rune(words))) > longest {
		return "", ErrTooLong
	}
	return words, nil
}
