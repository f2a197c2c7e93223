package console

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/staff"
)

// The real parts are what the console asks for.
var (
	_ Desk   = (*handoff.Desk)(nil)
	_ Door   = (*staff.Store)(nil)
	_ Alarms = (*alarm.Store)(nil)
)

// lanes stands for the residents' side: it takes acts and gives words back.
type lanes struct {
	mu   sync.Mutex
	acts []flows.DeskDo
}

func (l *lanes) Tell(_ context.Context, _ flows.PersonID, _ string, _ time.Time, act flows.DeskAct, _ []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.acts = append(l.acts, act.Do)
	return nil
}

func (l *lanes) heard(do flows.DeskDo) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.acts, do)
}

// openly seals nothing: what is kept under which key is proved elsewhere.
type openly struct{ said *fakeWords }

func (o openly) SealWords(_ context.Context, p flows.PersonID, id, by, words string, at time.Time) ([]byte, error) {
	o.said.add(p, Line{ID: id, Event: id, At: at, By: "staff", Kind: "text", Staff: by, Text: words})
	return []byte(words), nil
}

func (openly) Seal(_ context.Context, _ privacy.Owner, _ string, plain []byte) ([]byte, error) {
	return plain, nil
}

func (openly) Open(_ context.Context, _ privacy.Owner, _ string, sealed []byte) ([]byte, error) {
	return sealed, nil
}

func (openly) Shred(context.Context, privacy.Owner) error { return nil }

// takesBack lets answers be taken back, for as long as a test needs.
func takesBack(p *Parts) { p.Undo = p.Desk.(Undo) }

// houseOf is the house in whose areas a real desk asks; nil: it has none.
var houseOf func() *flows.House

// realHouse has the real desk, staff and alarms behind the pages, on a real Redis.
func realHouse(t *testing.T, change ...func(*Parts)) (*house, *handoff.Desk, *alarm.Store, *lanes) {
	t.Helper()
	return realHouseOn(t, redistest.Client(t), change...)
}

func realHouseOn(t *testing.T, rdb redis.UniversalClient, change ...func(*Parts)) (*house, *handoff.Desk, *alarm.Store, *lanes) {
	t.Helper()
	words, lane := &fakeWords{said: map[flows.PersonID][]Line{}}, &lanes{}
	desk := handoff.New(rdb, fakeRoster{}, openly{words}, lane, handoff.Options{
		Notes: openly{words}, House: houseOf, Undo: time.Hour, // as long as a slow machine may need
		Steps: func(flows.TaskKind) []string { return []string{"待ち合わせを決める", "行き先に伝える"} },
	})
	alarms := alarm.New(rdb, lane, nil, nil)
	accounts := staff.New(rdb, nil)
	for name, alias := range map[string]string{"suzu": "すずらん", "kaede": "かえで"} {
		if _, err := accounts.Add(t.Context(), staff.Account{Name: name, Alias: alias, Roles: []staff.Role{staff.Coordinator}}, password); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	over := make(chan struct{})
	go func() {
		defer close(over)
		if err := desk.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("desk: %v", err)
		}
	}()
	t.Cleanup(func() { stop(); <-over })
	h := newHouse(t, append([]func(*Parts){func(p *Parts) {
		p.Desk, p.Tasks, p.Teams, p.Overview, p.Staff, p.Alarms, p.Words, p.Now = desk, desk, desk, desk, accounts, alarms, words, nil
	}}, change...)...)
	h.words = words
	return h, desk, alarms, lane
}

func TestStoryWithTheRealDesk(t *testing.T) {
	h, desk, alarms, lane := realHouse(t)
	person := flows.PersonID("07-abc")
	h.words.add(person, Line{ID: "t1", At: time.Now().Add(-time.Minute), By: "resident", Kind: "text", Text: "家賃がもう無理かもしれません"})
	note := flows.DeskNote{Do: flows.NoteOpen, Topic: "money", Lang: flows.Ja, Since: time.Now().Add(-time.Hour).Unix()}
	if err := desk.Take(t.Context(), "n1", person, "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	if err := alarms.Raise(t.Context(), "a/1", person, "みどりのつばめ 27", flows.Alarm{Urgency: flows.Life, Level: flows.Clear}); err != nil {
		t.Fatal(err)
	}
	row, err := desk.Of(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	page := "/case/" + string(row.ID)
	b, other := h.as(t, "suzu"), h.as(t, "kaede")
	b.get("/").wants(t, http.StatusOK, "みどりのつばめ 27", "命にかかわることばがありました")
	b.get(page).lacks(t, "家賃がもう無理")

	var winners, losers int
	var mu sync.Mutex
	var race sync.WaitGroup
	for _, who := range []*browser{b, other} {
		race.Go(func() {
			a := who.post(page + "/claim")
			mu.Lock()
			defer mu.Unlock()
			switch a.StatusCode {
			case http.StatusOK:
				winners++
			case http.StatusConflict:
				losers++
				a.wants(t, http.StatusConflict, "が先に引き受けました")
			}
		})
	}
	race.Wait()
	if winners != 1 || losers != 1 {
		t.Fatalf("%d won and %d lost, want one of each", winners, losers)
	}
	if row, err = desk.Get(t.Context(), row.ID); err != nil {
		t.Fatal(err)
	}
	if row.Staff.Name == "kaede" {
		b = other
	}
	b.get(page).wants(t, http.StatusOK, "家賃がもう無理")
	for range 2 {
		b.post(page+"/answer", "act", newAct(), "words", " ").wants(t, http.StatusUnprocessableEntity, "ことばがまだ入っていません")
		b.post(page+"/answer", "act", "act-1", "words", "読みました。").wants(t, http.StatusOK, "読みました。")
	}
	if n := len(h.words.said[person]); n != 2 {
		t.Errorf("%d letters, want the resident's and one answer", n)
	}
	b.post(page+"/note", "act", "n-1", "note", "同行を提案").wants(t, http.StatusOK, "同行を提案")
	b.post(page+"/extend").wants(t, http.StatusOK, "約束を")
	ack := b.get("/").body
	_, rest, _ := strings.Cut(ack, `action="/alarm/ack"><input type="hidden" name="id" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	b.post("/alarm/ack", "id", id).wants(t, http.StatusOK, "受け取りました")
	b.post(page+"/handback").wants(t, http.StatusOK, "この話はとじています")
	deadline := time.Now().Add(30 * time.Second)
	for _, do := range []flows.DeskDo{flows.DeskClaimed, flows.DeskRead, flows.DeskAnswered, flows.DeskPromised, flows.DeskHandBack} {
		for !lane.heard(do) {
			if time.Now().After(deadline) {
				t.Fatalf("the lane never heard %q", do)
			}
		}
	}
}

func TestRealDoorSlowsGuessing(t *testing.T) {
	h, _, _, _ := realHouse(t)
	b := h.browser(t)
	for range 30 {
		if b.post("/sign-in", "name", "suzu", "password", "ちがうちがうちがうちがう").StatusCode == http.StatusTooManyRequests {
			b.post("/sign-in", "name", "suzu", "password", password).wants(t, http.StatusTooManyRequests, "少し休んでいます")
			return
		}
	}
	t.Error("30 wrong passwords were all looked at")
}
