package outbox_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/bot/outbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// person makes a resident whom LINE knows.
func (h *house) person(name string) flows.PersonID {
	h.t.Helper()
	p := flows.PersonID(lane.String() + "-" + name)
	if err := h.rdb.HSet(h.t.Context(), personKey(p), "u", userID(p), "a", "みどりのつばめ 27").Err(); err != nil {
		h.t.Fatal(err)
	}
	return p
}

// send describes one parcel of a turn.
type send struct {
	dest   outbox.Dest
	class  string
	crisis bool
	final  bool
	n      int      // message objects, 1
	act    string   // human: the desk's act
	texts  []string // keys
	read   string   // read: the token
	also   []string // other events that it answers
	note   flows.NoteDo
	gather time.Duration // more may follow until then
}

// turn does what the commit of a turn does: parcels, queues, ledger, token. It
// gives the parcels' ids. An empty token means that the event brought none.
func (h *house) turn(p flows.PersonID, event, token string, sends ...send) []string {
	h.t.Helper()
	ctx, now := h.t.Context(), h.clock.Now()
	pipe := h.rdb.TxPipeline()
	var ids []string
	toLINE := 0
	for i, s := range sends {
		if s.dest == "" {
			s.dest, toLINE = outbox.ToLINE, toLINE+1
		}
		parcel, l := s.parcel(p, event, token, i, now)
		ids = append(ids, parcel.ID)
		h.put(pipe, parcel, l, now)
	}
	h.line.issue(token, p)
	if token != "" && (len(sends) == 0 || !sends[0].final) {
		sealed, err := h.vault.Seal(ctx, privacy.Person(string(p)), outbox.TokenAAD(p), outbox.SealedToken(token, h.line.now()))
		if err != nil {
			h.t.Fatal(err)
		}
		pipe.Set(ctx, outbox.TokenKey(p), outbox.FormatToken(now, sealed), outbox.TokenLife)
	}
	if toLINE > 0 && token != "" { // an event of LINE is counted and owed an answer
		pipe.HSet(ctx, owedKey(p), event, "b:"+strconv.Itoa(toLINE))
		for _, other := range sends[0].also {
			pipe.HSet(ctx, owedKey(p), other, "b:"+strconv.Itoa(toLINE))
		}
		n := int64(1 + len(sends[0].also))
		pipe.HIncrBy(ctx, inbox.LaneKey(lane, "ledger"), "received", n)
		pipe.HIncrBy(ctx, inbox.LaneKey(lane, "ledger"), "pending", n)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		h.t.Fatal(err)
	}
	h.wake()
	return ids
}

// parcel is what a turn of the event makes of it, in the i-th place.
func (s send) parcel(p flows.PersonID, event, token string, i int, now time.Time) (outbox.Parcel, outbox.Letter) {
	id := outbox.ParcelID(event, i)
	parcel := outbox.Parcel{
		ID: id, Event: event, Person: p, Dest: s.dest, Class: s.class, Also: s.also, Crisis: s.crisis, Final: s.final,
		At: now.UnixMilli(), Owner: outbox.SealedBy(s.dest, s.final, p, now),
	}
	if s.gather > 0 {
		parcel.Gather = now.Add(s.gather).UnixMilli()
	}
	l := outbox.Letter{Alias: "みどりのつばめ 27", Act: s.act, Texts: s.texts, Read: s.read, Purge: s.class == outbox.ClassPurge}
	if s.final {
		l.Token, l.TokenAt, l.TokenOf = token, now.UnixMilli(), now.UnixMilli()
	}
	switch s.dest {
	case outbox.ToDesk:
		l.Note = &flows.DeskNote{Do: s.note}
	case outbox.ToAlarm:
		l.Alarm = &flows.Alarm{Urgency: flows.Life, Level: flows.Clear}
	case outbox.ToLINE:
		for k := range max(1, s.n) {
			l.Messages = append(l.Messages, json.RawMessage(fmt.Sprintf(`{"type":"text","text":"%s/%d"}`, id, k)))
		}
	}
	return parcel, l
}

