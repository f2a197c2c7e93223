package prove

import (
	"context"
	"io/fs"
	"maps"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"engawa/flows/content"
	"engawa/flows/script"
)

// folder is a content folder as lines that a slip may change.
type folder map[string][]string

func goodFolder(t testing.TB) folder {
	t.Helper()
	out := folder{}
	err := fs.WalkDir(content.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content.FS, name)
		out[name] = strings.Split(string(data), "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// fsys is the folder as files; those of like that did not change are taken over.
func (f folder) fsys(like folder, files fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, lines := range f {
		if was := like[name]; len(was) > 0 && len(was) == len(lines) && &was[0] == &lines[0] {
			out[name] = files[name]
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(strings.Join(lines, "\n"))}
	}
	return out
}

// spot is one line of the folder.
type line struct {
	file string
	at   int
	text string
}

// find lists the lines below a folder that match, in order.
func (f folder) find(under, pattern string) (out []line) {
	re := regexp.MustCompile(pattern)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !strings.HasPrefix(name, under) {
			continue
		}
		for i, text := range f[name] {
			if re.MatchString(text) {
				out = append(out, line{name, i, text})
			}
		}
	}
	return out
}

// with gives the folder with one line replaced by none, one or more.
func (f folder) with(l line, now ...string) folder {
	out := maps.Clone(f)
	lines := append([]string(nil), f[l.file][:l.at]...)
	lines = append(lines, now...)
	out[l.file] = append(lines, f[l.file][l.at+1:]...)
	return out
}

// slip is a kind of fault: it changes one place, drawn with the seed.
type slip struct {
	kind string
	make func(f folder, r *rand.Rand) (out folder, where string)
}

// wake is what every change of a Japanese sentence leaves behind: its translations
// no longer fit. That tells of a change, not of a fault, and counts for nothing.
var wake = map[string]bool{"stale": true, "mark-stale": true, "untranslated": true, "orphan": true}

// ofTongues are the kinds that are just that.
var ofTongues = map[string]bool{"訳を消す": true}

// edit is a slip that rewrites one matching line.
func edit(kind, under, pattern string, change func(string, *rand.Rand) string) slip {
	return slip{kind, func(f folder, r *rand.Rand) (folder, string) {
		all := f.find(under, pattern)
		if len(all) == 0 {
			return nil, ""
		}
		l := all[r.IntN(len(all))]
		now := change(l.text, r)
		if now == l.text {
			return nil, ""
		}
		if now == "\x00" {
			return f.with(l), l.file
		}
		return f.with(l, strings.Split(now, "\n")...), l.file
	}}
}

func sub(pattern, repl string) func(string, *rand.Rand) string {
	re := regexp.MustCompile(pattern)
	return func(s string, _ *rand.Rand) string { return re.ReplaceAllString(s, repl) }
}

func drop(string, *rand.Rand) string { return "\x00" }

const (
	sceneText = `^      - [^"\[{:：]+。$`
	choice    = `^      - [^:{}\[\]"]+: [^{}\s/]+$`
	entry     = `: \{訳: "`
)

// slips are the kinds of faults that people and tools make.
var slips = []slip{
	edit("ボタンの行き先をまちがえる", "flows/", choice, sub(`: [^:]+$`, ": どこにもない場面")),
	{"どのボタンも同じ場面にもどる", everyChoiceBack},
	edit("ボタンのことばが長すぎる", "flows/", choice, sub(`- ([^:]+):`, "- ${1}のことをもう少しくわしく聞いてみたいとき:")),
	edit("訳したボタンが長すぎる", "i18n/en/", `選ぶ/\d: \{訳: "`, sub(`訳: "`, `訳: "Something far too long for a button `)),
	edit("決まったことばを消す", "lines/", `^  (human|crisis|stop|delete|end|exit|menu|worry|waiting)[a-z_.]*: \S`, drop),
	{"決まったことばのかたまりを消す", dropLine},
	edit("つぎが自分にもどる", "flows/", `^    つぎ: `, nil),
	{"もしで回りつづける", circleOfIfs},
	edit("文が5000文字をこえる", "flows/", sceneText, func(s string, _ *rand.Rand) string { return s + strings.Repeat("とても長い文です。", 620) }),
	edit("確かめた日が古い", "cards/", `^出典: \{もと: [^}]+\}$`, sub(`\}$`, ", 確かめた日: 2025-01-10, 確かめた人: すずらん}")),
	edit("確かめた日が先の日付", "cards/", `^出典: \{もと: [^}]+\}$`, sub(`\}$`, ", 確かめた日: 2027-11-10, 確かめた人: すずらん}")),
	edit("訳の番号の数字が入れかわる", "i18n/", `訳: "[^"]*(119|110|189)`, swapDigits),
	edit("訳の時間の数字がちがう", "i18n/ja-easy/", `訳: ".*[1-9]時`, sub(`([1-9])時`, "5${1}時")),
	edit("出口のボタンを消す", "lines/", `^  exit\.[a-z_]+: `, drop),
	edit("禁句(日本語)", "flows/", sceneText, sub(`$`, "頑張ってください。")),
	edit("禁句(やさしい日本語)", "i18n/ja-easy/", `ことば/\d: \{訳: "`, sub(`", もと`, ` がんばってください。", もと`)),
	edit("約束しすぎる", "flows/", sceneText, sub(`$`, "必ず解決します。")),
	edit("責める", "flows/", sceneText, sub(`$`, "なぜ電話しなかったのですか。")),
	{"入口で名前を聞く", askName},
	{"入口で、おぼえる質問をする", rememberAtDoor},
	{"場面への道を消す", cutOff},
	edit("同じボタンが2つある", "flows/", choice, nil),
	{"訳した同じボタンが2つある", sameLabel},
	edit("訳を消す", "i18n/en/", entry, drop),
	edit("あとから入ることばを落とす", "lines/", `\{(when|staff|ahead|scene)\}`, sub(`\{(when|staff|ahead|scene)\}`, "いつか")),
	edit("訳から、あとから入ることばを落とす", "i18n/", `訳: ".*\{(when|staff|ahead|scene)\}`, sub(`\{(when|staff|ahead|scene)\}`, "--")),
	edit("やさしい日本語の一文が長い", "i18n/ja-easy/", `ことば/\d: \{訳: ".*。"`, sub(`。", もと`, `し、そのあとも ここに いて、すきな だけ まって、また きいて いい です。", もと`)),
	edit("やさしい日本語の否定が2つ重なる", "i18n/ja-easy/", `ことば/\d: \{訳: "`, sub(`", もと`, ` できない ことは ない です。", もと`)),
	edit("やさしい日本語の読みがない", "i18n/ja-easy/", `ことば/\d: \{訳: ".*[一-龠]+\([ぁ-ん]+\)`, sub(`\([ぁ-ん]+\)`, "")),
	{"言い方が足りない", fewWays},
	{"ほかの入口と同じ言い方", sameSaying},
	edit("メニューに、ない流れ", "house.yaml", `^  - [a-z]+$`, sub(`- .*`, "- nanika")),
	edit("つなぐ先の名前をまちがえる", "flows/", `つなぐ: \{先: `, sub(`先: [^,}]+`, "先: くらしの相談係")),
	edit("もしが、だれも立てない事実を聞く", "flows/", `^    カード: `, sub(`^`, "    もし:\n      - 天気: 雨\n        つぎ: はじめ\n")),
	edit("あとでの日数がおかしい", "flows/", `あとで: \{日: `, sub(`日: \d+`, "日: 45")),
	{"あとでが、つなぐ場面に行く", checkInToHuman},
	edit("かわりが自分にもどる", "cards/", `^かわり: `, nil),
	edit("かわりがない", "cards/", `^かわり: `, drop),
	edit("先へすすむ道が2つある", "flows/", `^    選ぶ:$`, sub(`^`, "    つぎ: おわり\n")),
	edit("110などを、いつも出さない", "cards/1", `^いつも出す: はい`, drop),
	edit("文の番号をまちがえる", "lines/", `119|110|189`, sub(`119|110|189`, "118")),
	edit("昼に人が読まない", "house.yaml", `^  平日: 9:00-17:00`, sub(`9:00-17:00`, "2:00-4:00")),
	{"2つの出口の訳が同じ", sameExit},
	edit("出口と同じことばのボタン", "flows/", choice, sub(`- [^:]+:`, "- もう送らないで:")),
	edit("一度に2つ聞く", "flows/", sceneText, sub(`$`, "眠れていますか。食べられていますか。")),
	edit("大きな声を出す", "flows/", sceneText, sub(`。$`, "！")),
	edit("助けを求める声への答えが番号で終わる", "lines/", `ここはこのまま開けておきます|相談員がぜんぶ読みます|またここに書けます`, sub(`"[^"]*"`, `"いま命があぶないときは、すぐに119へ。"`)),
	edit("助けを求める声に、方法を聞く", "lines/", `worry|ひとつだけ聞かせてください`, sub(`ください。[^"]*"`, `ください。どうやって死のうと考えていますか。"`)),
	{"名前を言わずに行ける先も人もない", noRoute},
	{"最初のカードが遠い", farAway},
	edit("文が空", "flows/", sceneText, sub(`- .*`, `- ""`)),
	edit("ことばが4つ", "flows/", sceneText, sub(`$`, "\n      - ひとつ。\n      - ふたつ。\n      - みっつ。")),
	edit("カードが4枚", "flows/", `^    カード: \[`, sub(`\[.*\]`, "[food, kakunin, kinkyuu, soudan-memo]")),
	edit("ないカードを見せる", "flows/", `^    カード: \[`, sub(`\[`, "[konna-card, ")),
	edit("電話番号の形がおかしい", "cards/", `^  電話: 0`, sub(`電話: .*`, "電話: 03-12")),
	edit("全角の数字", "flows/", sceneText, sub(`$`, "３日ほどかかります。")),
	edit("訳が日本語のまま", "i18n/en/", `ことば/\d: \{訳: "`, sub(`訳: "[^"]*"`, `訳: "この文は、まだ訳されていない日本語の文です。"`)),
	edit("一文が長い", "flows/", sceneText, sub(`。$`, "が、それについてはいろいろな考えかたがあるので、あせらずに、時間をかけて、少しずつ、近い人や相談員と話しながら決めていくこともできます。")),
}

func init() { // these need the neighbouring lines
	for i := range slips {
		switch slips[i].kind {
		case "つぎが自分にもどる":
			slips[i].make = nextToSelf
		case "同じボタンが2つある":
			slips[i].make = twiceTheButton
		case "かわりが自分にもどる":
			slips[i].make = insteadOfSelf
		}
	}
}

// TestSeededFaultsAreFound makes faults of every kind from the good content and
// wants at least 99 in a hundred of them told, by the reader or by the proof.
func TestSeededFaultsAreFound(t *testing.T) {
	t.Parallel()
	good := goodFolder(t)
	base := newBaseline(t, good)
	faults := seeded(good)
	told := make([]string, len(faults))
	var wg sync.WaitGroup
	for worker := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := worker; i < len(faults); i += runtime.GOMAXPROCS(0) {
				told[i] = base.news(faults[i])
			}
		})
	}
	wg.Wait()
	made, caught, by := map[string]int{}, map[string]int{}, map[string]string{}
	for i, f := range faults {
		made[f.kind]++
		if told[i] != "" {
			caught[f.kind]++
			by[f.kind] = told[i]
			continue
		}
		t.Logf("not found: %s in %s: %s", f.kind, f.where, differs(good[f.where], f.in[f.where]))
	}
	all, found := 0, 0
	for _, s := range slips {
		if made[s.kind] == 0 {
			t.Errorf("no fault could be made: %s", s.kind)
		}
		all, found = all+made[s.kind], found+caught[s.kind]
		t.Logf("%2d/%2d %s — %s", caught[s.kind], made[s.kind], s.kind, by[s.kind])
	}
	t.Logf("%d of %d seeded faults found, of %d kinds", found, all, len(slips))
	if all < 200 {
		t.Errorf("%d faults were made, want at least 200", all)
	}
	if found*100 < all*99 {
		t.Errorf("%d of %d faults were found, want at least 99 in a hundred", found, all)
	}
}

