package redact

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// bare is a text as somebody reads it who wants to find something in it.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKC.String(s))
}

var sixDigits = regexp.MustCompile(`[0-9]{6}`)

// leaksForm says whether a secret, or six digits in a row of it, can still be read.
func leaksForm(out, secret string) bool {
	out = placeholder.ReplaceAllString(out, "|")
	rest, want := bare(out), bare(secret)
	if want != "" && strings.Contains(rest, want) {
		return true
	}
	for i := 0; i+6 <= len(want); i++ {
		if sixDigits.MatchString(want[i:i+6]) && strings.Contains(rest, want[i:i+6]) {
			return true
		}
	}
	return false
}

// carriers are sentences in which generated things stand.
var carriers = []string{
	"«%s»です", "連絡は«%s»までお願いします", "「«%s»」と書いてあった", "えっと、«%s»、わかりますか", "すみません。\n«%s»\nよろしくお願いします", "夫が«%s»を勝手に使っています",
	"please write it down: «%s» thank you", "it is «%s», I think", "tôi gửi «%s» nhé", "ito po «%s» salamat", "anota aí: «%s» obrigado",
}

type generator struct {
	kind string
	make func(r *rand.Rand) string
}

func digitsOf(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + r.IntN(10)))
	}
	return b.String()
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// wide writes digits and dashes as a Japanese keyboard may.
func wide(r *rand.Rand, s string) string {
	if r.IntN(4) > 0 {
		return s
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c >= '0' && c <= '9':
			return c - '0' + '０'
		case c == '-':
			return []rune("－ー‐−–")[r.IntN(5)]
		case c == ' ':
			return '　'
		}
		return c
	}, s)
}

