package assist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"engawa/flows"
)

// aQuestion is one that allows everything.
var aQuestion = Question{
	Text: "家賃のことで、どうしたらいいのかわからないです", Lang: flows.Ja, Human: true, Stop: true,
	Entrances: []Entrance{{ID: "okane", Title: "お金のこと", Like: []string{"家賃が払えない"}}, {ID: "ibasho", Title: "居場所"}},
	Screen:    []string{"家賃がきびしい", "借金や督促がこわい", "3日後に一度だけ"}, Choices: []int{1, 2},
}

func TestOffMeansThatNothingIsAsked(t *testing.T) {
	off, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var none *Assist
	for _, a := range []*Assist{off, none} {
		if _, err := a.Read(t.Context(), aQuestion); !errors.Is(err, ErrOff) {
			t.Errorf("Read: %v, want ErrOff", err)
		}
		if _, err := a.Summary(t.Context(), []Said{{ByResident, "こんにちは"}}); !errors.Is(err, ErrOff) {
			t.Errorf("Summary: %v, want ErrOff", err)
		}
		if _, err := a.Translate(t.Context(), "こんにちは", flows.Ja, flows.En); !errors.Is(err, ErrOff) {
			t.Errorf("Translate: %v, want ErrOff", err)
		}
		if _, err := a.Drafts(t.Context(), nil, nil, nil); !errors.Is(err, ErrOff) {
			t.Errorf("Drafts: %v, want ErrOff", err)
		}
		if text, ok, err := a.Plain(t.Context(), "源泉です。", Rule{}); text != "源泉です。" || ok || !errors.Is(err, ErrOff) {
			t.Errorf("Plain: %q %v %v", text, ok, err)
		}
		if a.On() || a.Status().On {
			t.Error("it says that it is on")
		}
		a.Close()
	}
}

func TestTheRequestIsWhatTheServerExpects(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	m.says(`{"commands":[{"do":"route","id":"okane"},{"do":"human"}]}`)
	c, err := a.Read(t.Context(), aQuestion)
	if err != nil || !slices.Equal(c.Kinds(), []string{"route", "human"}) {
		t.Fatalf("got %v, %v", c.Kinds(), err)
	}
	req := m.last()
	if m.path != "/v1/chat/completions" || m.header.Get("Authorization") != "Bearer "+testKey || req.Stream || req.Model != "local-model" {
		t.Errorf("path %s, stream %v, model %s", m.path, req.Stream, req.Model)
	}
	if len(req.Messages) != 2 || req.Messages[0].Content != readRules || req.User != "" || len(req.Tools) != 0 || req.Store {
		t.Errorf("messages: %d, user %q", len(req.Messages), req.User)
	}
	if req.ResponseFormat == nil || req.ResponseFormat.JSONSchema == nil || !req.ResponseFormat.JSONSchema.Strict {
		t.Fatal("no closed schema was asked for")
	}
	schema := string(m.bodies[0])
	for _, want := range []string{`"additionalProperties":false`, `"enum":["okane","ibasho"]`, `"maxItems":3`, `"enum":[1,2]`} {
		if !strings.Contains(schema, want) {
			t.Errorf("the schema has no %s", want)
		}
	}
	if strings.Contains(schema, "3日後") {
		t.Error("a choice that only a finger may take was shown")
	}
	if s := a.Status(); s.Calls != 1 || s.Tokens != 50 {
		t.Errorf("counted %d calls, %d tokens; want 1 and 50", s.Calls, s.Tokens)
	}
}

func TestAzureIsSpokenToInItsWay(t *testing.T) {
	m := startModel(t)
	for _, a := range []*Options{{BaseURL: m.URL + "?api-version=2024-10-21"}, {BaseURL: m.URL, Azure: &Azure{Version: "2024-10-21"}}} {
		as, _, _ := newAssist(t, m, func(o *Options) { o.BaseURL, o.Azure, o.Model = a.BaseURL, a.Azure, "city gpt" })
		if _, err := as.Read(t.Context(), aQuestion); err != nil {
			t.Fatal(err)
		}
		if want := "/openai/deployments/city%20gpt/chat/completions?api-version=2024-10-21"; m.path != want || m.header.Get("api-key") != testKey {
			t.Errorf("path %s, want %s", m.path, want)
		}
		if req := m.last(); req.MaxCompletionTokens == 0 || req.Temperature != 0 {
			t.Errorf("limits: %d, temperature %v", req.MaxCompletionTokens, req.Temperature)
		}
	}
}

