package assist

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"engawa/config/redistest"
	"engawa/flows"
)

func TestResidentsWaitAMomentAndStaffALittleLonger(t *testing.T) {
	a, err := New(Options{BaseURL: "http://127.0.0.1:1", Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if r, s := a.sides[residents].limit, a.sides[staff].limit; r != 1500*time.Millisecond || s != 20*time.Second {
		t.Errorf("limits %v and %v, want 1.5 s and 20 s", r, s)
	}
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrServer) {
		t.Errorf("nobody is there: %v, want ErrServer", err)
	}
}

func TestAServerThatFailsIsLeftAlone(t *testing.T) {
	m := startModel(t)
	a, _, c := newAssist(t, m, nil)
	m.does(status(500))
	for range 3 {
		if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrServer) {
			t.Fatal(err)
		}
	}
	for range 50 {
		if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrResting) {
			t.Fatalf("got %v, want ErrResting", err)
		}
	}
	if m.count() != 3 || a.Status().Resting.IsZero() {
		t.Errorf("%d calls, want 3", m.count())
	}
	m.says(`{"points":[{"text":"つらい。","from":[1]}]}`)
	if _, err := a.Summary(t.Context(), []Said{{ByResident, "つらいです。"}}); err != nil {
		t.Errorf("staff are kept waiting for what residents met: %v", err)
	}
	m.does(status(500))
	c.Pass(firstRest)
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrServer) {
		t.Errorf("after the rest one question is tried: %v", err)
	}
	c.Pass(firstRest)
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrResting) {
		t.Errorf("the second rest is longer: %v", err)
	}
	c.Pass(firstRest)
	m.says(`{"commands":[{"do":"human"}]}`)
	for range 5 {
		if _, err := a.Read(t.Context(), aQuestion); err != nil {
			t.Errorf("it is well again: %v", err)
		}
	}
}

func TestAServerThatAlwaysLiesIsLeftAloneToo(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	m.says(`{"commands":[{"do":"delete_now"}]}`)
	for range 10 {
		_, _ = a.Read(t.Context(), aQuestion)
	}
	if m.count() != tooOften {
		t.Errorf("%d calls, want %d", m.count(), tooOften)
	}
}

func TestWhoAsksForRestGetsIt(t *testing.T) {
	m := startModel(t)
	a, _, c := newAssist(t, m, nil)
	m.does(func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(429)
	})
	_, _ = a.Read(t.Context(), aQuestion)
	c.Pass(119 * time.Second)
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrResting) {
		t.Errorf("got %v, want ErrResting", err)
	}
	c.Pass(2 * time.Second)
	m.says(`{"commands":[{"do":"human"}]}`)
	if _, err := a.Read(t.Context(), aQuestion); err != nil {
		t.Errorf("two minutes are over: %v", err)
	}
}

func TestTooManyAtOnceAreNotQueued(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, func(o *Options) { o.Residents = 20 * time.Second })
	arrived, release := make(chan struct{}, manyResidents), make(chan struct{})
	m.does(func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		arrived <- struct{}{}
		<-release
		reply(w, `{"commands":[{"do":"human"}]}`)
	})
	var under sync.WaitGroup
	for range manyResidents {
		under.Go(func() {
			if _, err := a.Read(t.Context(), aQuestion); err != nil {
				t.Error(err)
			}
		})
	}
	for range manyResidents {
		<-arrived
	}
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want ErrBusy", err)
	}
	close(release)
	under.Wait()
}

