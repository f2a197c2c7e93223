package handoff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"engawa/config/redistest"
	"engawa/flows"
)

// model is the desk as it should be: pure cases, moved by Case.Apply alone.
type model struct {
	w     *world
	cuts  *cuts
	cases map[flows.CaseID]Case
	of    map[flows.PersonID]flows.CaseID
	heard map[flows.PersonID][]flows.DeskAct
	ids   int
	seq   int
}

var (
	crowd = []flows.PersonID{"01-anna", "02-bert", "03-cleo", "04-dora"}
	team  = []Staff{suzuran, kikyo, {Name: "mori", Alias: "もみじ"}}
)

// TestTheStoreMovesAsThePureCaseDoes plays random days at the desk, cutting the
// process off between any two commands, and compares store and model all the time.
func TestTheStoreMovesAsThePureCaseDoes(t *testing.T) {
	rdb := redistest.Client(t)
	faults := &cuts{}
	rdb.AddHook(faults)
	rapid.Check(t, func(rt *rapid.T) {
		if err := rdb.FlushDB(t.Context()).Err(); err != nil {
			rt.Fatal(err)
		}
		m := &model{
			w: worldOn(t, rdb), cuts: faults,
			cases: map[flows.CaseID]Case{}, of: map[flows.PersonID]flows.CaseID{}, heard: map[flows.PersonID][]flows.DeskAct{},
		}
		m.w.desk.newID = m.nextID
		rt.Repeat(map[string]func(*rapid.T){
			"note":  m.note,
			"act":   m.act,
			"time":  m.time,
			"carry": m.carry,
			"":      m.same,
		})
		m.end(rt)
	})
}

// note is anything that a resident's lane may say, however often it is cut off.
func (m *model) note(rt *rapid.T) {
	p := rapid.SampledFrom(crowd).Draw(rt, "person")
	note := flows.DeskNote{
		Do: rapid.SampledFrom([]flows.NoteDo{
			flows.NoteOpen, flows.NoteOpen, flows.NoteWords, flows.NoteLeave, flows.NoteShare,
			flows.NoteSame, flows.NoteSame, flows.NoteRisk, flows.NoteUnsent, flows.NoteForgotten, flows.NoteStopped,
		}).Draw(rt, "note"),
		Topic: "money", Scene: "okane/家賃", Rules: []string{"r1"},
		Urgency: rapid.SampledFrom([]flows.Urgency{"", flows.Life, flows.Violence}).Draw(rt, "urgency"),
		Since:   rapid.SampledFrom([]int64{0, m.w.clock.Now().Add(-time.Hour).Unix()}).Draw(rt, "since"),
		Why:     rapid.SampledFrom([]string{"", "all", whyForget, whyHurry, whyUnblocked}).Draw(rt, "why"),
	}
	if note.Urgency != "" {
		note.Level = rapid.SampledFrom([]flows.Level{flows.Worry, flows.Clear}).Draw(rt, "level")
	}
	m.seq++
	id := fmt.Sprintf("n%d", m.seq)
	m.stumble(rt, func(ctx context.Context) error { return m.w.desk.Take(ctx, id, p, "つばめ", note) })

	at := m.w.clock.Now()
	move := Move{Do: asks[note.Do], Note: note, Promise: m.w.desk.roster.Promise(at)}
	c := m.cases[m.of[p]]
	stale := c.State == Closed && note.Do == flows.NoteOpen && at.Sub(c.Closed) > again
	if c.State == None || stale {
		move.Fresh = Case{ID: m.nextID(), Person: p, Alias: "つばめ", Place: "line", Last: c.Last, Before: c.ID}
		c = Case{}
	}
	next, acts, err := c.Apply(move, at)
	if err != nil {
		return
	}
	if c.State == None {
		m.ids++
	}
	m.moved(p, next, acts)
	m.of[p] = next.ID
	if !next.Forgotten.IsZero() {
		m.forgetEarlier(c, at)
		delete(m.of, p)
	}
}

// forgetEarlier is what a 消す does to the person's cases of long ago.
func (m *model) forgetEarlier(c Case, at time.Time) {
	for id := c.Before; id != ""; id = m.cases[id].Before {
		if old, _, err := m.cases[id].Apply(Move{Do: DoForgotten}, at); err == nil {
			m.cases[id] = old
		}
	}
}

// nextID names the next case, for the desk and for the model.
func (m *model) nextID() flows.CaseID { return flows.CaseID(fmt.Sprintf("c%d", m.ids+1)) }

// moved is a move that the model has made.
func (m *model) moved(p flows.PersonID, next Case, acts []flows.DeskAct) {
	for _, a := range acts {
		if !a.Words {
			next.Tells++
		}
		if a.Do == flows.DeskOpened {
			next.Opening = next.Tells
		}
	}
	m.cases[next.ID] = next
	m.heard[p] = append(m.heard[p], acts...)
}