var generators = []generator{
	{"phone", func(r *rand.Rand) string {
		sep := pick(r, "-", "", " ", ".", "の", "/", "‐", " - ")
		if r.IntN(3) == 0 {
			return wide(r, pick(r, "03", "06", "045", "0422")+sep+digitsOf(r, 4)+sep+digitsOf(r, 4))
		}
		if r.IntN(6) == 0 {
			return "+81 " + pick(r, "90", "80", "70") + " " + digitsOf(r, 4) + " " + digitsOf(r, 4)
		}
		return wide(r, pick(r, "090", "080", "070", "050")+sep+digitsOf(r, 4)+sep+digitsOf(r, 4))
	}},
	{"mail", func(r *rand.Rand) string {
		return pick(r, "taro", "hana.ko", "k_yamada", "linh", "m-santos") + digitsOf(r, 1+r.IntN(4)) + pick(r, "@", "＠", "@", "[at]", " アットマーク ") + pick(r, "example.com", "docomo.ne.jp", "mail.example.co.jp", "gmail.com", "yahoo.co.jp")
	}},
	{"url", func(r *rand.Rand) string {
		return pick(r, "https://", "http://", "www.", "HTTPS://") + pick(r, "example.com", "ex-am.jp", "sub.example.org") + "/" + pick(r, "u", "p/x", "日記") + digitsOf(r, 3)
	}},
	{"card", func(r *rand.Rand) string {
		d := pick(r, "4", "51", "35", "37") + digitsOf(r, 14)
		d = d[:15]
		for c := '0'; c <= '9'; c++ {
			if luhn(d + string(c)) {
				d += string(c)
				break
			}
		}
		sep := pick(r, "", " ", "-")
		return wide(r, d[:4]+sep+d[4:8]+sep+d[8:12]+sep+d[12:])
	}},
	{"mynumber", func(r *rand.Rand) string {
		d := digitsOf(r, 11)
		for c := '0'; c <= '9'; c++ {
			if checkMyNumber(d + string(c)) {
				d += string(c)
				break
			}
		}
		sep := pick(r, "", " ", "-")
		return wide(r, d[:4]+sep+d[4:8]+sep+d[8:])
	}},
	{"account", func(r *rand.Rand) string {
		return pick(r, "普通 ", "口座番号", "当座", "普通預金 店番"+digitsOf(r, 3)+" ") + wide(r, digitsOf(r, 7))
	}},
	{"postal", func(r *rand.Rand) string { return wide(r, pick(r, "〒", "")+digitsOf(r, 3)+"-"+digitsOf(r, 4)) }},
	{"birth", func(r *rand.Rand) string {
		y, m, d := 1930+r.IntN(85), 1+r.IntN(12), 1+r.IntN(28)
		switch r.IntN(6) {
		case 0:
			return wide(r, fmt.Sprintf("%d年%d月%d日", y, m, d))
		case 1:
			return fmt.Sprintf("昭和%d年%d月%d日", 1+r.IntN(63), m, d)
		case 2:
			return wide(r, fmt.Sprintf("%d/%d/%d", y, m, d))
		case 3:
			return fmt.Sprintf("%d-%02d-%02d", y, m, d)
		case 4:
			return fmt.Sprintf("%s %d, %d", pick(r, "January", "Feb", "March", "May", "October"), d, y)
		}
		return fmt.Sprintf("%04d%02d%02d", y, m, d)
	}},
	{"id", func(r *rand.Rand) string {
		if r.IntN(2) == 0 {
			return pick(r, "AB", "UH", "SK") + digitsOf(r, 8) + pick(r, "CD", "EA", "LH")
		}
		return pick(r, "TR", "TK", "MZ") + digitsOf(r, 7)
	}},
	{"address", func(r *rand.Rand) string {
		town := pick(r, "青空町", "本町", "さくらが丘", "みどり台", "若葉", "中央", "ひばりヶ丘", "梅ノ木", "東浜")
		a, b, c := 1+r.IntN(9), 1+r.IntN(30), 1+r.IntN(20)
		switch r.IntN(5) {
		case 0:
			return fmt.Sprintf("%s%d丁目%d番%d号", town, a, b, c)
		case 1:
			return wide(r, fmt.Sprintf("%s%d-%d-%d", town, a, b, c))
		case 2:
			return fmt.Sprintf("%s%d丁目%d-%d %s%d号室", town, a, b, c, pick(r, "コーポ青空", "ハイツ緑", "メゾン若葉"), 101+r.IntN(500))
		case 3:
			return fmt.Sprintf("%s%d番地%d", town, b, c)
		}
		return fmt.Sprintf("%d-%d-%d-%d", a, b, c, 101+r.IntN(500))
	}},
}

func TestThingsWithAFormDoNotLeave(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 11))
	cases := readMarked(t, "structured.txt")
	written := len(cases)
	for _, g := range generators {
		for i := range 90 {
			v, in := g.make(r), carriers
			if strings.ContainsFunc(v, isHan) {
				in = carriers[:6] // nobody writes 普通口座 into a Vietnamese sentence
			}
			text := strings.NewReplacer("«", "", "»", "").Replace(fmt.Sprintf(in[i%len(in)], v))
			cases = append(cases, sentenceWithSecrets{text: text, secrets: []string{v}})
		}
	}
	all, refused, leaked := 0, 0, 0
	for _, c := range cases {
		out, err := Text(c.text)
		for _, s := range c.secrets {
			all++
			if err != nil {
				refused++
				t.Logf("kept in the house: %s", c.text)
			} else if leaksForm(out, s) {
				leaked++
				t.Logf("still there: %s → %s", c.text, out)
			}
		}
	}
	recall := 1 - float64(leaked)/float64(all)
	t.Logf("things with a form: %d (%d sentences by hand), kept in the house %d, leaked %d, recall %.4f", all, written, refused, leaked, recall)
	if all < 1000 || recall < 0.999 {
		t.Errorf("%d cases, recall %.4f; want 1,000 and 0.999", all, recall)
	}
	if share := float64(refused) / float64(all); share > 0.03 {
		t.Errorf("%.1f %% were only not sent", 100*share)
	}
}
