package handoff

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// UndoFor is how long an answer waits at the desk before it leaves, so that
// whoever wrote it can take it back.
const UndoFor = 5 * time.Second

// ErrTakenBack says that this very answer was taken back; sending the words
// again is sending another one.
var ErrTakenBack = errors.New("handoff: this answer was taken back")

// WhyBack is why an answer came back whose writer took it back.
const WhyBack = "back"

// WhyPaused is why one came back whose talk was paused.
const WhyPaused = "paused"

// Held is an answer that has not left yet or, without a Due, one that came back.
type Held struct {
	Act   string
	At    time.Time // when it was written
	Due   time.Time // when it leaves
	Why   string    // it came back: WhyBack, or why it could not go
	Words string
}

// held is such an answer as it stands in the store.
type held struct {
	Event  string    `json:"i"`
	By     Staff     `json:"b"`
	At     time.Time `json:"t"`
	Due    int64     `json:"d"` // unix ms
	Sealed []byte    `json:"s"`
}

func (h held) act() string {
	_, act, _ := strings.Cut(h.Event, "/a-")
	return act
}

// aftermaths are the moves before which an answer that is held must have left:
// what they do to the talk was meant to come after it.
var aftermaths = []Do{DoAnswer, DoExtend, DoReturn, DoHandBack, DoClose, DoSnooze, DoRoom, DoAccept, DoRelieve, DoYield, DoGoOn, DoPause, DoLapse}

func (ch change) follows() bool { return ch.sends == "" && slices.Contains(aftermaths, ch.move.Do) }

// Hold takes an answer that leaves by itself after the desk's time for thinking
// again, whatever happens to whoever wrote it; again with the same act changes
// nothing. One that is held already leaves first. The words are sealed under the
// case's key until then.
func (d *Desk) Hold(ctx context.Context, id flows.CaseID, by Staff, act, words string) (Case, error) {
	if d.opt.Notes == nil || d.opt.Undo < 0 {
		return d.Answer(ctx, id, by, act, words)
	}
	if err := checkAct(act); err != nil {
		return Case{}, err
	}
	words, err := clean(words)
	if err != nil {
		return Case{}, err
	}
	event := ActID(id, act)
	for range attempts {
		c, said, err := d.tryHold(ctx, id, by, event, words)
		switch {
		case err != nil || said == saidOK || said == saidDone:
			return c, wrap("hold", err)
		case said == WhyBack:
			return c, ErrTakenBack
		case said == saidHeld:
			// The two leave as one request to LINE, which counts once.
			if err := d.sendHeld(ctx, id, d.opt.Undo+gatherSlack); err != nil {
				return c, wrap("hold", err)
			}
		}
	}
	return Case{}, errBusy
}

func (d *Desk) tryHold(ctx context.Context, id flows.CaseID, by Staff, event, words string) (Case, string, error) {
	c, rev, err := d.load(ctx, id)
	if err != nil {
		return c, "", err
	}
	if err := c.Can(DoAnswer, by); err != nil {
		// What was sent a moment before the talk ended was sent.
		if taken, scoreErr := d.rdb.ZScore(ctx, takenKey, event).Result(); scoreErr == nil && taken > 0 {
			return c, saidDone, nil
		}
		return c, "", err
	}
	sealed, err := d.opt.Notes.Seal(ctx, privacy.Case(string(id)), heldName(event), []byte(words))
	if err != nil {
		return c, "", err
	}
	at := d.now()
	due := at.Add(d.opt.Undo).UnixMilli()
	body, err := json.Marshal(held{Event: event, By: by, At: at, Due: due, Sealed: sealed})
	if err != nil {
		return c, "", err
	}
	keys := []string{heldKey, dueKey, caseKey(id), takenKey, actsKey(id), backKey(id), revKey}
	said, err := holdScript.Run(ctx, d.rdb, keys, string(id), event, body, due, rev).Text()
	if err == nil && said == saidOK {
		d.hub.wake()
	}
	return c, said, err
}

func heldName(event string) string { return "held:" + event }

// Unsay takes back an answer of by's that has not left, and says whether it did:
// no means that it is on its way. [Desk.Held] then gives its words.
func (d *Desk) Unsay(ctx context.Context, id flows.CaseID, by Staff, act string) (bool, error) {
	ok, err := d.unhold(ctx, id, held{Event: ActID(id, act), By: by}, WhyBack)
	return ok, wrap("unsay", err)
}

func (d *Desk) unhold(ctx context.Context, id flows.CaseID, h held, why string) (bool, error) {
	at, told := d.now(), ""
	if why != WhyBack {
		told = notice(Notice{At: at, Case: id, Do: DoRefused, Why: why})
	}
	keys := []string{heldKey, dueKey, takenKey, backKey(id), noticesKey(h.By.Name), revKey}
	n, err := unholdScript.Run(ctx, d.rdb, keys, string(id), h.Event, h.By.Name, at.UnixMilli(), why,
		privacy.Keep[privacy.Drafts].Milliseconds(), told).Int()
	if err == nil && n == 1 {
		d.hub.wake()
	}
	return n == 1, err
}

