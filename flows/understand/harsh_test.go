package understand_test

import (
	"testing"

	"engawa/flows"
	"engawa/flows/understand"
)

func TestHarshWordsAreKnownAndDangerIsReadFirst(t *testing.T) {
	r := understand.New(shippedBundle(t))
	for _, s := range []string{"死ね死ね", "この機械ほんと使えねえな", "役立たず！", "相談員うざい", "おっぱい見せて", "税金泥棒", "you useless bot", "闭嘴", "닥쳐"} {
		if got := r.Read(s, understand.Here{}); !got.Harsh {
			t.Errorf("Read(%q).Harsh = false, want true", s)
		}
	}
	for _, s := range []string{"自分は役立たずだと思います", "夫に役立たずと言われます", "ゴミの出し方を知りたい", "仕事ばかりで疲れた", "お世話になります", "my boss told me I am stupid"} {
		if got := r.Read(s, understand.Here{}); got.Harsh {
			t.Errorf("Read(%q).Harsh = true, want false", s)
		}
	}
	if got := r.Read("うるせえ、もう死にたいんだよ", understand.Here{}); got.Level != flows.Clear || !got.Harsh {
		t.Errorf("a rude cry for help: got level %q, harsh %v, want clear and true", got.Level, got.Harsh)
	}
}

func TestKnownFalseAlarmsStayQuiet(t *testing.T) {
	r := understand.New(shippedBundle(t))
	for _, s := range []string{"しっかりしてるねって言われるけど疲れた", "ないしょの話をしても平気ですか", "親が倒れたらどうしようと考えると不安です",
		"Will you call the police if I tell you about my visa?", "ナスとかぼちゃがあります", "テストの点が良かったので選手に選ばれました", "とても個性的な一品ですね"} {
		if got := r.Read(s, understand.Here{}); got.Level == flows.Clear {
			t.Errorf("Read(%q) = %q by %v, want no clear danger", s, got.Level, got.Rules)
		}
	}
}
