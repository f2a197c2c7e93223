package script

import (
	"strings"
	"testing"
	"testing/fstest"
)

// good is a folder without a fault: each mistake below is put into one line of it.
func good() map[string]string {
	var b strings.Builder
	b.WriteString("下書き: はい\n決まったことば:\n")
	for _, k := range lineNames() {
		b.WriteString("  " + k + ": ひとこと\n")
	}
	return map[string]string{
		"house.yaml":           goodHouse,
		"lines/root.yaml":      b.String(),
		"flows/okane.yaml":     goodFlow,
		"cards/madoguchi.yaml": goodCard,
		"cards/kinkyuu.yaml":   goodMemo,
	}
}

const goodHouse = `名前: 縁側
まち: ひなた区
開いている時間:
  平日: 9:00-17:00
窓口:
  - くらし相談
メニュー:
  - okane
禁句:
  - 対象
休み:
  2026-12-29: 年末年始
`

const goodFlow = `流れ: okane
題: お金のこと
話題: お金
持ち主: くらし相談
見直し日: 2027-03-31
下書き: はい
入口:
  メニュー: お金のこと
  こう言われたら:
    - 家賃が払えない
    - お金がない
    - 電気が止まりそう
    - 借金がこわい
    - 生活費が足りない
場面:
  はじめ:
    ことば:
      - お金のことですね。
      - 近いものはどれですか。
    カード: [madoguchi, kinkyuu]
    選ぶ:
      - 家賃・住まい: 家賃
      - 話したい: {つぎ: 人に, おぼえる: 時期=いま}
      - ここまで: {つぎ: おわり, あとで: {日: 3, 場面: 家賃}}
  家賃:
    ことば: 家賃には仕組みがあります。
    つぎ: おわり
  人に:
    ことば:
      - 人につなぎます。
    つなぐ: {先: くらし相談, 急ぎ: はい, 渡す: [題, 時期], 時間外: kinkyuu}
`

const goodCard = `カード: madoguchi
種類: 窓口
題: くらしの窓口
ひとこと: まとめて聞けます。
気軽さ: [名前いらない, 無料]
行き先:
  電話: 03-0000-1001
  時間: 平日の9時から17時
  匿名: はい
出典: {もと: 見本}
下書き: はい
`

const goodMemo = `カード: kinkyuu
種類: メモ
題: いま急ぐとき
ひとこと: 119と110があります。
下書き: はい
`

func load(t *testing.T, files map[string]string) (ok bool, faults Faults) {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	return b != nil, faults
}

func serious(fs Faults) Faults {
	var out Faults
	for _, f := range fs {
		if !f.Warn {
			out = append(out, f)
		}
	}
	return out
}

func TestAGoodFolderHasNoFault(t *testing.T) {
	ok, faults := load(t, good())
	if !ok || len(serious(faults)) != 0 {
		t.Fatalf("loaded %v with faults:\n%v", ok, serious(faults))
	}
}

const (
	flowFile  = "flows/okane.yaml"
	cardFile  = "cards/madoguchi.yaml"
	houseFile = "house.yaml"
)

