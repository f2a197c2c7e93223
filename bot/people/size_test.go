package people

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// talker is somebody in the midst of a long talk with the shipped content: they tap
// what they see, write, put posts aside, ask for a human and get one.
type talker struct {
	r    *rand.Rand
	b    *flows.Bundle
	at   time.Time
	s    flows.State
	taps []flows.Button
}

var boards = []flows.Post{{ID: "p-2026-0001", Day: "2026-12-05", Card: flows.CardView{Kind: "event", Title: "お茶の会"}}, {ID: "p-2026-0002", Card: flows.CardView{Kind: "ibasho", Title: "火曜のへや"}}}

func (p *talker) event(n int) (flows.Event, flows.View) {
	p.at = p.at.Add(time.Duration(p.r.IntN(3000)) * time.Second)
	e := flows.Event{ID: fmt.Sprintf("e%d", n), At: p.at, Kind: flows.EvText, Readings: []flows.Reading{{}}}
	v := flows.View{Now: p.at, Open: true, Friend: true}
	switch k := p.r.IntN(20); {
	case k < 11 && len(p.taps) > 0:
		if tap, err := flows.DecodeTap(p.taps[p.r.IntN(len(p.taps))].Data); err == nil {
			e.Kind, e.Tap, e.Readings = flows.EvTap, tap, nil
			if tap.Exit.OfBoard() {
				v.Posts = boards
			}
		}
	case k < 14:
		e.Readings = []flows.Reading{{Topics: []flows.Scored{{Flow: p.b.Order[p.r.IntN(len(p.b.Order))]}}, Sure: p.r.IntN(2) == 0}}
	case k == 14:
		e.Readings = []flows.Reading{{Urgency: flows.Life, Level: flows.Worry, Rules: []string{"life.tired"}}}
	case k == 15:
		post := boards[p.r.IntN(len(boards))]
		x := []flows.Exit{flows.ExKeep, flows.ExGo, flows.ExWith}[p.r.IntN(3)]
		e.Kind, e.Readings, e.Tap, v.Posts = flows.EvTap, nil, flows.Tap{Exit: x, Arg: string(post.ID), Turn: p.s.Turn}, []flows.Post{post}
	case k < 19 && p.s.Mode != flows.ModeBot:
		act := flows.DeskAct{Case: "c-7fk2m9x0", Staff: "すずらん", Until: p.at.Add(26 * time.Hour), Words: true}
		act.Do = []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered, flows.DeskClosed}[p.r.IntN(4)]
		e.Kind, e.Readings, e.Desk = flows.EvDesk, nil, act
	}
	return e, v
}

func (p *talker) lives(turns int) {
	for n := range turns {
		e, v := p.event(n)
		next, effects, _ := flows.Step(p.b, v, p.s, e)
		p.s, p.taps = next, nil
		for j := range effects {
			p.taps = append(append(p.taps, effects[j].Choices...), effects[j].Exits...)
		}
	}
}

// sizes are the bytes of the states of so many people after up to 60 turns each, as
// they are and as the real vault seals them, smallest first.
func sizes(t testing.TB, people int) (plain, sealed []int) {
	t.Helper()
	rdb := redistest.Client(t)
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(ctx, rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	var items []privacy.Item
	for i := range people {
		p := talker{r: rand.New(rand.NewPCG(4, uint64(i))), b: b, at: now}
		p.lives(1 + p.r.IntN(60))
		item, err := StateItem(Stranger(inbox.Lane(i%lanes), "x").ID, p.s)
		if err != nil {
			t.Fatal(err)
		}
		plain, items = append(plain, len(item.Data)), append(items, item)
	}
	if err := vault.SealMany(ctx, items); err != nil {
		t.Fatal(err)
	}
	for _, item := range items {
		if item.Err != nil {
			t.Fatal(item.Err)
		}
		sealed = append(sealed, len(item.Data))
	}
	slices.Sort(plain)
	slices.Sort(sealed)
	return plain, sealed
}

func TestAStateStaysSmallWhereItIsSealed(t *testing.T) {
	plain, sealed := sizes(t, 300)
	if got := plain[len(plain)/2]; got > 600 {
		t.Errorf("got a median of %d bytes, want at most 600", got)
	}
	if got := sealed[len(sealed)-1]; got > 1024 {
		t.Errorf("the largest sealed state has %d bytes, want at most 1 KB", got)
	}
}

// BenchmarkSealedState prints how large the states of 5,000 people in the midst of
// long talks are, as they are and sealed.
func BenchmarkSealedState(bench *testing.B) {
	for bench.Loop() {
		plain, sealed := sizes(bench, 5_000)
		for name, all := range map[string][]int{"plain": plain, "sealed": sealed} {
			bench.ReportMetric(float64(all[len(all)/2]), name+"-p50-B")
			bench.ReportMetric(float64(all[len(all)*99/100]), name+"-p99-B")
			bench.ReportMetric(float64(all[len(all)-1]), name+"-max-B")
		}
	}
}
