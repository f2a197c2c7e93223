package inbox

import (
	"context"
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// Sizes of one poll, per lane.
const (
	pollEntries = 256
	pollTimers  = 32
)

//go:embed lua/ring.lua
var ringLua string

var ringScript = redis.NewScript(ringLua)

// Due is a timer as it stands in a lane's due-set, and by its Key in the person's
// own list. It tells nothing of the talk; what it is for is sealed.
type Due struct {
	Event  string         `json:"id"`
	Blind  privacy.Blind  `json:"b"`
	Person flows.PersonID `json:"p"`
	Key    string         `json:"k"`
	Sealed []byte         `json:"e"`
}

// Member is the timer's form in the store. Equal timers have equal members.
func (d Due) Member() string {
	b, err := json.Marshal(d)
	if err != nil {
		panic("inbox: a timer of strings cannot be written") // unreachable
	}
	return string(b)
}

// seen is what a poll found in one lane.
type seen struct {
	ln     *lane
	room   int
	events *redis.XMessageSliceCmd
	length *redis.IntCmd
	due    *redis.ZSliceCmd
}

// pollLoop looks into all lanes at every tick and into woken ones at once.
func (r *Reader) pollLoop(ctx context.Context) {
	tick := time.NewTicker(r.opt.Poll)
	defer tick.Stop()
	for {
		timers := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			timers = true
		case <-r.bell:
		}
		for _, ln := range r.poll(ctx, r.look(timers), timers) {
			r.Wake(ln.lease.Lane)
		}
	}
}

// look picks the lanes to poll now: all of them, or those that were woken.
func (r *Reader) look(every bool) []*lane {
	r.mu.Lock()
	woken := r.woken
	r.woken = make(map[Lane]bool, len(woken))
	r.mu.Unlock()
	var list []*lane
	for _, ln := range r.all() {
		if (every || woken[ln.lease.Lane]) && !ln.leaving() {
			list = append(list, ln)
		}
	}
	return list
}

// poll reads what is new in one round trip and returns the lanes that have more.
func (r *Reader) poll(ctx context.Context, lanes []*lane, timers bool) (more []*lane) {
	if len(lanes) == 0 {
		return nil
	}
	pipe := r.rdb.Pipeline()
	asked := make([]seen, len(lanes))
	now := strconv.FormatInt(r.opt.Now().UnixMilli(), 10)
	for i, ln := range lanes {
		asked[i] = seen{ln: ln, room: min(pollEntries, maxHeld-ln.size())}
		in := LaneKey(ln.lease.Lane, "in")
		if asked[i].room > 0 {
			asked[i].events = pipe.XRangeN(ctx, in, ln.from(), "+", int64(asked[i].room))
		}
		asked[i].length = pipe.XLen(ctx, in)
		if timers {
			asked[i].due = pipe.ZRangeByScoreWithScores(ctx, LaneKey(ln.lease.Lane, "due"),
				&redis.ZRangeBy{Min: "-inf", Max: now, Count: pollTimers})
		}
	}
	if _, err := pipe.Exec(ctx); err != nil && ctx.Err() == nil {
		r.away(err) // and still hand out what did come: one sick lane stops no other
	}
	for _, s := range asked {
		if r.handOut(s) {
			more = append(more, s.ln)
		}
		if s.due != nil {
			r.ringAll(ctx, s.ln, s.due.Val())
		}
	}
	return more
}

func (ln *lane) from() string {
	if ln.cursor == "" {
		return "-"
	}
	return "(" + ln.cursor
}

// handOut gives its persons what one lane had and says whether there is more to read now.
func (r *Reader) handOut(s seen) bool {
	if s.events == nil || s.events.Err() != nil || s.length.Err() != nil {
		return false
	}
	found := s.events.Val()
	entries := make([]*Entry, 0, len(found))
	for _, m := range found {
		entries = append(entries, readable(m))
	}
	if len(found) > 0 {
		s.ln.cursor = found[len(found)-1].ID
	}
	r.offer(s.ln, entries)
	s.ln.checkMissed(len(found), int(s.length.Val()))
	return len(found) == s.room
}

// checkMissed begins from the start of the stream when the store keeps more than
// we know of: after a fail-over to a clock that is behind, new ids may be smaller
// than those we have read, and nothing that was acknowledged may be skipped.
func (ln *lane) checkMissed(found, length int) {
	if found > 0 || length <= ln.size() {
		ln.missed = 0
		return
	}
	if ln.missed++; ln.missed >= 2 {
		ln.cursor, ln.missed = "", 0
	}
}

// readable makes an entry of anything: what is none of ours goes to the dead
// letters like every other broken event, instead of lying in the lane for ever.
func readable(m redis.XMessage) *Entry {
	e, err := entryOf(m)
	if err == nil {
		return e
	}
	head, _, _ := strings.Cut(m.ID, "-")
	ms, _ := strconv.ParseInt(head, 10, 64)
	return &Entry{ID: m.ID, Event: "x:" + m.ID, Arrived: time.UnixMilli(ms).UTC(), Kind: Broken}
}

// ringAll turns timers that are due into events of the lane.
func (r *Reader) ringAll(ctx context.Context, ln *lane, due []redis.Z) {
	rung := false
	for _, z := range due {
		member, _ := z.Member.(string)
		var d Due
		if err := json.Unmarshal([]byte(member), &d); err != nil {
			r.opt.Log.Error("inbox: dropped a timer that is not one of ours", "lane", ln.lease.Lane.String())
			r.rdb.ZRem(ctx, LaneKey(ln.lease.Lane, "due"), member)
			continue
		}
		l := ln.lease.Lane
		keys := []string{LaneKey(l, "in"), LaneKey(l, "due"), LaneKey(l, "timer", string(d.Person)), LaneKey(l, "lease")}
		ok, err := ringScript.Run(ctx, r.rdb, keys, ln.lease.Value, member, d.Key, string(d.Blind), string(d.Person),
			d.Event, int64(z.Score), string(rune(Timer)), d.Sealed).Bool()
		if err != nil {
			r.away(err)
			break
		}
		rung = rung || ok
	}
	if rung {
		r.Wake(ln.lease.Lane)
	}
}
