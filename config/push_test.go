package config_test

import (
	"slices"
	"testing"

	"engawa/config"
)

func TestPushServicesAreCalledOnlyIfTheOperatorSaysSo(t *testing.T) {
	for value, want := range map[string][]string{
		"":                                  nil,
		"no":                                nil,
		"yes":                               {"yes"},
		"Push.Example.jp, .push.example.jp": {"push.example.jp", ".push.example.jp"},
		"127.0.0.1:8089":                    {"127.0.0.1:8089"},
	} {
		cfg, err := config.Load(env("ENGAWA_PUSH="+value, "ENGAWA_PUBLIC_URL=https://engawa.example.lg.jp"))
		if err != nil {
			t.Errorf("%q: %v", value, err)
		}
		if !slices.Equal(cfg.Alarm.Push, want) {
			t.Errorf("%q: %q, want %q", value, cfg.Alarm.Push, want)
		}
	}
	for _, bad := range []string{"maybe", "https://push.example.jp", "push.example.jp:443", "*", "169.254.169.254:80"} {
		_, err := config.Load(env("ENGAWA_PUSH="+bad, "ENGAWA_PUBLIC_URL=https://engawa.example.lg.jp"))
		if faults := config.Faults(err); len(faults) != 1 || faults[0].Name != "ENGAWA_PUSH" {
			t.Errorf("%q: %v, want one fault", bad, err)
		}
	}
	if _, err := config.Load(env("ENGAWA_PUSH=yes")); len(config.Faults(err)) != 1 {
		t.Errorf("without anything to say who rings: %v, want one fault", err)
	}
	cfg, err := config.Load(env("ENGAWA_PUSH=yes", "ENGAWA_ALARM_MAIL_FROM=engawa@example.lg.jp"))
	if err != nil || cfg.PushSubject() != "engawa@example.lg.jp" {
		t.Errorf("subject %q (%v)", cfg.PushSubject(), err)
	}
}

func TestTheReserveIsANumberOrAShareOfTheMonth(t *testing.T) {
	for value, want := range map[string]int64{"": 50, "10%": 50, "0": 0, "0%": 0, "200": 200, "9000": 500, "1%": 5, "90%": 450} {
		cfg, err := config.Load(env("ENGAWA_PUSH_RESERVE=" + value))
		if got := cfg.Reserve.Of(500); err != nil || got != want {
			t.Errorf("%q of 500: got %d (%v), want %d", value, got, err, want)
		}
	}
}
