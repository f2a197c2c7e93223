package pages_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"engawa/bot/board"
)

func TestAHostInvitesRemovesAndHandsOverAndOthersCannot(t *testing.T) {
	s := open(t, true)
	s.enter()
	do := func(what, more string) (int, string) {
		fields := url.Values{"token": {s.token()}, "act": {board.NewID()}, "do": {what}}
		if name, value, ok := strings.Cut(more, "="); ok {
			fields.Set(name, value)
		}
		return s.read(s.client.PostForm(s.url+"/g/people", fields))
	}
	if status, page := do("invite", ""); status != 200 || !strings.Contains(page, "あと5人") {
		t.Fatalf("invite: got %d %s", status, page)
	}
	g, err := s.store.Group(t.Context(), s.group)
	if err != nil {
		t.Fatal(err)
	}
	code := g.Invites[len(g.Invites)-1]
	var joined []board.Member
	for _, name := range []string{"すみれ", "なずな"} {
		_, m, err := s.store.Join(t.Context(), "join-"+name, code, name, name, "")
		if err != nil {
			t.Fatal(err)
		}
		joined = append(joined, m)
	}
	if _, page := s.get("/g/people"); !strings.Contains(page, "すみれ") || !strings.Contains(page, code) {
		t.Errorf("the host sees neither members nor invitations: %s", page)
	}
	do("revoke", "code="+code)
	if _, _, err := s.store.Join(t.Context(), "late", code, "おくれて", "late", ""); err == nil {
		t.Error("an invitation that was stopped still opens")
	}
	if _, page := do("remove", "member="+joined[0].ID); strings.Contains(page, "すみれ") {
		t.Errorf("who was removed is still there: %s", page)
	}
	do("host", "member="+joined[1].ID)
	if status, _ := do("remove", "member="+joined[1].ID); status != 403 {
		t.Errorf("who is host no more removes the host: got %d, want 403", status)
	}
	if _, page := s.get("/g/people"); strings.Contains(page, "なずな") {
		t.Errorf("the others are shown to who is no host: %s", page)
	}
	do("leave", "")
	if status, _ := s.get("/g"); status != 403 {
		t.Errorf("who left comes in: got %d, want 403", status)
	}
}

func TestAQuestionStandsOnTheGroupsPageWithoutWhoAskedAndGoesWithItsWords(t *testing.T) {
	s := open(t, true)
	there := true
	s.asked(func(context.Context, *board.Question) (string, bool) { return "車いすで入れますか", there })
	s.enter()
	s.write("静かなお茶の会")
	if err := s.store.Ask(t.Context(), "q1", s.only().ID, "07-geheim", []string{"m1"}); err != nil {
		t.Fatal(err)
	}
	_, page := s.get("/g")
	if !strings.Contains(page, "車いすで入れますか") || strings.Contains(page, "geheim") {
		t.Fatalf("the group's page: %s", page)
	}
	answer := func(words string) (int, string) {
		return s.read(s.client.PostForm(s.url+"/g/q/q1", url.Values{"token": {s.token()}, "words": {words}}))
	}
	if status, page := answer("090-1234-5678に電話してください"); status != 422 || !strings.Contains(page, "まだ送っていません") {
		t.Errorf("an answer with a number: got %d %s", status, page)
	}
	if status, page := answer("入れます。<b>どうぞ</b>"); status != 200 || !strings.Contains(page, "&lt;b&gt;") {
		t.Errorf("answered: got %d %s", status, page)
	}
	there = false
	if _, page := s.get("/g"); strings.Contains(page, "車いす") || !strings.Contains(page, "取り消されました") {
		t.Errorf("words that were taken back stand on the group's page: %s", page)
	}
}
