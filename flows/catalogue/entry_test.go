package catalogue_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"engawa/flows"
	"engawa/flows/catalogue"
)

func tea(id string, change func(*catalogue.Entry)) *catalogue.Entry {
	e := &catalogue.Entry{
		ID: id, Kind: catalogue.Ibasho, Title: catalogue.Ja("お茶の会 " + id), State: catalogue.Published, Verified: at("2026-11-01 00:00"), By: "鈴木",
		Times: []catalogue.When{{Start: "2026-11-14T14:00", End: "2026-11-14T16:00", Rule: catalogue.Monthly(2, time.Saturday)}},
	}
	if change != nil {
		change(e)
	}
	return e
}

func found(f catalogue.Found) (ids []string) {
	for _, h := range f.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func TestTheFiltersAreTheWordsOfTheButtons(t *testing.T) {
	now := at("2026-11-20 12:00")
	here := &catalogue.Point{Lat: 35.70, Lon: 139.70}
	x := catalogue.NewIndex([]*catalogue.Entry{
		tea("today", func(e *catalogue.Entry) {
			e.Times[0] = catalogue.When{Start: "2026-11-20T15:00", End: "2026-11-20T16:00"}
		}),
		tea("over", func(e *catalogue.Entry) {
			e.Times[0] = catalogue.When{Start: "2026-11-20T09:00", End: "2026-11-20T10:00", Rule: "FREQ=MONTHLY"}
		}),
		tea("week", func(e *catalogue.Entry) {
			e.Times[0] = catalogue.When{Start: "2026-11-24T15:00", End: "2026-11-24T16:00"}
		}),
		tea("near", func(e *catalogue.Entry) { e.Where.Point = &catalogue.Point{Lat: 35.71, Lon: 139.70} }),
		tea("far", func(e *catalogue.Entry) { e.Where.Point = &catalogue.Point{Lat: 35.80, Lon: 139.70} }),
		tea("station", func(e *catalogue.Entry) { e.Where.Station = "ひなた駅" }),
		tea("online", func(e *catalogue.Entry) { e.Facts = []string{"オンライン"} }),
		tea("silent", func(e *catalogue.Entry) { e.Facts = []string{"話さなくてOK"} }),
		tea("peers", func(e *catalogue.Entry) { e.Tie = catalogue.Peer }),
		tea("family", func(e *catalogue.Entry) { e.For = []catalogue.For{catalogue.ForFamily} }),
	}, nil, now)
	for _, c := range []struct {
		ask  catalogue.Ask
		want []string
	}{
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Today}}, []string{"today"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.ThisWeek}}, []string{"today", "week"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Near}, Near: here}, []string{"near"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Near}, Place: "ひなた"}, []string{"station"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Online}}, []string{"online"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Silent}}, []string{"silent"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Peers}}, []string{"peers"}},
		{catalogue.Ask{Filters: []catalogue.Filter{catalogue.Family}}, []string{"family"}},
	} {
		f := x.Find(now, c.ask)
		if diff := cmp.Diff(c.want, found(f)); diff != "" || f.Loose {
			t.Errorf("%v: loose %v, want, got:\n%s", c.ask.Filters, f.Loose, diff)
		}
	}
	f := x.Find(now, catalogue.Ask{Filters: []catalogue.Filter{catalogue.Today, catalogue.Silent}})
	if diff := cmp.Diff([]string{"silent"}, found(f)); diff != "" || !f.Loose {
		t.Errorf("nothing fits both wishes: loose %v, want the nearest, got:\n%s", f.Loose, diff)
	}
	if f := x.Find(now, catalogue.Ask{Filters: []catalogue.Filter{catalogue.Silent}}); !slices.Contains(f.Hits[0].Why, "話さなくてOK") {
		t.Errorf("got reasons %q, want the wish that it fits", f.Hits[0].Why)
	}
}

func TestTheLowestHurdleComesFirstAndOneOfEachTie(t *testing.T) {
	now := at("2026-11-20 12:00")
	tied := func(tie catalogue.Tie, facts ...string) func(*catalogue.Entry) {
		return func(e *catalogue.Entry) { e.Tie, e.Facts = tie, facts }
	}
	x := catalogue.NewIndex([]*catalogue.Entry{
		tea("a", tied(catalogue.Neighbour)), tea("b", tied(catalogue.Neighbour, "無料")), tea("c", tied(catalogue.Neighbour, "話さなくてOK", "名前いらない")),
		tea("d", tied(catalogue.Pro, "無料")), tea("e", tied(catalogue.Peer)), tea("f", tied(catalogue.Neighbour, "話さなくてOK", "無料")),
	}, nil, now)
	hits := x.Find(now, catalogue.Ask{})
	if diff := cmp.Diff([]string{"c", "f", "b", "d", "a", "e"}, found(hits)); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"c", "d", "e"}, found(catalogue.Found{Hits: catalogue.Pick(hits.Hits, 3)})); diff != "" {
		t.Errorf("three for one turn: want, got:\n%s", diff)
	}
}

