package dialogue

import (
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/flows"
)

func TestWordsForAHumanCountWhenTheyAreRead(t *testing.T) {
	w := serving(t)
	c := w.talking(1)
	before := w.counts()
	w.bring(w.text(1, "じつは家賃が"), w.text(1, "もう無理で"))
	got := w.rest()
	if got["pending"]-before["pending"] != 2 {
		t.Errorf("got %d pending, want both texts to wait for a human", got["pending"]-before["pending"])
	}
	w.staff(1, "act-read", flows.DeskAct{Do: flows.DeskRead, Case: c, Until: time.Now()}, "")
	got = w.rest()
	if got["human"] != 2 || got["pending"] != before["pending"] {
		t.Errorf("got %v, want both read by a human", got)
	}
}

func TestACoordinatorsWordsReachTheResidentOnceAndAreKept(t *testing.T) {
	w := serving(t)
	c := w.talking(1)
	act := flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}
	for range 3 {
		w.staff(1, "act-answer", act, "だいじょうぶですよ")
	}
	w.rest()
	if n := w.line.with("だいじょうぶですよ"); n != 1 {
		t.Errorf("got the words %d times, want once", n)
	}
	said := w.talk(1)
	last := said[len(said)-1]
	if last.By != people.ByStaff || last.Text != "だいじょうぶですよ" || last.Staff != "すずらん" {
		t.Errorf("got %+v, want the coordinator's words kept", last)
	}
	if n := len(w.desk.noted(flows.NoteSent)); n == 0 {
		t.Error("the desk was not told that the words are on their way")
	}
}

func TestWhileAHumanHasTheTalkNoLoadingSignIsShown(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "こんにちは"))
	w.bring(w.text(2, "こんにちは"))
	w.rest()
	w.talking(2)
	w.d.step = func(b *flows.Bundle, v flows.View, s flows.State, e flows.Event) (flows.State, []flows.Effect, []string) {
		<-time.After(700 * time.Millisecond) // a turn that takes long
		return flows.Step(b, v, s, e)
	}
	before := w.line.loading
	w.bring(w.text(2, "きいて"))
	w.rest()
	if w.line.loading != before {
		t.Error("the machine showed itself while a human had the talk")
	}
	w.bring(w.text(1, "きいて"))
	w.rest()
	if w.line.loading != before+1 {
		t.Errorf("got %d loading signs, want 1 for a slow answer", w.line.loading-before)
	}
}

func TestStopHoldsFromTheMomentOfItsCommit(t *testing.T) {
	w := serving(t)
	c := w.talking(1)
	w.bring(w.text(1, "もう送らないで"))
	w.rest()
	if got := w.rdb.HGet(ctx, people.Key(w.pid(1), "person"), "h").Val(); got != "sm" {
		t.Errorf("got hold %q, want nudges and a coordinator's words held", got)
	}
	w.staff(1, "act-late", flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}, "まだ送ります")
	w.rest()
	if w.line.with("まだ送ります") != 0 || len(w.desk.noted(flows.NoteRefused)) != 1 {
		t.Error("words were sent after a stop, or the desk was not told")
	}
}

func TestDeletingEndsThePersonAndTheNextWordBeginsANewOne(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "ひみつの話"), w.text(1, "消す"))
	w.rest()
	old := w.pid(1)
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExDeleteNow}))
	got := w.rest()
	if w.line.with("«delete.done»") != 1 {
		t.Errorf("got %v, want a farewell", w.line.messages())
	}
	if now := w.pid(1); now != "" {
		t.Errorf("got %q behind the pseudonym, want nobody", now)
	}
	left, _ := w.rdb.Keys(ctx, "*"+string(old)+"*").Result()
	left = slices.DeleteFunc(left, func(k string) bool { return strings.HasPrefix(k, "{k-") })
	if len(left) != 0 {
		t.Errorf("got %v left of the person, want nothing", left)
	}
	if got["pending"] != 0 {
		t.Errorf("got %v, want nothing pending", got)
	}
	w.bring(w.text(1, "はじめまして"))
	w.rest()
	if now := w.pid(1); now == "" || now == old {
		t.Errorf("got person %q, want a new one", now)
	}
	if said := w.talk(1); len(said) != 1 || w.state(1).Turn != 1 {
		t.Errorf("got %d texts and turn %d, want a new beginning", len(said), w.state(1).Turn)
	}
}

