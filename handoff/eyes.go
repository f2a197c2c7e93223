package handoff

import (
	"context"
	_ "embed"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// What a second person may do on a case that somebody else has.
const (
	DoEyes    Do = "eyes"    // its coordinator asks for a second pair of eyes
	DoWatch   Do = "watch"   // a supervisor reads along
	DoRelieve Do = "relieve" // a supervisor takes it over in one step
	DoWhisper Do = "whisper" // in the log: they told its coordinator something
)

// Wants says whether the case asks for a second pair of eyes: somebody has it in
// clear danger, or asked, and nobody reads along yet.
func (c Case) Wants() bool {
	return c.Held() && c.Watcher.Name == "" && (c.Level == flows.Clear || !c.Eyes.IsZero())
}

// seconded decides what happens between the one who has a case and a second one.
func (c Case) seconded(m Move, at time.Time) (Case, []flows.DeskAct, error) {
	switch m.Do {
	case DoEyes:
		if c.Eyes.IsZero() {
			c.Eyes, c.Watcher = at, Staff{}
		}
		return c, nil, nil
	case DoWatch:
		if c.Staff.Name == m.By.Name {
			return c, nil, ErrSelf
		}
		c.Watcher = m.By
		return c, nil, nil
	case DoRelieve:
		if c.Staff.Name == m.By.Name {
			return c, nil, nil // tapped twice
		}
		c, acts := c.passes(m.By, flows.PassedRelieved, at)
		if c.Watcher.Name == m.By.Name {
			c.Watcher = Staff{}
		}
		if c.First.IsZero() && c.State == Claimed && c.Paused.IsZero() {
			c.Lease = at.Add(FirstWord)
		}
		return c, acts, nil
	}
	return c, nil, ErrMove
}

// Eyes asks for a second pair of eyes on one's own case.
func (d *Desk) Eyes(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "eyes", id, change{move: Move{Do: DoEyes, By: by}})
}

// Accompany takes that on: by reads along. Whether they may is their role's business.
func (d *Desk) Accompany(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "watch", id, change{move: Move{Do: DoWatch, By: by}})
}

// Relieve takes a case over in one step, because its coordinator is threatened or
// cannot go on. An answer of theirs that is held leaves first; they and the resident
// hear who has come.
func (d *Desk) Relieve(ctx context.Context, id flows.CaseID, by Staff) (Case, error) {
	return d.staffAct(ctx, "relieve", id, change{move: Move{Do: DoRelieve, By: by}})
}

// Whisper tells the one who has the case something that nobody else reads but those
// who whisper. It is a note: it has no way to a resident.
func (d *Desk) Whisper(ctx context.Context, id flows.CaseID, by Staff, act, text string) error {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return wrap("whisper", err)
	}
	if !c.Held() || c.Staff.Name == by.Name {
		return ErrMove
	}
	return d.keepRemark(ctx, c, remark{By: by, To: c.Staff.Name}, act, text)
}

// How long a key counts: colleagues see that somebody writes for a moment, and a talk
// is not taken out of the hands that write in it. Whoever looks up an opening time in
// the middle of a sentence is still writing it.
const (
	writingFor   = 8 * time.Second
	StillWriting = 2 * time.Minute
)

func writingKey(id flows.CaseID) string { return "{desk}:writing:" + string(id) } // ZSET alias → unix ms until when

//go:embed lua/writing.lua
var writingLua string

var writingScript = redis.NewScript(writingLua)

// Writes says that by is writing on a case. Pages hear of it when it begins.
func (d *Desk) Writes(ctx context.Context, id flows.CaseID, by Staff) error {
	at := d.now()
	err := writingScript.Run(ctx, d.rdb, []string{caseKey(id), writingKey(id)}, string(id), by.Alias,
		at.UnixMilli(), at.Add(writingFor).UnixMilli(), (writingFor + StillWriting).Milliseconds()).Err()
	if err == nil {
		d.hub.wake()
	}
	return wrap("writes", err)
}

// Writing gives the aliases of those who write on a case now.
func (d *Desk) Writing(ctx context.Context, id flows.CaseID) ([]string, error) {
	all, err := d.rdb.ZRangeByScore(ctx, writingKey(id), &redis.ZRangeBy{
		Min: strconv.FormatInt(d.now().UnixMilli(), 10), Max: "+inf",
	}).Result()
	slices.Sort(all)
	return all, wrap("writing", err)
}

// wrote says when the one who has a case last struck a key in it; zero: not lately.
func (d *Desk) wrote(ctx context.Context, id flows.CaseID) (time.Time, error) {
	c, _, err := d.load(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	until, err := d.rdb.ZScore(ctx, writingKey(id), c.Staff.Alias).Result()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	return time.UnixMilli(int64(until)).Add(-writingFor), err
}

// Remarked counts the notes and whispers of a case: it differs when there is one more.
func (d *Desk) Remarked(ctx context.Context, id flows.CaseID) (int64, error) {
	n, err := d.rdb.HLen(ctx, notesKey(id)).Result()
	return n, wrap("remarked", err)
}
