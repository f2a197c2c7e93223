package script

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"engawa/flows/content"
)

const foodCard = `# 覚え書き: 番号は見本です
カード: food
種類: 窓口
題: 食べもの   # 短く
行き先:
  電話: 03-0000-1001
  # 昼は休み
  時間: 平日の9時から17時
  開いている時間: {平日: 9:00-17:00}
  匿名: はい

出典: {もと: 区のちらし}
かわり: kakunin
下書き: はい
`

func TestAnEditChangesItsValueAndNothingElse(t *testing.T) {
	for name, x := range map[string]struct {
		edit      Edit
		was, want string
	}{
		"a number":                           {Edit{Key: []string{"行き先", "電話"}, Value: "03-0000-2002"}, "03-0000-1001", "03-0000-2002"},
		"a sentence before a remark":         {Edit{Key: []string{"題"}, Value: Quote("食べもの: はこぶ")}, "題: 食べもの   # 短く", `題: "食べもの: はこぶ"   # 短く`},
		"hours in braces":                    {Edit{Key: []string{"行き先", "開いている時間"}, Value: "{水: 24時間}"}, "{平日: 9:00-17:00}", "{水: 24時間}"},
		"one day in braces":                  {Edit{Key: []string{"行き先", "開いている時間", "土"}, Value: "10:00-12:00"}, "9:00-17:00}", "9:00-17:00, 土: 10:00-12:00}"},
		"who verified it":                    {Edit{Key: []string{"出典", "確かめた人"}, Value: "鈴木"}, "区のちらし}", "区のちらし, 確かめた人: 鈴木}"},
		"a key that is new in a block":       {Edit{Key: []string{"行き先", "場所"}, Value: "駅前"}, "  匿名: はい\n", "  匿名: はい\n  場所: 駅前\n"},
		"a key that goes":                    {Edit{Key: []string{"行き先", "匿名"}}, "  匿名: はい\n", ""},
		"the last key in braces goes":        {Edit{Key: []string{"出典", "もと"}}, "出典: {もと: 区のちらし}\n", ""},
		"a confirmation in the mark's place": {Edit{Key: []string{"確認"}, Value: "{人: 鈴木, 日: 2026-11-20, 文: abcd1234}"}, "下書き: はい", "確認: {人: 鈴木, 日: 2026-11-20, 文: abcd1234}"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, end := range []string{"\n", "\r\n"} {
				src, want := strings.ReplaceAll(foodCard, "\n", end), strings.ReplaceAll(strings.Replace(foodCard, x.was, x.want, 1), "\n", end)
				got, err := Amend("cards/food.yaml", []byte(src), []Edit{x.edit})
				if err != nil || string(got) != want {
					t.Fatalf("got %v\n%s\nwant\n%s", err, got, want)
				}
				again, err := Amend("cards/food.yaml", got, []Edit{x.edit})
				if err != nil || string(again) != want || !Holds("cards/food.yaml", again, x.edit) {
					t.Errorf("the same edit again: got %v\n%s", err, again)
				}
			}
		})
	}
}

func TestABlockTakesAndGivesSingleDays(t *testing.T) {
	house := "名前: 縁側\n\n休み:\n  2026-12-29: 年末\n  2026-12-30: 年末\n\n# つぎ\nまち: ひなた区\n"
	got, err := Amend("house.yaml", []byte(house), []Edit{
		{Key: []string{"休み", "2026-12-28"}, Value: "臨時の休み"}, {Key: []string{"休み", "2026-12-29"}},
	})
	want := strings.Replace(house, "  2026-12-29: 年末\n  2026-12-30: 年末\n", "  2026-12-30: 年末\n  2026-12-28: 臨時の休み\n", 1)
	if err != nil || string(got) != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

func TestWhatCannotBeChangedAloneIsRefusedAndAFaultyFileToo(t *testing.T) {
	for name, x := range map[string]struct {
		src  string
		edit Edit
	}{
		"below a sentence": {foodCard, Edit{Key: []string{"題", "短く"}, Value: "x"}},
		"a faulty file":    {strings.Replace(foodCard, "種類: ", "種類：", 1), Edit{Key: []string{"題"}, Value: "x"}},
		"no value at all":  {foodCard, Edit{Key: []string{"題"}, Value: "{"}},
		"no key":           {foodCard, Edit{Value: "x"}},
	} {
		if got, err := Amend("cards/food.yaml", []byte(x.src), []Edit{x.edit}); !errors.Is(err, ErrForm) {
			t.Errorf("%s: got %v\n%s", name, err, got)
		}
	}
}

// Every card and every mark that we ship can be changed from the console.
func TestEveryShippedCardAndMarkCanBeAmended(t *testing.T) {
	cards, marks := 0, 0
	for _, m := range Marks(content.FS) {
		data, err := fs.ReadFile(content.FS, m.File)
		if err != nil {
			t.Fatal(err)
		}
		edits := []Edit{m.Confirmation("鈴木 はな", "2026-11-22")}
		if strings.HasPrefix(m.File, "cards/") && Written(m.File, data, "種類") != "メモ" && Written(m.File, data, "いつも出す") == "" {
			cards++
			edits = append(edits, Edit{Key: []string{"出典", "確かめた日"}, Value: "2026-11-22"}, Edit{Key: []string{"出典", "確かめた人"}, Value: Quote("鈴木 はな")},
				Edit{Key: []string{"行き先", "電話"}, Value: "03-1234-5678"}, Edit{Key: []string{"行ったら"}, Value: Quote("「こんにちは」だけで大丈夫です。")})
		}
		marks++
		got, err := Amend(m.File, data, edits)
		if err != nil {
			t.Errorf("%s: %v", m.File, err)
			continue
		}
		for line := range strings.Lines(string(data)) {
			if strings.HasPrefix(strings.TrimSpace(line), "#") && !strings.Contains(string(got), line) {
				t.Errorf("%s: the remark %q is gone", m.File, line)
			}
		}
	}
	if cards < 50 || marks < 150 {
		t.Errorf("looked at %d cards and %d marks only", cards, marks)
	}
}

func TestQuoteIsReadAsTheTextItWas(t *testing.T) {
	for _, text := range []string{"平日の9時から17時", "#いのちSOS", "- はい", "yes", "a: b", `"言う"だけ`, `\n`, "[例]", "9:00-17:00", "", " 前後 ", "2026-11-22"} {
		n := fragment(Quote(text))
		if n == nil || n.Value != strings.TrimSpace(text) {
			t.Errorf("%q: got %v from %s", text, n, Quote(text))
		}
	}
}
