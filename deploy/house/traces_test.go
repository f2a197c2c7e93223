package house

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// spansOf is a collector: it keeps the bytes as they came, and counts the steps.
type spansOf struct {
	mu    sync.Mutex
	raw   []byte
	steps map[string]int
	said  map[string]bool // "key=value" of every attribute
}

func (c *spansOf) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var in collector.ExportTraceServiceRequest
	if err := proto.Unmarshal(body, &in); err != nil {
		panic(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw = append(c.raw, body...)
	for _, rs := range in.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				c.steps[s.Name]++
				for _, a := range s.Attributes {
					c.said[a.Key+"="+a.Value.GetStringValue()] = true
				}
			}
		}
	}
}

// TestTracesOfAWholeTalkNameNobody lets a collector listen to a talk from a cry for
// help to its deletion, with a coordinator in it, and looks for everything that it
// must not have heard.
func TestTracesOfAWholeTalkNameNobody(t *testing.T) {
	c := &spansOf{steps: map[string]int{}, said: map[string]bool{}}
	srv := httptest.NewServer(c)
	defer srv.Close()
	tw := newTown(t, "ENGAWA_TRACES_URL="+srv.URL)
	tw.start()
	desk := tw.clerk("suzuran", "すずらん")
	user := tw.line.NewUser()
	tw.line.SendText(user, "死にたい。"+canaryName+"です。"+canaryPhone)
	tw.awaitText(user, "119")
	page := desk.takes()
	desk.sees(page, canaryName)
	tw.awaitText(user, "すずらん")
	persons := tw.keys("*:person:*")
	tw.line.SendText(user, "消す")
	tw.awaitText(user, "72時間残ります")
	tw.press(user, "いま消す")
	tw.awaitText(user, "消しました")
	tw.stop(syscall.SIGTERM) // what is waiting leaves now

	for _, step := range []string{"webhook", "turn", "send", "hand", "desk"} {
		if c.steps[step] == 0 {
			t.Errorf("no span of %s in %v", step, c.steps)
		}
	}
	if len(persons) == 0 {
		t.Fatal("nobody is kept: the search below would find nothing")
	}
	canaries := append(slices.Clone(tw.line.Users()), canaryName, canaryPhone, "090-1234", townSecret, townToken, "死にたい", "suzuran", "すずらん", page)
	for _, key := range persons {
		canaries = append(canaries, key[strings.LastIndexByte(key, ':')+1:])
	}
	for _, e := range tw.line.Events() {
		canaries = append(canaries, e.Event)
	}
	for _, s := range canaries {
		if s == "" || strings.Contains(string(c.raw), s) {
			t.Errorf("the collector heard %.8q…", s)
		}
	}
	plain := regexp.MustCompile(`^(lane=\d\d|kind=[a-z_ -]{1,20}|outcome=[a-z_ -]{1,20}|count=|failed=)$`)
	for s := range c.said {
		if !plain.MatchString(s) {
			t.Errorf("an attribute says %q", s)
		}
	}
}
