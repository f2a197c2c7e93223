package house

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/board"
	"engawa/config/redistest"
	"engawa/flows/catalogue"
	"engawa/handoff/staff"
)

// lists is a board on a real Redis that takes files in.
type lists struct {
	*testing.T
	store  *board.Store
	follow *board.Follower
	group  string
	now    time.Time
}

func newLists(t *testing.T) *lists {
	t.Helper()
	l := &lists{T: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)}
	l.store = board.New(redistest.Client(t), nil, func() time.Time { return l.now })
	l.follow = board.Follow(l.store, slog.New(slog.DiscardHandler))
	l.group = l.register("ひだまりの会")
	return l
}

func (l *lists) register(name string) string {
	l.Helper()
	g, err := l.store.Register(l.Context(), "group-"+name, board.NewGroup{Name: name, Area: "ひなた", Tie: catalogue.Peer, For: []catalogue.For{catalogue.ForPeers}}, "sato")
	l.must(err)
	return g.ID
}

func (l *lists) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lists) shot() *board.Snapshot {
	l.Helper()
	l.must(l.follow.Look(l.Context()))
	return l.follow.Now()
}

// plan looks at a file as the command does; group "" as check without a group.
func (l *lists) plan(group, csv string) (*intake, *plan, error) {
	l.Helper()
	records, err := catalogue.ReadCSV(strings.NewReader(csv))
	l.must(err)
	card := &catalogue.Entry{ID: "ibasho-card", Kind: catalogue.Ibasho, Title: catalogue.Ja("カードの居場所"), State: catalogue.Published}
	in := &intake{store: l.store, shot: l.shot(), cards: map[string]*catalogue.Entry{card.ID: card}, by: "sato"}
	if group != "" {
		l.must(in.into(group))
	}
	p, err := in.plan(records)
	return in, p, err
}

// take takes a file in and says how many rows were sent.
func (l *lists) take(csv string) int {
	l.Helper()
	in, p, err := l.plan(l.group, csv)
	l.must(err)
	n, err := in.send(l.Context(), p)
	l.must(err)
	return n
}

func (l *lists) accept() {
	l.Helper()
	for _, p := range l.shot().Waiting() {
		_, err := l.store.Decide(l.Context(), board.NewID(), p.ID, p.Version, board.Accept, "", "sato")
		l.must(err)
	}
}

const teas = "種類,名前,日時,気軽さ\r\n居場所,お茶の会,2026-12-12 14:00-16:00 毎月 第2土曜,話さなくてOK\r\nもよおし,冬の集まり,2026-12-20 13:00-15:00,無料\r\n"

func TestTheSameFileThreeTimesChangesNothing(t *testing.T) {
	l := newLists(t)
	if n := l.take(teas); n != 2 {
		t.Fatalf("sent %d, want 2", n)
	}
	first := l.shot()
	if len(first.Waiting()) != 2 || len(first.Entries()) != 0 {
		t.Fatalf("%d wait and %d are shown, want 2 and 0", len(first.Waiting()), len(first.Entries()))
	}
	for range 2 {
		if n := l.take(teas); n != 0 || l.shot().Version != first.Version {
			t.Errorf("sent %d, change %d; want none since %d", n, l.shot().Version, first.Version)
		}
	}
	l.accept()
	accepted := l.shot().Version
	if n := l.take(teas); n != 0 || l.shot().Version != accepted {
		t.Errorf("sent %d after it was accepted, want none", n)
	}
}

func TestAnImportThatBrokeOffGoesOnWhereItWas(t *testing.T) {
	l := newLists(t)
	in, p, err := l.plan(l.group, teas)
	l.must(err)
	half := *p
	half.send = p.send[:1]
	_, err = in.send(l.Context(), &half)
	l.must(err)
	_, err = in.send(l.Context(), p) // what was planned before comes again as it is
	l.must(err)
	if n := l.take(teas); n != 0 || len(l.shot().Posts) != 2 {
		t.Errorf("sent %d and %d posts, want 0 and 2", n, len(l.shot().Posts))
	}
	for _, post := range l.shot().Posts {
		if post.Version != 1 {
			t.Errorf("%s was sent in %d times", post.Newest().Name(), post.Version)
		}
	}
}

func TestWhatIsExportedAndImportedAgainIsTheSame(t *testing.T) {
	l := newLists(t)
	l.take(teas)
	l.accept()
	other := l.register("ほかの会")
	_, err := l.store.SubmitFor(l.Context(), "other", other, "sato", "other-tea", 0, &catalogue.Entry{Kind: catalogue.Ibasho, Title: catalogue.Ja("ほかのお茶")})
	l.must(err)
	l.accept()
	card := &catalogue.Entry{ID: "ibasho-card", Kind: catalogue.Ibasho, Title: catalogue.Ja("カードの居場所"), State: catalogue.Published}
	var csv bytes.Buffer
	l.must(catalogue.WriteCSV(&csv, append(l.shot().Entries(), card)))
	_, p, err := l.plan(l.group, csv.String())
	l.must(err)
	if len(p.send) != 0 || p.same != 2 || p.cards != 1 || p.others != 1 || len(p.gone) != 0 {
		t.Errorf("got %+v, want two the same, the card and the other group's left alone", p)
	}
	if _, p, err = l.plan("", csv.String()); err != nil || len(p.send) != 0 || p.same != 3 {
		t.Errorf("checked without a group: got %+v, %v; want three the same", p, err)
	}
}