// fault is a folder with one slip in it.
type fault struct {
	kind  string
	in    folder
	where string // the file
}

// seeded makes up to four faults of every kind, the same ones in every run.
func seeded(good folder) (out []fault) {
	r := rand.New(rand.NewPCG(20261122, 7))
	seen := map[string]bool{}
	for _, s := range slips {
		made := 0
		for tries := 0; made < 4 && tries < 30; tries++ {
			bad, where := s.make(good, r)
			if bad == nil || seen[s.kind+strings.Join(bad[where], "\n")] {
				continue
			}
			seen[s.kind+strings.Join(bad[where], "\n")] = true
			made++
			out = append(out, fault{s.kind, bad, where})
		}
	}
	return out
}

// differs shows the first line in which two files differ.
func differs(a, b []string) string {
	for i := range b {
		if i >= len(a) || a[i] != b[i] {
			return b[i]
		}
	}
	return "(shorter)"
}

// baseline is what the good content is told already, and a prover that knows it.
type baseline struct {
	told  map[string]bool
	good  folder
	files fstest.MapFS
	shelf *script.Shelf
	p     *Prover
}

func newBaseline(t *testing.T, good folder) baseline {
	t.Helper()
	out := baseline{told: map[string]bool{}, good: good, files: good.fsys(nil, nil), shelf: new(script.Shelf), p: proved(t)}
	_, faults := out.shelf.Load(out.files, script.Options{AcceptDrafts: true})
	for _, f := range faults {
		out.told[f.File+f.Code+f.Text] = true
	}
	_, v := first()
	for i := range v.Found {
		out.told[nameOf(&v.Found[i])] = true
	}
	return out
}