func TestOnlyWhatIsPublishedVerifiedAndStillToComeIsFound(t *testing.T) {
	now := at("2026-11-20 12:00")
	state := func(s catalogue.State) func(*catalogue.Entry) { return func(e *catalogue.Entry) { e.State = s } }
	x := catalogue.NewIndex([]*catalogue.Entry{
		tea("good", nil), tea("draft", state(catalogue.Draft)), tea("waiting", state(catalogue.Waiting)), tea("paused", state(catalogue.Paused)),
		tea("cancelled", state(catalogue.Cancelled)), tea("recalled", state(catalogue.Recalled)),
		tea("nobody", func(e *catalogue.Entry) { e.By = "" }), tea("stale", func(e *catalogue.Entry) { e.Verified = at("2026-01-01 00:00") }),
		tea("over", func(e *catalogue.Entry) { e.Kind, e.Times[0].Rule = catalogue.Event, "" }),
	}, nil, now)
	if diff := cmp.Diff([]string{"good"}, found(x.Find(now, catalogue.Ask{Words: "お茶の会"}))); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
}

func TestASafePlaceIsFoundByNoNameOfItsPlace(t *testing.T) {
	now := at("2026-11-20 12:00")
	safe := tea("safe", func(e *catalogue.Entry) {
		e.Where = catalogue.Where{Place: catalogue.Ja("みどり荘"), Station: "桜橋駅", Asked: true, Point: &catalogue.Point{Lat: 35.7, Lon: 139.7}}
	})
	x := catalogue.NewIndex([]*catalogue.Entry{safe}, nil, now)
	for _, words := range []string{"みどり荘", "桜橋駅"} {
		if got := found(x.Find(now, catalogue.Ask{Words: words})); len(got) > 0 {
			t.Errorf("%s finds %v", words, got)
		}
	}
	f := x.Find(now, catalogue.Ask{Filters: []catalogue.Filter{catalogue.Near}, Near: &catalogue.Point{Lat: 35.7, Lon: 139.7}})
	if !f.Loose {
		t.Error("a safe place tells by 「ちかく」 where it is")
	}
}

func TestAPointIsMadeCoarse(t *testing.T) {
	got := catalogue.Round(35.681236, 139.767125)
	if want := (catalogue.Point{Lat: 35.68, Lon: 139.765}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCardsAreSeenThroughTheSameModel(t *testing.T) {
	b := shelf()
	b.Cards["kai"] = &flows.Card{
		ID: "kai", Kind: "ibasho", Title: flows.Phrase{flows.Ja: "家族のお茶"}, Source: "見本(地域の家族会に書きかえる)", By: "鈴木", Verified: at("2026-11-01 00:00"),
		Place: flows.Phrase{flows.Ja: "ひなた町2丁目 あおぞら会館(ひなた駅から歩いて5分)"}, Hours: flows.Phrase{flows.Ja: "第3水曜の13時半から15時半"},
	}
	var kai, good *catalogue.Entry
	for _, e := range catalogue.FromCards(b) {
		switch e.ID {
		case "kai":
			kai = e
		case "good":
			good = e
		case "memo":
			t.Error("a memo is offered")
		}
	}
	if w := kai.Where; w.Station != "ひなた駅" || w.Town != "ひなた町2丁目" || w.Way != "ひなた駅から歩いて5分" || kai.Tie != catalogue.Peer {
		t.Errorf("got %+v, tie %s", w, kai.Tie)
	}
	if o, ok := kai.Next(at("2026-11-20 12:00"), nil); !ok || !o.Start.Equal(at("2026-12-16 13:30")) {
		t.Errorf("got next %v", o)
	}
	for _, when := range []string{"2026-11-20 12:00", "2026-11-20 17:00", "2026-11-23 12:00"} {
		open, next, known := good.OpenAt(at(when), catalogue.Closed(b.House.Closed))
		wantOpen, wantNext, _ := b.OpenNow(b.Cards["good"], at(when))
		if open != wantOpen || !next.Equal(wantNext) || !known {
			t.Errorf("%s: as an entry open %v until %v, as a card %v until %v", when, open, next, wantOpen, wantNext)
		}
	}
}

func TestWhatIsWrongIsToldByField(t *testing.T) {
	bad := &catalogue.Entry{Kind: "circus", Facts: []string{"たのしい"}, Effort: "毎日", Capacity: -1, Where: catalogue.Where{Point: &catalogue.Point{Lat: 139, Lon: 35}},
		Times: []catalogue.When{{Start: "2026-11-21T14:00", End: "2026-11-21T13:00"}}}
	var got []string
	for _, f := range catalogue.Faults(bad.Check()) {
		got = append(got, f.Field)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"capacity", "effort", "facts", "id", "kind", "point", "times", "title"}, got); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	if err := tea("x", nil).Check(); err != nil {
		t.Errorf("a good entry is refused: %v", err)
	}
}