func TestAFileSaysWhatIsNewChangedAndGone(t *testing.T) {
	l := newLists(t)
	l.take(teas)
	l.accept()
	before := l.shot().Version
	in, p, err := l.plan(l.group, "種類,名前,気軽さ\n居場所,お茶の会,無料\n居場所,あたらしい会,\n")
	l.must(err)
	var told strings.Builder
	l.must(p.tell(&told))
	for _, want := range []string{"2行目 変わる: お茶の会（気軽さ）", "3行目 新しい: あたらしい会", "ファイルにない: 冬の集まり", "新しい 1、変わる 1、ファイルにない 1、同じ 0"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("%q is not told in\n%s", want, told.String())
		}
	}
	if l.shot().Version != before {
		t.Error("looking has changed something")
	}
	_, err = in.send(l.Context(), p)
	l.must(err)
	changed := l.shot().Posts[namedPost(l.group, "お茶の会")]
	if len(changed.Next.Times) != 1 || !slices.Equal(changed.Next.Facts, []string{"無料"}) || changed.Live.Facts[0] != "話さなくてOK" {
		t.Errorf("got %+v waiting, want the new facts and the times that the file says nothing of, and residents see the old", changed.Next)
	}
}

func TestACancelledDateAndACancelledPostAreNotBroughtBackByAFile(t *testing.T) {
	l := newLists(t)
	in, err := l.invited()
	l.must(err)
	l.take(teas)
	l.accept()
	tea, party := namedPost(l.group, "お茶の会"), namedPost(l.group, "冬の集まり")
	_, err = l.store.Cancel(l.Context(), "off", l.group, in, tea, "2026-12-12")
	l.must(err)
	_, err = l.store.CancelAll(l.Context(), "alloff", l.group, in, party)
	l.must(err)
	_, p, err := l.plan(l.group, teas)
	l.must(err)
	if len(p.send) != 0 || p.same != 1 || p.over != 1 {
		t.Errorf("got %+v, want nothing sent", p)
	}
}

func (l *lists) invited() (string, error) {
	code, err := l.store.Invite(l.Context(), "invite", l.group, 1, time.Hour, true, "sato")
	l.must(err)
	_, m, err := l.store.Join(l.Context(), "member", code.Code, "たんぽぽ", "here", "")
	return m.ID, err
}

func TestOneFaultRefusesTheWholeFile(t *testing.T) {
	l := newLists(t)
	other := l.register("ほかの会")
	_, err := l.store.SubmitFor(l.Context(), "other", other, "sato", "theirs", 0, &catalogue.Entry{Kind: catalogue.Ibasho, Title: catalogue.Ja("ほかのお茶")})
	l.must(err)
	const head = "番号,会の番号,種類,名前\n,,居場所,よい行\n"
	for row, want := range map[string]string{
		"ibasho-card,,居場所,カードを書きかえる\n":               "3行目の「番号」",
		"theirs,,居場所,横取り\n":                          "3行目の「番号」",
		",どこの会,居場所,知らない会\n":                          "3行目の「会の番号」",
		",,窓口,窓口のふり\n":                               "3行目の「種類」",
		namedPost("x", "y") + ",,連絡先,電話のふり\n":        "3行目の「種類」",
		namedPost(l.group, "よい行") + ",,居場所,二度書いた行\n": "3行目の「番号」",
	} {
		if _, _, err := l.plan(l.group, head+row); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", row, err, want)
		}
	}
}

func TestAFileCannotSayThatItsRowsAreVerified(t *testing.T) {
	l := newLists(t)
	l.take("種類,名前,確かめた人,確かめた日,いつも出す,状態,絵\n居場所,こっそり,市長,2026-11-01,はい,公開,picture\n")
	p := l.shot().Posts[namedPost(l.group, "こっそり")]
	if e := p.Newest(); p.State != board.Waits || p.Live != nil || e.Always || e.By != "" || !e.Verified.IsZero() || e.Picture != "" {
		t.Errorf("got %+v, want it to wait, unverified", e)
	}
}

func TestSafePlacesAndWhatNobodyVerifiedAreLeftOutOfAnExport(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)
	entry := func(id string, state catalogue.State, by string, asked bool) *catalogue.Entry {
		return &catalogue.Entry{ID: id, State: state, By: by, Verified: now, Where: catalogue.Where{Asked: asked}}
	}
	all := []*catalogue.Entry{entry("good", catalogue.Published, "鈴木", false), entry("safe", catalogue.Published, "鈴木", true),
		entry("nobody", catalogue.Published, "", false), entry("gone", catalogue.Cancelled, "鈴木", false)}
	if out, left := exported(all, false, now); len(out) != 1 || out[0].ID != "good" || left != 2 {
		t.Errorf("got %d, %d left out; want one and two", len(out), left)
	}
	if out, left := exported(all, true, now); len(out) != 3 || left != 0 {
		t.Errorf("with --all: got %d, %d left out; want three", len(out), left)
	}
}

func TestOnlyAMemberOrAWorkingAccountSendsAFileIn(t *testing.T) {
	rdb := redistest.Client(t)
	accounts := staff.New(rdb, time.Now)
	for _, name := range []string{"himawari", "yameta"} {
		if _, err := accounts.Add(t.Context(), staff.Account{Name: name, Alias: name, Roles: []staff.Role{staff.Facilitator}}, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := accounts.Disable(t.Context(), "yameta"); err != nil {
		t.Fatal(err)
	}
	in := &intake{group: &board.Group{Members: []board.Member{{ID: "m1", Name: "たんぽぽ"}}}}
	for name, want := range map[string]string{"たんぽぽ": "m1", "himawari": "himawari", "yameta": "", "だれか": "", "": ""} {
		in.by = ""
		if err := in.signed(t.Context(), accounts, name); in.by != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", name, in.by, err, want)
		}
	}
}
