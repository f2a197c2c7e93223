package flows

import (
	"testing"
	"time"
)

// visitor has agreed to be asked how the tea was.
func visitor(t *testing.T) (*talk, Timer) {
	t.Helper()
	p := tea()
	p.At = morning.AddDate(0, 0, 8)
	k := newTalk(t).onBoard(p).about(ExGo, "p1@2026-12-12").wantLines("post.go").about(ExAfter, "p1@2026-12-12").wantLines("visit.agreed")
	for _, e := range k.out {
		if e.Kind == EfTimer {
			return k, e.Timer
		}
	}
	t.Fatal("no time was set")
	return nil, Timer{}
}

func TestAVisitIsAskedAboutOnceByThoseWhoAgreed(t *testing.T) {
	k, timer := visitor(t)
	if want := time.Date(2026, 12, 13, 10, 0, 0, 0, tokyo); !timer.At.Equal(want) {
		t.Errorf("asked at %v, want %v", timer.At, want)
	}
	over := Event{Kind: EvTimer, Timer: timer}
	k.at(timer.At).do(over).wantLines("visit.ask")
	if e := k.spoken()[0]; e.Kind != EfNudge || len(e.Choices) != 4 {
		t.Errorf("got %+v, want one nudge with four answers", e)
	}
	k.says(Reading{Choice: 1}).wantLines("visit.thanks")
	if n := k.board(); n == nil || n.Do != BoardFelt || n.Post != "p1" || n.Felt != "good" {
		t.Errorf("board: got %+v", n)
	}
	if k.do(over); len(k.spoken()) != 0 {
		t.Error("asked a second time")
	}
}

func TestNobodyIsAskedAgainstTheirWillOrAtAWrongHour(t *testing.T) {
	k, timer := visitor(t)
	over := Event{Kind: EvTimer, Timer: timer}
	if k.presses(ExStop).at(timer.At).do(over); len(k.spoken()) != 0 || k.s.After != nil {
		t.Error("asked after もう送らないで")
	}
	k, _ = visitor(t)
	k.at(time.Date(2026, 12, 13, 21, 0, 0, 0, tokyo)).do(over)
	if len(k.spoken()) != 0 || len(k.s.After) != 1 {
		t.Error("asked at nine in the evening, or forgotten")
	}
	k, _ = visitor(t)
	k.presses(ExHuman).at(timer.At).do(over)
	if len(k.spoken()) != 0 || len(k.s.After) != 1 {
		t.Error("asked while somebody waits for a human")
	}
	k, _ = visitor(t)
	gone := off()
	gone.ID, gone.Day = "p1", "2026-12-12"
	if k.onBoard(gone).at(timer.At).do(over); len(k.spoken()) != 0 {
		t.Error("asked about what did not take place")
	}
	k, _ = visitor(t)
	k.s.Urgent = Violence
	if k.at(timer.At).do(over); len(k.spoken()) != 0 {
		t.Error("whoever looks at this phone learns of a visit")
	}
}

func TestAGroupsAnswerReachesWhoAskedUnlessTheySaidStop(t *testing.T) {
	reply := Event{Kind: EvReply}
	k := newTalk(t).says(Reading{Talk: true}).do(reply).wantLines("post.answer")
	if b := k.spoken()[0].Bubbles; !b[len(b)-1].Words {
		t.Errorf("bubbles: got %+v, want the group's words last", b)
	}
	if k.presses(ExStop).do(reply); len(k.spoken()) != 0 {
		t.Error("answered after もう送らないで")
	}
	k = newTalk(t).presses(ExHuman).desk(DeskAct{Do: DeskOpened, Case: "c1"}).desk(DeskAct{Do: DeskClaimed, Case: "c1", Staff: "すずらん", Until: morning.Add(time.Hour)})
	if k.do(reply); len(k.spoken()) != 0 {
		t.Error("a group talks over a human")
	}
	if len(k.out) != 1 || k.out[0].Board.Do != BoardAgain {
		t.Errorf("got %+v, want the answer to come again later", k.out)
	}
}
