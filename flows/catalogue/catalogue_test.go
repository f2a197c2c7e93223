package catalogue_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"engawa/flows"
	"engawa/flows/catalogue"
)

var tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

func at(day string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day, tokyo)
	if err != nil {
		panic(err)
	}
	return t
}

func week(from, to int, days ...time.Weekday) map[time.Weekday][]flows.Span {
	w := map[time.Weekday][]flows.Span{}
	for _, d := range days {
		w[d] = []flows.Span{{From: from, To: to}}
	}
	return w
}

func shelf() *flows.Bundle {
	ja := func(s string) flows.Phrase { return flows.Phrase{flows.Ja: s} }
	verified := at("2026-11-01 00:00")
	return &flows.Bundle{
		House: flows.House{Zone: tokyo, Closed: map[string]string{"2026-11-23": "勤労感謝の日"}},
		Lines: map[string][]flows.Phrase{"card.open": {ja("いま開いています")}, "card.closed": {ja("いまは閉まっています")}},
		Cards: map[flows.CardID]*flows.Card{
			"119":    {ID: "119", Kind: "contact", Always: true, Title: ja("消防 119")},
			"memo":   {ID: "memo", Kind: "memo", Title: ja("メモ")},
			"nobody": {ID: "nobody", Kind: "contact", Title: ja("だれも確かめていない"), Instead: "memo", Source: "区の冊子"},
			"alone":  {ID: "alone", Kind: "ibasho", Title: ja("かわりのない居場所")},
			"good": {ID: "good", Kind: "contact", Title: ja("確かめた窓口"), Verified: verified, By: "鈴木",
				Expires: verified.AddDate(0, 0, 90), Week: week(9*60, 17*60, time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday)},
		},
	}
}

func TestOnlyVerifiedCardsAndTheThreeNumbersReachAResident(t *testing.T) {
	got := catalogue.Fresh(shelf(), at("2026-11-20 12:00"), false)
	want := catalogue.Stands{"119": "119", "memo": "memo", "nobody": "memo", "good": "good"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
}

func TestACardPastItsShelfLifeIsHidden(t *testing.T) {
	if got := catalogue.Fresh(shelf(), at("2027-02-01 12:00"), false); got["good"] != "" {
		t.Errorf("a contact verified 92 days ago is shown as %q", got["good"])
	}
}

func TestExamplesAreSeenOnlyWhereAskedForAndAreMarked(t *testing.T) {
	b := shelf()
	now := at("2026-11-20 12:00")
	if got := catalogue.Fresh(b, now, true); got["nobody"] != "nobody" || got["alone"] != "alone" {
		t.Errorf("got %v, want every card to stand for itself", got)
	}
	shown := catalogue.Examples(b, now).Cards["nobody"]
	if got := shown.Title[flows.Ja]; got != "（例）だれも確かめていない" {
		t.Errorf("got title %q, want it marked", got)
	}
	if b.Cards["nobody"].By != "" || b.Cards["nobody"].Title[flows.Ja] != "だれも確かめていない" {
		t.Error("showing examples has changed the bundle that serve speaks from")
	}
	if got := catalogue.Examples(b, now).Cards["good"].Title[flows.Ja]; got != "確かめた窓口" {
		t.Errorf("a verified card is marked as an example: %q", got)
	}
}

func TestTheVersionChangesWithWhatIsShown(t *testing.T) {
	b := shelf()
	one := catalogue.Fresh(b, at("2026-11-20 12:00"), false).Version()
	if two := catalogue.Fresh(b, at("2026-11-21 12:00"), false).Version(); one != two {
		t.Error("the version changed though the same is shown")
	}
	if two := catalogue.Fresh(b, at("2027-02-01 12:00"), false).Version(); one == two {
		t.Error("a card went and the version stayed")
	}
}

func TestTheStaffSeesWhatToVerify(t *testing.T) {
	var got [][3]string
	for _, r := range catalogue.Unready(shelf(), at("2027-01-20 12:00")) {
		got = append(got, [3]string{string(r.ID), string(r.Why), string(r.Shown)})
	}
	want := [][3]string{{"alone", "unverified", ""}, {"nobody", "unverified", "memo"}, {"good", "soon", "good"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	if rows := catalogue.Unready(shelf(), at("2027-02-01 12:00")); rows[1].Why != catalogue.Expired {
		t.Errorf("got %v, want good expired", rows)
	}
}

func TestOpenNowKnowsHoursAndHolidays(t *testing.T) {
	b := shelf()
	for _, c := range []struct {
		when string
		open bool
		next string
	}{
		{"2026-11-20 12:00", true, "2026-11-20 17:00"},  // Friday
		{"2026-11-20 17:00", false, "2026-11-24 09:00"}, // over the weekend and the holiday on Monday
		{"2026-11-23 12:00", false, "2026-11-24 09:00"},
	} {
		open, next, known := b.OpenNow(b.Cards["good"], at(c.when))
		if open != c.open || !next.Equal(at(c.next)) || !known {
			t.Errorf("%s: got open %v until %v (known %v), want %v until %s", c.when, open, next, known, c.open, c.next)
		}
	}
	if _, _, known := b.OpenNow(b.Cards["alone"], at("2026-11-20 12:00")); known {
		t.Error("a card without hours claims to know them")
	}
}

func TestACardSaysWhetherItIsOpenBeforeItsOtherFacts(t *testing.T) {
	b := shelf()
	v := b.DrawAt(b.Cards["good"], flows.Ja, at("2026-11-20 20:00"))
	if len(v.Facts) == 0 || v.Facts[0] != "いまは閉まっています" {
		t.Errorf("got %q", v.Facts)
	}
}
