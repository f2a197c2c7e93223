package handoff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"engawa/flows"
)

// changing is a desk whose areas and teams the console may change.
func changing(t *testing.T) (*world, *Shifts) {
	w := newWorld(t)
	at := &flows.House{Zone: tokyo, Hours: house().Hours, Teams: ourTown.Teams, Areas: ourTown.Areas, Apart: ourTown.Apart}
	s := NewShifts(w.rdb, func() *flows.House { return at }, func(context.Context) ([]string, error) { return []string{"sato", "tanaka", "mori"}, nil }, w.clock.Now)
	w.desk = New(w.rdb, s, w.seals, w.lanes, Options{Notes: w.notes, Now: w.clock.Now, House: s.InForce, Town: s.TownNow})
	return w, s
}

// change puts a changed town in force.
func (w *world) change(s *Shifts, change func(Town) (Town, error)) {
	w.t.Helper()
	town, err := s.Town(w.t.Context())
	if err == nil {
		town, err = change(town)
	}
	if err == nil {
		err = s.SetTown(w.t.Context(), town, "mori")
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// in brings a talk of sato's into an area.
func (w *world) in(area string) flows.CaseID {
	w.t.Helper()
	id := w.open("07-anna")
	w.must(w.desk.Claim(w.t.Context(), id, kikyo))
	w.must(w.desk.Answer(w.t.Context(), id, kikyo, "a1", "読みました"))
	w.must(w.desk.AskGroup(w.t.Context(), id, kikyo, AskArea, area, false))
	w.must(w.desk.Accept(w.t.Context(), id, suzuran))
	return id
}

func TestATalkWhoseAreaIsTakenAwayGoesOneStepUpAndStaysInItsHands(t *testing.T) {
	w, s := changing(t)
	ctx := t.Context()
	if err := w.desk.SetTeams(ctx, "tanaka", []string{"くらし相談"}); err != nil {
		t.Fatal(err)
	}
	id := w.in("駅のまわり")
	w.carry()
	heard := fmt.Sprint(w.lanes.acts("07-anna"))
	w.change(s, func(t Town) (Town, error) { return t.WithoutArea(s.Base(), "駅のまわり", t.Rev, "") })
	for i, want := range []int{1, 0, 0} { // three times is once
		if n, err := w.desk.Settle(ctx); err != nil || n != want {
			t.Errorf("settled the %dth time: %d, %v, want %d", i+1, n, err, want)
		}
	}
	row := w.state(id, Talking)
	if row.Area != "南地区" || row.Staff != suzuran || row.Promise.IsZero() {
		t.Errorf("it is in %q with %s, promised %v; want 南地区, the same hands and promise", row.Area, row.Staff.Alias, row.Promise)
	}
	w.carry()
	if got := fmt.Sprint(w.lanes.acts("07-anna")); got != heard {
		t.Errorf("the resident heard %s, want nothing new after %s", got, heard)
	}
	told, err := w.desk.Notices(ctx, suzuran.Name)
	if err != nil || !slices.ContainsFunc(told, func(n Notice) bool { return n.Do == DoSettle && n.Why == SettledArea }) {
		t.Errorf("notices of who has it: %+v, %v", told, err)
	}
	w.change(s, func(t Town) (Town, error) {
		return t.WithoutArea(s.Base(), "南地区", t.Rev, "小学校のまわり")
	})
	if _, err := w.desk.Settle(ctx); err != nil || w.get(id).Area != "小学校のまわり" {
		t.Errorf("it is in %q, %v, want where who took the area away sent it", w.get(id).Area, err)
	}
}

func TestAnAreaThatAReleaseDropsHandsItsTalksOnToo(t *testing.T) {
	w, _ := changing(t)
	id := w.in("駅のまわり")
	w.desk.opt.House = func() *flows.House {
		return &flows.House{Teams: ourTown.Teams, Areas: []flows.Area{{Name: "空の範囲", Level: flows.AreaMiddle}, {Name: "区", Level: flows.AreaCity, People: []string{"mori"}}}}
	}
	if _, err := w.desk.Settle(t.Context()); err != nil || w.get(id).Area != "区" {
		t.Errorf("it is in %q, %v, want 区: nobody stands in the step between", w.get(id).Area, err)
	}
	w.desk.opt.House = func() *flows.House { return &flows.House{} }
	if _, err := w.desk.Settle(t.Context()); err != nil || w.get(id).Area != "" || w.get(id).Staff != suzuran {
		t.Errorf("it is in %q with %s, %v, want the line of all", w.get(id).Area, w.get(id).Staff.Alias, err)
	}
}

func TestARenamedAreaAndTeamKeepTheirTalksPeopleAndFlows(t *testing.T) {
	w, s := changing(t)
	ctx := t.Context()
	if err := w.desk.SetTeams(ctx, "tanaka", []string{"くらし相談", "駅のまわり"}); err != nil {
		t.Fatal(err)
	}
	id := w.in("駅のまわり")
	w.change(s, func(t Town) (Town, error) {
		t, err := t.WithArea(s.Base(), "駅のまわり", t.Rev, flows.Area{Name: "駅と川のまわり", Level: flows.AreaNear, People: []string{"sato"}})
		if err != nil {
			return t, err
		}
		return t.WithTeam(s.Base(), "くらし相談", t.Rev, "くらしと住まい", flows.Team{})
	})
	if _, err := w.desk.Settle(ctx); err != nil || w.get(id).Area != "駅と川のまわり" {
		t.Errorf("the talk is in %q, %v", w.get(id).Area, err)
	}
	if got, err := w.desk.TeamsOf(ctx, "tanaka"); err != nil || fmt.Sprint(got) != "[くらしと住まい 駅と川のまわり 南地区]" {
		t.Errorf("tanaka stands in %v, %v", got, err)
	}
	w.take("07-bert", flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Team: "くらし相談"})
	if row, err := w.desk.Of(ctx, "07-bert"); err != nil || row.Team != "くらしと住まい" {
		t.Errorf("what a flow sends to the old name is with %q, %v", row.Team, err)
	}
	w.change(s, func(t Town) (Town, error) { return t.WithoutTeam(s.Base(), "くらしと住まい", t.Rev, "") })
	w.take("07-clara", flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Team: "くらし相談"})
	for _, person := range []flows.PersonID{"07-bert", "07-clara"} {
		if _, err := w.desk.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		if row, err := w.desk.Of(ctx, person); err != nil || row.Team != "" || row.State != Waiting {
			t.Errorf("%s is with %q (%s), %v, want in the line of all", person, row.Team, row.State, err)
		}
	}
}