func TestTheDeskHearsThatItsPersonHasGone(t *testing.T) {
	w := serving(t)
	c := w.talking(1)
	old := w.pid(1)
	sealed, err := w.people.SealWords(ctx, old, "act-9", "すずらん", "いますか", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.bring(w.text(1, "消す"), w.tap(1, flows.Tap{Exit: flows.ExDeleteNow}))
	w.rest()
	act := flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん", Words: true}
	if err := w.d.Tell(ctx, old, "act-9", time.Now(), act, sealed); err != nil {
		t.Fatal(err)
	}
	w.rest()
	refused := w.desk.noted(flows.NoteRefused)
	if len(refused) != 1 || refused[0].Why != "forgotten" || refused[0].Act != "act-9" {
		t.Errorf("got %+v, want that the person is forgotten", refused)
	}
	if w.line.with("いますか") != 0 {
		t.Error("words were sent to somebody who has gone")
	}
}

func TestAnOperatorCanDeleteSomebodyWhoAsksOtherwise(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "ひみつの話"))
	w.rest()
	if err := w.d.Delete(ctx, w.pid(1), "forget-1"); err != nil {
		t.Fatal(err)
	}
	w.rest()
	if w.pid(1) != "" {
		t.Error("the person is still there")
	}
}

func TestForgettingAVisitDestroysItsWordsAlone(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "ひみつの話"))
	w.rest()
	c := w.talking(1)
	w.staff(1, string(c)+"/a-first", flows.DeskAct{Do: flows.DeskAnswered, Case: c, Staff: "すずらん"}, "ひみつの話、読みました")
	w.rest()
	forgot := time.Now()
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExForget}))
	w.rest()
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExYes, Arg: string(flows.AskForget)}))
	w.rest()
	said := w.talk(1)
	for _, s := range said {
		if s.Text != "" || s.By == people.ByMachine && s.Kind != people.KindShown && s.At.Before(forgot) {
			t.Errorf("got %+v, want every word of the visit gone, the coordinator's too", s)
		}
	}
	if len(said) < 2 {
		t.Errorf("got %d things that were said, want to see that there were some", len(said))
	}
	if w.pid(1) == "" {
		t.Error("the person has gone too")
	}
}

func TestATimerComesBackAsAnEvent(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "死にたい"))
	w.rest()
	l := inbox.LaneOf(w.blind(1), lanes)
	due := w.rdb.ZRangeWithScores(ctx, inbox.LaneKey(l, "due"), 0, -1).Val()
	if len(due) != 1 {
		t.Fatalf("got %d timers, want the alarm's three minutes", len(due))
	}
	w.rdb.ZAdd(ctx, inbox.LaneKey(l, "due"), redisZ(time.Now(), due[0].Member))
	w.until("the second alarm was raised", func() bool { return w.desk.raised() == 2 })
	w.rest()
	if n := w.rdb.Exists(ctx, inbox.LaneKey(l, "due"), people.Key(w.pid(1), "timer")).Val(); n != 0 {
		t.Error("the timer is still there")
	}
}

func TestACoordinatorWhoIsThereStopsTheTimer(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "死にたい"))
	w.rest()
	w.staff(1, "act-seen", flows.DeskAct{Do: flows.DeskAlarmed}, "")
	w.rest()
	l := inbox.LaneOf(w.blind(1), lanes)
	if n := w.rdb.Exists(ctx, inbox.LaneKey(l, "due"), people.Key(w.pid(1), "timer")).Val(); n != 0 {
		t.Error("the timer still runs")
	}
}

func TestTheCaseFlagsFollowTheState(t *testing.T) {
	w := serving(t)
	c := w.talking(1)
	person := people.Key(w.pid(1), "person")
	if w.rdb.HGet(ctx, person, people.FieldCase).Val() != "1" {
		t.Error("no mark of the open case")
	}
	w.bring(w.text(1, "ことば"))
	w.rest()
	w.staff(1, "act-close", flows.DeskAct{Do: flows.DeskClosed, Case: c}, "")
	got := w.rest()
	if w.rdb.HExists(ctx, person, people.FieldCase).Val() || !w.rdb.HExists(ctx, person, people.FieldClosed).Val() {
		t.Error("the case is closed and its mark is not")
	}
	if got["pending"] != 0 || got["human"] == 0 {
		t.Errorf("got %v, want what the coordinator has ended counted as read", got)
	}
}
