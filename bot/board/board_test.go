package board_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"engawa/bot/board"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/catalogue"
)

type world struct {
	*board.Store
	t      testing.TB
	follow *board.Follower
	now    time.Time
	acts   int
	rdb    redis.UniversalClient
}

func newWorld(t testing.TB) *world {
	t.Helper()
	rdb := redistest.Client(t)
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(t.Context(), rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, rdb: rdb, now: time.Date(2026, 11, 20, 12, 0, 0, 0, catalogue.Tokyo)}
	w.Store = board.New(rdb, vault, func() time.Time { return w.now })
	w.follow = board.Follow(w.Store, slog.New(slog.DiscardHandler))
	return w
}

func (w *world) ctx() context.Context { return w.t.Context() }

func (w *world) act() string {
	w.acts++
	return fmt.Sprintf("act%d", w.acts)
}

// group registers a group with one member.
func (w *world) group(trusted bool) (*board.Group, board.Member) {
	w.t.Helper()
	g, err := w.Register(w.ctx(), w.act(), board.NewGroup{Name: "ひだまりの会", Contact: "hidamari@example.jp", Trusted: trusted}, "facilitator")
	w.must(err)
	in, err := w.Invite(w.ctx(), w.act(), g.ID, 5, 24*time.Hour, true, "facilitator")
	w.must(err)
	g, m, err := w.Join(w.ctx(), w.act(), in.Code, "たんぽぽ", "here", "")
	w.must(err)
	return g, m
}

// freePost lets a letter be tried again now, as after its pause.
func (w *world) freePost() {
	w.t.Helper()
	keys, err := w.rdb.Keys(w.ctx(), "{board}:posting:*").Result()
	w.must(err)
	for _, k := range keys {
		w.must(w.rdb.Del(w.ctx(), k).Err())
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) shot() *board.Snapshot {
	w.t.Helper()
	w.must(w.follow.Look(w.ctx()))
	return w.follow.Now()
}

func quietTea(title string) *catalogue.Entry {
	return &catalogue.Entry{
		Kind: catalogue.Ibasho, Title: catalogue.Ja(title), Lead: catalogue.Ja("静かにお茶を飲みます。"), Facts: []string{"話さなくてOK"},
		Times: []catalogue.When{{Start: "2026-12-12T14:00", End: "2026-12-12T16:00", Rule: catalogue.Monthly(2, time.Saturday)}},
	}
}

func (w *world) post(g *board.Group, m board.Member, title string) *board.Post {
	w.t.Helper()
	p, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, quietTea(title))
	w.must(err)
	return p
}

func TestAPostWaitsUntilAFacilitatorAcceptsIt(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(false)
	p := w.post(g, m, "静かなお茶の会")
	if got := w.shot(); len(got.Entries()) != 0 || len(got.Waiting()) != 1 {
		t.Fatalf("got %d shown and %d waiting, want 0 and 1", len(got.Entries()), len(got.Waiting()))
	}
	p, err := w.Decide(w.ctx(), w.act(), p.ID, p.Version, board.Accept, "", "sato")
	w.must(err)
	got := w.shot()
	if e := got.Entry(p.ID); e == nil || !e.Shown(w.now) || e.Host != "ひだまりの会" || e.By != "sato" {
		t.Errorf("got %+v, want it shown, verified by who accepted it", e)
	}
	if len(got.Waiting()) != 0 {
		t.Error("an accepted post still waits")
	}
}

func TestAskingBackAndRefusingNeedWordsAndKeepWhatStands(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(false)
	p := w.post(g, m, "静かなお茶の会")
	p, err := w.Decide(w.ctx(), w.act(), p.ID, p.Version, board.Accept, "", "sato")
	w.must(err)
	p, err = w.Submit(w.ctx(), w.act(), g.ID, m.ID, p.ID, p.Rev(), quietTea("にぎやかなお茶の会"))
	w.must(err)
	if p.Live.Name() != "静かなお茶の会" || p.Next.Name() != "にぎやかなお茶の会" {
		t.Errorf("a new version waits beside the one that stands: got live %q, next %q", p.Live.Name(), p.Next.Name())
	}
	if _, err := w.Decide(w.ctx(), w.act(), p.ID, p.Version, board.Refuse, " ", "sato"); err == nil {
		t.Error("a post is refused without a reason")
	}
	p, err = w.Decide(w.ctx(), w.act(), p.ID, p.Version, board.AskBack, "何人くらい来ますか", "sato")
	w.must(err)
	if p.State != board.Asked || p.Word != "何人くらい来ますか" || p.Live.Name() != "静かなお茶の会" {
		t.Errorf("got %s %q", p.State, p.Word)
	}
	if _, err := w.Decide(w.ctx(), w.act(), p.ID, p.Version-1, board.Accept, "", "sato"); !board.Edited(err) {
		t.Errorf("a version that the facilitator has not seen is accepted: %v", err)
	}
}

