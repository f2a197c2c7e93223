package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/handoff"
)

// saidHarshly is a talk of すずらん's in which the last letter is hard to read.
func saidHarshly(t *testing.T, with ...func(*Parts)) (*house, *browser) {
	h := newHouse(t, append(with, func(p *Parts) {
		p.Harsh = func(text string) bool { return strings.Contains(text, "ばか") }
	})...)
	c := h.wait("c1", "みどりのつばめ 27", 3, mine, func(c *handoff.Case) { c.ReadTo = c.Opened.Add(time.Minute) })
	h.words.add(c.Person,
		Line{ID: "c1-6", Event: "c1e6", At: c.Opened.Add(time.Minute), By: "resident", Kind: "text", Text: "ばか、<b>返事</b>しろ"},
	)
	return h, h.as(t, "suzu")
}

func TestHarshWordsAreFoldedUntilSomebodyWantsToReadThem(t *testing.T) {
	_, b := saidHarshly(t)
	page := b.get("/case/c1")
	page.wants(t, http.StatusOK, "<details><summary>きつい言葉(押すと読めます)</summary><p>ばか、&lt;b&gt;返事&lt;/b&gt;しろ</p></details>",
		"<p>先月から払えていなくて") // every other letter stands as before
	if n := strings.Count(page.body, "きつい言葉(押すと"); n != 1 {
		t.Errorf("%d letters are folded, want the harsh one", n)
	}
	line := b.get("/")
	line.wants(t, http.StatusOK, "きつい言葉があります")
	line.lacks(t, "ばか")
}

func TestWhereThereIsDangerHarshWordsAreMarkedAndNotFolded(t *testing.T) {
	h, b := saidHarshly(t)
	before := b.get("/").body
	h.change("c1", urgent)
	b.get("/case/c1").wants(t, http.StatusOK, "<details open><summary>きつい言葉(押すと読めます)</summary><p>ばか")
	if strings.Contains(before, `class="clearword"`) || !strings.Contains(b.get("/").body, `class="clearword"`) {
		t.Error("the row does not say that there is danger")
	}
}

func TestHarshWordsChangeNothingOfTheOrder(t *testing.T) {
	order := func(harsh bool) string {
		h := newHouse(t, func(p *Parts) { p.Harsh = func(string) bool { return harsh } })
		h.wait("c1", "みどりのつばめ 27", 9)
		h.wait("c2", "あかねのことり 14", 30)
		h.wait("c3", "しろいすみれ 3", 3, urgent)
		var ids []string
		for _, part := range strings.Split(h.as(t, "suzu").get("/").body, `data-row="`)[1:] {
			ids = append(ids, part[:2])
		}
		return strings.Join(ids, " ")
	}
	if with, without := order(true), order(false); with != without || len(with) != len("c1 c2 c3") {
		t.Errorf("harsh: %q, else %q; want the same three", with, without)
	}
}

func TestWithdrawnHarshWordsAreGoneAndNotFolded(t *testing.T) {
	h, b := saidHarshly(t)
	h.words.mu.Lock()
	for p, said := range h.words.said {
		for i := range said {
			if said[i].ID == "c1-6" {
				h.words.said[p][i].Gone, h.words.said[p][i].Text = true, ""
			}
		}
	}
	h.words.mu.Unlock()
	b.get("/case/c1").lacks(t, "きつい言葉", "ばか")
}