// stumble tries until it succeeds, as the outbox does; the first attempts are cut off.
func (m *model) stumble(rt *rapid.T, do func(context.Context) error) {
	times := rapid.IntRange(0, 2).Draw(rt, "cuts")
	for range times {
		m.cuts.set(rapid.IntRange(1, 6).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
		_ = do(m.w.t.Context())
	}
	m.cuts.set(0, false)
	if err := do(m.w.t.Context()); err != nil {
		rt.Fatalf("in the end: %v", err)
	}
}

// act is anything that a coordinator may do. Cut off, it was done wholly or not at all.
func (m *model) act(rt *rapid.T) {
	if len(m.cases) == 0 {
		rt.Skip("nobody has come yet")
	}
	ids := make([]flows.CaseID, 0, len(m.cases))
	for id := range m.cases {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := rapid.SampledFrom(ids).Draw(rt, "case")
	old := m.cases[id]
	by := rapid.SampledFrom(team).Draw(rt, "by")
	if old.Held() && rapid.IntRange(0, 3).Draw(rt, "own") > 0 {
		by = old.Staff
	}
	at := m.w.clock.Now()
	until := at.Add(rapid.SampledFrom([]time.Duration{-time.Hour, time.Hour, 50 * time.Hour}).Draw(rt, "until"))
	if old.Asked.Name != "" && rapid.Bool().Draw(rt, "asked") {
		by = old.Asked
	}
	move := Move{By: by, To: rapid.SampledFrom(team).Draw(rt, "to"), Until: until, Promise: m.w.desk.roster.Promise(at)}
	do, call := m.draw(rt, id, &move)
	move.Do = do
	want, acts, wrong := old.Apply(move, at)
	if do == DoClaim && wrong == nil && !old.Held() && m.busy(by) >= 3 {
		wrong = ErrFull
	}

	if rapid.IntRange(0, 3).Draw(rt, "cut off") == 0 {
		m.cuts.set(rapid.IntRange(1, 4).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
	}
	err := call(m.w.t.Context())
	m.cuts.set(0, false)
	if errors.Is(err, errCut) {
		row := m.w.get(id)
		if differ(row.Case, old) == "" {
			return // not done
		}
		err = nil // done, though nobody was told
	}
	if !sameRefusal(err, wrong) {
		rt.Fatalf("%s by %s: %v, want %v", do, by.Name, err, wrong)
	}
	if wrong == nil {
		m.moved(old.Person, want, acts)
	}
}

func sameRefusal(got, want error) bool {
	var a, b *TakenError
	if errors.As(got, &a) && errors.As(want, &b) {
		return a.By == b.By
	}
	return errors.Is(got, want)
}

// draw picks what a coordinator does.
func (m *model) draw(rt *rapid.T, id flows.CaseID, move *Move) (Do, func(context.Context) error) {
	d, by := m.w.desk, move.By
	m.seq++
	form := fmt.Sprintf("f%d", m.seq)
	calls := map[Do]func(context.Context) (Case, error){
		DoClaim:    func(ctx context.Context) (Case, error) { return d.Claim(ctx, id, by) },
		DoAnswer:   func(ctx context.Context) (Case, error) { return d.Answer(ctx, id, by, form, "はい") },
		DoExtend:   func(ctx context.Context) (Case, error) { return d.Extend(ctx, id, by, move.Until) },
		DoReturn:   func(ctx context.Context) (Case, error) { return d.Return(ctx, id, by) },
		DoHandBack: func(ctx context.Context) (Case, error) { return d.HandBack(ctx, id, by) },
		DoClose:    func(ctx context.Context) (Case, error) { return d.Close(ctx, id, by) },
		DoSnooze:   func(ctx context.Context) (Case, error) { return d.Snooze(ctx, id, by, move.Until) },
		DoAsk:      func(ctx context.Context) (Case, error) { return d.Ask(ctx, id, by, move.To) },
		DoTakeBack: func(ctx context.Context) (Case, error) { return d.TakeBack(ctx, id, by) },
		DoAccept:   func(ctx context.Context) (Case, error) { return d.Accept(ctx, id, by) },
		DoDecline:  func(ctx context.Context) (Case, error) { return d.Decline(ctx, id, by) },
		DoYield:    func(ctx context.Context) (Case, error) { return d.Yield(ctx, id, by) },
		DoGoOn:     func(ctx context.Context) (Case, error) { return d.GoOn(ctx, id, by) },
		DoRelieve:  func(ctx context.Context) (Case, error) { return d.Relieve(ctx, id, by) },
		DoPause:    func(ctx context.Context) (Case, error) { return d.Pause(ctx, id, by, form, move.Until, "") },
		DoResume:   func(ctx context.Context) (Case, error) { return d.Resume(ctx, id, by) },
		DoRead:     func(ctx context.Context) (Case, error) { return d.Opened(ctx, id, by, move.Until) },
	}
	do := rapid.SampledFrom([]Do{
		DoClaim, DoClaim, DoAnswer, DoAnswer, DoExtend, DoReturn, DoHandBack, DoClose, DoSnooze, DoRead, DoAsk, DoAsk, DoTakeBack, DoAccept, DoAccept, DoDecline,
		DoYield, DoGoOn, DoRelieve, DoPause, DoPause, DoResume,
	}).Draw(rt, "do")
	return do, func(ctx context.Context) error { _, err := calls[do](ctx); return err }
}

func (m *model) busy(by Staff) (n int) {
	for _, c := range m.cases {
		if c.Busy() && c.Staff.Name == by.Name {
			n++
		}
	}
	return n
}

// time passes, and the desk looks after itself.
func (m *model) time(rt *rapid.T) {
	m.w.clock.Pass(rapid.SampledFrom([]time.Duration{
		time.Second, 11 * time.Minute, 5 * time.Hour, 60 * time.Hour, 20 * 24 * time.Hour,
	}).Draw(rt, "pass"))
	now := m.w.clock.Now()
	m.stumble(rt, func(ctx context.Context) error { _, err := m.w.desk.Sweep(ctx, now); return err })
	for _, c := range m.cases {
		next, acts, err := c.Apply(Move{Do: DoLapse, Promise: m.w.desk.roster.Promise(now)}, now)
		if err == nil {
			m.moved(c.Person, next, acts)
		}
	}
}

// carry brings acts to the lanes; some do not answer, and the relay dies on the way.
func (m *model) carry(rt *rapid.T) {
	p := rapid.SampledFrom(crowd).Draw(rt, "deaf")
	m.w.lanes.setDeaf(p, rapid.Bool().Draw(rt, "is deaf"))
	m.cuts.set(rapid.IntRange(1, 12).Draw(rt, "at"), rapid.Bool().Draw(rt, "after"))
	_, _ = m.w.desk.carry(m.w.t.Context(), "test")
	m.cuts.set(0, false)
	m.w.lanes.setDeaf(p, false)
}

// same compares all that the store says with the model.
func (m *model) same(rt *rapid.T) {
	ctx := m.w.t.Context()
	var waiting, held []Case
	loads := map[string]string{}
	for id, want := range m.cases {
		got, err := m.w.desk.Get(ctx, id)
		if err != nil {
			rt.Fatalf("get %s: %v", id, err)
		}
		if d := differ(got.Case, want); d != "" {
			rt.Fatalf("case %s (-want +got):\n%s", id, d)
		}
		switch {
		case want.State == Waiting:
			waiting = append(waiting, want)
		case want.Held():
			held = append(held, want)
		}
	}
	slices.SortFunc(waiting, func(a, b Case) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.ID, b.ID))
	})
	for _, s := range team {
		if n := m.busy(s); n > 0 {
			loads[s.Name] = fmt.Sprint(n)
		}
	}
	queue, err := m.w.desk.Queue(ctx)
	if err != nil {
		rt.Fatal(err)
	}
	mine, err := m.w.desk.Mine(ctx, "")
	if err != nil {
		rt.Fatal(err)
	}
	if got, want := idsOf(rowCases(queue)), idsOf(waiting); !slices.Equal(got, want) {
		rt.Fatalf("the line is %v, want %v", got, want)
	}
	if got, want := sorted(idsOf(rowCases(mine))), sorted(idsOf(held)); !slices.Equal(got, want) {
		rt.Fatalf("in hands are %v, want %v", got, want)
	}
	if d := gocmp.Diff(loads, m.w.rdb.HGetAll(ctx, loadKey).Val()); d != "" {
		rt.Fatalf("load (-want +got):\n%s", d)
	}
	if got := m.w.rdb.HGetAll(ctx, personsKey).Val(); len(got) != len(m.of) {
		rt.Fatalf("persons with a case = %v, want %v", got, m.of)
	}
}

func rowCases(rows []Row) (cases []Case) {
	for _, r := range rows {
		cases = append(cases, r.Case)
	}
	return cases
}

func idsOf(cases []Case) (ids []flows.CaseID) {
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	return ids
}

func sorted(ids []flows.CaseID) []flows.CaseID { slices.Sort(ids); return ids }

// end brings what is left to the lanes: each act once, in order.
func (m *model) end(rt *rapid.T) {
	m.same(rt)
	m.w.carry()
	for _, p := range crowd {
		var got []flows.DeskAct
		for _, h := range m.w.lanes.heard(p) {
			h.act.Ahead = 0
			got = append(got, h.act)
		}
		if d := gocmp.Diff(m.heard[p], got); d != "" {
			rt.Fatalf("the lane of %s heard (-want +got):\n%s", p, d)
		}
	}
	if n, _, err := m.w.desk.Untold(m.w.t.Context()); err != nil || n != 0 {
		rt.Fatalf("%d acts are left, err %v", n, err)
	}
}