func TestATrustedGroupPublishesAtOnceUnlessAHouseRuleIsBroken(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	if p := w.post(g, m, "静かなお茶の会"); p.State != board.Stands || p.Live == nil {
		t.Errorf("got %s, want it published", p.State)
	}
	e := quietTea("お茶と健康食品の販売会")
	p, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, e)
	w.must(err)
	if p.State != board.Waits || p.Live != nil || len(p.Marks) == 0 || p.Marks[0].Rule != "sales" {
		t.Errorf("got %s with %v, want it to wait for a person", p.State, p.Marks)
	}
}

func TestSomePostsOfTrustedGroupsAreLookedAt(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	samples := 0
	for range 60 {
		if p := w.post(g, m, "静かなお茶の会"); p.Sample {
			samples++
			p, err := w.Looked(w.ctx(), w.act(), p.ID, "sato")
			w.must(err)
			if p.Sample {
				t.Error("a sample that was looked at stays one")
			}
		}
	}
	if samples < 3 || samples > 30 {
		t.Errorf("got %d samples of 60 posts, want about a fifth", samples)
	}
}

func TestTheSecondOfTwoWhoEditOnePostIsTold(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(false)
	p := w.post(g, m, "静かなお茶の会")
	seen := p.Rev()
	_, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, p.ID, seen, quietTea("一人目"))
	w.must(err)
	if _, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, p.ID, seen, quietTea("二人目")); !board.Edited(err) {
		t.Errorf("got %v, want the second told", err)
	}
	p, err = w.Post(w.ctx(), p.ID)
	w.must(err)
	if p.Newest().Name() != "一人目" {
		t.Errorf("got %q, want the first one's words kept", p.Newest().Name())
	}
}

func TestEveryActDoneThreeTimesIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	three := func(do func() error) {
		t.Helper()
		for range 3 {
			w.must(do())
		}
	}
	var g *board.Group
	var m board.Member
	var in *board.Invite
	var p *board.Post
	var err error
	three(func() error {
		g, err = w.Register(w.ctx(), "a1", board.NewGroup{Name: "ひだまりの会"}, "f")
		return err
	})
	codes := map[string]bool{}
	three(func() error {
		in, err = w.Invite(w.ctx(), "a2", g.ID, 1, time.Hour, false, "f")
		if err == nil {
			codes[in.Code] = true
		}
		return err
	})
	three(func() error { g, m, err = w.Join(w.ctx(), "a3", in.Code, "たんぽぽ", "x", ""); return err })
	three(func() error {
		p, err = w.Submit(w.ctx(), "a4", g.ID, m.ID, "", 0, quietTea("お茶"))
		return err
	})
	three(func() error { p, err = w.Decide(w.ctx(), "a5", p.ID, 1, board.Accept, "", "f"); return err })
	three(func() error { p, err = w.Cancel(w.ctx(), "a6", g.ID, m.ID, p.ID, "2026-12-12"); return err })
	three(func() error { p, err = w.CancelAll(w.ctx(), "a7", g.ID, m.ID, p.ID); return err })
	three(func() error { p, err = w.Recall(w.ctx(), "a8", p.ID, "f"); return err })
	three(func() error { return w.Count(w.ctx(), "a9", p.ID, "saved", 12) })
	n, told, err := w.Counted(w.ctx(), p.ID, "saved")
	w.must(err)
	s := w.shot()
	if got := fmt.Sprint(len(s.Groups), len(s.Posts), len(s.Groups[g.ID].Members), len(codes), p.Version, len(p.Live.Times[0].Changes), n, told); got != "1 1 1 1 1 1 12 true" {
		t.Errorf("got groups, posts, members, codes, version, changes, count = %s", got)
	}
}