// faults is everything that a server may do wrong.
var faults = []struct {
	name string
	do   func(w http.ResponseWriter, r *http.Request, req openai.ChatCompletionRequest)
	want error
}{
	{"slow", func(_ http.ResponseWriter, r *http.Request, _ openai.ChatCompletionRequest) { <-r.Context().Done() }, ErrTime},
	{"drips", func(w http.ResponseWriter, r *http.Request, _ openai.ChatCompletionRequest) {
		_, _ = io.WriteString(w, `{"choices":[`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}, ErrTime},
	{"429", status(429), ErrServer},
	{"500", status(500), ErrServer},
	{"401", status(401), ErrServer},
	{"500 in HTML", func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		w.WriteHeader(500)
		_, _ = io.WriteString(w, "<html>"+secretBody+"</html>")
	}, ErrServer},
	{"elsewhere", func(w http.ResponseWriter, r *http.Request, _ openai.ChatCompletionRequest) {
		http.Redirect(w, r, "/elsewhere?"+secretBody, http.StatusTemporaryRedirect)
	}, ErrServer},
	{"broken JSON", raw(`{"choices":[{"message":{"content":"` + secretBody), ErrServer},
	{"no JSON", raw(secretBody), ErrServer},
	{"empty", raw(``), ErrServer},
	{"cut", func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		w.Header().Set("Content-Length", "4000")
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"{\"commands\":[`)
		w.(http.Flusher).Flush()
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = c.Close()
		}
	}, ErrServer},
	{"endless", func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"`)
		for range 2000 {
			if _, err := io.WriteString(w, strings.Repeat("あ", 400)); err != nil {
				return
			}
		}
	}, ErrServer},
	{"no choices", raw(`{"choices":[]}`), ErrAnswer},
	{"two choices", raw(`{"choices":[{"message":{"content":"{}"}},{"message":{"content":"{}"}}]}`), ErrAnswer},
	{"cut off by its own limit", raw(`{"choices":[{"finish_reason":"length","message":{"content":"{\"commands\":[{\"do\":\"none\"}]}"}}]}`), ErrAnswer},
	{"filtered", raw(`{"choices":[{"finish_reason":"content_filter","message":{"content":""}}]}`), ErrAnswer},
	{"refuses", raw(`{"choices":[{"finish_reason":"stop","message":{"content":"{\"commands\":[{\"do\":\"none\"}]}","refusal":"no"}}]}`), ErrAnswer},
	{"calls a tool", raw(`{"choices":[{"finish_reason":"stop","message":{"content":"{\"commands\":[{\"do\":\"none\"}]}","tool_calls":[{"id":"1","type":"function","function":{"name":"x"}}]}}]}`), ErrAnswer},
	{"talks", says("もちろんです。お手伝いします。"), ErrAnswer},
	{"fences", says("```json\n{\"commands\":[{\"do\":\"none\"}]}\n```"), ErrAnswer},
	{"thinks aloud", says(`<think>hm</think>{"commands":[{"do":"none"}]}`), ErrAnswer},
	{"wrong schema", says(`{"intent":"okane"}`), ErrAnswer},
	{"too many", says(`{"commands":[{"do":"human"},{"do":"stop"},{"do":"route","id":"okane"},{"do":"clarify","ids":["ibasho"]}]}`), ErrAnswer},
	{"the same twice", says(`{"commands":[{"do":"human"},{"do":"human"}]}`), ErrAnswer},
	{"none and more", says(`{"commands":[{"do":"none"},{"do":"human"}]}`), ErrAnswer},
	{"no commands", says(`{"commands":[]}`), ErrAnswer},
	{"null", says(`{"commands":null}`), ErrAnswer},
	{"unknown command", says(`{"commands":[{"do":"delete_now"}]}`), ErrAnswer},
	{"unknown id", says(`{"commands":[{"do":"route","id":"admin"}]}`), ErrAnswer},
	{"one unknown id of two", says(`{"commands":[{"do":"clarify","ids":["okane","admin"]}]}`), ErrAnswer},
	{"four ids", says(`{"commands":[{"do":"clarify","ids":["okane","ibasho","okane","ibasho"]}]}`), ErrAnswer},
	{"no ids", says(`{"commands":[{"do":"clarify","ids":[]}]}`), ErrAnswer},
	{"choice that is not legal", says(`{"commands":[{"do":"choose","n":3}]}`), ErrAnswer},
	{"choice 0", says(`{"commands":[{"do":"choose","n":0}]}`), ErrAnswer},
	{"choice 1.0", says(`{"commands":[{"do":"choose","n":1.0}]}`), ErrAnswer},
	{"choice as text", says(`{"commands":[{"do":"choose","n":"1"}]}`), ErrAnswer},
	{"another level", says(`{"commands":[{"do":"crisis","level":"none","danger":"life"}]}`), ErrAnswer},
	{"no danger", says(`{"commands":[{"do":"crisis","level":"clear","danger":""}]}`), ErrAnswer},
	{"an extra key", says(`{"commands":[{"do":"human","why":"x"}]}`), ErrAnswer},
	{"an extra key outside", says(`{"commands":[{"do":"human"}],"send":"x"}`), ErrAnswer},
	{"a key twice", says(`{"commands":[{"do":"human"}],"commands":[{"do":"stop"}]}`), ErrAnswer},
	{"another spelling", says(`{"Commands":[{"do":"human"}]}`), ErrAnswer},
	{"a second object", says(`{"commands":[{"do":"human"}]}{"commands":[{"do":"stop"}]}`), ErrAnswer},
	{"nested deep", says(`{"commands":[[[[[[[[{"do":"human"}]]]]]]]]}`), ErrAnswer},
	{"very long", says(`{"commands":[{"do":"human"}]}` + strings.Repeat(" ", 20000)), ErrAnswer},
}

