package script

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"engawa/flows"
)

// wants changes one file of the good folder and gives the codes of what is then told.
func codes(t *testing.T, file, was, is string, warnings bool) []string {
	t.Helper()
	files := good()
	if !strings.Contains(files[file], was) {
		t.Fatalf("the good file has no %q", was)
	}
	files[file] = strings.Replace(files[file], was, is, 1)
	_, faults := load(t, files)
	var out []string
	for _, f := range faults {
		if f.Warn == warnings && f.Code != "untranslated" {
			out = append(out, f.Code)
		}
	}
	return out
}

func TestWhatOnlyTheWholeCanTell(t *testing.T) {
	long := strings.Repeat("あ", 21)
	for _, c := range []struct{ name, file, was, is, code string }{
		{"ボタンが21文字", flowFile, "- 家賃・住まい: 家賃", "- " + long + ": 家賃", "label-long"},
		{"ふきだしが4つ", flowFile, "      - 近いものはどれですか。\n", "      - a。\n      - b。\n      - c。\n", "bubbles"},
		{"つぎでつながるふきだしが4つ", flowFile, "    ことば: 家賃には仕組みがあります。\n    つぎ: おわり", "    ことば: [a, b, c]\n    つぎ: 人に", "bubbles"},
		{"選べるものがひとつ", flowFile, "      - 話したい: {つぎ: 人に, おぼえる: 時期=いま}\n      - ここまで: {つぎ: おわり, あとで: {日: 3, 場面: 家賃}}\n", "", "choices"},
		{"同じボタンが2つ", flowFile, "- 家賃・住まい: 家賃", "- ここまで: 家賃", "duplicate"},
		{"道が2つ", flowFile, "    つなぐ:", "    つぎ: おわり\n    つなぐ:", "way"},
		{"道がない", flowFile, "    つぎ: おわり\n", "", "way"},
		{"つぎがぐるぐる回る", flowFile, "    つぎ: おわり", "    つぎ: 家賃", "circle"},
		{"5001文字", cardFile, "まとめて聞けます。", strings.Repeat("あ", 5001), "text-long"},
		{"渡すものをおぼえていない", flowFile, "渡す: [題, 時期]", "渡す: [題, 収入]", "fact"},
		{"カードが4枚", flowFile, "[madoguchi, kinkyuu]", "[madoguchi, kinkyuu, madoguchi, kinkyuu]", "cards"},
		{"電話に時間がない", cardFile, "  時間: 平日の9時から17時\n", "", "missing"},
		{"確かめた人がない", cardFile, "{もと: 見本}", "{もと: 見本, 確かめた日: 2026-11-01}", "missing"},
		{"いつも出すのは3つだけ", cardFile, "下書き: はい", "いつも出す: はい\n下書き: はい", "always"},
		{"決まったことばが足りない", "lines/root.yaml", "  greeting: ひとこと\n", "", "missing-line"},
		{"知らない決まったことば", "lines/root.yaml", "  greeting: ひとこと\n", "  greetings: ひとこと\n  greeting: ひとこと\n", "line"},
		{"入れられないことば", "lines/root.yaml", "  greeting: ひとこと\n", "  greeting: \"{staff}さん\"\n", "hole"},
		{"下書きか確認かを書いていない", cardFile, "下書き: はい\n", "", "mark"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := codes(t, c.file, c.was, c.is, false); !slices.Contains(got, c.code) {
				t.Errorf("got %v, want %s among them", got, c.code)
			}
		})
	}
}

func TestWhatIsOnlyNoticed(t *testing.T) {
	for _, c := range []struct{ name, file, was, is, code string }{
		{"行けない場面", flowFile, "- 家賃・住まい: 家賃\n", "- 家賃・住まい: 人に\n", ""}, // あとで still leads there
		{"長いふきだし", cardFile, "まとめて聞けます。", strings.Repeat("あ", 121), "bubble-long"},
		{"言い方が少ない", flowFile, "    - お金がない\n", "", "sayings"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := codes(t, c.file, c.was, c.is, true)
			if c.code == "" && len(got) > 0 || c.code != "" && !slices.Contains(got, c.code) {
				t.Errorf("got %v, want %q", got, c.code)
			}
		})
	}
}

func TestASceneWithoutAWayToItIsNoticed(t *testing.T) {
	got := codes(t, flowFile, "  人に:\n", "  離れ:\n    ことば: だれも来ません。\n    つぎ: おわり\n  人に:\n", true)
	if !slices.Contains(got, "unreached") {
		t.Errorf("got %v, want unreached", got)
	}
}

