package flows

import "testing"

func TestACoordinatorWhoAnswersATaskComesAndIsNamed(t *testing.T) {
	k := newTalk(t).says(Reading{})
	k.desk(DeskAct{Do: DeskOpened, Case: "c7", Why: "task"}).wantLines("")
	k.desk(DeskAct{Do: DeskClaimed, Case: "c7", Staff: "すずらん"}).wantLines("joined")
	if k.s.Mode != ModeHuman || k.s.Case != "c7" {
		t.Errorf("state: %+v", k.s)
	}
	k.desk(DeskAct{Do: DeskAnswered, Case: "c7", Staff: "すずらん", Words: true}).wantLines("words").wantNote(NoteSent)
	k.presses(ExBot).wantLines("bot.back")
	k.wantNote(NoteLeave)
}

func TestATaskBeginsNoTalkWithWhoWantsNone(t *testing.T) {
	for name, change := range map[string]func(*State){
		"stopped": func(s *State) { s.Stopped = true },
		"blocked": func(s *State) { s.Blocked = true },
		"deleted": func(s *State) { *s = State{} },
	} {
		k := newTalk(t).says(Reading{})
		change(&k.s)
		k.desk(DeskAct{Do: DeskOpened, Case: "c7", Why: "task"}).wantLines("")
		if k.wantNote(NoteLeave); k.s.Mode != ModeBot {
			t.Errorf("%s: mode %v, want the machine", name, k.s.Mode)
		}
		k.desk(DeskAct{Do: DeskClaimed, Case: "c7", Staff: "すずらん"}).wantLines("")
	}
}