const secretBody = "ひみつのからだ"

func status(code int) func(http.ResponseWriter, *http.Request, openai.ChatCompletionRequest) {
	return func(w http.ResponseWriter, _ *http.Request, req openai.ChatCompletionRequest) {
		w.WriteHeader(code)
		_, _ = fmt.Fprintf(w, `{"error":{"message":"%s %s","type":"t","code":"%s"}}`, secretBody, testKey, secretBody)
	}
}

func raw(body string) func(http.ResponseWriter, *http.Request, openai.ChatCompletionRequest) {
	return func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
	}
}

func says(content string) func(http.ResponseWriter, *http.Request, openai.ChatCompletionRequest) {
	return func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) { reply(w, content) }
}

func TestWhateverGoesWrongTheLocalReadingStands(t *testing.T) {
	local := flows.Reading{Topics: []flows.Scored{{Flow: "okane", Topic: "money", Score: 400}}, Rules: []string{"r1"}}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			m := startModel(t)
			a, log, _ := newAssist(t, m, func(o *Options) { o.Residents = 400 * time.Millisecond })
			m.does(f.do)
			began := time.Now()
			c, err := a.Read(t.Context(), aQuestion)
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("it took %v", took)
			}
			if !errors.Is(err, f.want) || len(c.Kinds()) != 0 {
				t.Errorf("got %v, %v; want %v", c.Kinds(), err, f.want)
			}
			if got := Merge(local, c); !sameReading(got, local) {
				t.Errorf("the reading became %+v", got)
			}
			if m.count() != 1 {
				t.Errorf("%d tries, want one", m.count())
			}
			told := log.String() + err.Error()
			for _, secret := range []string{"ひみつ", "家賃", testKey, m.URL, "okane", "127.0.0.1"} {
				if strings.Contains(told, secret) {
					t.Errorf("log or error tells %q: %s", secret, told)
				}
			}
		})
	}
}

func TestWhoAsksMayChangeTheirMind(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	arrived := make(chan struct{}, 8)
	m.does(func(_ http.ResponseWriter, r *http.Request, _ openai.ChatCompletionRequest) {
		arrived <- struct{}{}
		<-r.Context().Done()
	})
	for range 5 { // more often than the breaker would forgive a failure
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := a.Summary(ctx, []Said{{ByResident, "きのうから何も食べていません。"}})
			done <- err
		}()
		<-arrived
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want Canceled", err)
		}
	}
	if until := a.Status().StaffResting; !until.IsZero() {
		t.Error("a change of mind counts as a failure of the server")
	}
}

func TestWhereTextsMayGo(t *testing.T) {
	for addr, good := range map[string]bool{
		"https://api.example.com/v1": true, "http://127.0.0.1:8000/v1": true, "http://10.1.2.3:8000/v1": true, "http://[::1]:8000": true,
		"http://llm:8000/v1": true, "http://llm.city.internal/v1": true, "http://192.168.0.9/v1": true, "https://x.openai.azure.com?api-version=2024-10-21": true,
		"http://api.example.com/v1": false, "http://8.8.8.8/v1": false, "ftp://llm/v1": false, "https://user:pass@llm.example.com/v1": false,
		"https://llm.example.com/v1?key=abc": false, "llm:8000": false, "https://": false, "http://10.0.0.1.example.com/v1": false,
	} {
		_, err := New(Options{BaseURL: addr, Model: "m"})
		if (err == nil) != good {
			t.Errorf("%s: %v", addr, err)
		}
		if err != nil && strings.Contains(err.Error(), "example") {
			t.Errorf("the error repeats the address: %v", err)
		}
	}
	if _, err := New(Options{BaseURL: "http://127.0.0.1:1"}); err == nil {
		t.Error("no model is named, and nobody says so")
	}
}

func TestNoProxySeesPlainText(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	req, err := http.NewRequest(http.MethodPost, "http://llm.city.internal/v1", nil)
	if err != nil {
		t.Fatal(err)
	}
	via, err := a.http.Transport.(*http.Transport).Proxy(req)
	if via != nil || err != nil {
		t.Errorf("a proxy would see it: %v, %v", via, err)
	}
}

func TestATextThatCannotBeJudgedIsNotSent(t *testing.T) {
	m := startModel(t)
	a, _, _ := newAssist(t, m, nil)
	for _, text := range []string{"제 이름은 김민수입니다", "我没有钱付房租", "मेरो नाम सीता हो", "HELP ME MY NAME IS JOHN"} {
		q := aQuestion
		q.Text = text
		if _, err := a.Read(t.Context(), q); !errors.Is(err, ErrUnsure) {
			t.Errorf("%q: %v, want ErrUnsure", text, err)
		}
		if _, err := a.Summary(t.Context(), []Said{{ByResident, text}}); !errors.Is(err, ErrUnsure) {
			t.Errorf("summary of %q: %v, want ErrUnsure", text, err)
		}
	}
	if m.count() != 0 || a.Status().Calls != 0 {
		t.Errorf("%d calls were made", m.count())
	}
}

func sameReading(a, b flows.Reading) bool {
	return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}