func (h *house) put(pipe redis.Pipeliner, parcel outbox.Parcel, l outbox.Letter, now time.Time) {
	h.t.Helper()
	ctx := h.t.Context()
	plain, err := parcel.Fill(l)
	if err != nil {
		h.t.Fatal(err)
	}
	if parcel.Body, err = h.vault.Seal(ctx, parcel.Owner, parcel.AAD(), plain); err != nil {
		h.t.Fatal(err)
	}
	blob, err := parcel.Encode()
	if err != nil {
		h.t.Fatal(err)
	}
	pipe.HSet(ctx, outbox.ParcelsKey(parcel.Person), parcel.ID, blob)
	pipe.RPush(ctx, outbox.QueueKey(parcel.Dest, parcel.Person), parcel.ID)
	pipe.ZAddLT(ctx, outbox.DueKey(lane, parcel.Dest), redis.Z{Score: float64(now.UnixMilli()), Member: string(parcel.Person)})
}

func (h *house) wake() {
	for _, p := range h.procs {
		p.out.Wake(lane)
	}
}

// hold sets what must not be sent to a person.
func (h *house) hold(p flows.PersonID, what string) {
	h.t.Helper()
	if err := h.rdb.HSet(h.t.Context(), personKey(p), outbox.HoldField, what).Err(); err != nil {
		h.t.Fatal(err)
	}
}

// until waits for something to become true.
func (h *house) until(what string, ok func() bool) {
	h.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); <-tick.C {
		if ok() {
			return
		}
	}
	h.t.Fatalf("it never came to this: %s\nLINE has %v; queues: %v", what, h.line.delivered(), h.state())
}

// next is when the earliest errand of the given destinations is due; ok is false
// when there is none.
func (h *house) next(dests ...outbox.Dest) (at time.Time, ok bool) {
	h.t.Helper()
	pipe := h.rdb.TxPipeline() // at one moment, or time would pass between two looks
	var found []*redis.ZSliceCmd
	for _, d := range dests {
		found = append(found, pipe.ZRangeWithScores(h.t.Context(), outbox.DueKey(lane, d), 0, 0))
	}
	if _, err := pipe.Exec(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	for _, f := range found {
		if got := f.Val(); len(got) == 1 {
			if due := time.UnixMilli(int64(got[0].Score)); !ok || due.Before(at) {
				at, ok = due, true
			}
		}
	}
	return at, ok
}

// drain lets time pass until nothing is on its way any more.
func (h *house) drain() {
	h.t.Helper()
	h.until("nothing is on its way", func() bool {
		at, some := h.next(outbox.Dests[:]...)
		if wait := at.Sub(h.clock.Now()); some && wait > 0 {
			h.clock.pass(wait)
			h.wake()
		}
		return !some
	})
}

// waits lets the outbox do all that it can do now, without letting time pass.
func (h *house) waits(d outbox.Dest) time.Duration {
	h.t.Helper()
	var wait time.Duration
	h.until("everything left must wait", func() bool {
		at, some := h.next(d)
		wait = at.Sub(h.clock.Now())
		return some && wait > 0
	})
	return wait
}

func (h *house) state() map[string]string {
	keys, _ := h.rdb.Keys(h.t.Context(), "{lane-*").Result()
	out := map[string]string{}
	for _, k := range keys {
		out[k], _ = h.rdb.Type(h.t.Context(), k).Result()
	}
	return out
}

// counts reads the lane's ledger and checks that it adds up.
func (h *house) counts() map[string]int {
	h.t.Helper()
	all, err := h.rdb.HGetAll(h.t.Context(), inbox.LaneKey(lane, "ledger")).Result()
	if err != nil {
		h.t.Fatal(err)
	}
	n := map[string]int{}
	for k, v := range all {
		if i, _ := strconv.Atoi(v); i != 0 {
			n[k] = i
		}
	}
	if sum := n["bot"] + n["human"] + n["quiet"] + n["deleted"] + n["failed"] + n["pending"]; sum != n["received"] {
		h.t.Errorf("the ledger does not add up: %v", n)
	}
	return n
}

// letters reads the open letters as "id state why".
func (h *house) letters(p *process) []string {
	h.t.Helper()
	list, err := p.out.List(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, l := range list {
		out = append(out, fmt.Sprintf("%s %s %s", l.ID, l.State, l.Why))
	}
	return out
}

func same[T comparable](t *testing.T, what string, got, want []T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
