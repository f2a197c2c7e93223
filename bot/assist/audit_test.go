package assist

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	openai "github.com/sashabaranov/go-openai"

	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
)

// audited is an Assist whose questions are kept, on a clock that a test moves.
type audited struct {
	*Assist
	audit *Audit
	vault *privacy.Vault
	rdb   redis.UniversalClient
	now   time.Time
	model *model
}

func startAudited(t *testing.T) *audited {
	t.Helper()
	a := &audited{rdb: redistest.Client(t), now: time.Date(2026, 11, 20, 23, 30, 0, 0, time.UTC), model: startModel(t)}
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	if a.vault, err = privacy.Open(t.Context(), a.rdb, a.rdb, master); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return a.now }
	a.audit = NewAudit(a.rdb, a.vault, clock)
	a.Assist, err = New(Options{BaseURL: a.model.URL + "/v1", Model: "m", Audit: a.audit, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// asks puts one question about a text of a person.
func (a *audited) asks(t *testing.T, p flows.PersonID, text, words string) {
	t.Helper()
	if _, err := a.Read(t.Context(), Question{Text: words, Lang: flows.Ja, Human: true, Who: p, TextID: text}); err != nil {
		t.Fatal(err)
	}
}

// today lists the records of the present day.
func (a *audited) today(t *testing.T) []Record {
	t.Helper()
	all, err := a.audit.List(t.Context(), a.now)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatTheModelWasAskedIsKeptAsItLeft(t *testing.T) {
	a := startAudited(t)
	a.asks(t, "03-one", "m1", "うまく言えないけど、電話は090-1234-5678です")
	got := a.today(t)
	if len(got) != 1 {
		t.Fatalf("got %d records, want one question with its answer", len(got))
	}
	r := got[0]
	if r.Side != "resident" || r.Op != "read" || r.Verdict != "ok" || r.Person != "03-one" || r.Answer != `{"commands":[{"do":"none"}]}` {
		t.Errorf("got %+v, want who was asked for, how, and what came back", r)
	}
	if !strings.Contains(r.Question, "うまく言えない") || strings.Contains(r.Question, "1234") || !strings.Contains(r.Question, "[PHONE_1]") {
		t.Errorf("the question is kept as %q, want it as it left: covered", r.Question)
	}
	stored, err := a.rdb.XRange(t.Context(), auditKey, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(stored); strings.Contains(string(text), "うまく") || strings.Contains(string(text), "none") {
		t.Error("a record lies in the store in clear")
	}
}

func TestALyingServerIsKeptWithTheVerdict(t *testing.T) {
	a := startAudited(t)
	a.model.says(`{"commands":[{"do":"delete everything"}]}`)
	_, err := a.Read(t.Context(), Question{Text: "うまく言えない", Lang: flows.Ja, Human: true, Who: "03-one", TextID: "m1"})
	if !errors.Is(err, ErrAnswer) {
		t.Fatalf("got %v, want the answer refused", err)
	}
	if got := a.today(t); len(got) != 1 || got[0].Verdict != "answer" || !strings.Contains(got[0].Answer, "delete everything") {
		t.Errorf("got %+v, want the answer that was refused, and that it was", got)
	}
}

func TestARecordGoesWithTheWordsItRestsOn(t *testing.T) {
	for name, leave := range map[string]func(a *audited, ctx context.Context) error{
		"消す": func(a *audited, ctx context.Context) error { return a.vault.Shred(ctx, privacy.Person("03-one")) },
		"unsend": func(a *audited, ctx context.Context) error {
			return errors.Join(a.vault.ShredTexts(ctx, privacy.Person("03-one"), "m1"), a.audit.Withdraw(ctx, "03-one"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := startAudited(t)
			a.asks(t, "03-one", "m1", "うまく言えない")
			a.asks(t, "04-two", "m2", "なんとなく")
			a.model.says(`{"points":[{"text":"うまく言えない","from":[1]}]}`)
			about := About(t.Context(), "03-one")
			if _, err := a.Summary(about, []Said{{By: "resident", Text: "うまく言えない"}}); err != nil {
				t.Fatal(err)
			}
			for range 3 { // everything may happen again
				if err := leave(a, t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			got := a.today(t)
			if len(got) != 3 {
				t.Fatalf("got %d records, want three", len(got))
			}
			for _, r := range got {
				if other := r.Person == "04-two"; r.Gone == other || !other && (r.Question != "" || r.Answer != "" || r.Person != "") {
					t.Errorf("got %+v, want only the other person's to be readable", r)
				}
			}
		})
	}
}

// TestARecordLivesForSevenDaysAndNoLonger looks day after day.
func TestARecordLivesForSevenDaysAndNoLonger(t *testing.T) {
	a := startAudited(t)
	asked := a.now
	a.asks(t, "03-one", "m1", "うまく言えない")
	before, err := a.rdb.XRange(t.Context(), auditKey, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	sweep := func() {
		t.Helper()
		for range 3 {
			if err := a.audit.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	a.now = asked.Add(7 * 24 * time.Hour)
	a.asks(t, "03-one", "m3", "べつの日")
	sweep()
	if got, err := a.audit.List(t.Context(), asked); err != nil || len(got) != 1 || got[0].Gone {
		t.Fatalf("after seven days: %+v, %v, want it still to be read", got, err)
	}
	a.now = asked.Add(8 * 24 * time.Hour)
	sweep()
	if got, err := a.audit.List(t.Context(), asked); err != nil || len(got) != 0 {
		t.Errorf("after its day and seven more: %+v, %v, want nothing", got, err)
	}
	if _, err := a.audit.open(t.Context(), fieldsOf(before[0])); !errors.Is(err, privacy.ErrShredded) {
		t.Errorf("a copy from a backup opens with %v, want the day's key to be gone", err)
	}
	if got, err := a.audit.List(t.Context(), asked.Add(7*24*time.Hour)); err != nil || len(got) != 1 {
		t.Errorf("the later day: %+v, %v, want it to be there", got, err)
	}
}

func TestWhatCannotBeKeptIsNotAsked(t *testing.T) {
	a := startAudited(t)
	if err := a.rdb.Set(t.Context(), auditKey, "in the way", 0).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := a.Read(t.Context(), Question{Text: "うまく言えない", Lang: flows.Ja, Human: true, Who: "03-one", TextID: "m1"})
	if !errors.Is(err, ErrAudit) || a.model.calls != 0 {
		t.Errorf("got %v after %d calls, want none to be made", err, a.model.calls)
	}
}

func TestAQuestionWithoutAnAnswerIsKeptToo(t *testing.T) {
	a := startAudited(t)
	a.model.does(func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		w.WriteHeader(http.StatusBadGateway)
	})
	if _, err := a.Read(t.Context(), Question{Text: "うまく言えない", Lang: flows.Ja, Human: true, Who: "03-one", TextID: "m1"}); !errors.Is(err, ErrServer) {
		t.Fatalf("got %v, want the server's failure", err)
	}
	if got := a.today(t); len(got) != 1 || got[0].Verdict != "server" || got[0].Question == "" || got[0].Answer != "" {
		t.Errorf("got %+v, want the question and that the server failed", got)
	}
}
