package assist

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"unicode"

	openai "github.com/sashabaranov/go-openai"
	"golang.org/x/text/unicode/norm"

	"engawa/flows"
)

// canary is something that must never leave, in a sentence that somebody may write.
type canary struct{ text, secret string }

func someDigits(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	return b.String()
}

func one(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// made are the ways in which a canary comes into a text. Names are put together of
// parts that stand in no list of redact as a whole.
var made = []func(r *rand.Rand, i int) canary{
	func(r *rand.Rand, _ int) canary {
		n := one(r, "090", "080", "070") + "-" + someDigits(r, 4) + "-" + someDigits(r, 4)
		return canary{"電話は" + n + "です。夜は出られません。", n}
	},
	func(r *rand.Rand, i int) canary {
		n := fmt.Sprintf("%s%d@example.jp", one(r, "tori", "kujira", "ringo"), 1000+i)
		return canary{"返事は" + n + "にください", n}
	},
	func(r *rand.Rand, i int) canary {
		n := one(r, "森", "谷", "沢", "浜", "塚", "瀬") + one(r, "垣", "堂", "久", "戸", "澄", "埜") + one(r, "", "美", "蔵")
		return canary{n + "と申します。家賃がはらえません。", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := one(r, "モ", "ラ", "ペ", "ユ") + one(r, "リオ", "ニカ", "ドゥル", "ガナ") + one(r, "ン", "ス", "ラ")
		return canary{"同僚の" + n + "さんにたたかれました", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := one(r, "Bel", "Tor", "Quin", "Zan") + one(r, "wick", "andra", "ovar", "ette")
		return canary{"My name is " + n + " and I cannot sleep.", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := one(r, "青", "緑", "白", "朝") + one(r, "鷺", "梟", "鴎") + one(r, "台", "町", "丘") + fmt.Sprintf("%d-%d-%d", 1+r.IntN(9), 1+r.IntN(40), 1+r.IntN(40))
		return canary{"家は" + n + "です。雨がもれます。", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := one(r, "鷺沼", "梟山", "鴎浜", "雁川") + one(r, "製作所", "小学校", "商事", "クリニック")
		return canary{n + "に通っていますが、つらいです", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := someDigits(r, 4) + " " + someDigits(r, 4) + " " + someDigits(r, 4)
		return canary{"マイナンバーは" + n + "と書いてあります", n}
	},
	func(r *rand.Rand, i int) canary {
		n := fmt.Sprintf("https://example.%s/p/%d", one(r, "com", "jp", "org"), 10000+i)
		return canary{"これを見てください " + n + " こわいです", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := fmt.Sprintf("%d年%d月%d日", 1940+r.IntN(70), 1+r.IntN(12), 1+r.IntN(28))
		return canary{"生まれは" + n + "です。ひとりです。", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := someDigits(r, 7)
		return canary{"口座番号" + n + "に入れてと言われました", n}
	},
	func(r *rand.Rand, _ int) canary {
		n := one(r, "Bích", "Đăng", "Khuê", "Nhiên") + " " + one(r, "Uyển", "Thụy", "Kiều")
		return canary{"Tôi tên là " + n + ", tôi mất việc rồi.", n}
	},
}

// flat is a text as somebody reads it who wants to find something in it.
func flat(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

func TestNoCanaryLeavesTheHouse(t *testing.T) {
	const many = 504
	m := startModel(t)
	a, log, _ := newAssist(t, m, func(o *Options) { o.Budget = Budget{Calls: 100_000, Tokens: 1_000_000_000} })
	// The model says back all that it got: what came to it would come out again.
	m.does(func(w http.ResponseWriter, _ *http.Request, req openai.ChatCompletionRequest) {
		out, _ := json.Marshal(map[string]string{"text": req.Messages[1].Content})
		reply(w, string(out))
	})
	r := rand.New(rand.NewPCG(500, 1))
	var all []canary
	unsure, told := 0, &strings.Builder{}
	for i := range many {
		c := made[i%len(made)](r, i)
		all = append(all, c)
		lang := flows.Ja
		if !strings.ContainsFunc(c.text, func(r rune) bool { return unicode.In(r, unicode.Hiragana) }) {
			lang = flows.En
		}
		to := map[flows.Lang]flows.Lang{flows.Ja: flows.En, flows.En: flows.Ja}[lang]
		q := aQuestion
		q.Text = c.text
		talk := []Said{{ByResident, "こんばんは。"}, {ByResident, c.text}, {ByStaff, "「" + c.secret + "」ですね。読みました。"}, {ByResident, "はい。"}}
		_, errRead := a.Read(t.Context(), q)
		_, errSum := a.Summary(t.Context(), talk)
		_, errTrans := a.Translate(t.Context(), c.text, lang, to)
		var errDraft, errPlain error
		if i/len(made)%4 == 0 { // each kind of canary, in every fourth round
			a.sides[staff] = newGate(manyStaff, a.opt.Staff) // the answers are of no use, and three such are enough
			_, errDraft = a.Drafts(t.Context(), talk, []Card{{"k", "くらし", "平日9時から"}}, nil)
			_, _, errPlain = a.Plain(t.Context(), c.text, Rule{})
		}
		for _, err := range []error{errRead, errSum, errDraft, errTrans, errPlain} {
			if errors.Is(err, ErrUnsure) {
				unsure++
			}
			fmt.Fprintln(told, err)
		}
		a.sides[residents], a.sides[staff] = newGate(manyResidents, a.opt.Residents), newGate(manyStaff, a.opt.Staff)
	}
	outside := map[string]string{"requests": flat(m.heard()), "log": flat(log.String()), "errors": flat(told.String())}
	for _, c := range all {
		for where, text := range outside {
			if strings.Contains(text, flat(c.secret)) {
				t.Errorf("in %s: %q of %q", where, c.secret, c.text)
			}
		}
	}
	t.Logf("%d canaries, %d calls arrived at the server, %d texts were not sent", len(all), m.count(), unsure)
	if m.count() < many*3 {
		t.Errorf("only %d calls: the test proves little", m.count())
	}
}