func TestAnInvitationOpensAsOftenAsItSaysAndNotWhenLeaked(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(false)
	in, err := w.Invite(w.ctx(), w.act(), g.ID, 2, time.Hour, false, "f")
	w.must(err)
	if len(in.Code) != board.CodeLength {
		t.Errorf("got a code of %d characters, want %d", len(in.Code), board.CodeLength)
	}
	var joined sync.WaitGroup
	var mu sync.Mutex
	in2, refused := 0, 0
	for i := range 6 {
		joined.Go(func() {
			_, _, err := w.Join(context.Background(), fmt.Sprint("race", i), strings.ToLower(in.Code), "だれか", fmt.Sprint("at", i), "")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				in2++
			} else if errors.Is(err, board.ErrCode) {
				refused++
			} else {
				t.Errorf("got %v", err)
			}
		})
	}
	joined.Wait()
	if in2 != 2 || refused != 4 {
		t.Errorf("got %d in and %d refused at once, want 2 and 4", in2, refused)
	}
	leaked, err := w.Invite(w.ctx(), w.act(), g.ID, 50, time.Hour, false, "f")
	w.must(err)
	w.must(w.Revoke(w.ctx(), w.act(), leaked.Code, "f"))
	if _, _, err := w.Join(w.ctx(), w.act(), leaked.Code, "x", "y", ""); !errors.Is(err, board.ErrCode) {
		t.Errorf("a revoked code opens: %v", err)
	}
	old, err := w.Invite(w.ctx(), w.act(), g.ID, 5, time.Hour, false, "f")
	w.must(err)
	w.now = w.now.Add(2 * time.Hour)
	if _, _, err := w.Join(w.ctx(), w.act(), old.Code, "x", "y", ""); !errors.Is(err, board.ErrCode) {
		t.Errorf("an old code opens: %v", err)
	}
}

func TestGuessingCodesIsSlow(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(false)
	in, err := w.Invite(w.ctx(), w.act(), g.ID, 5, time.Hour, false, "f")
	w.must(err)
	for range 10 {
		if _, _, err := w.Join(w.ctx(), w.act(), "AAAAAAAA", "x", "guesser", ""); !errors.Is(err, board.ErrCode) {
			t.Fatalf("got %v", err)
		}
	}
	if _, _, err := w.Join(w.ctx(), w.act(), in.Code, "x", "guesser", ""); !errors.Is(err, board.ErrOften) {
		t.Errorf("got %v, want the guesser to wait even with the right code", err)
	}
	if _, _, err := w.Join(w.ctx(), w.act(), in.Code, "x", "somebody else", ""); err != nil {
		t.Errorf("somebody else waits too: %v", err)
	}
}

func TestJoiningFromLINETwiceIsOneMember(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(false)
	in, err := w.Invite(w.ctx(), w.act(), g.ID, 5, time.Hour, false, "f")
	w.must(err)
	_, one, err := w.Join(w.ctx(), w.act(), in.Code, "すみれ", "p1", flows.PersonID("03-abc"))
	w.must(err)
	g, two, err := w.Join(w.ctx(), w.act(), in.Code, "すみれ", "p1", flows.PersonID("03-abc"))
	w.must(err)
	if one.ID != two.ID || len(g.Members) != 2 {
		t.Errorf("got %d members, want the first and this one", len(g.Members))
	}
}

func TestRecallingAGroupTakesBackAllItsPostsInOneStep(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	for i := range 30 {
		w.post(g, m, fmt.Sprintf("お茶の会 %d", i))
	}
	before := w.shot().Version
	_, err := w.Set(w.ctx(), w.act(), g.ID, board.Recalled, "sato")
	w.must(err)
	s := w.shot()
	if s.Version != before+1 {
		t.Errorf("got %d steps, want one", s.Version-before)
	}
	for _, e := range s.Entries() {
		if e.Shown(w.now) || e.State != catalogue.Recalled || e.Name() != "" || e.Host != "" || len(e.Times) == 0 {
			t.Fatalf("got %+v, want only the dates, marked recalled", e)
		}
	}
	if _, err := w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, quietTea("もう一度")); !errors.Is(err, board.ErrMay) {
		t.Errorf("a recalled group still posts: %v", err)
	}
	if _, err := w.Set(w.ctx(), w.act(), g.ID, board.Open, "sato"); !errors.Is(err, board.ErrState) {
		t.Errorf("a recalled group opens again: %v", err)
	}
}

