package content_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// shipped is the folder read once; bundles are never written to.
var shipped = sync.OnceValues(func() (*flows.Bundle, script.Faults) {
	return script.Load(content.FS, script.Options{AcceptDrafts: true, Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
})

func bundle(t testing.TB) *flows.Bundle {
	t.Helper()
	b, faults := shipped()
	if err := faults.Err(); err != nil {
		t.Fatalf("the shipped content has faults:\n%v", err)
	}
	return b
}

func TestTheShippedContentHasNothingToPutRight(t *testing.T) {
	_, faults := shipped()
	for _, f := range faults {
		if f.Code != "untranslated" {
			t.Error(f)
		}
	}
}

func TestPlainJapaneseAndEnglishAreComplete(t *testing.T) {
	_, faults := shipped()
	for _, f := range faults {
		if f.Code == "untranslated" && (strings.HasPrefix(f.File, "i18n/en/") || strings.HasPrefix(f.File, "i18n/ja-easy/")) {
			t.Error(f)
		}
	}
}

func TestNothingIsServedBeforeAPersonHasConfirmedIt(t *testing.T) {
	b, faults := script.Load(content.FS, script.Options{})
	if b != nil || faults.Err() == nil {
		t.Error("the shipped drafts were let through")
	}
}

func TestTheTalksComeTrue(t *testing.T) {
	b := bundle(t)
	reader := understand.New(b)
	read := func(text string, lang flows.Lang, offered []string) flows.Reading {
		return reader.Read(text, understand.Here{Lang: lang, Offered: offered})
	}
	talks, faults := script.Talks(content.FS)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if len(talks) < 8 {
		t.Fatalf("got %d talks, want at least 8", len(talks))
	}
	for _, talk := range talks {
		t.Run(talk.Name, func(t *testing.T) {
			for _, f := range talk.Play(b, read) {
				t.Error(f)
			}
		})
	}
}

func TestNoContactIsShippedAsVerified(t *testing.T) {
	for id, c := range bundle(t).Cards {
		if c.By != "" || !c.Verified.IsZero() {
			t.Errorf("card %s claims that somebody verified it", id)
		}
		if c.Always && c.Phone != "110" && c.Phone != "119" && c.Phone != "189" {
			t.Errorf("card %s is always shown", id)
		}
	}
}

func TestOneLeafAndNoOtherEmoji(t *testing.T) {
	b := bundle(t)
	for key, phrases := range b.Lines {
		for _, p := range phrases {
			for lang, text := range p {
				n := strings.Count(text, "🌿")
				if n > 1 || n == 1 && key != "greeting" || strings.ContainsAny(text, "!！") {
					t.Errorf("%s in %s: %q", key, lang, text)
				}
				for _, r := range text {
					if r >= 0x1F000 && r != '🌿' {
						t.Errorf("%s in %s has %c", key, lang, r)
					}
				}
			}
		}
	}
}

func TestEveryFlowReachesACardOrAHumanWithinThreeTaps(t *testing.T) {
	b := bundle(t)
	for _, id := range b.Order {
		if !within(b, b.Flows[id].Start, 3) {
			t.Errorf("%s: no card and no human within three taps", id)
		}
	}
}

func within(b *flows.Bundle, key flows.SceneKey, taps int) bool {
	sc := b.Scenes[key]
	if sc == nil {
		return false
	}
	if len(sc.Cards) > 0 || sc.Handoff != nil || sc.Write == flows.WriteHuman {
		return true
	}
	if sc.Next != "" && within(b, sc.Next, taps) {
		return true
	}
	if taps == 0 {
		return false
	}
	for _, c := range sc.Choices {
		if within(b, c.Next, taps-1) {
			return true
		}
	}
	return false
}

func TestTheFolderCanBeCopied(t *testing.T) {
	for _, name := range []string{"README.md", "house.yaml", "menu.yaml", "flows", "cards", "lines", "words", "i18n/en", "i18n/ja-easy", "tests"} {
		if _, err := fs.Stat(content.FS, name); err != nil {
			t.Errorf("%s is not inside the program", name)
		}
	}
}

// The read-me is what a welfare worker follows: what it shows must work as shown.
func TestWhatTheReadMeShowsWorks(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := examples(string(text))
	if len(blocks) != 5 {
		t.Fatalf("got %d examples, want card, choice, test, confirmation, translation", len(blocks))
	}
	m := folder(t)
	_, scene, _ := strings.Cut(blocks[1], "\n\n")
	okane := string(m["flows/okane.yaml"].Data)
	button := "      - きょう・あしたが心配: 急ぎ\n"
	for _, line := range strings.SplitAfter(blocks[1], "\n") {
		if strings.Contains(line, "足した行") {
			okane = strings.Replace(okane, button, button+line, 1)
		}
	}
	m["flows/okane.yaml"].Data = []byte(okane + "\n" + scene)
	m["cards/fuku.yaml"] = &fstest.MapFile{Data: []byte(blocks[0])}
	m["tests/fuku.yaml"] = &fstest.MapFile{Data: []byte(blocks[2])}
	b, faults := script.Load(m, script.Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", faults.Err())
	}
	talks, faults := script.Talks(fstest.MapFS{"tests/fuku.yaml": m["tests/fuku.yaml"]})
	if faults.Err() != nil || len(talks) != 1 {
		t.Fatalf("the test in the read-me cannot be read: %v", faults)
	}
	reader := understand.New(b)
	for _, f := range talks[0].Play(b, func(text string, lang flows.Lang, offered []string) flows.Reading {
		return reader.Read(text, understand.Here{Lang: lang, Offered: offered})
	}) {
		t.Error(f)
	}
}

// What the read-me tells an editor is what the program tells it.
func TestTheReadMeTellsEditorsWhichSchemaIsForWhichFile(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := "```json\n" + string(script.EditorSettings("schema")) + "```"; !strings.Contains(string(text), want) {
		t.Errorf("the settings for VS Code in the read-me are not the program's own:\n%s", want)
	}
	first, _, _ := strings.Cut(string(text[strings.Index(string(text), "# yaml-language-server:"):]), "\n")
	card, err := os.ReadFile("cards/food.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := folder(t)
	m["cards/food.yaml"] = &fstest.MapFile{Data: append([]byte(first+"\n"), card...)}
	if _, faults := script.Load(m, script.Options{AcceptDrafts: true}); faults.Err() != nil {
		t.Errorf("the line for editors is refused: %v", faults.Err())
	}
}

// examples are the fenced YAML blocks of a read-me.
func examples(text string) []string {
	var out []string
	for i, part := range strings.Split(text, "```") {
		if body, ok := strings.CutPrefix(part, "yaml\n"); ok && i%2 == 1 {
			out = append(out, body)
		}
	}
	return out
}

// folder is a copy of the shipped folder that a test may change.
func folder(t *testing.T) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(content.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, name)
		m[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSafetyConsentAndWaysOutSpeakAllNineLanguages(t *testing.T) {
	b := bundle(t)
	needs := func(key string) bool {
		for _, head := range []string{"crisis.", "worry.", "exit.", "human.", "stop", "delete.", "forget.", "label.", "sender.", "notify.alt",
			"greeting", "privacy", "menu.lead", "waiting.", "joined", "returned", "handback", "closed", "promised", "passed", "same.", "paused", "resumed", "room.", "line.", "lang.", "end", "trouble", "draft.notice"} {
			if strings.HasPrefix(key, head) {
				return key != "delete.ask.records" // a city that keeps records has it translated with its own term
			}
		}
		return false
	}
	for key, phrases := range b.Lines {
		for i, p := range phrases {
			for _, lang := range flows.Langs {
				if needs(key) && p[lang] == "" {
					t.Errorf("%s/%d is missing in %s", key, i+1, lang)
				}
			}
		}
	}
	for _, m := range b.Menu {
		for _, lang := range flows.Langs {
			if m.Label[lang] == "" {
				t.Errorf("the menu's 「%s」 is missing in %s", m.Label[flows.Ja], lang)
			}
		}
	}
}
