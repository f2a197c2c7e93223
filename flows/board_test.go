package flows

import (
	"strings"
	"testing"
	"time"
)

// tea is a quiet tea of a group, and off a walk that does not take place.
func tea() Post {
	return Post{ID: "p1", Day: "2026-12-12", Card: CardView{Kind: "event", Title: "しずかなお茶"}, Told: []string{"北口の青いドア"},
		Page: "https://example.jp/p/p1", Calendar: "https://example.jp/p/p1.ics"}
}

func off() Post {
	return Post{ID: "p2", Card: CardView{Kind: "event", Title: "川べりの散歩"}, Standing: PostCancelled}
}

// onBoard lets the board answer with these posts from now on.
func (k *talk) onBoard(posts ...Post) *talk {
	k.v.Posts, k.v.Nearest = posts, false
	return k
}

func (k *talk) about(x Exit, arg string) *talk {
	k.Helper()
	return k.do(Event{Kind: EvTap, Tap: Tap{Exit: x, Arg: arg, Turn: k.s.Turn}})
}

func (k *talk) cards() (titles []string) {
	for _, e := range k.spoken() {
		for _, b := range e.Bubbles {
			if b.Card != nil {
				titles = append(titles, b.Card.Title)
			}
		}
	}
	return titles
}

// keeper has kept the tea and wants to hear if it changes.
func keeper(t *testing.T) *talk {
	return newTalk(t).onBoard(tea()).about(ExKeep, "p1@2026-12-12").wantLines("post.keep").about(ExYes, string(AskTell)).wantLines("post.tell.yes")
}

func news(s Standing) Event {
	return Event{Kind: EvPost, Post: PostNews{ID: "p1", Day: "2026-12-12", Standing: s}}
}

func TestWordsThatLookForAPlaceFindIt(t *testing.T) {
	quiet := Reading{Topics: []Scored{{Flow: "ibasho", Topic: "place", Score: 700}}, Sure: true}
	k := newTalk(t).onBoard(tea(), off()).says(quiet)
	if got := strings.Join(k.cards(), " "); got != "しずかなお茶 川べりの散歩" {
		t.Errorf("cards: got %q", got)
	}
	if k.s.Scene != "ibasho/はじめ" {
		t.Errorf("scene: got %q, want the entrance that was meant", k.s.Scene)
	}
	if got := k.spoken()[0].Bubbles[1].Card.Buttons; len(got) != 0 {
		t.Errorf("who taps on what does not take place? %+v", got)
	}
	k = newTalk(t).says(quiet).wantLines("ibasho/はじめ") // nothing found: the entrance itself
	k.says(Reading{}).wantLines("find.none")
}

func TestNothingThatFitsIsSaidBeforeTheNearest(t *testing.T) {
	k := newTalk(t).onBoard(tea())
	k.v.Nearest = true
	k.about(ExFind, "quiet").wantLines("find.none")
	if got := k.cards(); len(got) != 1 || !hasLabel(k.spoken()[0].Exits, "こういう所がほしい") {
		t.Errorf("cards %v, ways %v: want the nearest one and the way to wish for another", got, k.labels())
	}
	n := k.presses(ExWish).wantLines("post.wish").wantNote(NoteTask)
	if n.Task.Kind != TaskWish || n.Flow != "" || n.Task.Texts != nil {
		t.Errorf("note: %+v, want a wish without a word about the person", n)
	}
}

func TestWhatIsToldOnlyToVisitorsIsToldToThem(t *testing.T) {
	k := newTalk(t).onBoard(tea()).about(ExFind, "").wantLines("find.how").taps("ちかく").wantLines("find")
	for _, b := range k.spoken()[0].Bubbles {
		if strings.Contains(asJSON(b), "青いドア") {
			t.Error("the way in is told to everybody who looks")
		}
	}
	k.about(ExGo, "p1@2026-12-12").wantLines("post.go")
	if !strings.Contains(asJSON(k.spoken()[0].Bubbles), "青いドア") {
		t.Error("who wants to go does not learn the way in")
	}
	k.says(Reading{Choice: 1}).wantLines("post.with")
	if n := k.wantNote(NoteTask); n.Task.Kind != TaskGoAlong || n.Task.Entry != "p1" || n.Task.ID != "go_along:p1@2026-12-12" {
		t.Errorf("note: %+v", n)
	}
	if k.s.Mode != ModeBot {
		t.Errorf("mode %q: a task never changes who speaks", k.s.Mode)
	}
}

