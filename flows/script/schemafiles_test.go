package script

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v4"
)

// editor is what an editor with JSON Schema does with the files of one kind.
type editor struct{ schema *jsonschema.Schema }

func editorOf(t *testing.T, k FileKind) editor {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(k.Schema()))
	if err != nil {
		t.Fatalf("%s: %v", k.Name, err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(k.Name+".json", v); err != nil {
		t.Fatalf("%s: %v", k.Name, err)
	}
	s, err := c.Compile(k.Name + ".json")
	if err != nil {
		t.Fatalf("%s: %v", k.Name, err)
	}
	return editor{s}
}

// complains reads a file as editors do, numbers as numbers, and gives what the schema says to it.
func (e editor) complains(data []byte) error {
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil {
		return err
	}
	return e.schema.Validate(plain(&doc))
}

// plain is a tree as YAML 1.2 reads it: it has numbers, but no dates.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.DocumentNode:
		return plain(n.Content[0])
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, plain(c))
		}
		return out
	}
	var v any
	if tag := n.ShortTag(); tag == "!!int" || tag == "!!float" || tag == "!!bool" || tag == "!!null" {
		if err := n.Decode(&v); err == nil {
			return v
		}
	}
	return n.Value
}

const shipped = "../content"

func TestEveryShippedFileFitsItsSchema(t *testing.T) {
	editors, seen := map[string]editor{}, map[string]int{}
	err := fs.WalkDir(os.DirFS(shipped), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
			return err
		}
		k, ok := KindOf(name)
		if !ok {
			t.Errorf("%s: no schema is for this place", name)
			return nil
		}
		if seen[k.Name]++; seen[k.Name] == 1 {
			editors[k.Name] = editorOf(t, k)
		}
		data, err := os.ReadFile(shipped + "/" + name)
		if err != nil {
			return err
		}
		if err := editors[k.Name].complains(data); err != nil {
			t.Errorf("%s: an editor would mark a good file: %v", name, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range FileKinds() {
		if seen[k.Name] == 0 && k.Name != "moves" { // the first release has renamed nothing yet
			t.Errorf("no file of the kind %s is shipped", k.Name)
		}
	}
}

// slip is one fault in a file of the good folder.
type slip struct{ file, was, is string }

// slips are faults that both the editor and the reader must see, three and more for every kind.
var slips = []slip{
	{"house.yaml", "夜の当番: なし", "夜の当番: たまに"},
	{"house.yaml", "名前: 縁側", "なまえ: 縁側"},
	{"house.yaml", "平日: 9:00-17:00", "平日: 9時から17時"},
	{"house.yaml", "窓口:\n  - くらし相談\n", ""},
	{"house.yaml", "確かめ直し: {連絡先: 90}", "確かめ直し: {連絡先: 900}"},
	{"menu.yaml", "絵: 湯のみ", "絵: 急須"},
	{"menu.yaml", "{電話: \"119\"}", "{電話: \"0120\"}"},
	{"menu.yaml", "開くところ: メニュー\n", ""},
	{flowFile, "    つぎ: おわり\n", ""},
	{flowFile, "話題: お金", "話題: おかね"},
	{flowFile, "見直し日: 2027-03-31", "見直し日: 来年の春"},
	{flowFile, "ことば: 家賃には仕組みがあります。", "ことば: [a, b, c, d]"},
	{cardFile, "種類: 窓口", "種類: 役所"},
	{cardFile, "下書き: はい\n", ""},
	{cardFile, "{もと: 見本}", "{もと: 見本, 確かめた日: 2026-11-01}"},
	{cardFile, "ひとこと:", "一言:"},
	{"lines/root.yaml", "  greeting: ひとこと\n", "  greetings: ひとこと\n"},
	{"lines/root.yaml", "  greeting: ひとこと\n", "  greeting: [a, b, c, d]\n"},
	{"lines/root.yaml", "決まったことば:", "ことば:"},
	{"words/exits.ja.yaml", "人と話す:", "人とはなす:"},
	{"words/exits.ja.yaml", "人と話す: [人と話したい]", "人と話す: {言い方: 人と話したい}"},
	{"words/exits.ja.yaml", "人と話す: [人と話したい]", "人と話す: [{人: 話したい}]"},
	{"words/talk.ja.yaml", "雑談:", "雑だん:"},
	{"words/talk.ja.yaml", "雑談: [こんにちは]", "雑談: {朝: おはよう}"},
	{"words/talk.ja.yaml", "雑談: [こんにちは]", "雑談: [[こんにちは]]"},
	{"words/harsh.ja.yaml", "どれか:", "どれが:"},
	{"words/harsh.ja.yaml", "どれか: [ポンコツ]", "どれか: {機械: ポンコツ}"},
	{"words/harsh.ja.yaml", "なかま: {相手: [お前]}", "なかま: [お前]"},
	{"words/langs.yaml", "en:", "eng:"},
	{"words/langs.yaml", "en: [English]", "en: {名: English}"},
	{"words/langs.yaml", "en: [English]", "en: [[English]]"},
	{"words/sayings/okane.ja.yaml", "okane: [財布がからっぽ]", "okane: {言い方: 財布がからっぽ}"},
	{"words/sayings/okane.ja.yaml", "okane:", "お金:"},
	{"words/sayings/okane.ja.yaml", "okane: [財布がからっぽ]", "okane: [[財布がからっぽ]]"},
	{"words/urgent.ja.yaml", "何の: 命", "何の: いのち"},
	{"words/urgent.ja.yaml", "番号: ja-life-01", "番号: ja-01"},
	{"words/urgent.ja.yaml", "    わけ: 死にたいと書いた\n", ""},
	{"i18n/en/okane.yaml", "ことば: en", "ことば: eng"},
	{"i18n/en/okane.yaml", "文:", "訳文:"},
	{"i18n/en/okane.yaml", ", もと: 76e4", ""},
	{"moves/2026.yaml", "okane/家ちん:", "家ちん:"},
	{"moves/2026.yaml", ": okane/家賃", ": 家賃"},
	{"moves/2026.yaml", ": okane/家賃", ": [okane/家賃]"},
	{"tests/a.yaml", "  - 人: 家賃がきびしい\n", "  - ひと: 家賃がきびしい\n"},
	{"tests/a.yaml", "相談員: 不在", "相談員: 留守"},
	{"tests/a.yaml", "時刻: 2026-12-05 02:10", "時刻: 土曜の夜中"},
	{"tests/a.yaml", "禁句なし", "禁句ない"},
}

// folder is the good folder with a file of every kind.
func folder() map[string]string {
	files := good()
	for name, text := range map[string]string{
		"house.yaml":                  files["house.yaml"] + "夜の当番: なし\n確かめ直し: {連絡先: 90}\n",
		"menu.yaml":                   "開くところ: メニュー\n大きなボタン:\n  - 話す: {絵: 湯のみ, 行き先: okane}\n下の帯:\n  - 救急: {電話: \"119\"}\n下書き: はい\n",
		"words/exits.ja.yaml":         "人と話す: [人と話したい]\n",
		"words/talk.ja.yaml":          "雑談: [こんにちは]\n",
		"words/harsh.ja.yaml":         "なかま: {相手: [お前]}\nどれか: [ポンコツ]\n",
		"words/langs.yaml":            "en: [English]\n",
		"words/sayings/okane.ja.yaml": "okane: [財布がからっぽ]\n",
		"words/urgent.ja.yaml":        "決まり:\n  - 番号: ja-life-01\n    何の: 命\n    どのくらい: 明らか\n    どれか: [死にたい]\n    わけ: 死にたいと書いた\n",
		"i18n/en/okane.yaml":          "訳: okane\nことば: en\n下書き: はい\n文:\n  題: {訳: Money, もと: 76e4}\n",
		"moves/2026.yaml":             "okane/家ちん: okane/家賃\n",
		"tests/a.yaml":                "試し: 家賃\n前提: {時刻: 2026-12-05 02:10, 相談員: 不在}\nやりとり:\n  - 人: 家賃がきびしい\n  - 場面: okane/はじめ\n必ず: [禁句なし]\n",
	} {
		files[name] = text
	}
	return files
}

// told gives the faults of one file, or of the talks in tests/.
func told(files map[string]string, name string) (out []string) {
	m := fstest.MapFS{}
	for n, text := range files {
		m[n] = &fstest.MapFile{Data: []byte(text)}
	}
	_, faults := Load(m, Options{AcceptDrafts: true})
	_, more := Talks(m)
	for _, f := range append(faults, more...) {
		if f.File == name && !f.Warn {
			out = append(out, f.String())
		}
	}
	return out
}

func TestTheEditorSeesTheFaultsThatTheReaderSees(t *testing.T) {
	editors, count := map[string]editor{}, map[string]int{}
	for name, text := range folder() {
		k, _ := KindOf(name)
		if _, ok := editors[k.Name]; !ok {
			editors[k.Name] = editorOf(t, k)
		}
		if err := editors[k.Name].complains([]byte(text)); err != nil {
			t.Errorf("%s: an editor would mark a good file: %v", name, err)
		}
		if got := told(folder(), name); len(got) > 0 {
			t.Errorf("%s: the reader refuses a good file: %v", name, got)
		}
	}
	for _, s := range slips {
		t.Run(fmt.Sprintf("%s %s", s.file, s.is), func(t *testing.T) {
			files := folder()
			if !strings.Contains(files[s.file], s.was) {
				t.Fatalf("the good file has no %q", s.was)
			}
			k, _ := KindOf(s.file)
			count[k.Name]++
			files[s.file] = strings.Replace(files[s.file], s.was, s.is, 1)
			if err := editors[k.Name].complains([]byte(files[s.file])); err == nil {
				t.Error("an editor sees nothing wrong")
			}
			if len(told(files, s.file)) == 0 {
				t.Error("the reader sees nothing wrong")
			}
		})
	}
	for _, k := range FileKinds() {
		if count[k.Name] < 3 {
			t.Errorf("%s: %d faults tried, want at least 3", k.Name, count[k.Name])
		}
	}
}
