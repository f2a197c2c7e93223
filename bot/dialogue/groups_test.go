package dialogue

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
)

// club is a board with one group, and one invitation into it.
type club struct {
	mu      sync.Mutex
	members map[flows.PersonID]bool
	acts    map[string]flows.PersonID
	tried   int
}

func (c *club) Of(_ context.Context, p flows.PersonID, pages bool) ([]flows.Group, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.members[p] {
		return nil, nil
	}
	g := flows.Group{ID: "g1", Name: "ひだまりの会"}
	if pages {
		g.Page = "https://example.jp/g/in/SECRET"
	}
	return []flows.Group{g}, nil
}

func (c *club) Join(_ context.Context, act, code string, p flows.PersonID) (flows.GroupID, flows.Join, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tried++
	if code != "ABCD2345" {
		return "", flows.JoinNo, nil
	}
	if old, ok := c.acts[act]; ok {
		delete(c.members, old)
	}
	c.acts[act], c.members[p] = p, true
	return "g1", flows.JoinIn, nil
}

func (c *club) Fill(f *flows.Form, word func(string) string, _ time.Time) (Filled, flows.FormStep) {
	what, fault := word(f.What), flows.FormStep("")
	if what == "" {
		fault = flows.FormWhat
	}
	return Filled{Looks: []flows.Bubble{{Card: &flows.CardView{Kind: "event", Title: what, Lead: f.When}}}, Post: []byte(strconv.Quote(what + "|" + f.When + "|" + f.Photo))}, fault
}

func (c *club) Flyer(_ context.Context, message string) (string, error) {
	if message != "7001" {
		return "", errors.New("no picture")
	}
	return "pic", nil
}

// withClub is a world in which a group posts.
func withClub(t *testing.T) (*world, *club) {
	t.Helper()
	w := newWorld(t, redistest.Client(t))
	c := &club{members: map[flows.PersonID]bool{}, acts: map[string]flows.PersonID{}}
	d := w.dialogue(Options{})
	d.Groups = c
	w.d = d
	return w, c
}

// form is the open form's mark, as its buttons carry it.
func (w *world) form(n int) string {
	w.t.Helper()
	f := w.state(n).Form
	if f == nil {
		w.t.Fatal("no form is open")
	}
	return f.ID[:6]
}

func (w *world) does(events ...event) {
	w.t.Helper()
	w.bring(events...)
	w.rest()
}

// picked is a day and an hour from LINE's picker.
func (w *world) picked(n int, tap flows.Tap, at string) event {
	e := w.tap(n, tap)
	e["postback"] = map[string]any{"data": flows.EncodeTap(tap), "params": map[string]string{"datetime": at}}
	return e
}

func (w *world) photo(n int, id string) event {
	e := w.from(n, "message")
	e["message"] = map[string]any{"type": "image", "id": id, "contentProvider": map[string]any{"type": "line"}}
	return e
}

// writesForm goes all the way to where the post is looked at.
func (w *world) writesForm(n int) {
	w.t.Helper()
	post := func(word string) flows.Tap { return flows.Tap{Exit: flows.ExPost, Arg: word} }
	w.does(w.text(n, "会に入る ABCD-2345"))
	w.does(w.tap(n, post("new")))
	w.does(w.text(n, "静かなお茶の会"))
	w.does(w.picked(n, post(w.form(n)+".pick"), time.Now().AddDate(0, 0, 8).Format("2006-01-02")+"T14:00"))
	w.does(w.tap(n, post(w.form(n)+".repeat-once")))
	w.does(w.text(n, "あおぞら会館"))
	w.does(w.tap(n, post(w.form(n)+".for-0")))
	w.does(w.tap(n, post(w.form(n)+".facts-ok")))
}

func TestAPostFromTheTalkReachesTheBoardOnceHoweverOftenItIsSent(t *testing.T) {
	w, _ := withClub(t)
	w.serve("one", w.d)
	w.writesForm(1)
	if got := w.line.with("静かなお茶の会"); got != 1 {
		t.Fatalf("got %d looks at what will be posted, want 1: %v", got, w.line.messages())
	}
	w.does(w.photo(1, "7009"))
	w.does(w.photo(1, "7001"))
	if bad, good := w.line.with("«form.photo.no»"), w.line.with("«form.photo»"); bad != 1 || good != 1 {
		t.Errorf("photos: %d refused, %d taken, want one each", bad, good)
	}
	send := w.tap(1, flows.Tap{Exit: flows.ExPost, Arg: w.form(1) + ".send"})
	id := w.state(1).Form.ID
	w.does(send, send, send)                                               // redelivered
	w.does(w.tap(1, flows.Tap{Exit: flows.ExPost, Arg: id[:6] + ".send"})) // tapped again
	if got := w.desk.posted(); len(got) != 1 || !strings.HasPrefix(got[0], id+` "静かなお茶の会|`) || !strings.HasSuffix(got[0], `|pic"`) {
		t.Errorf("the board got %q, want the one post with its flyer", got)
	}
	if got := w.line.with("«form.gone»"); got != 1 {
		t.Errorf("got %d answers to the second tap, want 1", got)
	}
}