func TestAPausedGroupRestsAndComesBack(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	p := w.post(g, m, "お茶")
	for state, shown := range map[board.GroupState]bool{board.Paused: false, board.Open: true} {
		_, err := w.Set(w.ctx(), w.act(), g.ID, state, "sato")
		w.must(err)
		if got := w.shot().Entry(p.ID).Shown(w.now); got != shown {
			t.Errorf("%s: shown %v, want %v", state, got, shown)
		}
	}
}

func TestOneDateIsCancelledOrMovedAtOnce(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	p := w.post(g, m, "お茶")
	_, err := w.Cancel(w.ctx(), w.act(), g.ID, m.ID, p.ID, "2026-12-12")
	w.must(err)
	_, err = w.Postpone(w.ctx(), w.act(), g.ID, m.ID, p.ID, catalogue.Change{Day: "2027-01-09", Start: "2027-01-16T14:00", End: "2027-01-16T16:00"})
	w.must(err)
	var got []string
	for _, o := range w.shot().Entry(p.ID).Occurrences(w.now, w.now.AddDate(0, 2, 10), nil) {
		got = append(got, fmt.Sprint(o.Start.Format("01-02"), " off ", o.Off))
	}
	if diff := cmp.Diff([]string{"12-12 off true", "01-16 off false"}, got); diff != "" {
		t.Errorf("want, got:\n%s", diff)
	}
	if _, err := w.Cancel(w.ctx(), w.act(), g.ID, m.ID, p.ID, "2026-12-13"); len(catalogue.Faults(err)) != 1 {
		t.Errorf("a date that is none is cancelled: %v", err)
	}
}

func TestALinkBindsOneBrowserAndALostOneIsReplaced(t *testing.T) {
	w := newWorld(t)
	browser, phone := strings.Repeat("b", 40), strings.Repeat("p", 40)
	g, m := w.group(false)
	link, err := w.NewLink(w.ctx(), g.ID, m.ID)
	w.must(err)
	for range 3 { // a double tap, and one more
		w.must(w.Redeem(w.ctx(), link, browser))
	}
	if err := w.Redeem(w.ctx(), link, strings.Repeat("a", 40)); !errors.Is(err, board.ErrLink) {
		t.Errorf("a used link opens in another browser: %v", err)
	}
	_, who, err := w.Browser(w.ctx(), browser)
	w.must(err)
	if _, _, err := w.Browser(w.ctx(), link); !errors.Is(err, board.ErrLink) {
		t.Errorf("a link is taken for a browser: %v", err)
	}
	if who.ID != m.ID {
		t.Errorf("got %s, want %s", who.ID, m.ID)
	}
	second, err := w.NewLink(w.ctx(), g.ID, m.ID)
	w.must(err)
	w.must(w.Redeem(w.ctx(), second, phone))
	w.must(w.Leave(w.ctx(), w.act(), g.ID, m.ID, m.ID))
	for _, b := range []string{browser, phone} {
		if _, _, err := w.Browser(w.ctx(), b); !errors.Is(err, board.ErrLink) {
			t.Errorf("%s still opens for who left: %v", b, err)
		}
	}
}

