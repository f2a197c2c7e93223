package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
)

// asksForCompany lets somebody ask for company on the day after tomorrow.
func asksForCompany(t testing.TB, h *house, desk *handoff.Desk) handoff.Task {
	t.Helper()
	const person = flows.PersonID("07-abc")
	h.words.add(person,
		Line{ID: "m1", At: time.Now().Add(-time.Minute), By: "resident", Kind: "text", Text: "駅からがこわいです"},
		Line{ID: "m2", At: time.Now().Add(-time.Minute), By: "resident", Kind: "text", Text: "これは頼みごとではない話"},
	)
	note := flows.DeskNote{Do: flows.NoteTask, Topic: "place", Lang: flows.Ja, Task: &flows.TaskNote{
		Kind: flows.TaskGoAlong, ID: "tea", Entry: "shizuka-cafe", On: time.Now().Add(48 * time.Hour).Unix(), Texts: []string{"m1"},
	}}
	if err := desk.Take(t.Context(), "n1", person, "みどりのつばめ 27", note); err != nil {
		t.Fatal(err)
	}
	all, err := desk.Tasks(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("tasks: %d, %v", len(all), err)
	}
	return all[0]
}

func named(id flows.CardID, _ flows.Lang) string {
	return map[flows.CardID]string{"shizuka-cafe": "しずかなカフェ"}[id]
}

func TestATaskIsTakenTickedAnsweredAndDone(t *testing.T) {
	h, desk, _, _ := realHouse(t, func(p *Parts) { p.Entry = named })
	page := "/task/" + string(asksForCompany(t, h, desk).ID)
	b, other := h.as(t, "suzu"), h.as(t, "kaede")
	b.get("/tasks").wants(t, http.StatusOK, "一緒に行く", "しずかなカフェ", "みどりのつばめ 27")
	b.get(page).lacks(t, "駅からがこわい")
	b.post(page+"/done").wants(t, http.StatusConflict, "ほかの人が先に動かしました")
	for range 2 {
		b.post(page+"/take").wants(t, http.StatusOK, "駅からがこわい")
	}
	b.get(page).lacks(t, "これは頼みごとではない話")
	other.post(page+"/take").wants(t, http.StatusConflict, "先にすずらんさんが受けました")
	other.get(page).lacks(t, "駅からがこわい")
	b.post(page+"/tick", "step", "1", "done", "yes").wants(t, http.StatusOK, "すずらんが済ませました")
	b.post(page+"/note", "act", "k-1", "note", "改札で10分前に").wants(t, http.StatusOK, "改札で10分前に")
	b.post(page+"/note", "act", "k-2", "note", " ").wants(t, http.StatusUnprocessableEntity, "ことばが入っていません")

	for range 2 { // pressed twice it is one talk
		b.post(page+"/answer").wants(t, http.StatusOK, "みどりのつばめ 27", "この人の頼まれごと", `name="words"`)
	}
	b.get(page).wants(t, http.StatusOK, "続けて返事を書きます")
	b.post(page+"/decline", "act", "k-3", "reason", " ").wants(t, http.StatusUnprocessableEntity)
	b.post(page+"/done").wants(t, http.StatusOK, "できました")
	b.get("/tasks").wants(t, http.StatusOK, "終わったもの")
	b.get("/task/tnotthere").wants(t, http.StatusNotFound)
}

func TestWordsThatWereUnsentOrDeletedAreGoneFromTheTaskToo(t *testing.T) {
	h, desk, _, _ := realHouse(t)
	task := asksForCompany(t, h, desk)
	page := "/task/" + string(task.ID)
	b := h.as(t, "suzu")
	b.post(page+"/take").wants(t, http.StatusOK, "駅からがこわい")
	h.words.unsend(task.Person, "m1")
	got := b.get(page)
	got.wants(t, http.StatusOK, "ことばは取り消されました")
	got.lacks(t, "駅からがこわい")
	if err := desk.Take(t.Context(), "n2", task.Person, "", flows.DeskNote{Do: flows.NoteForgotten}); err != nil {
		t.Fatal(err)
	}
	got = b.get(page)
	got.wants(t, http.StatusOK, "相手が「消す」を選びました", "取り下げられました")
	got.lacks(t, "みどりのつばめ")
	b.get("/").wants(t, http.StatusOK, "頼まれごとが取り下げられました")
}

func TestANoteForATaskSurvivesAnExpiredSession(t *testing.T) {
	h, desk, _, _ := realHouse(t)
	page := "/task/" + string(asksForCompany(t, h, desk).ID)
	b := h.browser(t)
	got := b.post(page+"/note", "act", "k-1", "note", "書きかけの覚え書き")
	got.wants(t, http.StatusUnauthorized, "書きかけの覚え書き")
	b.post("/sign-in", "name", "suzu", "password", password, "next", page, "draft", "書きかけの覚え書き", "draft_for", "note").
		wants(t, http.StatusOK, "書きかけの覚え書き", "/note")
	if notes, err := desk.TaskNotes(t.Context(), handoff.TaskID(strings.TrimPrefix(page, "/task/"))); err != nil || len(notes) != 0 {
		t.Errorf("notes = %v, %v, want none before it is sent", notes, err)
	}
}

// TestTaskPagesAreUsableByEverybody runs axe over them, on a desk and on a phone.
func TestTaskPagesAreUsableByEverybody(t *testing.T) {
	h, desk, _, _ := realHouse(t, forGuest, func(p *Parts) { p.Entry = named })
	task := asksForCompany(t, h, desk)
	page := "/task/" + string(task.ID)
	for _, on := range []struct {
		size
		theme string
	}{{desktop, "light"}, {phone, "dark"}} {
		v := h.signedIn(t, on.size, on.theme)
		for name, path := range map[string]string{"tasks": "/tasks", "task": page} {
			v.open(path)
			v.axe(name)
			v.shot(on.name + "-" + on.theme + "-" + name)
		}
		if on.name == desktop.name {
			h.as(t, "suzu").post(page+"/take").wants(t, http.StatusOK)
		}
	}
}