func nameOf(f *Finding) string { return f.Property + f.Key + string(f.Lang) + f.Why }

// news tells what is said of a faulty folder and was not said of the good one: by
// the reader, else by the lint alone, else by the walk.
func (b baseline) news(bad fault) string {
	bundle, faults := b.shelf.Load(bad.in.fsys(b.good, b.files), script.Options{AcceptDrafts: true})
	for _, f := range faults {
		if !b.told[f.File+f.Code+f.Text] && (!wake[f.Code] || ofTongues[bad.kind]) {
			return "読むとき: " + f.Code
		}
	}
	if bundle == nil {
		return ""
	}
	p, opt := b.p.fork(), today()
	opt.Workers = 1
	c := newChecker(bundle, opt)
	p.recall(c, "", nil)
	c.lint()
	if told := b.first(c.all); told != "" {
		return told
	}
	opt.until = func(f *Finding) bool { return b.first([]Finding{*f}) != "" } // one is enough
	all, _ := p.Check(context.Background(), bundle, opt)
	return b.first(all)
}

// first is the gravest of what is new.
func (b baseline) first(all []Finding) string {
	sort.SliceStable(all, func(i, j int) bool { return all[i].Severity == Error && all[j].Severity != Error })
	for i := range all {
		if f := &all[i]; !b.told[nameOf(f)] && f.Key != "line/safety" { // that too is only the wake
			return string(f.Severity) + " " + f.Property
		}
	}
	return ""
}