// mistakes are what keyboards, editors and haste do to a file: in the line was,
// somebody typed is; the fault must be of this kind and show the line should.
var mistakes = []struct {
	name, file, was, is string
	code                string
	should              string // "" = the line as it was
}{
	{"全角のコロン", flowFile, "題: お金のこと", "題：お金のこと", "colon-wide", ""},
	{"全角のコロンと空白", flowFile, "題: お金のこと", "題： お金のこと", "colon-wide", ""},
	{"場面の名前に全角のコロン", flowFile, "  家賃:", "  家賃：", "colon-wide", ""},
	{"選ぶに全角のコロン", flowFile, "      - 家賃・住まい: 家賃", "      - 家賃・住まい：家賃", "colon-wide", ""},
	{"波かっこの中の全角コロン", flowFile, "    つなぐ: {先: くらし相談, 急ぎ: はい, 渡す: [題, 時期], 時間外: kinkyuu}", "    つなぐ: {先：くらし相談, 急ぎ: はい, 渡す: [題, 時期], 時間外: kinkyuu}", "colon-wide", ""},
	{"休みの日付のあとの全角コロン", houseFile, "  2026-12-29: 年末年始", "  2026-12-29：年末年始", "colon-wide", ""},
	{"コロンのあとの空白がない", flowFile, "題: お金のこと", "題:お金のこと", "colon-space", ""},
	{"選ぶでコロンのあとの空白がない", flowFile, "      - 家賃・住まい: 家賃", "      - 家賃・住まい:家賃", "colon-space", ""},
	{"波かっこの中で空白がない", flowFile, "      - ここまで: {つぎ: おわり, あとで: {日: 3, 場面: 家賃}}", "      - ここまで: {つぎ: おわり, あとで: {日:3, 場面: 家賃}}", "colon-space", ""},
	{"コロンのあとが全角の空白", flowFile, "題: お金のこと", "題:　お金のこと", "space-wide", ""},
	{"全角の字下げ", flowFile, "    ことば: 家賃には仕組みがあります。", "　　ことば: 家賃には仕組みがあります。", "indent-wide", ""},
	{"押した数だけの全角の字下げ", flowFile, "    ことば: 家賃には仕組みがあります。", "　　　　ことば: 家賃には仕組みがあります。", "indent-wide", ""},
	{"タブの字下げ", flowFile, "    ことば: 家賃には仕組みがあります。", "\t\tことば: 家賃には仕組みがあります。", "tab", ""},
	{"行の中のタブ", flowFile, "題: お金のこと", "題:\tお金のこと", "tab", ""},
	{"半端な字下げ", flowFile, "    つぎ: おわり", "   つぎ: おわり", "indent", ""},
	{"深すぎる字下げ", flowFile, "    つぎ: おわり", "      つぎ: おわり", "indent", ""},
	{"全角のかっこと読点", flowFile, "    カード: [madoguchi, kinkyuu]", "    カード: ［madoguchi、kinkyuu］", "bracket-wide", ""},
	{"全角の波かっこ", flowFile, "      - 話したい: {つぎ: 人に, おぼえる: 時期=いま}", "      - 話したい: ｛つぎ：人に、おぼえる：時期=いま｝", "bracket-wide", ""},
	{"全角のカンマ", flowFile, "    カード: [madoguchi, kinkyuu]", "    カード: [madoguchi，kinkyuu]", "comma-wide", ""},
	{"半角のかっこに読点", flowFile, "    カード: [madoguchi, kinkyuu]", "    カード: [madoguchi、kinkyuu]", "comma-wide", ""},
	{"かっこが閉じていない", flowFile, "    カード: [madoguchi, kinkyuu]", "    カード: [madoguchi, kinkyuu", "bracket-open", ""},
	{"かっこが開いていない", flowFile, "題: お金のこと", "題: ]お金のこと", "first-mark", `題: "]お金のこと"`},
	{"全角のシャープ", flowFile, "流れ: okane", "流れ: okane ＃ 番号札", "hash-wide", "流れ: okane  # 番号札"},
	{"行の頭の全角シャープ", flowFile, "流れ: okane", "＃ 覚え書き\n流れ: okane", "hash-wide", "# 覚え書き"},
	{"文の中の半角シャープ", cardFile, "ひとこと: まとめて聞けます。", "ひとこと: くわしくは #9999 へ", "hash-in-text", `ひとこと: "くわしくは #9999 へ"`},
	{"全角のハイフンの一覧", flowFile, "    - 家賃が払えない", "    －家賃が払えない", "dash-wide", ""},
	{"中点の一覧", flowFile, "    - 家賃が払えない", "    ・家賃が払えない", "dash-wide", ""},
	{"のばし棒の一覧", flowFile, "    - 家賃が払えない", "    ー 家賃が払えない", "dash-wide", ""},
	{"ハイフンのあとの空白がない", flowFile, "    - 家賃が払えない", "    -家賃が払えない", "dash-space", ""},
	{"ハイフンのあとが全角の空白", flowFile, "    - 家賃が払えない", "    -　家賃が払えない", "space-wide", ""},
	{"波形の引用符", flowFile, "題: お金のこと", "題: “お金のこと”", "quote-wide", `題: "お金のこと"`},
	{"全角の引用符", flowFile, "題: お金のこと", "題: ＂お金のこと＂", "quote-wide", `題: "お金のこと"`},
	{"引用符が閉じていない", flowFile, "題: お金のこと", `題: "お金のこと`, "quote-open", `題: "お金のこと"`},
	{"引用符のあとに文が続く", flowFile, "題: お金のこと", `題: "お金"のこと`, "quote-rest", `題: "お金のこと"`},
	{"BOM", flowFile, "流れ: okane", "\uFEFF流れ: okane", "bom", ""},
	{"改行が混ざっている", flowFile, "流れ: okane", "流れ: okane\r", "newline", ""},
	{"見えない文字", flowFile, "題: お金のこと", "題: お金\u200bのこと", "invisible", ""},
	{"改行しない空白", flowFile, "題: お金のこと", "題:\u00a0お金のこと", "nbsp", ""},
	{"行の終わりの全角空白", flowFile, "題: お金のこと", "題: お金のこと　", "trailing-wide", ""},
	{"めじるし", flowFile, "題: お金のこと", "題: &a お金のこと", "anchor", `題: "&a お金のこと"`},
	{"参照", flowFile, "題: お金のこと", "題: *a", "anchor", `題: "*a"`},
	{"型", flowFile, "題: お金のこと", "題: !!str お金のこと", "anchor", `題: "!!str お金のこと"`},
	{"まとめ", flowFile, "持ち主: くらし相談", "持ち主: くらし相談\n<<: {題: x}", "anchor", "-"},
	{"アットマークで始まる", flowFile, "題: お金のこと", "題: @お金のこと", "first-mark", `題: "@お金のこと"`},
	{"区切りの行", flowFile, "流れ: okane", "---\n流れ: okane", "document", "-"},
	{"文の中の半角コロン", cardFile, "ひとこと: まとめて聞けます。", "ひとこと: 時間: 9時から", "colon-in-text", `ひとこと: "時間: 9時から"`},
	{"行の途中で折り返した文", cardFile, "ひとこと: まとめて聞けます。", "ひとこと: まとめて\n聞けます。", "stray", "# 聞けます。"},
	{"同じことばが2回", flowFile, "題: お金のこと", "題: お金のこと\n題: 家賃のこと", "duplicate", "-"},
	{"知らないことば(近いものがある)", flowFile, "    つぎ: おわり", "    つき: おわり", "key", ""},
	{"知らないことば(半角カナ)", flowFile, "  メニュー: お金のこと", "  ﾒﾆｭｰ: お金のこと", "key", ""},
	{"行き先の打ちまちがい", flowFile, "      - 家賃・住まい: 家賃", "      - 家賃・住まい: 家貸", "scene", ""},
	{"ないカード", flowFile, "    カード: [madoguchi, kinkyuu]", "    カード: [madoguti, kinkyuu]", "card", ""},
	{"ない窓口", flowFile, "    つなぐ: {先: くらし相談, 急ぎ: はい, 渡す: [題, 時期], 時間外: kinkyuu}", "    つなぐ: {先: くらし相談室, 急ぎ: はい, 渡す: [題, 時期], 時間外: kinkyuu}", "team", ""},
	{"はいのかわりにyes", cardFile, "  匿名: はい", "  匿名: yes", "yes", ""},
	{"はいのかわりに全角", cardFile, "  匿名: はい", "  匿名: ハイ", "yes", ""},
	{"日付の区切りがちがう", flowFile, "見直し日: 2027-03-31", "見直し日: 2027/3/31", "date", ""},
	{"全角の日付", flowFile, "見直し日: 2027-03-31", "見直し日: ２０２７－０３－３１", "date", ""},
	{"年月日", flowFile, "見直し日: 2027-03-31", "見直し日: 2027年3月31日", "date", ""},
	{"全角の数", flowFile, "      - ここまで: {つぎ: おわり, あとで: {日: 3, 場面: 家賃}}", "      - ここまで: {つぎ: おわり, あとで: {日: ３, 場面: 家賃}}", "number", ""},
	{"日が多すぎる", flowFile, "      - ここまで: {つぎ: おわり, あとで: {日: 3, 場面: 家賃}}", "      - ここまで: {つぎ: おわり, あとで: {日: 60, 場面: 家賃}}", "number", "-"},
	{"全角の電話番号", cardFile, "  電話: 03-0000-1001", "  電話: ０３－００００－１００１", "phone", ""},
	{"かっこのある電話番号", cardFile, "  電話: 03-0000-1001", "  電話: 03(0000)1001", "phone", ""},
	{"全角の時間", houseFile, "  平日: 9:00-17:00", "  平日: ９：００〜１７：００", "hours", ""},
	{"ことばの時間", houseFile, "  平日: 9:00-17:00", "  平日: 9時から17時まで", "hours", ""},
	{"中身がない", flowFile, "題: お金のこと", "題:", "blank", "-"},
	{"全角のイコール", flowFile, "      - 話したい: {つぎ: 人に, おぼえる: 時期=いま}", "      - 話したい: {つぎ: 人に, おぼえる: 時期＝いま}", "remember", ""},
	{"気軽さの打ちまちがい", cardFile, "気軽さ: [名前いらない, 無料]", "気軽さ: [名前いらない, 無科]", "word", ""},
	{"使わないことば", flowFile, "      - お金のことですね。", "      - あなたは対象です。", "banned", "-"},
}