func TestDraftsHoldAReleaseBackUntilTheyAreAccepted(t *testing.T) {
	m := fstest.MapFS{}
	for name, text := range good() {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{})
	if b != nil || faults.Err() == nil {
		t.Fatal("a folder of drafts was let through")
	}
	for _, f := range serious(faults) {
		if f.Code != "draft" {
			t.Errorf("got %v, want only drafts", f)
		}
	}
	if b, _ := Load(m, Options{AcceptDrafts: true}); b == nil || !b.Drafts {
		t.Error("accepted drafts must be marked in the bundle")
	}
	if b, _ := Load(m, Options{AcceptLangs: []flows.Lang{flows.En}}); b != nil {
		t.Error("accepting English drafts let Japanese ones through")
	}
}

// confirm puts a named person's mark on every file, with the hash that the reader asks for.
func confirm(t *testing.T, files map[string]string) {
	t.Helper()
	for range 2 { // the first reading tells the hash
		for name, text := range files {
			files[name] = strings.Replace(text, "下書き: はい", "確認: {人: 鈴木, 日: 2026-11-20, 文: 00000000}", 1)
		}
		_, faults := load(t, files)
		for _, f := range faults {
			if f.Code == "mark-stale" {
				files[f.File] = strings.Replace(files[f.File], f.As, f.Should, 1)
			}
		}
	}
}

func TestAConfirmationHoldsOnlyForTheWordsThatWereConfirmed(t *testing.T) {
	files := good()
	confirm(t, files)
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{})
	if b == nil || b.Drafts {
		t.Fatalf("a confirmed folder was refused: %v", serious(faults))
	}
	m[cardFile] = &fstest.MapFile{Data: []byte(strings.Replace(files[cardFile], "まとめて聞けます。", "まとめて聞いてもらえます。", 1))}
	if b, faults = Load(m, Options{}); b != nil {
		t.Fatal("a sentence changed after its confirmation was let through")
	}
	for _, f := range serious(faults) {
		if f.File != cardFile || f.Code != "draft" {
			t.Errorf("got %v, want only the changed file as a draft", f)
		}
	}
}

