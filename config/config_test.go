package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/config"
	"engawa/config/privacy"
	"engawa/flows"
)

// env is a good environment with changes: "NAME=value" sets, "NAME=" takes away.
func env(changes ...string) []string {
	base := []string{
		"PATH=/usr/bin",
		"LINE_CHANNEL_SECRET=0123456789abcdef0123456789abcdef",
		"LINE_CHANNEL_ACCESS_TOKEN=token",
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(),
	}
	var out []string
	for _, line := range base {
		name, _, _ := strings.Cut(line, "=")
		if !slices.ContainsFunc(changes, func(c string) bool { return strings.HasPrefix(c, name+"=") }) {
			out = append(out, line)
		}
	}
	return append(out, changes...)
}

func load(t *testing.T, changes ...string) config.Config {
	t.Helper()
	c, err := config.Load(env(changes...))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(t *testing.T, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWithTheThreeNecessarySettingsTheRestIsSensible(t *testing.T) {
	c := load(t)
	for _, row := range []struct{ name, got, want string }{
		{"public", c.PublicAddr, "127.0.0.1:8080"},
		{"console", c.ConsoleAddr, "127.0.0.1:8081"},
		{"ops", c.OpsAddr, "127.0.0.1:8082"},
		{"redis", c.RedisURL.Reveal(), "redis://127.0.0.1:6379/0"},
		{"keys", c.KeysRedisURL.Reveal(), ""},
		{"api", c.APIEndpoint, "https://api.line.me"},
		{"data", c.DataEndpoint, "https://api-data.line.me"},
		{"secret", c.ChannelSecrets[0].Reveal(), "0123456789abcdef0123456789abcdef"},
		{"token", c.AccessToken.Reveal(), "token"},
		{"drafts", c.AcceptDrafts.String(), "no"},
		{"lanes", fmt.Sprint(c.Lanes), "16"},
		{"bubble", c.BubbleWait.String(), "1.2s"},
		{"log", c.LogLevel.String(), "INFO"},
	} {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
	if !c.Master.Set() {
		t.Error("the master key is not set")
	}
}

func TestAllFaultsAreToldAtOnceEachWithWhatToDoInBothLanguages(t *testing.T) {
	_, err := config.Load([]string{
		"REDIS_URL=localhost:6379", "ENGAWA_LANES=none", "ENGAWA_CONSOLE_ADDR=0.0.0.0:8081",
		"ENGAWA_MASTERKEY=x", "LINE_API_ENDPOINT=http://example.com", "ENGAWA_CONTENT=/no/such/folder",
	})
	faults := config.Faults(err)
	var names []string
	for _, f := range faults {
		names = append(names, f.Name)
		if f.Ja == "" || f.En == "" || !strings.Contains(err.Error(), f.Ja) || !strings.Contains(err.Error(), f.En) {
			t.Errorf("%s: a language is missing: %q / %q", f.Name, f.Ja, f.En)
		}
	}
	want := []string{
		"LINE_API_ENDPOINT", "REDIS_URL", "ENGAWA_CONTENT", "ENGAWA_LANES", "ENGAWA_MASTERKEY",
		"ENGAWA_MASTER_KEY", "LINE_CHANNEL_SECRET", "LINE_CHANNEL_ACCESS_TOKEN", "ENGAWA_CONSOLE_ADDR",
	}
	if !slices.Equal(names, want) {
		t.Errorf("got faults of\n%v, want\n%v", names, want)
	}
	if !strings.Contains(err.Error(), "ENGAWA_MASTER_KEY のことなら") {
		t.Errorf("a slip of the pen is not explained: %v", err)
	}
}

func TestEveryBadValueIsRefusedByName(t *testing.T) {
	for _, c := range []struct{ name, value string }{
		{"LINE_CHANNEL_ID", "12a"},
		{"LINE_BOT_USER_ID", "U123"},
		{"LINE_API_ENDPOINT", "api.line.me"},
		{"LINE_API_ENDPOINT", "https://user:pw@api.line.me"},
		{"ENGAWA_PUBLIC_URL", "http://engawa.example"},
		{"ENGAWA_MASTER_KEY", "short"},
		{"ENGAWA_MASTER_KEY", `"` + privacy.NewMasterKey() + `"`},
		{"REDIS_URL", "http://localhost"},
		{"ENGAWA_KEYS_REDIS_URL", "redis://:6379"},
		{"ENGAWA_SHRED_DIR", "/no/such/folder"},
		{"ENGAWA_PUBLIC_ADDR", "8080"},
		{"ENGAWA_OPS_ADDR", "127.0.0.1:99999"},
		{"ENGAWA_CONSOLE_CERT", "/no/such/file"},
		{"ENGAWA_TRUSTED_PROXIES", "proxy"},
		{"ENGAWA_TRUSTED_PROXIES", "0.0.0.0/0"},
		{"ENGAWA_ACCEPT_DRAFTS", "en,klingon"},
		{"ENGAWA_LANES", "0"},
		{"ENGAWA_LANES", "100"},
		{"ENGAWA_REPLICAS", "5"},
		{"ENGAWA_REPLICAS", "-1"},
		{"ENGAWA_ASSIST_URL", "model"},
		{"ENGAWA_ASSIST_URL", "https://user:pw@model.example/v1"},
		{"ENGAWA_ASSIST_BUDGET", "many"},
		{"ENGAWA_ASSIST_BUDGET", "2000/0"},
		{"ENGAWA_ALARM_MAIL_SERVER", "mail.example"},
		{"ENGAWA_ALARM_MAIL_SERVER", "smtp+insecure://mail.example"},
		{"ENGAWA_ALARM_COMMAND", "/no/such/program"},
		{"ENGAWA_ALARM_HOOK", "http://pager.example"},
		{"ENGAWA_BUBBLE_WAIT", "6s"},
		{"ENGAWA_BUBBLE_WAIT", "soon"},
		{"ENGAWA_UNDO", "1m"},
		{"ENGAWA_CLOSED_VIEW", "3 months"},
		{"ENGAWA_CLOSED_VIEW", "-1"},
		{"ENGAWA_CLOSED_VIEW", "366"},
		{"ENGAWA_PUSH_RESERVE", "some"},
		{"ENGAWA_PUSH_RESERVE", "-1"},
		{"ENGAWA_PUSH_RESERVE", "91%"},
		{"ENGAWA_LOG", "loud"},
		{"ENGAWA_LOG_FORMAT", "xml"},
		{"ENGAWA_NEW_THING", "1"},
	} {
		_, err := config.Load(env(c.name + "=" + c.value))
		faults := config.Faults(err)
		if len(faults) != 1 || faults[0].Name != c.name {
			t.Errorf("%s=%s: got %v, want one fault of that setting", c.name, c.value, err)
		}
	}
}

func TestSettingsThatWouldCallNobodyAreRefused(t *testing.T) {
	for _, c := range []struct {
		fault string
		env   []string
	}{
		{"ENGAWA_ALARM_MAIL_SERVER", []string{"ENGAWA_ALARM_MAIL_FIRST=a@example.lg.jp"}},
		{"ENGAWA_ALARM_MAIL_SERVER", []string{"ENGAWA_ALARM_MAIL_SERVER=smtp://mail.example:587"}},
		{"ENGAWA_ALARM_HOOK_SECRET", []string{"ENGAWA_ALARM_HOOK=https://pager.example"}},
		{"ENGAWA_ALARM_MAIL_DUTY", []string{"ENGAWA_ALARM_MAIL_DUTY=nobody"}},
	} {
		_, err := config.Load(env(c.env...))
		if faults := config.Faults(err); len(faults) != 1 || faults[0].Name != c.fault {
			t.Errorf("%v: got %v, want one fault of %s", c.env, err, c.fault)
		}
	}
	c := load(t, "ENGAWA_ALARM_MAIL_SERVER=smtps://u:p@mail.example", "ENGAWA_ALARM_MAIL_FROM=engawa@example.lg.jp",
		"ENGAWA_ALARM_MAIL_FIRST=a@example.lg.jp, b@example.lg.jp", "ENGAWA_ALARM_HOOK=https://pager.example/x", "ENGAWA_ALARM_HOOK_SECRET=s")
	if len(c.Alarm.MailFirst) != 2 || c.Alarm.MailFrom != "engawa@example.lg.jp" || c.Alarm.Hook == "" || !c.Alarm.HookSecret.Set() {
		t.Errorf("got %+v", c.Alarm)
	}
}

func TestAModelsAddressNeedsAModelsName(t *testing.T) {
	_, err := config.Load(env("ENGAWA_ASSIST_URL=http://10.0.0.5:8000/v1"))
	if faults := config.Faults(err); len(faults) != 1 || faults[0].Name != "ENGAWA_ASSIST_MODEL" {
		t.Errorf("got %v, want one fault about the name", err)
	}
	c := load(t, "ENGAWA_ASSIST_URL=http://10.0.0.5:8000/v1", "ENGAWA_ASSIST_MODEL=m", "ENGAWA_ASSIST_BUDGET=10/2000", "ENGAWA_REPLICAS=2")
	if c.Assist.URL == "" || c.Assist.Model != "m" || c.Assist.Budget != "10/2000" || c.Replicas != 2 {
		t.Errorf("got %+v and %d replicas", c.Assist, c.Replicas)
	}
}

func TestNoFaultShowsASecret(t *testing.T) {
	_, err := config.Load([]string{
		"LINE_CHANNEL_SECRET='canary-secret'", "ENGAWA_MASTER_KEY=canary-master",
		"REDIS_URL=redis://u:canary-password@:99999/x", "ENGAWA_KEYS_REDIS_URL=canary://canary@h",
		"LINE_CHANNEL_ACCESS_TOKEN=\"canary-token\"",
	})
	if err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v, want faults without the values", err)
	}
}

func TestAnEmptyValueCountsAsNotSet(t *testing.T) {
	if got := load(t, "ENGAWA_LANES=", "ENGAWA_LOG=  ").Lanes; got != 16 {
		t.Errorf("got %d lanes, want the default 16", got)
	}
	for _, name := range []string{"LINE_CHANNEL_SECRET", "ENGAWA_MASTER_KEY", "LINE_CHANNEL_ACCESS_TOKEN"} {
		_, err := config.Load(env(name + "="))
		if f := config.Faults(err); len(f) != 1 || f[0].Name != name {
			t.Errorf("%s empty: got %v, want one fault of that setting", name, err)
		}
	}
}

func TestWhileTheChannelSecretIsReplacedBothAreKnownTheNewOneFirst(t *testing.T) {
	c := load(t, "LINE_CHANNEL_SECRET_OLD=old", "LINE_CHANNEL_SECRET=new")
	if len(c.ChannelSecrets) != 2 || c.ChannelSecrets[0].Reveal() != "new" || c.ChannelSecrets[1].Reveal() != "old" {
		t.Errorf("got %d secrets in the wrong order", len(c.ChannelSecrets))
	}
	if _, err := config.Load(env("LINE_CHANNEL_SECRET=", "LINE_CHANNEL_SECRET_OLD=old")); err == nil {
		t.Error("the old secret alone was accepted")
	}
}

func TestAChannelIDIsEnoughToAnswerWithStatelessTokens(t *testing.T) {
	c := load(t, "LINE_CHANNEL_ACCESS_TOKEN=", "LINE_CHANNEL_ID=1234567890")
	if c.AccessToken.Set() || c.ChannelID != "1234567890" {
		t.Errorf("got token %v, channel %q", c.AccessToken, c.ChannelID)
	}
}

func TestASecretMayComeFromAFile(t *testing.T) {
	key := privacy.NewMasterKey()
	c := load(t,
		"ENGAWA_MASTER_KEY=", "ENGAWA_MASTER_KEY_FILE="+write(t, "# new since 2026-11\n"+key+"\n"+privacy.NewMasterKey()+" # old\n"),
		"LINE_CHANNEL_SECRET=", "LINE_CHANNEL_SECRET_FILE="+write(t, "from-file\n"))
	if !c.Master.Set() || c.ChannelSecrets[0].Reveal() != "from-file" {
		t.Error("a value from a file did not arrive")
	}
	for name, changes := range map[string][]string{
		"both":    {"ENGAWA_MASTER_KEY_FILE=" + write(t, key)},
		"missing": {"ENGAWA_MASTER_KEY=", "ENGAWA_MASTER_KEY_FILE=/no/such/file"},
		"empty":   {"ENGAWA_MASTER_KEY=", "ENGAWA_MASTER_KEY_FILE=" + write(t, "\n")},
	} {
		_, err := config.Load(env(changes...))
		if f := config.Faults(err); len(f) != 1 || f[0].Name != "ENGAWA_MASTER_KEY" {
			t.Errorf("%s: got %v, want one fault of ENGAWA_MASTER_KEY", name, err)
		}
	}
}

func TestDraftsAreAcceptedForAllForSomeOrForNone(t *testing.T) {
	for _, row := range []struct {
		value, says string
		ja, en      bool
	}{
		{"", "no", false, false}, {"no", "no", false, false},
		{"yes", "yes", true, true}, {"YES", "yes", true, true},
		{"en, VI", "en,vi", false, true}, {"ja-easy,ja", "ja-easy,ja", true, false},
	} {
		c := load(t, "ENGAWA_ACCEPT_DRAFTS="+row.value)
		d := c.AcceptDrafts
		if d.String() != row.says || d.Accepts("ja") != row.ja || d.Accepts("en") != row.en {
			t.Errorf("%q: got %s (ja %v, en %v)", row.value, d, d.Accepts("ja"), d.Accepts("en"))
		}
		warned := slices.ContainsFunc(c.Warnings, func(m config.Message) bool { return m.Name == "ENGAWA_ACCEPT_DRAFTS" })
		if warned != d.Any() {
			t.Errorf("%q: warned %v, want %v", row.value, warned, d.Any())
		}
	}
	for _, lang := range flows.Langs {
		if _, err := config.Load(env("ENGAWA_ACCEPT_DRAFTS=" + string(lang))); err != nil {
			t.Errorf("language %s of the house: %v", lang, err)
		}
	}
}

func TestKeysInTheSameStoreWeakenAPromiseAndItIsSaid(t *testing.T) {
	warned := func(changes ...string) bool {
		return slices.ContainsFunc(load(t, changes...).Warnings, func(m config.Message) bool {
			return m.Name == "ENGAWA_KEYS_REDIS_URL"
		})
	}
	for _, row := range []struct {
		changes []string
		want    bool
	}{
		{nil, true},
		{[]string{"ENGAWA_KEYS_REDIS_URL=redis://127.0.0.1:6379/0"}, true}, // the same store, written out
		{[]string{"ENGAWA_KEYS_REDIS_URL=redis://keys/0"}, false},
		{[]string{"ENGAWA_SHRED_DIR=" + t.TempDir()}, false},
	} {
		if got := warned(row.changes...); got != row.want {
			t.Errorf("%v: warned %v, want %v", row.changes, got, row.want)
		}
	}
}

func TestSecretsAreHiddenHoweverTheyArePrinted(t *testing.T) {
	c := load(t, "REDIS_URL=redis://u:canary@h/0", "LINE_CHANNEL_SECRET=canary", "LINE_CHANNEL_ACCESS_TOKEN=canary")
	asJSON, err := json.Marshal(c.AccessToken)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", c.AccessToken, "config", c)
	text := fmt.Sprintf("%v %+v %#v %s %s", c, c, c, asJSON, log.String())
	if strings.Contains(text, "canary") {
		t.Errorf("a secret is shown: %s", text)
	}
	if !strings.Contains(fmt.Sprint(c.AccessToken), "***") || fmt.Sprint(config.Secret{}) != "" {
		t.Error("a set secret shows ***, one that is not set shows nothing")
	}
}

func TestTheEffectiveSettingsCanBeShown(t *testing.T) {
	c := load(t, "ENGAWA_LANES=4", "ENGAWA_BUBBLE_WAIT=800ms")
	if c.BubbleWait != 800*time.Millisecond {
		t.Errorf("got %v, want 800ms", c.BubbleWait)
	}
	want := map[string]config.Line{
		"ENGAWA_LANES":        {Name: "ENGAWA_LANES", Value: "4"},
		"ENGAWA_OPS_ADDR":     {Name: "ENGAWA_OPS_ADDR", Value: "127.0.0.1:8082", Default: true},
		"LINE_CHANNEL_SECRET": {Name: "LINE_CHANNEL_SECRET", Value: "***"},
	}
	for _, line := range c.Effective {
		if w, ok := want[line.Name]; ok && line != w {
			t.Errorf("got %+v, want %+v", line, w)
		}
	}
	if len(c.Effective) != len(config.Settings) {
		t.Errorf("got %d lines, want %d", len(c.Effective), len(config.Settings))
	}
}
