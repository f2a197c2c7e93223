package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// fakeModel answers as it is told and remembers what it saw.
type fakeModel struct {
	off  bool
	why  ModelError
	seen []string
	left time.Duration // that the page gave it
}

func (m *fakeModel) On() bool { return !m.off }

func (m *fakeModel) saw(lines []Line) error {
	for _, l := range lines {
		m.seen = append(m.seen, l.Text)
	}
	if m.why != "" {
		return m.why
	}
	return nil
}

func (m *fakeModel) About(flows.PersonID) Model { return m }

func (m *fakeModel) Summary(_ context.Context, talk []Line) (Digest, error) {
	return Digest{Points: []Point{{Text: "家賃がきびしい", From: []int{1}}}, Sentences: []Sentence{{N: 1, By: "resident", Text: "家賃がもう無理です"}, {N: 2, By: "resident", Text: "山田といいます", Kept: true}}}, m.saw(talk)
}

func (m *fakeModel) Drafts(_ context.Context, talk []Line, cards []Card) (Digest, error) {
	return Digest{Points: []Point{{Text: "一緒に考えましょう。", From: []int{1}, Cards: []string{cards[0].Title}}}}, m.saw(talk)
}

func (m *fakeModel) Translate(_ context.Context, text string, from, to flows.Lang) (string, error) {
	return string(from) + "→" + string(to) + ": " + text, m.saw(nil)
}

func (m *fakeModel) Plain(ctx context.Context, text string) (string, error) {
	at, _ := ctx.Deadline()
	m.left = time.Until(at)
	return "やさしく: " + text, m.saw(nil)
}

// helped is a coordinator with a model and a talk in Vietnamese of which one line is still sealed.
func helped(t *testing.T, m *fakeModel) (*house, *browser) {
	t.Helper()
	h := newHouse(t, func(p *Parts) { p.Model = m })
	c := h.wait("c1", "みどりのつばめ 27", 9, mine, func(c *handoff.Case) { c.Lang, c.ReadTo = flows.Vi, h.now })
	h.words.mu.Lock()
	h.words.said[c.Person] = nil
	h.words.mu.Unlock()
	h.words.add(c.Person,
		Line{ID: "1", At: h.now.Add(-9 * time.Minute), By: "resident", Kind: "text", Text: "Tôi không trả được tiền nhà"},
		Line{ID: "2", At: h.now.Add(-8 * time.Minute), By: "resident", Kind: "text", Gone: true},
		Line{ID: "3", At: h.now.Add(-7 * time.Minute), By: "resident", Kind: "sticker", Text: "スタンプ"},
		Line{ID: "4", At: h.now.Add(time.Minute), By: "resident", Kind: "text", Text: "まだ開いていないことば"})
	b := h.as(t, "suzu")
	return h, b
}

func TestTheModelSeesOnlyWhatTheCoordinatorHasOpened(t *testing.T) {
	m := &fakeModel{}
	_, b := helped(t, m)
	b.get("/case/c1").wants(t, http.StatusOK, "機械に手伝ってもらう")
	page := b.post("/case/c1/model", "do", "summary")
	page.wants(t, http.StatusOK, "家賃がきびしい", `href="#s1"`, `id="s1"`, "（送っていません）", "見くらべてから")
	if got := strings.Join(m.seen, "|"); got != "Tôi không trả được tiền nhà" {
		t.Errorf("the model saw %q, want the opened words and no others", got)
	}
}

func TestADraftGoesIntoTheBoxAndAPersonPressesSend(t *testing.T) {
	h, b := helped(t, &fakeModel{})
	b.post("/case/c1/model", "do", "drafts").wants(t, http.StatusOK, "一緒に考えましょう。", "カード: くらしの相談窓口", "答えの箱に入れる")
	b.post("/case/c1/model", "do", "use", "words", "一緒に考えましょう。").wants(t, http.StatusOK, "一緒に考えましょう。</textarea>")
	if n := len(h.desk.answers()); n != 0 {
		t.Errorf("%d answers were sent, want none before a person pressed send", n)
	}
}

func TestATranslationIsLabelledAndStandsBesideItsOriginal(t *testing.T) {
	_, b := helped(t, &fakeModel{})
	b.post("/case/c1/model", "do", "in").wants(t, http.StatusOK, "機械のやくです", "vi→ja: Tôi không", "もとの文")
	out := b.post("/case/c1/model", "do", "out", "words", "あした電話します")
	out.wants(t, http.StatusOK, "ja→vi: あした電話します", "(Máy dịch / 機械のやく)")
	b.post("/case/c1/model", "do", "plain", "words", "申請してください").wants(t, http.StatusOK, "やさしく: 申請してください")
}

func TestWithoutHelpTheTalkGoesOn(t *testing.T) {
	m := &fakeModel{why: "time"}
	_, b := helped(t, m)
	b.post("/case/c1/model", "do", "plain", "words", "きょうは寒いです").wants(t, http.StatusServiceUnavailable, "20秒待ちましたが", "きょうは寒いです</textarea>")
	m.why = "something new"
	b.post("/case/c1/model", "do", "summary").wants(t, http.StatusServiceUnavailable, "サーバーが答えません")
	b.post("/case/c1/model", "do", "nothing").wants(t, http.StatusBadRequest)
	m.off = true
	b.get("/case/c1").lacks(t, "機械に手伝ってもらう")
	b.get("/case/c1/model").wants(t, http.StatusNotFound)
}

func TestAModelGetsItsTwentySeconds(t *testing.T) {
	m := &fakeModel{}
	_, b := helped(t, m)
	b.post("/case/c1/model", "do", "plain", "words", "申請してください").wants(t, http.StatusOK)
	if m.left < 15*time.Second || m.left > writeLimit {
		t.Errorf("the page would have waited %s, want about twenty seconds and less than %s", m.left, writeLimit)
	}
}

func TestOnlyWhoHasTheTalkMayAsk(t *testing.T) {
	h, _ := helped(t, &fakeModel{})
	h.as(t, "kaede").get("/case/c1/model").wants(t, http.StatusNotFound)
}

func TestTheHelpOfAModelIsUsableByEverybody(t *testing.T) {
	for _, s := range []size{desktop, phone} {
		h := newHouse(t, forGuest, func(p *Parts) { p.Model = &fakeModel{} })
		h.wait("c1", "みどりのつばめ 27", 9, mine, func(c *handoff.Case) { c.Lang, c.ReadTo = flows.Vi, h.now })
		v := h.screen(t, s, "light")
		v.open("/enter/teatime")
		v.open("/case/c1/model")
		v.axe("model")
		eval[bool](v, `(document.querySelector("#words").value = "申請してください", document.querySelector('button[value="plain"]').click(), true)`)
		v.until("a rewriting", `document.body.innerText.includes("やさしく: 申請してください")`)
		v.axe("plain")
		v.shot(s.name + "-model")
	}
}