func translated(t *testing.T, sheet string) (*flows.Bundle, Faults) {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range good() {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	m["i18n/en/okane.yaml"] = &fstest.MapFile{Data: []byte("訳: okane\nことば: en\n下書き: はい\n文:\n" + sheet)}
	return Load(m, Options{AcceptDrafts: true})
}

func TestATranslationIsUsedWhileItsJapaneseStands(t *testing.T) {
	b, faults := translated(t, fmt.Sprintf("  題: {訳: Money, もと: %s}\n", stamp("お金のこと")))
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	if got := b.Flows["okane"].Title[flows.En]; got != "Money" {
		t.Errorf("got %q, want Money", got)
	}
}

func TestATranslationFollowsItsButtonToAnotherPlace(t *testing.T) {
	b, faults := translated(t, fmt.Sprintf("  はじめ/選ぶ/1: {訳: Talk, もと: %s}\n", stamp("話したい")))
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	cs := b.Scenes["okane/はじめ"].Choices
	if cs[1].Label[flows.En] != "Talk" || cs[0].Label[flows.En] != "" {
		t.Errorf("got %v and %v, want the second button translated", cs[0].Label, cs[1].Label)
	}
}

func TestAStaleTranslationIsToldAndNotUsed(t *testing.T) {
	b, faults := translated(t, "  題: {訳: Money, もと: 0000}\n")
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	if got, ok := b.Flows["okane"].Title[flows.En]; ok {
		t.Errorf("the stale %q is still used", got)
	}
	for _, f := range faults {
		if f.Code == "stale" && strings.Contains(f.Should, stamp("お金のこと")) {
			return
		}
	}
	t.Errorf("nothing told of it: %v", faults)
}

func TestATranslationKeepsNumbersAndPlaceholders(t *testing.T) {
	files := good()
	files["lines/root.yaml"] = strings.Replace(files["lines/root.yaml"], "  joined: ひとこと", "  joined: \"{staff}さんが来ました。119\"", 1)
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	of := stamp("{staff}さんが来ました。119")
	for text, code := range map[string]string{"Someone is here. 119": "hole", "{staff} is here. 911": "digits"} {
		m["i18n/en/lines.yaml"] = &fstest.MapFile{Data: []byte("訳: lines\nことば: en\n下書き: はい\n文:\n  joined/1: {訳: \"" + text + "\", もと: " + of + "}\n")}
		_, faults := Load(m, Options{AcceptDrafts: true})
		if got := serious(faults); len(got) != 1 || got[0].Code != code {
			t.Errorf("%q: got %v, want %s", text, got, code)
		}
	}
}

func TestSayingsMayStandInOneFileForEachFlow(t *testing.T) {
	m := fstest.MapFS{"words/sayings/okane.ja.yaml": {Data: []byte("okane:\n  - 財布がからっぽ\n")}}
	for name, text := range good() {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	if got := b.Flows["okane"].Sayings; !slices.Contains(got, "財布がからっぽ") {
		t.Errorf("got %v, want 財布がからっぽ among them", got)
	}
	m["words/sayings/okane.ja.yaml"].Data = []byte("okanee:\n  - 財布がからっぽ\n")
	if _, faults := Load(m, Options{AcceptDrafts: true}); len(serious(faults)) != 1 || serious(faults)[0].Code != "flow" {
		t.Errorf("sayings of no flow: got %v", serious(faults))
	}
}

func TestCardsMayBeTranslatedOnSeveralSheets(t *testing.T) {
	m := fstest.MapFS{"i18n/en/cards-kurashi.yaml": {Data: []byte(fmt.Sprintf(
		"訳: cards-kurashi\nことば: en\n下書き: はい\n文:\n  madoguchi/題: {訳: Help desk, もと: %s}\n", stamp("くらしの窓口")))}}
	for name, text := range good() {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	if got := b.Cards["madoguchi"].Title[flows.En]; got != "Help desk" {
		t.Errorf("got %q, want Help desk", got)
	}
}

func TestTheMenuFitsOnAPhone(t *testing.T) {
	six := "  - okane\n  - ことば\n  - 人と話す\n  - ここのこと\n  - 消す\n  - はじめから\n"
	if got := codes(t, "house.yaml", "  - okane\n", six, false); len(got) > 0 {
		t.Errorf("six lines: got %v", got)
	}
	if got := codes(t, "house.yaml", "  - okane\n", six+"  - メニュー\n", false); !slices.Contains(got, "choices") {
		t.Errorf("seven lines: got %v, want choices", got)
	}
}

func TestTheHashDependsOnWordsAndOnNothingElse(t *testing.T) {
	hash := func(change func(fstest.MapFS)) string {
		m := fstest.MapFS{}
		for name, text := range good() {
			m[name] = &fstest.MapFile{Data: []byte(text)}
		}
		change(m)
		b, faults := Load(m, Options{AcceptDrafts: true})
		if b == nil {
			t.Fatalf("refused: %v", serious(faults))
		}
		return b.Hash
	}
	plain := hash(func(fstest.MapFS) {})
	if len(plain) != 12 {
		t.Errorf("got hash %q, want 12 hex digits", plain)
	}
	same := map[string]func(fstest.MapFS){
		"line ends": func(m fstest.MapFS) {
			m[flowFile].Data = []byte(strings.ReplaceAll(string(m[flowFile].Data), "\n", "\r\n"))
		},
		"dates of files": func(m fstest.MapFS) { m[flowFile].ModTime = time.Unix(1, 0); m[flowFile].Mode = fs.ModePerm },
		"tests":          func(m fstest.MapFS) { m["tests/a.yaml"] = &fstest.MapFile{Data: []byte("試し: x\n")} },
		"read-me and editors' litter": func(m fstest.MapFS) {
			m["README.md"] = &fstest.MapFile{Data: []byte("x")}
			m["flows/.okane.yaml.swp"] = &fstest.MapFile{Data: []byte("x")}
			m["flows/okane.yaml~"] = &fstest.MapFile{Data: []byte("x")}
		},
	}
	for name, change := range same {
		if got := hash(change); got != plain {
			t.Errorf("%s changed the hash", name)
		}
	}
	if hash(func(m fstest.MapFS) {
		m[cardFile].Data = []byte(strings.Replace(string(m[cardFile].Data), "まとめて", "一緒に", 1))
	}) == plain {
		t.Error("another sentence left the hash as it was")
	}
}

func TestFilesThatNobodyReadsAreTold(t *testing.T) {
	for name, code := range map[string]string{"flows/okane2.yml": "name", "flow/okane.yaml": "place", "words/exit.yaml": "name", "words/talk.xx.yaml": "name",
		"words/sayings/okane.xx.yaml": "name", "words/more/okane.yaml": "place"} {
		files := good()
		files[name] = "題: x\n"
		_, faults := load(t, files)
		if got := serious(faults); len(got) != 1 || got[0].Code != code {
			t.Errorf("%s: got %v, want %s", name, got, code)
		}
	}
}

func TestAnUrgentRuleSaysWhoItIsAndWhy(t *testing.T) {
	files := good()
	files["words/urgent.ja.yaml"] = "決まり:\n  - 番号: ja-life-01\n    何の: 命\n    どのくらい: 明らか\n    どれか: [死にたい]\n    ただし: [死にたくない]\n    わけ: 死にたいと書いている\n"
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	got := b.Words.Urgent[0]
	if got.ID != "ja-life-01" || got.Urgency != flows.Life || got.Level != flows.Clear || got.Lang != flows.Ja || len(got.Not) != 1 || got.Reason == "" {
		t.Errorf("got %+v", got)
	}
	files["words/urgent.ja.yaml"] = "決まり:\n  - 番号: 1\n    何の: いのち\n    どのくらい: 明か\n    どれか: [死にたい]\n"
	_, faults = load(t, files)
	var all []string
	for _, f := range serious(faults) {
		all = append(all, f.Code)
	}
	if !slices.Equal(all, []string{"missing", "rule", "word", "word"}) {
		t.Errorf("got %v, want the missing reason, the name, and two unknown words told", all)
	}
}
