package assist

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"go.uber.org/goleak"

	"engawa/config/clocktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// model is a server with the OpenAI wire format that answers as a test wishes.
type model struct {
	*httptest.Server
	t *testing.T

	mu     sync.Mutex
	answer func(w http.ResponseWriter, r *http.Request, req openai.ChatCompletionRequest)
	bodies []string // everything that came in: lines, headers, bodies
	calls  int
	path   string
	header http.Header
}

func startModel(t *testing.T) *model {
	t.Helper()
	m := &model{t: t}
	m.says(`{"commands":[{"do":"none"}]}`)
	m.Server = httptest.NewServer(http.HandlerFunc(m.serve))
	t.Cleanup(func() { m.CloseClientConnections(); m.Close() })
	return m
}

func (m *model) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var req openai.ChatCompletionRequest
	if err := json.Unmarshal(body, &req); err != nil {
		m.t.Errorf("the request is no chat completion: %v", err)
	}
	var head bytes.Buffer
	_ = r.Header.Write(&head)
	m.mu.Lock()
	m.calls++
	m.bodies = append(m.bodies, r.Method+" "+r.URL.String()+"\n"+head.String()+"\n"+string(body))
	m.path, m.header = r.URL.String(), r.Header.Clone()
	answer := m.answer
	m.mu.Unlock()
	answer(w, r, req)
}

func (m *model) does(f func(w http.ResponseWriter, r *http.Request, req openai.ChatCompletionRequest)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = f
}

// says makes the server answer well-formed, with this content.
func (m *model) says(content string) {
	m.does(func(w http.ResponseWriter, _ *http.Request, _ openai.ChatCompletionRequest) { reply(w, content) })
}

func reply(w http.ResponseWriter, content string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(openai.ChatCompletionResponse{
		ID: "c", Object: "chat.completion", Model: "m",
		Choices: []openai.ChatCompletionChoice{{Message: openai.ChatCompletionMessage{Role: "assistant", Content: content}, FinishReason: openai.FinishReasonStop}},
		Usage:   openai.Usage{PromptTokens: 40, CompletionTokens: 10, TotalTokens: 50},
	})
}

func (m *model) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls
}

// heard is everything that ever arrived at the server.
func (m *model) heard() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return strings.Join(m.bodies, "\n----\n")
}

// last is the newest request, decoded.
func (m *model) last() openai.ChatCompletionRequest {
	m.mu.Lock()
	defer m.mu.Unlock()
	var req openai.ChatCompletionRequest
	_, body, _ := strings.Cut(m.bodies[len(m.bodies)-1], "\r\n\n")
	if err := json.Unmarshal([]byte(body), &req); err != nil {
		m.t.Fatal(err)
	}
	return req
}

const testKey = "sk-test-key-of-the-house"

// diary is a log that a test may read.
type diary struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (d *diary) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.Write(p)
}

func (d *diary) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.b.String()
}

func newClock() *clocktest.Clock { return clocktest.At(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)) }

// newAssist joins an Assist to a model server; change may alter its options.
func newAssist(t *testing.T, m *model, change func(*Options)) (*Assist, *diary, *clocktest.Clock) {
	t.Helper()
	log, c := &diary{}, newClock()
	opt := Options{
		BaseURL: m.URL + "/v1", APIKey: func() string { return testKey }, Model: "local-model", Clock: c.Now,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&opt)
	}
	a, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a, log, c
}