func TestASendThatIsKilledInTheMiddleIsOnePost(t *testing.T) {
	w, _ := withClub(t)
	stop := w.serve("one", w.d)
	w.writesForm(1)
	send := w.tap(1, flows.Tap{Exit: flows.ExPost, Arg: w.form(1) + ".send"})
	stop()
	for _, place := range []string{"opened", "read", "stepped", "sealed", "committed"} {
		died := make(chan struct{})
		var once sync.Once
		d := w.dialogue(Options{})
		d.Groups = w.d.Groups
		d.crash = func(at string) error {
			if at == place {
				once.Do(func() { close(died) })
				return errors.New("killed")
			}
			return nil
		}
		stop := w.serve("dying at "+place, d)
		w.bring(send)
		select {
		case <-died:
		case <-time.After(time.Second): // it was finished before it could die there again
		}
		stop()
	}
	w.serve("two", w.d)
	w.bring(send)
	w.rest()
	if got := w.desk.posted(); len(got) != 1 {
		t.Errorf("the board got %q, want one post", got)
	}
}

func TestInvitationsAreReadAsTheyAreTyped(t *testing.T) {
	for text, want := range map[string]string{
		"ABCD2345": "ABCD2345", "abcd-2345": "ABCD2345", "ＡＢＣＤ２３４５": "ABCD2345", "会に入る ABCD2345": "ABCD2345", "招待の番号：abcd 2345": "ABCD2345",
		"会に入る HJKMNPQR": "HJKMNPQR", "SUPERMAN": "", "家賃がもう無理": "", "ABCD234": "", "ABCD23456": "", "電話は09012345678": "", "2026年": "",
	} {
		if got := invitation(text, false); got != want {
			t.Errorf("「%s」: got %q, want %q", text, got, want)
		}
	}
	if got := invitation("HJKMNPQR", true); got != "HJKMNPQR" {
		t.Errorf("asked for: got %q", got)
	}
}

func TestAnInvitationLetsAStrangerInOnceAndStandsNowhere(t *testing.T) {
	w, c := withClub(t)
	w.serve("one", w.d)
	in := w.text(1, "会に入る ABCD-2345")
	w.does(in, in)
	if got := w.line.with("«group.in»"); got != 1 {
		t.Fatalf("got %d welcomes, want 1: %v", got, w.line.messages())
	}
	c.mu.Lock()
	members, tried := len(c.members), c.tried
	c.mu.Unlock()
	if members != 1 || tried != 1 {
		t.Errorf("got %d members after %d tries, want 1 after 1", members, tried)
	}
	talk, err := w.people.Talk(ctx, w.pid(1), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range talk {
		if strings.Contains(s.Text, "2345") {
			t.Errorf("the invitation stands in the talk: %q", s.Text)
		}
	}
	w.does(w.text(2, "ZZZZ9999")) // nobody asked for it: a text like any other
	w.does(w.tap(2, flows.Tap{Exit: flows.ExPost}))
	w.does(w.text(2, "ZZZZ9999"))
	if no, nobody := w.line.with("«group.no»"), w.line.with("«form.nobody»"); no != 1 || nobody != 1 {
		t.Errorf("got %d refusals and %d ways to join, want one each", no, nobody)
	}
}

func TestALinkToTheGroupsPageStandsInNoJournal(t *testing.T) {
	w, _ := withClub(t)
	w.serve("one", w.d)
	w.does(w.text(1, "会に入る ABCD-2345"))
	w.d.Bundle().Lines["form.page"] = []flows.Phrase{{flows.Ja: "«form.page»"}}
	w.does(w.tap(1, flows.Tap{Exit: flows.ExPost, Arg: "page"}))
	if got := w.line.with("SECRET"); got != 1 {
		t.Fatalf("got %d links, want 1", got)
	}
	for _, key := range w.rdb.Keys(ctx, "*journal*").Val() {
		for _, x := range w.rdb.XRange(ctx, key, "-", "+").Val() {
			for _, v := range x.Values {
				if s, _ := v.(string); strings.Contains(s, "SECRET") || strings.Contains(s, "ひだまりの会") {
					t.Errorf("the journal holds it: %s", s)
				}
			}
		}
	}
	if keys := w.rdb.Keys(ctx, "*journal*").Val(); !slices.ContainsFunc(keys, func(k string) bool { return w.rdb.XLen(ctx, k).Val() > 0 }) {
		t.Error("there is no journal to look into")
	}
}
