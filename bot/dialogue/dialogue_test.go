package dialogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/people"
	"engawa/flows"
)

var ctx = context.Background()

func TestAResidentIsAnswered(t *testing.T) {
	w := serving(t)
	w.bring(w.text(1, "こんにちは"))
	got := w.rest()
	if w.line.count() != 1 {
		t.Errorf("got %d answers, want 1: %v", w.line.count(), w.line.messages())
	}
	if got["received"] != 1 || got["bot"] != 1 || got["pending"] != 0 {
		t.Errorf("got %v, want one event answered by the bot", got)
	}
	if s := w.state(1); s.Turn != 1 {
		t.Errorf("got turn %d, want 1", s.Turn)
	}
}

func TestAnEventThatComesThreeTimesIsAnsweredOnce(t *testing.T) {
	w := serving(t)
	e := w.text(1, "こんにちは")
	w.bring(e, e)
	w.rest()
	w.bring(e, w.text(1, "またきました"))
	got := w.rest()
	if w.line.count() != 2 || got["received"] != 2 || got["bot"] != 2 || got["duplicates"] != 2 {
		t.Errorf("got %d answers and %v, want 2 events answered and 2 duplicates", w.line.count(), got)
	}
	if talk := w.talk(1); len(talk) != 2 {
		t.Errorf("got %d texts kept, want 2", len(talk))
	}
}

// talk lists what a resident has said.
func (w *world) talk(n int) (said []people.Said) {
	w.t.Helper()
	all, err := w.people.Talk(ctx, w.pid(n), time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(s people.Said) bool { return s.By == people.ByMachine })
}

func TestTwentyTextsInASecondAreOneTurnAndAllAreKept(t *testing.T) {
	w := serving(t)
	w.d.opt.BubbleWait = 400 * time.Millisecond
	for i := range 20 {
		w.bring(w.text(1, fmt.Sprintf("ことば%02d", i)))
	}
	got := w.rest()
	if turns := w.state(1).Turn; turns != 1 {
		t.Errorf("got %d turns, want 1", turns)
	}
	if got["received"] != 20 || got["bot"] != 20 {
		t.Errorf("got %v, want 20 answered", got)
	}
	said := w.talk(1)
	for i, s := range said {
		if want := fmt.Sprintf("ことば%02d", i); s.Text != want {
			t.Errorf("text %d: got %q, want %q", i, s.Text, want)
		}
	}
	if len(said) != 20 {
		t.Errorf("got %d texts kept, want 20", len(said))
	}
}

func TestTapsWaysOutAndCriesForHelpDoNotWait(t *testing.T) {
	w := serving(t)
	w.d.opt.BubbleWait = time.Hour
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExMenu}))
	w.bring(w.text(2, "もう送らないで"))
	w.bring(w.text(3, "もう死にたい"))
	w.bring(w.text(4, "うん"), w.text(4, "死にたい"))
	w.bring(w.text(5, "うん"), w.tap(5, flows.Tap{Exit: flows.ExMenu}))
	got := w.rest()
	if got["received"] != 7 || got["pending"] != 3 { // three texts speak of a life: a human reads them
		t.Errorf("got %v, want all seven taken at once", got)
	}
	if n := w.line.with("«crisis.life»"); n != 2 {
		t.Errorf("got %d crisis answers, want 2", n)
	}
	if w.desk.raised() != 2 {
		t.Errorf("got %d alarms, want 2", w.desk.raised())
	}
}

func TestAPlainTextWaitsAndThenIsAnsweredByItself(t *testing.T) {
	w := serving(t)
	w.d.opt.BubbleWait = 150 * time.Millisecond
	began := time.Now()
	w.bring(w.text(1, "あのう"))
	w.rest()
	if took := time.Since(began); took < 140*time.Millisecond {
		t.Errorf("answered after %v, want it to wait for the next bubble", took)
	}
	if w.line.count() != 1 {
		t.Errorf("got %d answers, want 1", w.line.count())
	}
}

func TestATextTakenBackBeforeItsTurnIsNotKept(t *testing.T) {
	w := serving(t)
	w.d.opt.BubbleWait = time.Hour
	e := w.text(1, "やっぱり言わない")
	w.bring(e)
	w.bring(w.unsend(1, e))
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExMenu}))
	got := w.rest()
	if got["deleted"] != 1 || got["quiet"] != 1 || got["bot"] != 1 {
		t.Errorf("got %v, want the text deleted, the unsend quiet, the tap answered", got)
	}
	for _, s := range w.talk(1) {
		if s.Kind == people.KindText {
			t.Errorf("got %+v kept, want nothing", s)
		}
	}
}

func TestAnUnsendMayOvertakeItsMessage(t *testing.T) {
	w := serving(t)
	e := w.text(1, "やっぱり言わない")
	w.bring(w.unsend(1, e))
	w.rest()
	w.bring(e)
	got := w.rest()
	if got["deleted"] != 1 || w.line.count() != 0 {
		t.Errorf("got %v and %d answers, want it deleted and nothing said", got, w.line.count())
	}
}