func TestDraftsAndPrivateContactsAreKeptApart(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(false)
	w.must(w.SaveDraft(w.ctx(), m.ID, quietTea("下書き")))
	var back catalogue.Entry
	w.must(w.Draft(w.ctx(), m.ID, &back))
	if back.Name() != "下書き" {
		t.Errorf("got %q", back.Name())
	}
	w.must(w.DropDraft(w.ctx(), m.ID))
	if err := w.Draft(w.ctx(), m.ID, &back); !errors.Is(err, board.ErrUnknown) {
		t.Errorf("a dropped draft is there: %v", err)
	}
	if strings.Contains(string(g.Contact), "hidamari") {
		t.Error("the contact lies in the store in clear")
	}
	if got, err := w.Contact(w.ctx(), g); err != nil || got != "hidamari@example.jp" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCountsBelowTenAreNotTold(t *testing.T) {
	w := newWorld(t)
	for i := range 9 {
		w.must(w.Count(w.ctx(), fmt.Sprint("c", i), "p", "saved", 1))
	}
	if n, told, _ := w.Counted(w.ctx(), "p", "saved"); told || n != 0 {
		t.Errorf("nine are told as %d", n)
	}
	w.must(w.Count(w.ctx(), "c9", "p", "saved", 1))
	if n, told, _ := w.Counted(w.ctx(), "p", "saved"); !told || n != 10 {
		t.Errorf("got %d %v, want 10", n, told)
	}
}

func TestOneGroupCannotFloodTheBoard(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	var err error
	n := 0
	for ; n < 1000 && err == nil; n++ {
		_, err = w.Submit(w.ctx(), w.act(), g.ID, m.ID, "", 0, quietTea("お茶"))
	}
	if !errors.Is(err, board.ErrOften) || n > 202 {
		t.Errorf("after %d posts: %v, want it stopped at 200 a day", n, err)
	}
}

func TestHouseRulesSeeWhatTheyAreMeantToSee(t *testing.T) {
	for _, c := range []struct {
		rule, text string
	}{
		{"diagnosis", "診断を受けた方のみ参加できます"}, {"diagnosis", "手帳をお持ちの方に限ります"}, {"sales", "健康食品のご案内もあります"}, {"sales", "副業で稼げる話"},
		{"politics", "選挙の応援をします"}, {"politics", "署名活動をします"}, {"faith", "聖書を学びましょう"}, {"faith", "入信のすすめ"},
		{"personal", "連絡は090-1234-5678"}, {"personal", "連絡は taro@example.jp まで"}, {"personal", "山田さんの病気のことを話します"},
		{"", "診断がなくても大丈夫です"}, {"", "参加費100円、お茶つき"}, {"", "手帳はいりません"}, {"", "お寺の本堂を借りています"}, {"", "連絡は 03-0000-1234"}, {"", "みなさんのことを話します"},
	} {
		e := quietTea("会")
		e.Lead = catalogue.Ja(c.text)
		var rules []string
		for _, b := range board.Check(e) {
			rules = append(rules, b.Rule)
			if b.Says() == "" {
				t.Errorf("%s has no words for who writes", b.Rule)
			}
		}
		if c.rule == "" && len(rules) > 0 || c.rule != "" && !slices.Contains(rules, c.rule) {
			t.Errorf("%s: got %v, want %q", c.text, rules, c.rule)
		}
	}
}

func TestTenThousandPostsOfADayAreFollowed(t *testing.T) {
	w := newWorld(t)
	var groups []*board.Group
	var members []board.Member
	for range 50 {
		g, err := w.Register(w.ctx(), w.act(), board.NewGroup{Name: "会", Trusted: true}, "f")
		w.must(err)
		in, err := w.Invite(w.ctx(), w.act(), g.ID, 1, time.Hour, true, "f")
		w.must(err)
		g, m, err := w.Join(w.ctx(), w.act(), in.Code, "x", g.ID, "")
		w.must(err)
		groups, members = append(groups, g), append(members, m)
	}
	var all sync.WaitGroup
	for i := range groups {
		all.Go(func() {
			for n := range 200 {
				if _, err := w.Submit(context.Background(), fmt.Sprint("day", i, "-", n), groups[i].ID, members[i].ID, "", 0, quietTea("お茶")); err != nil {
					t.Errorf("post %d of group %d: %v", n, i, err)
					return
				}
			}
		})
	}
	all.Wait()
	if got := len(w.shot().Entries()); got != 10_000 {
		t.Errorf("got %d, want 10,000", got)
	}
	second := board.Follow(w.Store, slog.New(slog.DiscardHandler))
	w.must(second.Look(w.ctx()))
	if diff := cmp.Diff(len(w.follow.Now().Posts), len(second.Now().Posts)); diff != "" {
		t.Errorf("another process sees something else: %s", diff)
	}
}

func TestWhatTheHouseSendsInForAGroupWaitsLikeAnyOther(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(false)
	for range 3 {
		p, err := w.SubmitFor(w.ctx(), "list", g.ID, "himawari", "tea", 0, quietTea("静かなお茶の会"))
		w.must(err)
		if p.State != board.Waits || p.Live != nil || p.Version != 1 || p.Author != "himawari" {
			t.Errorf("got %+v, want one version that waits", p)
		}
	}
	for _, group := range []string{"nobody", ""} {
		if _, err := w.SubmitFor(w.ctx(), w.act(), group, "himawari", "x", 0, quietTea("だれの会")); !errors.Is(err, board.ErrMay) {
			t.Errorf("a group that there is not: got %v", err)
		}
	}
}
