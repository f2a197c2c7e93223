package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/config"
	"engawa/config/privacy"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func good() privacy.Standing {
	always := privacy.Disk{Fsync: "always"}
	return privacy.Standing{Main: always, Keys: always, KeyStore: "own", Rewrite: "ok", Rewritten: now.Add(-2 * time.Hour)}
}

func TestAHouseAsWeShipItHoldsEveryPromise(t *testing.T) {
	for _, p := range config.Promises(good(), config.Chosen{Ways: 1}, now) {
		if p.Weight != config.Holds {
			t.Errorf("%s: got %s, want ok", p.Name, p.Weight)
		}
	}
}

func TestEachWeaknessIsToldByNameInBothLanguages(t *testing.T) {
	for name, row := range map[string]struct {
		change func(*privacy.Standing)
		at     string
		want   config.Weight
	}{
		"a second may be lost":        {func(s *privacy.Standing) { s.Main.Fsync = "everysec" }, "store", config.Weak},
		"no file at all":              {func(s *privacy.Standing) { s.Keys.Fsync = "off" }, "keys", config.Broken},
		"the store does not tell":     {func(s *privacy.Standing) { s.Main.Fsync = "unknown" }, "store", config.Unknown},
		"a full store drops":          {func(s *privacy.Standing) { s.Keys.Evicts = true }, "eviction", config.Broken},
		"keys beside the data":        {func(s *privacy.Standing) { s.KeyStore = "shared" }, "apart", config.Weak},
		"keys beside, but listed":     {func(s *privacy.Standing) { s.KeyStore, s.ListFile = "shared", true }, "apart", config.Holds},
		"nobody knows where keys are": {func(s *privacy.Standing) { s.KeyStore = "unknown" }, "apart", config.Unknown},
		"snapshots of keys":           {func(s *privacy.Standing) { s.Keys.Snapshots = true }, "snapshots", config.Weak},
		"a rewrite is late": {func(s *privacy.Standing) {
			s.Owed, s.Rewrite, s.OwedSince = 3, "owed", now.Add(-2*time.Hour)
		}, "rewrite", config.Broken},
		"a rewrite is due": {func(s *privacy.Standing) {
			s.Owed, s.Rewrite, s.OwedSince = 3, "owed", now.Add(-time.Minute)
		}, "rewrite", config.Holds},
		"rotation under way": {func(s *privacy.Standing) { s.OldMaster = 7 }, "rotation", config.Weak},
		"an unfinished day":  {func(s *privacy.Standing) { s.Overdue = []string{"2026-11-18"} }, "days", config.Broken},
	} {
		s := good()
		row.change(&s)
		all := config.Promises(s, config.Chosen{Ways: 1}, now)
		i := slices.IndexFunc(all, func(p config.Promise) bool { return p.Name == row.at })
		if i < 0 || all[i].Weight != row.want || all[i].Ja == "" || all[i].En == "" {
			t.Errorf("%s: got %v, want %s %s in both languages", name, all, row.at, row.want)
		}
		for j, p := range all {
			if j != i && p.Weight != config.Holds {
				t.Errorf("%s: %s is touched too: %s", name, p.Name, p.Weight)
			}
		}
	}
}

func TestTheRunbookExplainsEveryPromise(t *testing.T) {
	text := runbook(t, "README.md")
	for _, p := range config.Promises(good(), config.Chosen{}, now) {
		if !strings.Contains(text, "| `"+p.Name+"` |") {
			t.Errorf("the runbook has no line about %s", p.Name)
		}
	}
}

func TestWhatTheCityDecidedIsToldToo(t *testing.T) {
	for name, row := range map[string]struct {
		chosen    config.Chosen
		connected int
		at        string
		want      config.Weight
	}{
		"no replicas":                  {config.Chosen{}, 0, "copies", config.Holds},
		"replicas nobody waits for":    {config.Chosen{}, 1, "copies", config.Weak},
		"replicas waited for":          {config.Chosen{Replicas: 1}, 1, "copies", config.Holds},
		"one of two waited for":        {config.Chosen{Replicas: 1}, 2, "copies", config.Weak},
		"replicas waited for and away": {config.Chosen{Replicas: 2}, 1, "copies", config.Broken},
		"drafts are served":            {config.Chosen{Drafts: true}, 0, "drafts", config.Weak},
		"records are kept":             {config.Chosen{Records: true}, 0, "records", config.Weak},
		"nobody is called":             {config.Chosen{}, 0, "calls", config.Weak},
		"people are called":            {config.Chosen{Ways: 2}, 0, "calls", config.Holds},
		"a model may be asked":         {config.Chosen{Model: true}, 0, "model", config.Holds},
	} {
		s := good()
		s.Main.Replicas = row.connected
		all := config.Promises(s, row.chosen, now)
		i := slices.IndexFunc(all, func(p config.Promise) bool { return p.Name == row.at })
		if i < 0 || all[i].Weight != row.want || all[i].Ja == "" || all[i].En == "" {
			t.Errorf("%s: got %v, want %s %s in both languages", name, all, row.at, row.want)
		}
	}
}
