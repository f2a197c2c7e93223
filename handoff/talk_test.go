package handoff

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"engawa/config/redistest"
	"engawa/flows"
)

// talk is a resident's lane with the real Step in it: what the desk does comes
// in one after the other, and notes go out one after the other, each in its time.
type talk struct {
	person flows.PersonID
	state  flows.State
	in     []flows.Event
	seen   map[string]bool
	out    []note
	gone   bool // 消す was done
}

type note struct {
	id   string
	note flows.DeskNote
}

// town is a desk and the talks around it.
type town struct {
	w     *world
	cuts  *cuts
	talks map[flows.PersonID]*talk
	seq   int
}

func (tn *town) Tell(_ context.Context, p flows.PersonID, event string, at time.Time, act flows.DeskAct, _ []byte) error {
	t := tn.talks[p]
	if !t.seen[event] {
		t.seen[event] = true
		t.in = append(t.in, flows.Event{ID: event, Kind: flows.EvDesk, At: at, Desk: act})
	}
	return nil
}

// step lets one event happen and keeps the notes that come of it.
func (tn *town) step(t *talk, e flows.Event) {
	now := tn.w.clock.Now()
	state, effects, _ := flows.Step(&flows.Bundle{Hash: "0"}, flows.View{Now: now, Open: true, Friend: true}, t.state, e)
	t.state = state
	for i, ef := range effects {
		switch ef.Kind {
		case flows.EfDesk:
			t.out = append(t.out, note{id: fmt.Sprintf("%s#%d", e.ID, i), note: ef.Desk})
		case flows.EfPurge:
			t.gone = true
		}
	}
}

// TestNoTalkIsWithoutItsCaseAndNoCaseWithoutItsTalk lets residents and
// coordinators do what they like at the same time, while notes and acts are under
// way and the process is cut off, and then lets everything arrive: who waits
// stands in the line, who talks is in somebody's hands, and nobody else is.
func TestNoTalkIsWithoutItsCaseAndNoCaseWithoutItsTalk(t *testing.T) {
	rdb := redistest.Client(t)
	faults := &cuts{}
	rdb.AddHook(faults)
	rapid.Check(t, func(rt *rapid.T) {
		if err := rdb.FlushDB(t.Context()).Err(); err != nil {
			rt.Fatal(err)
		}
		tn := &town{w: worldOn(t, rdb), cuts: faults, talks: map[flows.PersonID]*talk{}}
		tn.w.desk.teller = tn
		for _, p := range crowd[:2] {
			tn.talks[p] = &talk{person: p, seen: map[string]bool{}}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"resident": tn.resident,
			"arrives":  tn.arrives,
			"note":     tn.note,
			"carry":    tn.carry,
			"staff":    tn.staff,
			"time":     tn.time,
		})
		tn.settle(rt)
	})
}

func (tn *town) pick(rt *rapid.T) *talk {
	ids := slices.Sorted(maps.Keys(tn.talks))
	return tn.talks[rapid.SampledFrom(ids).Draw(rt, "person")]
}

// resident writes something. What they mean is read already.
func (tn *town) resident(rt *rapid.T) {
	t := tn.pick(rt)
	if t.gone {
		rt.Skip("who deleted everything comes back as somebody else")
	}
	says := map[string]flows.Reading{
		"人と話す": {Exit: flows.ExHuman}, "やっぱりいい": {Exit: flows.ExLeave}, "機械の案内にもどる": {Exit: flows.ExBot},
		"もう送らないで": {Exit: flows.ExStop}, "はい": {Exit: flows.ExYes}, "いいえ": {Exit: flows.ExNo},
		"ここまで": {Exit: flows.ExEnd}, "消す": {Exit: flows.ExDelete}, "見せない": {Exit: flows.ExHide},
		"きのうね": {}, "もう死にたい": {Urgency: flows.Life, Level: flows.Clear, Rules: []string{"life.1"}},
	}
	what := rapid.SampledFrom([]string{
		"人と話す", "人と話す", "人と話す", "きのうね", "きのうね", "やっぱりいい", "機械の案内にもどる",
		"もう送らないで", "はい", "いいえ", "ここまで", "消す", "見せない", "もう死にたい",
	}).Draw(rt, "says")
	tn.seq++
	tn.step(t, flows.Event{
		ID: fmt.Sprintf("e%d", tn.seq), Kind: flows.EvText, At: tn.w.clock.Now(), Readings: []flows.Reading{says[what]},
	})
}

