package redact

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatTheRulesCannotJudgeStays(t *testing.T) {
	for why, text := range map[string]string{
		"Chinese":               "我叫王小明，我没有钱付房租",
		"Chinese, all in JIS":   "我叫王小明",
		"Chinese with one kana": "我没有钱付房租の",
		"Korean":                "제 이름은 김민수입니다",
		"Nepali":                "मेरो नाम सीता हो",
		"Thai":                  "ฉันชื่อสมชาย",
		"Russian":               "Меня зовут Иван",
		"a Cyrillic letter":     "my name is Jоhn",
		"Arabic":                "اسمي أحمد",
		"shouting":              "MY NAME IS JOHN SMITH",
		"spelled out":           "こまっています た な か け ん です",
		"spelled in Latin":      "i am j o h n s from work",
		"turned around":         "my name is \u202enhoj",
		"marks of our own":      "名前は\ue000です",
		"broken bytes":          "名前は\xff\xfe",
		"a novel":               strings.Repeat("つらいです。", 900),
		"announced, not found":  "名前、ぺろりーぬーぬーぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬぬ",
	} {
		if out, err := Text(text); !errors.Is(err, ErrUnsure) {
			t.Errorf("%s: got %q, want ErrUnsure", why, out)
		}
	}
}

func TestWhatIsKnownFromOneLineIsTakenOutOfAll(t *testing.T) {
	c := Lines([]string{"ぴょんきちと申します", "きのう、ぴょんきちは寝ていました", "call me Zed", "zed is tired", "電話は090-1234-5678", "さっきの0312345678は古いです"})
	for i, l := range c.Lines {
		for _, secret := range []string{"ぴょんきち", "Zed", "zed", "1234", "0312"} {
			if c.Unsure[i] || strings.Contains(l, secret) {
				t.Errorf("line %d: %q, unsure %v", i, l, c.Unsure[i])
			}
		}
	}
	if c.Lines[0] != "[NAME_1]と申します" || !strings.Contains(c.Lines[1], "[NAME_1]は") {
		t.Errorf("the same name has two placeholders: %q", c.Lines)
	}
}

func TestOnlyThisTalkCanPutBackWhatWasTakenOut(t *testing.T) {
	c := Lines([]string{"田中です。090-1234-5678 か taro@example.com へ。"})
	got, ok := c.Restore(c.Lines[0])
	if want := "田中です。090-1234-5678 か taro@example.com へ。"; !ok || got != want {
		t.Errorf("got %q, %v; want %q", got, ok, want)
	}
	if _, ok := c.Restore("[NAME_9]さん"); ok {
		t.Error("a placeholder that never was is put back")
	}
	spoofed, err := Text("[PHONE_1]に電話して。番号は090-1111-2222")
	if err != nil || strings.Count(spoofed, "[PHONE_1]") != 1 {
		t.Errorf("a placeholder written by somebody else survived: %q, %v", spoofed, err)
	}
}

func FuzzNothingBreaksTheRules(f *testing.F) {
	for _, s := range []string{"", "田中さん", "my name is", "〒123-4567", "夫の", "名前は", "«»", "[NAME_1]", "ーーー", "\ue000", "９０９０", "さん"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := Lines([]string{s, s})
		for i, l := range c.Lines {
			if c.Unsure[i] && l != "" {
				t.Errorf("an unsure line has text")
			}
			if strings.ContainsFunc(l, isMark) {
				t.Errorf("a mark was left: %q", l)
			}
			if _, ok := c.Restore(l); !ok && !strings.Contains(l, "[X]") {
				t.Errorf("%q cannot be put back", l)
			}
		}
	})
}
