package traces_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"engawa/config/traces"
)

// catcher is a collector that keeps what it gets.
type catcher struct {
	mu    sync.Mutex
	spans []*otlp.Span
	paths []string
}

func (c *catcher) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var in collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &in); err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paths = append(c.paths, r.Method+" "+r.URL.Path)
	for _, rs := range in.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

type number string

func (n number) String() string { return string(n) }

func start(t *testing.T, url string) *traces.Tracer {
	t.Helper()
	tr, err := traces.New(traces.Options{URL: url, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestASpanCarriesItsFactsAndKnowsNoOther(t *testing.T) {
	c := &catcher{}
	srv := httptest.NewServer(c)
	defer srv.Close()
	tr := start(t, srv.URL)
	for range 2 {
		tr.Begin(traces.Turn).End(traces.Facts{Lane: number("07"), Kind: "tap", Outcome: "done", Count: 2})
	}
	if err := tr.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.spans) != 2 || c.paths[0] != "POST /v1/traces" {
		t.Fatalf("got %d spans by %v, want 2 at /v1/traces", len(c.spans), c.paths)
	}
	for _, s := range c.spans {
		got := map[string]string{}
		for _, a := range s.Attributes {
			got[a.Key] = a.Value.String()
		}
		if s.Name != "turn" || len(got) != 4 || len(s.ParentSpanId) != 0 || len(s.Links) != 0 {
			t.Errorf("got %v, want a turn with four facts, no parent and no link", s)
		}
	}
	if string(c.spans[0].TraceId) == string(c.spans[1].TraceId) {
		t.Error("two steps stand in one trace; nothing may join them")
	}
}

func TestNothingButAShortWordOfOursPasses(t *testing.T) {
	c := &catcher{}
	srv := httptest.NewServer(c)
	defer srv.Close()
	tr := start(t, srv.URL)
	canaries := []string{
		"死にたい", "090-1234-5678", "U0123456789abcdef0123456789abcdef", "03-k3v9q2", "cabcdefghijklmnop7", "Yamada",
		"a sentence that is longer than any word of ours", "https://example.jp/?q=x",
	}
	for _, s := range canaries {
		tr.Begin(traces.Desk).End(traces.Facts{Lane: number(s), Kind: s, Outcome: s})
	}
	if err := tr.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(c.spans) != len(canaries) {
		t.Fatalf("got %d spans, want %d", len(c.spans), len(canaries))
	}
	for i, s := range c.spans {
		if text := s.String(); strings.Contains(text, canaries[i]) || strings.Count(text, `"other"`) != 3 {
			t.Errorf("%q came through: %s", canaries[i], text)
		}
	}
}

// TestACollectorThatHangsCostsNothing: nobody waits for it while the house works,
// what does not fit is dropped, and the end is not held up.
func TestACollectorThatHangsCostsNothing(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer srv.Close()
	defer close(hang)
	tr := start(t, srv.URL)
	for range 50_000 { // far more than there is room for
		tr.Begin(traces.Door).End(traces.Facts{Outcome: "stored"})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	if err := tr.Close(ctx); err == nil {
		t.Error("the end says nothing of the spans that were left behind")
	}
	if ctx.Err() != nil {
		t.Error("the end waited for the collector")
	}
}

func TestACollectorThatIsNotThereIsCountedAndNothingElse(t *testing.T) {
	srv := httptest.NewServer(nil)
	srv.Close()
	tr := start(t, srv.URL)
	reg := prometheus.NewRegistry()
	reg.MustRegister(tr.Collectors()...)
	tr.Begin(traces.Door).End(traces.Facts{Outcome: "stored"})
	_ = tr.Close(t.Context())
	if n := testutil.ToFloat64(tr.Collectors()[0]); n < 1 {
		t.Errorf("counted %v requests that failed, want at least one", n)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	elsewhere := &catcher{}
	other := httptest.NewServer(elsewhere)
	defer other.Close()
	srv := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	tr := start(t, srv.URL)
	tr.Begin(traces.Door).End(traces.Facts{})
	_ = tr.Close(t.Context())
	if len(elsewhere.paths) != 0 {
		t.Errorf("spans went to a host that nobody configured: %v", elsewhere.paths)
	}
}

func TestOffIsNothingAtAll(t *testing.T) {
	tr, err := traces.New(traces.Options{})
	if err != nil || tr != nil {
		t.Fatalf("got %v, %v, want no tracer", tr, err)
	}
	facts := traces.Facts{Lane: number("07"), Kind: "tap"}
	if n := testing.AllocsPerRun(100, func() { tr.Begin(traces.Turn).End(facts) }); n != 0 {
		t.Errorf("a step costs %v allocations while traces are off", n)
	}
	if err := tr.Close(t.Context()); err != nil || tr.Collectors() != nil {
		t.Errorf("closing what is off: %v", err)
	}
}
