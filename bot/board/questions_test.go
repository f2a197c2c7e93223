package board_test

import (
	"errors"
	"testing"
	"time"

	"engawa/bot/board"
	"engawa/flows"
	"engawa/flows/catalogue"
)

func TestAQuestionIsAnsweredOnceAndByTheRulesOfTheHouse(t *testing.T) {
	h := newWorld(t)
	ctx := h.ctx()
	g, m := h.group(true)
	p := h.post(g, m, "しずかなお茶")
	for range 3 { // the parcel may come again
		if err := h.Ask(ctx, "q1", p.ID, "01-somebody", []string{"m1"}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.Questions(ctx, g.ID)
	if err != nil || len(all) != 1 || all[0].Group != g.ID {
		t.Fatalf("questions: got %+v, %v", all, err)
	}
	if _, err := h.Answer(ctx, g.ID, "stranger", "q1", "はい"); !errors.Is(err, board.ErrMay) {
		t.Errorf("a stranger answers: got %v, want ErrMay", err)
	}
	if _, err := h.Answer(ctx, g.ID, m.ID, "q1", "電話してください 090-1234-5678"); len(catalogue.Faults(err)) != 1 {
		t.Errorf("an answer with a number: got %v, want it refused with the reason", err)
	}
	if sent, err := h.Answers(ctx); err != nil || len(sent) != 0 {
		t.Fatalf("to be sent: got %d, %v, want none", len(sent), err)
	}
	for _, words := range []string{"段差はありません。", "もうひとつの返事"} {
		if q, err := h.Answer(ctx, g.ID, m.ID, "q1", words); err != nil || q.Answer != "段差はありません。" {
			t.Errorf("got %+v, %v, want the first answer", q, err)
		}
	}
	sent, err := h.Answers(ctx)
	if err != nil || len(sent) != 1 || sent[0].Person != flows.PersonID("01-somebody") {
		t.Fatalf("to be sent: got %+v, %v", sent, err)
	}
	first := sent[0]
	for range 2 {
		if err := h.AnswerSent(ctx, first); err != nil {
			t.Fatal(err)
		}
	}
	if sent, err = h.Answers(ctx); err != nil || len(sent) != 0 {
		t.Errorf("to be sent: got %d, %v, want none any more", len(sent), err)
	}
	for range 3 { // a human had the talk; the note of it may come again, and before it was noted as sent
		if err := errors.Join(h.AnswerAgain(ctx, first.AnswerEvent()), h.AnswerSent(ctx, first)); err != nil {
			t.Fatal(err)
		}
	}
	if sent, err = h.Answers(ctx); err != nil || len(sent) != 0 {
		t.Errorf("at once again: got %d, %v, want it to wait", len(sent), err)
	}
	h.now = h.now.Add(2 * time.Hour)
	if sent, err = h.Answers(ctx); err != nil || len(sent) != 1 || sent[0].AnswerEvent() == first.AnswerEvent() {
		t.Errorf("later: got %+v, %v, want it once more as another event", sent, err)
	}
	if err := h.Forget(ctx, h.follow, "01-somebody"); err != nil {
		t.Fatal(err)
	}
	if all, err = h.Questions(ctx, g.ID); err != nil || len(all) != 0 {
		t.Errorf("after 消す: got %d questions, %v", len(all), err)
	}
}
