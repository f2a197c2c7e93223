package console

import (
	"net/http"
	"strings"
	"testing"
)

// TestPracticeTouchesNothingOfTheHouse walks a whole first day by forms, and then looks
// for it everywhere: the line, the alarms, the log and the answers know nothing.
func TestPracticeTouchesNothingOfTheHouse(t *testing.T) {
	const canary = "カナリアの練習"
	h := newHouse(t)
	b := h.as(t, "suzu")
	before := b.get("/ledger").body
	b.get("/practice").wants(t, http.StatusOK, "練習です。", "だれにも届かず、どこにも残りません", "練習のつばめ 1", "練習のやまどり 3", "明らか")
	got := b.get("/practice/yamadori")
	got.wants(t, http.StatusOK, "封をしたまま", "練習です。")
	got.lacks(t, "消えてしまいたい")
	got = b.post("/practice/yamadori", "do", "claim")
	got.wants(t, http.StatusOK, "もう消えてしまいたい", "となりの同僚から", "練習なので、だれにも届きません。")
	got = b.post("/practice/yamadori", "done", "claim:", "do", "answer", "words", canary)
	got.wants(t, http.StatusOK, canary, "読んでくれたんですね", "相談員 すずらん")
	b.post("/practice/yamadori", "done", "claim:", "done", "answer:"+canary, "do", "answer", "words", "").wants(t, http.StatusUnprocessableEntity, "ことばがまだ入っていません", canary)
	b.post("/practice/yamadori", "done", "claim:", "done", "answer:"+canary, "do", "close").wants(t, http.StatusOK, "この練習はおわりです", "もう一度はじめから")
	b.post("/practice/kamome", "done", "claim:", "do", "ask").wants(t, http.StatusOK, "同僚が引き継ぎました")
	b.post("/practice/kamome", "done", "close:", "do", "answer", "words", "x").wants(t, http.StatusBadRequest)
	b.get("/practice/nobody").wants(t, http.StatusNotFound)

	if n := len(h.desk.answers()); n != 0 || len(h.alarms.open) != 0 {
		t.Errorf("%d answers and %d alarms came of practice, want none", n, len(h.alarms.open))
	}
	if strings.Contains(h.log.text.String(), canary) {
		t.Error("the log holds what was written in practice")
	}
	b.get("/").lacks(t, "練習のつばめ")
	if after := b.get("/ledger").body; strings.Contains(after, canary) || strings.Contains(after, "練習の") || len(after) != len(before) {
		t.Error("the ledger knows of practice")
	}
	h.as(t, "admin").get("/practice").wants(t, http.StatusForbidden)
}

// TestPracticeInTheBrowser is the same with a finger and with keys, and looks right.
func TestPracticeInTheBrowser(t *testing.T) {
	h := newHouse(t, forGuest)
	for _, on := range []struct {
		size
		theme string
	}{{phone, "light"}, {desktop, "dark"}} {
		v := h.signedIn(t, on.size, on.theme)
		v.open("/practice")
		v.axe("practice")
		v.shot(on.name + "-" + on.theme + "-practice")
		eval[any](v, `document.querySelector("a[href='/practice/tsubame']").click()`)
		v.until("the sealed talk", `document.querySelector("button[value=claim]")`)
		v.axe("practice, sealed")
		eval[any](v, `document.querySelector("button[value=claim]").click()`)
		v.until("the box", `document.getElementById("practice-words")`)
		eval[any](v, `document.getElementById("practice-words").value = "読みました"; document.querySelector("button[value=answer]").click()`)
		v.until("the answer", `document.body.innerText.includes("すこしほっとしました")`)
		v.axe("practice, talk")
		v.shot(on.name + "-" + on.theme + "-practice-talk")
	}
}