func TestEveryMistakeIsExplainedWithTheLineAsItShouldBe(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			files := good()
			if !strings.Contains(files[m.file], m.was+"\n") {
				t.Fatalf("the good file has no line %q", m.was)
			}
			files[m.file] = strings.Replace(files[m.file], m.was+"\n", m.is+"\n", 1)
			ok, faults := load(t, files)
			if ok {
				t.Fatalf("a bundle came out; want it refused")
			}
			found := serious(faults)
			if len(found) != 1 {
				t.Fatalf("got %d faults, want the one that was made:\n%v", len(found), found)
			}
			f := found[0]
			should := m.should
			switch should {
			case "":
				should = m.was
			case "-":
				should = ""
			}
			if f.Code != m.code || f.Should != should {
				t.Errorf("got %s, should %q; want %s, should %q\n%v", f.Code, f.Should, m.code, should, f)
			}
			if f.File != m.file || f.Line == 0 || f.Col == 0 || f.As == "" || f.Text == "" {
				t.Errorf("the fault does not say where it is, or why: %+v", f)
			}
		})
	}
}

func TestManyMistakesAreToldAtOnce(t *testing.T) {
	files := good()
	n := 0
	for _, m := range mistakes[:4] {
		files[m.file] = strings.Replace(files[m.file], m.was+"\n", m.is+"\n", 1)
	}
	files[cardFile] = strings.Replace(files[cardFile], "匿名: はい", "匿名：はい", 1)
	_, faults := load(t, files)
	for _, f := range serious(faults) {
		if f.Code == "colon-wide" {
			n++
		}
	}
	if n != 4 || len(serious(faults)) != 4 { // the first two are the same line
		t.Errorf("got %d faults, want the 4 that were made:\n%v", len(serious(faults)), serious(faults))
	}
}