func TestAQuestionGoesToTheGroupAndACryForHelpDoesNot(t *testing.T) {
	k := newTalk(t).onBoard(tea()).about(ExAsk, "p1").wantLines("post.ask")
	if n := k.says(Reading{}).wantLines("post.asked").wantNote(NoteTask); n.Task.Kind != TaskQuestion || n.Task.Entry != "p1" {
		t.Errorf("note: %+v", n)
	}
	k.says(Reading{})
	if k.note(NoteTask) != nil {
		t.Error("the words after the question are taken for another one")
	}
	k = newTalk(t).onBoard(tea()).about(ExAsk, "p1").says(Reading{Urgency: Life, Level: Clear})
	k.wantLines("crisis.life")
	if k.note(NoteTask) != nil {
		t.Error("a cry for help was passed to a group")
	}
}

func TestNewsOfAPostIsToldOnceAndOnlyToWhoAskedForIt(t *testing.T) {
	k := keeper(t)
	if k.count(EfKeep) != 1 {
		t.Errorf("effects: %+v, want it noted who wants to hear", k.out)
	}
	k.onBoard(tea()).do(news(PostCancelled)).wantLines("post.news.off")
	if e := k.spoken()[0]; e.Kind != EfNudge || !hasLabel(e.Exits, "もう送らないで") {
		t.Errorf("effect: %+v", e)
	}
	k.do(news(PostCancelled)).wantLines("")
	newTalk(t).onBoard(tea()).about(ExKeep, "p1@2026-12-12").about(ExNo, string(AskTell)).do(news(PostCancelled)).wantLines("")
	newTalk(t).do(news(PostGone)).wantLines("")
	keeper(t).types(ExStop).do(news(PostGone)).wantLines("")
	other := news(PostMoved)
	other.Post.Day = "2027-01-09"
	keeper(t).do(other).wantLines("")
}

func TestNewsWaitsForAnHourAndForAHuman(t *testing.T) {
	timer := func(k *talk) Timer {
		for _, e := range k.out {
			if e.Kind == EfTimer {
				return e.Timer
			}
		}
		t.Fatalf("no timer in %+v", k.out)
		return Timer{}
	}
	night := time.Date(2026, 12, 5, 6, 0, 0, 0, tokyo)
	if at := timer(keeper(t).at(night).do(news(PostCancelled)).wantLines("")).At; at.Hour() != 7 {
		t.Errorf("a cancellation waits until %v, want 7 o'clock", at)
	}
	k := keeper(t).at(night).do(news(PostMoved)).wantLines("")
	later := timer(k)
	if later.At.Hour() != 9 {
		t.Errorf("other news waits until %v, want 9 o'clock", later.At)
	}
	k.at(later.At).do(Event{Kind: EvTimer, Timer: later}).wantLines("post.news.moved")
	k = keeper(t).withHuman().do(news(PostCancelled)).wantLines("")
	timer(k)
}

func TestNewsNamesNothingOnAPhoneThatOthersMayRead(t *testing.T) {
	k := keeper(t)
	k.s.Urgent = Violence
	k.onBoard(tea()).do(news(PostCancelled)).wantLines("post.news.off")
	if got := k.cards(); len(got) != 0 {
		t.Errorf("cards: %v", got)
	}
}

func TestAPersonKeepsEightPostsAndLetsGoOfThem(t *testing.T) {
	k := newTalk(t)
	for _, id := range []PostID{"a", "b", "c", "d", "e", "f", "g", "h", "i"} {
		k.onBoard(Post{ID: id, Card: CardView{Kind: "ibasho", Title: string(id)}}).about(ExKeep, string(id))
	}
	if len(k.s.Kept) != maxKept || k.s.Kept[0].ID != "b" {
		t.Errorf("kept: %+v", k.s.Kept)
	}
	k.about(ExDrop, "i").wantLines("post.dropped")
	if len(k.s.Kept) != maxKept-1 || k.count(EfUnkeep) != 1 {
		t.Errorf("kept: %+v, effects %+v", k.s.Kept, k.out)
	}
}

func TestWhileAHumanHasTheTalkACardOfTheBoardIsAWordToThem(t *testing.T) {
	k := newTalk(t).withHuman().onBoard(tea()).about(ExGo, "p1")
	if k.lines() != "" && k.lines() != "human.receipt" {
		t.Errorf("lines: %q", k.lines())
	}
	k.wantNote(NoteWords)
}