func TestACryTakenBackIsStillHeard(t *testing.T) {
	w := serving(t)
	e := w.text(1, "死にたい")
	w.bring(w.unsend(1, e))
	w.bring(e)
	w.rest()
	if w.line.with("«crisis.life»") != 1 || w.desk.raised() != 1 {
		t.Errorf("got %v, want the crisis answer and an alarm", w.line.messages())
	}
	for _, s := range w.talk(1) {
		if s.Text != "" || !s.Gone {
			t.Errorf("got %+v, want only that there was something", s)
		}
	}
}

func TestAnUnsendDestroysWhatWasKept(t *testing.T) {
	w := serving(t)
	first, second := w.text(1, "これは秘密"), w.text(1, "これは残す")
	w.bring(first)
	w.rest()
	w.bring(second, w.unsend(1, first))
	w.rest()
	said := w.talk(1)
	if len(said) != 2 || !said[0].Gone || said[0].Text != "" || said[1].Text != "これは残す" {
		t.Errorf("got %+v, want the first gone and the second kept", said)
	}
}

func TestAGroupIsQuietByRule(t *testing.T) {
	w := serving(t)
	for _, words := range []string{"みんなこんにちは", "死にたい"} {
		e := w.text(1, words)
		e["source"] = map[string]string{"type": "group", "groupId": "C1", "userId": user(1)}
		w.bring(e)
	}
	e := w.from(1, "memberJoined")
	e["source"] = map[string]string{"type": "room", "roomId": "R1"}
	w.bring(e)
	got := w.rest()
	if got["quiet"] != 3 || w.line.count() != 0 || w.pid(1) != "" {
		t.Errorf("got %v, %d answers, person %q; want three quiet ones and nobody known", got, w.line.count(), w.pid(1))
	}
}

func TestInStandbyNothingIsSentAndACryForHelpWakesSomebody(t *testing.T) {
	w := serving(t)
	for _, words := range []string{"こんにちは", "死にたい"} {
		e := w.text(1, words)
		e["mode"] = "standby"
		delete(e, "replyToken")
		w.bring(e)
	}
	got := w.rest()
	if got["quiet"] != 2 || w.line.count() != 0 || w.desk.raised() != 1 {
		t.Errorf("got %v, %d answers, %d alarms; want quiet and one alarm", got, w.line.count(), w.desk.raised())
	}
	if said := w.talk(1); len(said) != 0 {
		t.Errorf("got %d texts kept of a talk that is not ours", len(said))
	}
}

func TestEveryTypeOfEventIsTaken(t *testing.T) {
	w := serving(t)
	message := func(content map[string]string) event {
		e := w.from(1, "message")
		content["id"] = fmt.Sprintf("7%06d", w.serial)
		e["message"] = content
		return e
	}
	w.bring(w.from(1, "follow"))
	w.bring(message(map[string]string{"type": "sticker", "packageId": "1", "stickerId": "2"}))
	for _, kind := range []string{"image", "video", "audio", "file", "hologram"} {
		w.bring(message(map[string]string{"type": kind}))
	}
	w.bring(message(map[string]string{"type": "location", "title": "うち", "address": "ひなた区1-2-3"}))
	w.bring(w.from(1, "telepathy"), w.from(1, "beacon"), w.from(1, "accountLink"))
	e := w.from(1, "postback")
	e["postback"] = map[string]any{"data": "tab", "params": map[string]string{"newRichMenuAliasId": "b", "status": "SUCCESS"}}
	w.bring(e)
	e = w.from(1, "postback")
	e["postback"] = map[string]string{"data": "a button of somebody else"}
	w.bring(e)
	w.bring(w.from(1, "unfollow"))
	got := w.rest()
	if got["received"] != 14 || got["failed"] != 0 || got["quiet"] != 4 {
		t.Errorf("got %v, want 14 taken, 4 of them quiet, none failed", got)
	}
	for _, key := range []string{"greeting", "sticker", "media", "location", "unknown", "late.tap"} {
		if w.line.with("«"+key+"»") == 0 {
			t.Errorf("«%s» was never said", key)
		}
	}
	if !w.state(1).Blocked || w.rdb.HGet(ctx, people.Key(w.pid(1), "person"), "h").Val() != "b" {
		t.Error("the person is not marked as unreachable")
	}
	for _, s := range w.talk(1) {
		if strings.Contains(s.Text, "ひなた区") {
			t.Error("where somebody is was kept")
		}
	}
}

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
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExForget}))
	w.rest()
	w.bring(w.tap(1, flows.Tap{Exit: flows.ExYes, Arg: string(flows.AskForget)}))
	w.rest()
	for _, s := range w.talk(1) {
		if s.Text != "" {
			t.Errorf("got %+v, want every word of the visit gone", s)
		}
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