func TestAskingAnAreaThatIsTakenAwayIsUndoneAndTold(t *testing.T) {
	w, s := changing(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskArea, "区", true))
	w.change(s, func(t Town) (Town, error) { return t.WithoutArea(s.Base(), "区", t.Rev, "") })
	if _, err := w.desk.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if row := w.state(id, Claimed); row.Asked != (Staff{}) || row.Staff != suzuran {
		t.Errorf("it asks %+v and is with %s, want nobody asked, the same hands", row.Asked, row.Staff.Alias)
	}
	if told, err := w.desk.Notices(ctx, suzuran.Name); err != nil || len(told) != 1 || told[0].Why != SettledAsk {
		t.Errorf("told %+v, %v", told, err)
	}
}

func TestATownIsRefusedThatIsNone(t *testing.T) {
	_, s := changing(t)
	ctx := t.Context()
	town, err := s.Town(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		a    flows.Area
		want error
	}{
		{flows.Area{Name: "区", Level: 2}, ErrPlaceName}, {flows.Area{Name: "居場所", Level: 2}, ErrPlaceName}, {flows.Area{Level: 2}, ErrPlaceName},
		{flows.Area{Name: "a: {b}", Level: 2}, ErrPlaceName}, {flows.Area{Name: "丘", Level: 9}, ErrPlace},
	} {
		next, err := town.WithArea(s.Base(), "", 0, x.a)
		if err == nil {
			err = s.SetTown(ctx, next, "mori")
		}
		if !errors.Is(err, x.want) {
			t.Errorf("%+v: %v, want %v", x.a, err, x.want)
		}
	}
	next, err := town.WithArea(s.Base(), "", 0, flows.Area{Name: "丘", Level: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetTown(ctx, next, "mori"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetTown(ctx, next, "sato"); !errors.Is(err, ErrOther) {
		t.Errorf("over what somebody else put in force: %v, want ErrOther", err)
	}
	if got := names(s.InForce().Areas); !slices.Contains(got, "丘") {
		t.Errorf("in force: %v", got)
	}
}

func TestADangerIsPromisedWhoeverReadsFirst(t *testing.T) {
	w, s := changing(t)
	w.change(s, func(t Town) (Town, error) {
		return t.WithTeam(s.Base(), "居場所", 0, "居場所", flows.Team{Hours: map[time.Weekday][]flows.Span{time.Friday: {{From: 600, To: 660}}}})
	})
	house, friday := s.Promise(w.clock.Now()), time.Date(2026, 11, 20, 11, 0, 0, 0, tokyo)
	for _, x := range []struct {
		c    Case
		want time.Time
	}{{Case{Team: "居場所"}, friday}, {Case{Team: "くらし相談"}, house}, {Case{Team: "居場所", Level: flows.Clear}, house}} {
		if got := w.desk.promised(x.c, change{at: w.clock.Now(), move: Move{Promise: house}}); !got.Equal(x.want) {
			t.Errorf("%+v: promised %s, want %s", x.c.Team, got.In(tokyo), x.want)
		}
	}
}