func TestADayHasABudget(t *testing.T) {
	m := startModel(t)
	a, _, c := newAssist(t, m, func(o *Options) { o.Budget = Budget{Calls: 10, Tokens: 1_000_000} })
	talk := []Said{{ByResident, "つらいです。"}}
	summary := `{"points":[{"text":"つらい。","from":[1]}]}`
	m.says(summary)
	for range 8 {
		if _, err := a.Summary(t.Context(), talk); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Summary(t.Context(), talk); !errors.Is(err, ErrBudget) {
		t.Errorf("staff leave the last fifth: %v", err)
	}
	m.says(`{"commands":[{"do":"human"}]}`)
	for range 2 {
		if _, err := a.Read(t.Context(), aQuestion); err != nil {
			t.Errorf("that fifth is for residents: %v", err)
		}
	}
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
	c.Pass(24 * time.Hour)
	if _, err := a.Read(t.Context(), aQuestion); err != nil {
		t.Errorf("a new day: %v", err)
	}
}

func TestTokensAreCountedAsTheServerSaysAndReservedBefore(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, func(o *Options) { o.Budget = Budget{Calls: 100, Tokens: 2200} })
	for range 3 {
		if _, err := a.Read(t.Context(), aQuestion); err != nil {
			t.Fatal(err)
		}
	}
	if got := a.Status().Tokens; got != 150 {
		t.Errorf("used %d tokens, want 150", got)
	}
	m.does(raw(`{"choices":[{"finish_reason":"stop","message":{"content":"{\"commands\":[{\"do\":\"none\"}]}"}}],"usage":{"total_tokens":-5}}`))
	_, _ = a.Read(t.Context(), aQuestion)
	if got := a.Status().Tokens; got < 800 {
		t.Errorf("a server that counts nothing costs what was reserved, not %d", got)
	}
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
}

func TestOnePersonDoesNotTakeTheWholeDay(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	q := aQuestion
	q.Who = "03-abcd"
	for range personCalls {
		if _, err := a.Read(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Read(t.Context(), q); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
	q.Who = "03-efgh"
	if _, err := a.Read(t.Context(), q); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	if strings.Contains(m.heard(), "03-abcd") {
		t.Error("the person's id left the house")
	}
}

func TestAllProcessesShareOneBudgetInRedis(t *testing.T) {
	m, server := startModel(t), redistest.Start(t)
	share := func(o *Options) { o.Redis, o.Budget = server.Client(), Budget{Calls: 6, Tokens: 1_000_000} }
	a, _, _ := newAssist(t, m, share)
	b, _, _ := newAssist(t, m, share)
	for i := range 6 {
		if _, err := []*Assist{a, b}[i%2].Read(t.Context(), aQuestion); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []*Assist{a, b} {
		if _, err := x.Read(t.Context(), aQuestion); !errors.Is(err, ErrBudget) {
			t.Errorf("got %v, want ErrBudget", err)
		}
	}
	keys, err := server.Client().Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 || keys[0] != "{engawa}:assist:2026-11-24" {
		t.Errorf("keys %v, %v", keys, err)
	}
	ttl := server.Client().TTL(t.Context(), keys[0]).Val()
	if ttl <= 0 || ttl > 48*time.Hour {
		t.Errorf("the count lives for %v", ttl)
	}
}

func TestWithoutRedisMemoryDecides(t *testing.T) {
	m, server := startModel(t), redistest.Start(t)
	a, log, _ := newAssist(t, m, func(o *Options) {
		o.Redis, o.Budget, o.Residents = server.Client(), Budget{Calls: 2, Tokens: 1_000_000}, 10*time.Second
	})
	server.Kill()
	for range 2 {
		if _, err := a.Read(t.Context(), aQuestion); err != nil {
			t.Errorf("%v: %s", err, log)
		}
	}
	if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v, want ErrBudget", err)
	}
}

func TestABudgetIsReadFromItsSetting(t *testing.T) {
	for s, want := range map[string]Budget{"": DefaultBudget, "500": {500, DefaultBudget.Tokens}, "500/90000": {500, 90000}, " 7 / 8 ": {7, 8}} {
		if got, err := ParseBudget(s); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", s, got, err, want)
		}
	}
	for _, s := range []string{"0", "-1", "many", "5/0", "5/", "1/2/3"} {
		if _, err := ParseBudget(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestACoordinatorReadsWhyACaseRose(t *testing.T) {
	for _, u := range []flows.Urgency{flows.Life, flows.Violence, flows.Medical} {
		for _, l := range []flows.Level{flows.Worry, flows.Clear} {
			got := Merge(flows.Reading{}, Commands{[]command{{do: doCrisis, level: l, danger: u}}})
			if got.Level != l || got.Urgency != u || len(got.Rules) != 1 || Reason(got.Rules[0]) == "" {
				t.Errorf("%s %s: %+v", u, l, got)
			}
		}
	}
	if Reason("ja.life.1") != "" {
		t.Error("a rule of the bundle has its own reason")
	}
}
