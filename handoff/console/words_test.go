package console

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

func catalogues(t *testing.T) map[string]catalogue {
	t.Helper()
	out := map[string]catalogue{}
	for _, lang := range tastes["lang"] {
		words, err := readCatalogue(lang)
		if err != nil {
			t.Fatal(err)
		}
		out[lang] = words
	}
	return out
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

func TestEnglishSaysEverythingThatJapaneseSays(t *testing.T) {
	all := catalogues(t)
	for key, ja := range all["ja"] {
		en, ok := all["en"][key]
		if !ok || en == "" {
			t.Errorf("%s is not in English", key)
			continue
		}
		a, b := placeholder.FindAllString(ja, -1), placeholder.FindAllString(en, -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) && !strings.HasPrefix(key, "time.date") {
			t.Errorf("%s: Japanese has %v, English %v", key, a, b)
		}
	}
	for key := range all["en"] {
		if _, ok := all["ja"][key]; !ok {
			t.Errorf("%s is not in Japanese", key)
		}
	}
}

func TestEveryWordOnAPageIsInTheCatalogue(t *testing.T) {
	ja := catalogues(t)["ja"]
	inTemplate := regexp.MustCompile(`\{\{-?\s*(?:with\s+)?t "([a-z0-9.]+)"|\(t "([a-z0-9.]+)"\)`)
	inCode := regexp.MustCompile(`\bsay\("([a-z0-9.]*[a-z0-9])"`)
	used := map[string]bool{}
	find := func(text string, re *regexp.Regexp) {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			used[m[1]+strings.Join(m[2:], "")] = true
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		find(string(text), inCode)
	}
	names, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range names {
		text, err := fs.ReadFile(templateFiles, f)
		if err != nil {
			t.Fatal(err)
		}
		find(string(text), inTemplate)
	}
	for key := range used {
		if _, ok := ja[key]; !ok {
			t.Errorf("%q is said on a page and stands in no catalogue", key)
		}
	}
	if len(used) < 100 {
		t.Errorf("found %d sentences only: the search is broken", len(used))
	}
}

func TestClosedSetsHaveWords(t *testing.T) {
	ja := catalogues(t)["ja"]
	var keys []string
	for _, l := range flows.Langs {
		keys = append(keys, "lang."+string(l))
	}
	for _, d := range []handoff.Do{
		handoff.DoOpen, handoff.DoWords, handoff.DoLeave, handoff.DoShare, handoff.DoRisk, handoff.DoUnsent, handoff.DoForgotten,
		handoff.DoStopped, handoff.DoClaim, handoff.DoAnswer, handoff.DoExtend, handoff.DoReturn, handoff.DoHandBack,
		handoff.DoClose, handoff.DoSnooze, handoff.DoRead, handoff.DoLapse, handoff.DoNote, handoff.DoRefused, handoff.DoIdentify,
	} {
		keys = append(keys, "log."+string(d))
	}
	for _, d := range []handoff.Do{handoff.DoLapse, handoff.DoLeave, handoff.DoStopped, handoff.DoForgotten, handoff.DoRefused} {
		keys = append(keys, "told."+string(d))
	}
	for _, d := range did {
		keys = append(keys, "notice."+d)
	}
	for _, f := range faults {
		keys = append(keys, "error."+f.kind, "error."+f.kind+".safe", "error."+f.kind+".do")
	}
	for _, k := range keyTable {
		keys = append(keys, k.Says)
	}
	for _, p := range sumParts {
		keys = append(keys, "count."+p, "means."+p)
	}
	for _, k := range keys {
		if ja[k] == "" {
			t.Errorf("%s has no words", k)
		}
	}
}

func TestTimesAreToldAsPeopleSayThem(t *testing.T) {
	ja := sayer(catalogues(t)["ja"].say)
	now := time.Date(2026, 11, 25, 14, 5, 0, 0, japan) // a Wednesday
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, japan) }
	for _, row := range []struct{ name, got, want string }{
		{"a moment of today", ja.moment(at(25, 9, 3), now), "09:03"},
		{"a moment of yesterday", ja.moment(at(24, 23, 59), now), "きのう 23:59"},
		{"a moment of last week", ja.moment(at(20, 8, 0), now), "11月20日(金) 08:00"},
		{"a promise for today", ja.until(at(25, 15, 0), now), "今日の15時までに"},
		{"a promise for tomorrow", ja.until(at(26, 15, 0), now), "明日の15時までに"},
		{"a promise with minutes", ja.until(at(26, 15, 30), now), "明日の15時30分までに"},
		{"a promise for later", ja.until(at(30, 12, 0), now), "11月30日(月)の12時までに"},
		{"opening tomorrow", ja.coming(at(26, 9, 0), now), "明日 9時"},
		{"a wait of seconds", ja.lasting(40 * time.Second), "たったいま"},
		{"a wait of minutes", ja.lasting(38*time.Minute + 50*time.Second), "38分"},
		{"a wait of hours", ja.lasting(26 * time.Hour), "1日"},
		{"come again soon", ja.wait(30 * time.Second), "30秒"},
		{"come again later", ja.wait(61 * time.Second), "2分"},
	} {
		if row.got != row.want {
			t.Errorf("%s: got %q, want %q", row.name, row.got, row.want)
		}
	}
}
