package flows

import (
	"testing"
	"time"
)

func silentNews() Event { return Event{Kind: EvGroup, Group: GroupNews{ID: "g1", What: GroupSilent}} }

func TestWhoPostsForAGroupHearsOfItOnlyIfTheyAgreedByATap(t *testing.T) {
	k := host(t)
	k.v.Groups[0].Quiet = true
	if k.do(silentNews()); len(k.spoken()) > 0 {
		t.Errorf("somebody who never agreed is told: %v", k.spoken())
	}
	k.about(ExPost, "hear").wantLines("group.hear").do(silentNews()).wantLines("group.silent")
	if k.out[0].Kind != EfNudge {
		t.Errorf("got %s, want a nudge, which waits for nobody's hour", k.out[0].Kind)
	}
	k.about(ExPost, "still.g1").wantLines("group.still")
	if n := k.board(); n == nil || n.Do != BoardStill || n.Group != "g1" {
		t.Errorf("got %+v, want the word that it goes on", n)
	}
	k.v.Groups[0].Quiet = false
	if k.do(silentNews()); len(k.spoken()) > 0 {
		t.Error("a group for which somebody has answered meanwhile is asked")
	}
	k.do(Event{Kind: EvGroup, Group: GroupNews{ID: "g1", What: GroupAsked}}).wantLines("group.asked")
	k.about(ExPost, "hush").wantLines("group.hush")
	if k.do(Event{Kind: EvGroup, Group: GroupNews{ID: "g1", What: GroupAsked}}); len(k.spoken()) > 0 {
		t.Error("who wants to hear no more is told")
	}
}

func TestNewsOfAGroupWaitsForAnHourAndForAHumanAndEndsWithAStop(t *testing.T) {
	asked := Event{Kind: EvGroup, Group: GroupNews{ID: "g1", What: GroupAsked}}
	k := host(t).about(ExPost, "hear").at(time.Date(2026, 11, 21, 22, 0, 0, 0, tokyo)).do(asked)
	if len(k.spoken()) > 0 || len(k.out) != 1 || k.out[0].Timer.Kind != TimerGroup || k.out[0].Timer.At.Hour() != 9 {
		t.Errorf("at ten in the evening: got %+v, want it put off to nine", k.out)
	}
	later := Event{Kind: EvTimer, Timer: k.out[0].Timer}
	k.at(k.out[0].Timer.At).do(later).wantLines("group.asked")
	k.presses(ExStop)
	if k.do(asked); len(k.spoken()) > 0 || k.s.Hears {
		t.Errorf("after a stop: got %v, agreed %v", k.spoken(), k.s.Hears)
	}
	k.about(ExPost, "hear").presses(ExHuman)
	if k.do(asked); len(k.spoken()) > 0 || k.out[0].Timer.Kind != TimerGroup {
		t.Errorf("while they wait for a human: got %+v, want it put off", k.out)
	}
}
