package house

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheProbeAsksWhereTheOpsListenerAnswersThisMachine(t *testing.T) {
	for set, want := range map[string]string{
		"": "127.0.0.1:8082", " 10.0.0.7:9000 ": "10.0.0.7:9000", "0.0.0.0:8082": "127.0.0.1:8082", ":8082": "127.0.0.1:8082", "[::]:8082": "[::1]:8082",
	} {
		if got := opsAddr(set); got != want {
			t.Errorf("%q: got %s, want %s", set, got, want)
		}
	}
}

func TestTheProbeTellsAliveFromReadyFromGone(t *testing.T) {
	ops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/readyz" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Setenv("ENGAWA_OPS_ADDR", strings.TrimPrefix(ops.URL, "http://"))
	if err := (healthzCmd{}).Run(t.Context()); err != nil {
		t.Errorf("alive: got %v", err)
	}
	if err := (healthzCmd{Ready: true}).Run(t.Context()); err == nil {
		t.Error("not ready: got no error")
	}
	ops.Close()
	if err := (healthzCmd{}).Run(t.Context()); err == nil {
		t.Error("gone: got no error")
	}
}
