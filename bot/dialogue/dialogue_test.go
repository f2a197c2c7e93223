package dialogue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

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
	w.d.opt.BubbleWait = 3 * time.Second // the machine may be busy
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

func TestTheTabOfALanguageChangesTheTalkToo(t *testing.T) {
	w := serving(t)
	tab := func(tap flows.Tap) event {
		e := w.from(1, "postback")
		e["postback"] = map[string]any{"data": flows.EncodeTap(tap), "params": map[string]string{"newRichMenuAliasId": "engawa-x", "status": "SUCCESS"}}
		return e
	}
	w.bring(tab(flows.Tap{Exit: flows.ExLang})) // only opens the menu of languages
	if got := w.rest(); got["quiet"] != 1 {
		t.Errorf("opening the menu of languages: %v, want quiet", got)
	}
	w.bring(tab(flows.Tap{Exit: flows.ExLang, Arg: "en"}))
	w.rest()
	if got := w.state(1).Lang; got != flows.En {
		t.Errorf("language %q, want en", got)
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
