package house

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v4"
)

// registered are the metrics that the program really has, with their labels.
func registered(t *testing.T) map[string]string {
	t.Helper()
	h := standingHouse(t)
	found := map[string]string{}
	descs := make(chan *prometheus.Desc, 256)
	go func() { h.reg.Describe(descs); close(descs) }()
	shape := regexp.MustCompile(`fqName: "([^"]+)".*constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)
	for d := range descs {
		if m := shape.FindStringSubmatch(d.String()); m != nil {
			found[m[1]] = m[2] + " " + m[3]
		}
	}
	return found
}

// expressions are all queries of the dashboard and of the alert rules, by where they stand.
func expressions(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	read(t, "deploy/monitoring/alerts.yaml", func(b []byte) error { return yaml.Unmarshal(b, &rules) })
	for _, r := range rules.Groups[0].Rules {
		if r.Annotations["summary"] == "" || r.Annotations["do"] == "" {
			t.Errorf("%s: says not what happened and what to do", r.Alert)
		}
		out["alert "+r.Alert] = r.Expr
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	read(t, "deploy/monitoring/dashboard.json", func(b []byte) error { return json.Unmarshal(b, &board) })
	for _, p := range board.Panels {
		for _, q := range p.Targets {
			out["panel "+p.Title+" "+q.Expr] = q.Expr
		}
	}
	return out
}

func read(t *testing.T, path string, into func([]byte) error) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := into(b); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func TestWhatWatchesOverTheHouseAsksForFiguresThatThereAre(t *testing.T) {
	known := registered(t)
	metric := regexp.MustCompile(`engawa_[a-z_]+`)
	label := regexp.MustCompile(`(?:by \(|\{)([a-z, ]+)[)=]`)
	for where, expr := range expressions(t) {
		names := metric.FindAllString(expr, -1)
		if len(names) == 0 {
			t.Errorf("%s: asks for nothing of ours", where)
		}
		for _, n := range names {
			base := strings.TrimSuffix(n, "_bucket")
			labels, ok := known[base]
			if !ok {
				t.Errorf("%s: there is no metric %s", where, n)
			}
			for _, m := range label.FindAllStringSubmatch(expr, -1) {
				for _, l := range strings.Split(m[1], ",") {
					if l = strings.TrimSpace(l); l != "le" && !strings.Contains(labels, l) {
						t.Errorf("%s: %s has no label %q, only %q", where, n, l, labels)
					}
				}
			}
		}
	}
}
