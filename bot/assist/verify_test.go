package assist

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
)

type pair struct{ source, easy string }

func pairs(t *testing.T) []pair {
	t.Helper()
	b, err := os.ReadFile("testdata/plain.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []pair
	for _, line := range strings.Split(string(b), "\n") {
		if s, e, ok := strings.Cut(line, " => "); ok && !strings.HasPrefix(line, "#") {
			out = append(out, pair{s, e})
		}
	}
	return out
}

var houseRule = Rule{Names: []string{"くらし相談", "ひなた窓口"}, Banned: []string{"支援プラン", "ケース"}}

func TestAFaithfulRewritingIsTaken(t *testing.T) {
	for _, p := range pairs(t) {
		if err := Verify(p.source, p.easy, houseRule); err != nil {
			t.Errorf("%s → %s: %v\n%v\n%v", p.source, p.easy, err, tokens(plainForm(p.source)), tokens(plainForm(p.easy)))
		}
	}
}

// spoil is one way in which a rewriting goes wrong. It gives "" where it does not apply.
type spoil struct {
	name string
	do   func(r *rand.Rand, e string) string
}

func swap(from ...string) func(*rand.Rand, string) string {
	return func(r *rand.Rand, e string) string {
		var able []int
		for i := 0; i+1 < len(from); i += 2 {
			if strings.Contains(e, from[i]) {
				able = append(able, i)
			}
		}
		if len(able) == 0 {
			return ""
		}
		i := able[r.IntN(len(able))]
		return strings.Replace(e, from[i], from[i+1], 1)
	}
}

func add(what ...string) func(*rand.Rand, string) string {
	return func(r *rand.Rand, e string) string { return e + what[r.IntN(len(what))] }
}

var (
	oneNumber = regexp.MustCompile(`[0-9]+`)
	unitOf    = regexp.MustCompile(`([0-9]+)(か月|週間|時間|日|時|人|円|万円|歳)`)
)

var spoils = []spoil{
	{"a digit changed", func(r *rand.Rand, e string) string {
		at := oneNumber.FindAllStringIndex(e, -1)
		if at == nil {
			return ""
		}
		m := at[r.IntN(len(at))]
		i := m[0] + r.IntN(m[1]-m[0])
		return e[:i] + string('0'+(e[i]-'0'+byte(1+r.IntN(9)))%10) + e[i+1:]
	}},
	{"a number lost", func(r *rand.Rand, e string) string {
		at := oneNumber.FindAllStringIndex(e, -1)
		if at == nil {
			return ""
		}
		m := at[r.IntN(len(at))]
		return e[:m[0]] + e[m[1]:]
	}},
	{"a number added", func(r *rand.Rand, e string) string { return fmt.Sprintf("%s%d人まで。", e, 1+r.IntN(90)) }},
	{"another unit", func(r *rand.Rand, e string) string {
		m := unitOf.FindStringSubmatchIndex(e)
		if m == nil {
			return ""
		}
		for {
			u := []string{"か月", "週間", "時間", "日", "時", "人", "円", "万円", "歳"}[r.IntN(9)]
			if out := e[:m[4]] + u + e[m[5]:]; out != e {
				return out
			}
		}
	}},
	{"no becomes yes", swap("ません", "ます", "なく ても", "ても", "いりません", "いります", "以外は", "は", "禁止", "自由", "ないと", "と")},
	{"yes becomes no", swap("できます", "できません", "使えます", "使えません", "守ります", "守りません", "始めます", "始めません", "ただです", "有料です", "休みです", "休みではありません", "します", "しません")},
	{"a limit turned", swap("以上", "以下", "以下", "以上", "未満", "以上", "までに", "から", "まで", "から", "から", "まで", "以内", "以後", "前に", "後に", "前の", "後の")},
	{"a limit lost", swap("以上", "", "以下", "", "未満", "", "までに", "に", "まで", "", "以内", "", "だけ", "", "しか", "は", "以外", "")},
	{"a condition lost", swap("もし", "", " ときは", "", "ときは", "は")},
	{"a condition added", add("もし ひまな とき。", "雨の ときは 休みです。", "来週だけ。", "予約が 必要です。")},
	{"morning and evening", swap("午前", "午後", "午後", "午前", "正午", "夜", "夜間", "朝")},
	{"another day", swap("土曜日", "金曜日", "日曜日", "月曜日", "水曜日", "木曜日", "月曜日", "火曜日", "平日", "毎日", "毎週", "毎月", "来週", "今週", "祝日", "平日")},
	{"another fact", swap("ただ", "有料", "ただです", "500円です", "禁止", "予約", "予約", "電話", "子ども", "大人", "秘密", "うわさ", "支払い", "受け取り", "借りる", "返す", "必要です", "いりません")},
	{"an address", add(" https://bad.example.com を 見て。", "taro@example.com に 送って。", "www.example.net です。")},
	{"the address changed", swap("city.example.jp", "city.example.com", "https://www", "https://ww2", "/kurashi", "/kurash1")},
	{"a telephone number", add("電話は 03-9999-0000です。", "#7119 に 電話。", "0120000000 です。")},
	{"a name", add("田中さんに 聞いて。", "くらし相談へ。", "ひなた窓口です。", "マリアさんに。", "ベトナム語です。", "ハローワークへ。")},
	{"a banned word", add("支援プランです。", "ケースです。", "絶対です。", "必ず もらえます。", "頑張って ください。")},
	{"too long", func(_ *rand.Rand, e string) string { return strings.Repeat(e, 1+130/len([]rune(e))) }},
	{"one long sentence", func(_ *rand.Rand, e string) string {
		return strings.TrimSuffix(e, "。") + "という ことを ゆっくり 考えて から また 話す ことに しましょうと みんなが 言いました。"
	}},
	{"another language", add("Please come.", "请来。吗", "오세요.", "Ẩn.")},
	{"hidden letters", func(_ *rand.Rand, e string) string { return e[:len("住")] + "\u200b" + e[len("住"):] }},
	{"nothing", func(*rand.Rand, string) string { return " " }},
	{"order turned", func(_ *rand.Rand, e string) string {
		out := strings.NewReplacer("午前9時", "午後5時", "午後5時", "午前9時", "無料", "有料").Replace(e)
		if out == e {
			return ""
		}
		return out
	}},
}

func TestNoSpoiledRewritingIsTaken(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	ps := pairs(t)
	tried, used := 0, map[string]int{}
	for tried < 6_000 {
		p := ps[r.IntN(len(ps))]
		easy := p.easy
		s := spoils[r.IntN(len(spoils))]
		out := s.do(r, easy)
		if out == "" || out == easy {
			continue
		}
		tried++
		used[s.name]++
		if err := Verify(p.source, out, houseRule); err == nil {
			t.Errorf("%s was taken: %s → %s", s.name, p.source, out)
		} else if !errors.Is(err, ErrChanged) {
			t.Fatalf("another error: %v", err)
		} else if strings.ContainsFunc(strings.TrimPrefix(err.Error(), ErrChanged.Error()), func(r rune) bool { return r > 127 }) {
			t.Fatalf("the error repeats words: %v", err)
		}
	}
	for _, s := range spoils {
		if used[s.name] == 0 {
			t.Errorf("%s was never tried", s.name)
		}
	}
	t.Logf("%d spoiled rewritings of %d kinds, of %d pairs", tried, len(spoils), len(ps))
}