func TestAFileInAnotherEncodingSaysSo(t *testing.T) {
	files := good()
	files[flowFile] = "\x97\xac\x82\xea: okane\n"
	_, faults := load(t, files)
	if len(serious(faults)) == 0 || serious(faults)[0].Code != "encoding" && serious(faults)[1].Code != "encoding" {
		t.Errorf("got %v, want the encoding told", serious(faults))
	}
}

func TestRemarksMayStandBehindAnything(t *testing.T) {
	files := good()
	files[flowFile] = strings.Replace(files[flowFile], "  家賃:\n", "  家賃:     # 足した場面\n", 1)
	files[flowFile] = strings.Replace(files[flowFile], "    つぎ: おわり\n", "    つぎ: おわり  # ここで終わる\n", 1)
	if ok, faults := load(t, files); !ok {
		t.Errorf("refused: %v", serious(faults))
	}
}

func TestWindowsLineEndsAreFine(t *testing.T) {
	files := good()
	files[flowFile] = strings.ReplaceAll(files[flowFile], "\n", "\r\n")
	if ok, faults := load(t, files); !ok {
		t.Errorf("refused: %v", serious(faults))
	}
}

func TestValuesStayTheTextThatWasTyped(t *testing.T) {
	files := good()
	files[cardFile] = strings.Replace(files[cardFile], "電話: 03-0000-1001", "電話: 0120", 1)
	files[cardFile] = strings.Replace(files[cardFile], "ひとこと: まとめて聞けます。", "ひとこと: 2027-03-31", 1)
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	b, faults := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatalf("refused: %v", serious(faults))
	}
	c := b.Cards["madoguchi"]
	if c.Phone != "0120" || c.Lead["ja"] != "2027-03-31" {
		t.Errorf("got phone %q and lead %q; YAML has interpreted them", c.Phone, c.Lead["ja"])
	}
}