// arrives: the next act of the desk has its turn.
func (tn *town) arrives(rt *rapid.T) { tn.turn(tn.pick(rt)) }

func (tn *town) turn(t *talk) {
	if len(t.in) == 0 {
		return
	}
	e := t.in[0]
	t.in = t.in[1:]
	tn.step(t, e)
}

// note: the next note of a talk reaches the desk, at the second attempt if need be.
func (tn *town) note(rt *rapid.T) {
	t := tn.pick(rt)
	if rapid.Bool().Draw(rt, "cut") && len(t.out) > 0 {
		tn.cuts.set(rapid.IntRange(1, 4).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
		_ = tn.w.desk.Take(tn.w.t.Context(), t.out[0].id, t.person, "つばめ", t.out[0].note)
		tn.cuts.set(0, false)
	}
	tn.bring(rt, t)
}

func (tn *town) bring(rt *rapid.T, t *talk) {
	if len(t.out) == 0 {
		return
	}
	n := t.out[0]
	t.out = t.out[1:]
	if err := tn.w.desk.Take(tn.w.t.Context(), n.id, t.person, "つばめ", n.note); err != nil {
		rt.Fatalf("take %s: %v", n.note.Do, err)
	}
}

func (tn *town) carry(rt *rapid.T) {
	tn.cuts.set(rapid.IntRange(1, 8).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
	_, _ = tn.w.desk.carry(tn.w.t.Context(), "test")
	tn.cuts.set(0, false)
}

// staff does something to somebody's case, as far as it is allowed.
func (tn *town) staff(rt *rapid.T) {
	ctx, d := tn.w.t.Context(), tn.w.desk
	row, err := d.Of(ctx, tn.pick(rt).person)
	if errors.Is(err, ErrUnknown) {
		return
	}
	by := rapid.SampledFrom(team).Draw(rt, "by")
	if row.Held() {
		by = row.Staff
	}
	tn.seq++
	switch rapid.SampledFrom([]Do{DoClaim, DoClaim, DoAnswer, DoReturn, DoHandBack, DoClose}).Draw(rt, "do") {
	case DoClaim:
		_, err = d.Pull(ctx, row.ID, by)
	case DoAnswer:
		_, err = d.Answer(ctx, row.ID, by, fmt.Sprintf("f%d", tn.seq), "はい")
	case DoReturn:
		_, err = d.Return(ctx, row.ID, by)
	case DoHandBack:
		_, err = d.HandBack(ctx, row.ID, by)
	default:
		_, err = d.Close(ctx, row.ID, by)
	}
	if err != nil && !errors.Is(err, ErrMove) && !errors.Is(err, ErrNotYours) && !errors.Is(err, ErrForgotten) {
		rt.Fatal(err)
	}
}

func (tn *town) time(rt *rapid.T) {
	tn.w.clock.Pass(rapid.SampledFrom([]time.Duration{time.Second, 11 * time.Minute, 60 * time.Hour}).Draw(rt, "pass"))
	tn.w.sweep()
}

// settle lets everything arrive and compares both sides.
func (tn *town) settle(rt *rapid.T) {
	for busy := true; busy; {
		busy = false
		tn.w.carry()
		for _, t := range tn.talks {
			busy = busy || len(t.in)+len(t.out) > 0
			for len(t.in) > 0 {
				tn.turn(t)
			}
			for len(t.out) > 0 {
				tn.bring(rt, t)
			}
		}
	}
	for p, t := range tn.talks {
		row, err := tn.w.desk.Of(tn.w.t.Context(), p)
		if err != nil && !errors.Is(err, ErrUnknown) {
			rt.Fatal(err)
		}
		want := map[flows.Mode]bool{
			flows.ModeBot: !row.Open(), flows.ModeWaiting: row.State == Waiting, flows.ModeHuman: row.Held(),
		}
		if !want[t.state.Mode] {
			rt.Fatalf("%s is in mode %q, the case is %q", p, t.state.Mode, row.State)
		}
		if t.state.Mode != flows.ModeBot && t.state.Case != row.ID {
			rt.Fatalf("%s knows case %q, the desk has %q", p, t.state.Case, row.ID)
		}
		if t.state.Mode == flows.ModeHuman && t.state.Staff != row.Staff.Alias {
			rt.Fatalf("%s thinks that %q is there, it is %q", p, t.state.Staff, row.Staff.Alias)
		}
	}
}
