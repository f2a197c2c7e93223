package house

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/handoff/console"
)

var writeRoutes = flag.Bool("routes", false, "write the table of routes in deploy/threat-model.md anew")

const threatModel = "deploy/threat-model.md"

// standingHouse is a house with everything joined and nothing running.
func standingHouse(t *testing.T) *house {
	t.Helper()
	cfg, err := config.Load([]string{
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_ACCEPT_DRAFTS=yes",
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := words(cfg)
	if err != nil {
		t.Fatal(err)
	}
	rdb := redistest.Client(t)
	h, err := newHouse(t.Context(), cfg, alone(rdb), b, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.line.Close)
	return h
}

// table lists every route of every listener as the program has it.
func (h *house) table(t *testing.T) (rows []string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	desk, err := h.console(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []struct {
		name, who string
		of        http.Handler
	}{{"公開", "だれでも（知らせは LINE の署名があるものだけ）", h.public()}, {"相談員", "", desk}, {"見守り", "見守りの網の中だけ", h.ops()}} {
		e, ok := l.of.(*echo.Echo)
		if !ok {
			t.Fatalf("%s is no echo", l.name)
		}
		for _, r := range e.Routes() {
			who := l.who
			if who == "" {
				who = rolesOf(r.Method, r.Path)
			}
			rows = append(rows, fmt.Sprintf("| %s | %s | `%s` | %s |", l.name, r.Method, r.Path, who))
		}
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

func rolesOf(method, path string) string {
	var out []string
	for _, r := range console.RolesOf(method, path) {
		out = append(out, string(r))
	}
	return strings.Join(out, " ")
}

func TestTheThreatModelNamesEveryRouteOfEveryListener(t *testing.T) {
	want := standingHouse(t).table(t)
	b, err := os.ReadFile(threatModel)
	if err != nil {
		t.Fatal(err)
	}
	head, tail, found := strings.Cut(string(b), "| 入口 | 方法 | 道 | だれに |\n|---|---|---|---|\n")
	if !found {
		t.Fatalf("%s has no table of routes", threatModel)
	}
	if *writeRoutes {
		text := head + "| 入口 | 方法 | 道 | だれに |\n|---|---|---|---|\n" + strings.Join(want, "\n") + "\n"
		if err := os.WriteFile(threatModel, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got := strings.Split(strings.TrimSpace(tail), "\n")
	for _, row := range want {
		if !slices.Contains(got, row) {
			t.Errorf("the threat model lacks\n%s", row)
		}
	}
	for _, row := range got {
		if !slices.Contains(want, row) {
			t.Errorf("the program has no longer\n%s", row)
		}
	}
}