// Held gives the answer of by's on this case that has not left, or that came
// back and was not followed by another; nil: there is none.
func (d *Desk) Held(ctx context.Context, id flows.CaseID, by Staff) (*Held, error) {
	why, h, err := d.heldOrBack(ctx, id)
	if err != nil || h == nil || h.By.Name != by.Name {
		return nil, wrap("held", err)
	}
	words, err := d.opt.Notes.Open(ctx, privacy.Case(string(id)), heldName(h.Event), h.Sealed)
	if errors.Is(err, privacy.ErrShredded) {
		return nil, nil
	}
	out := &Held{Act: h.act(), At: h.At, Due: moment(strconv.FormatInt(h.Due, 10)), Why: why, Words: string(words)}
	if why != "" {
		out.Due = time.Time{}
	}
	return out, wrap("held", err)
}

func (d *Desk) heldOrBack(ctx context.Context, id flows.CaseID) (why string, h *held, err error) {
	if d.opt.Notes == nil {
		return "", nil, nil
	}
	pipe := d.rdb.Pipeline()
	on, back := pipe.HGet(ctx, heldKey, string(id)), pipe.Get(ctx, backKey(id))
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return "", nil, err
	}
	text := on.Val()
	if text == "" {
		why, text, _ = strings.Cut(back.Val(), "|")
	}
	if text == "" {
		return "", nil, nil
	}
	h = &held{}
	if json.Unmarshal([]byte(text), h) != nil {
		return "", nil, errors.New("a held answer cannot be read") // the cause would quote it
	}
	return why, h, nil
}

// gatherSlack is how long an answer waits in the outbox for what is said right after it.
const gatherSlack = 2 * time.Second

// SendHeld lets the answer that is held on a case leave now, if there is one.
func (d *Desk) SendHeld(ctx context.Context, id flows.CaseID) error { return d.sendHeld(ctx, id, 0) }

// sendHeld does, and says for how long what follows may still come, to leave with it.
func (d *Desk) sendHeld(ctx context.Context, id flows.CaseID, more time.Duration) error {
	if d.opt.Notes == nil {
		return nil
	}
	why, h, err := d.heldOrBack(ctx, id)
	if err != nil || h == nil || why != "" {
		return wrap("send", err)
	}
	err = d.sendOne(ctx, id, *h, more)
	if reason := cannotGo(err); reason != "" {
		_, err = d.unhold(ctx, id, *h, reason)
	}
	return wrap("send", err)
}

func (d *Desk) sendOne(ctx context.Context, id flows.CaseID, h held, more time.Duration) error {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return err
	}
	if err := c.Can(DoAnswer, h.By); err != nil {
		return err // before a key is made for its words
	}
	words, err := d.opt.Notes.Open(ctx, privacy.Case(string(id)), heldName(h.Event), h.Sealed)
	if err != nil {
		return err
	}
	at := d.now()
	sealed, err := d.scribe.SealWords(ctx, c.Person, h.Event, h.By.Alias, string(words), at)
	if err != nil {
		return err
	}
	ch := change{
		move: Move{Do: DoAnswer, By: h.By, Wrote: h.At, Promise: d.roster.Promise(at)},
		id:   h.Event, at: at, answer: h.Event, sealed: sealed, sends: h.Event,
	}
	if more > 0 {
		ch.more = at.Add(more).UnixMilli()
	}
	_, err = d.act(ctx, id, ch)
	return err
}

// cannotGo is why trying again would not help; "" = it would, or it has gone.
func cannotGo(err error) string {
	switch {
	case errors.Is(err, ErrForgotten), errors.Is(err, privacy.ErrShredded):
		return WhyForgotten
	case errors.Is(err, ErrPaused):
		return WhyPaused
	case errors.Is(err, ErrMove), errors.Is(err, ErrNotYours), errors.Is(err, ErrUnknown):
		return WhyLeft
	}
	return ""
}

// post lets held answers leave when their time has come, until ctx ends. Every
// process does; the store knows which of them was first.
func (d *Desk) post(ctx context.Context) {
	woken, stop := d.hub.join()
	defer stop()
	for {
		wait, err := d.sendDue(ctx)
		if err != nil && ctx.Err() == nil {
			d.opt.Log.Warn("handoff: held answers wait", "err", err)
		}
		timer := time.NewTimer(min(wait, idle))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-woken:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// sendDue sends what is due, and says how long nothing else will be.
func (d *Desk) sendDue(ctx context.Context) (time.Duration, error) {
	all, err := d.rdb.ZRangeWithScores(ctx, dueKey, 0, sweepPage).Result()
	if err != nil {
		return idle, wrap("due", err)
	}
	wait := idle
	var faults []error
	for _, z := range all {
		// What is further away than anything is ever held was put there before a
		// clock was set back.
		left := moment(strconv.FormatInt(int64(z.Score), 10)).Sub(d.now())
		if left > 0 && left <= max(d.opt.Undo, UndoFor) {
			wait = min(wait, left)
			continue
		}
		id, _ := z.Member.(string)
		if err := d.SendHeld(ctx, flows.CaseID(id)); err != nil {
			faults = append(faults, err) // one lane must not keep the others
		}
	}
	return wait, errors.Join(faults...)
}
