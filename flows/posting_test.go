package flows

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// host posts for a group that has posted before.
func host(t *testing.T) *talk {
	k := newTalk(t)
	k.v.Groups = []Group{{ID: "g1", Name: "ひだまりの会", Last: "p1"}}
	return k
}

// word is a button of the form that is open.
func (k *talk) word(w string) *talk {
	k.Helper()
	return k.about(ExPost, k.s.Form.mark()+"."+w)
}

// writes is a text that is kept under an id.
func (k *talk) writes(id string, r Reading) *talk {
	k.Helper()
	return k.do(Event{Kind: EvText, Readings: []Reading{r}, Texts: []string{id}})
}

func (k *talk) picks(w, at string) *talk {
	k.Helper()
	return k.do(Event{Kind: EvTap, Tap: Tap{Exit: ExPost, Arg: k.s.Form.mark() + "." + w, Pick: at, Turn: k.s.Turn}})
}

func (k *talk) board() *BoardNote {
	for i := range k.out {
		if k.out[i].Kind == EfBoard {
			return &k.out[i].Board
		}
	}
	return nil
}

func TestAGroupPostsFromTheTalkInSixSteps(t *testing.T) {
	k := host(t).says(Reading{Exit: ExPost}).wantLines("form.home").about(ExPost, "new").wantLines("form.what")
	k.writes("m1", Reading{}).wantLines("form.when")
	if b := k.spoken()[0].Choices[0]; b.Pick != "datetime" {
		t.Errorf("button: got %+v, want one that opens LINE's picker", b)
	}
	k.picks("pick", "2026-12-12T14:00").wantLines("form.repeat").word("repeat-nth").wantLines("form.where")
	k.writes("m2", Reading{}).wantLines("form.for").word("for-1").wantLines("form.facts")
	k.word("fact-0").wantLines("form.facts").word("fact-2").word("facts-ok").wantLines("form.look")
	if !k.spoken()[0].Bubbles[0].Form {
		t.Errorf("bubbles: got %+v, want the post as it will look first", k.spoken()[0].Bubbles)
	}
	k.word("send").wantLines("form.sent")
	n := k.board()
	if n == nil || n.Do != BoardPost || n.Group != "g1" {
		t.Fatalf("board: got %+v", n)
	}
	f := n.Form
	if f.What != "m1" || f.When != "2026-12-12T14:00" || f.Repeat != "nth" || f.Where != "m2" || f.For != 1 || !slices.Equal(f.Facts, []int{0, 2}) || f.ID == "" {
		t.Errorf("form: got %+v", f)
	}
	if k.s.Form != nil {
		t.Errorf("what was sent is still a draft")
	}
	if k.about(ExPost, f.mark()+".send").wantLines("form.gone"); k.board() != nil {
		t.Errorf("a second tap on 送る sent it twice")
	}
}

func TestTheSameAsLastTimeTakesTwoTaps(t *testing.T) {
	k := host(t).about(ExPost, "same").wantLines("form.look").word("send").wantLines("form.sent")
	if n := k.board(); n == nil || !n.Form.Same || n.Form.Last != "p1" {
		t.Errorf("board: got %+v", n)
	}
	k.v.Groups[0].Last = "" // nothing was posted yet: it begins at the beginning
	k.about(ExPost, "same").wantLines("form.what")
}

func TestOnlyMembersCanPostAndOthersAreToldHowToJoin(t *testing.T) {
	k := newTalk(t).about(ExPost, "").wantLines("form.nobody").says(Reading{})
	if k.s.Ask == AskCode {
		t.Error("any text is asked for as an invitation for ever")
	}
	k.v.Join = JoinNo
	k.about(ExPost, "").writes("m1", Reading{}).wantLines("group.no")
	if k.s.Ask != AskCode {
		t.Error("a mistyped invitation cannot be typed again")
	}
	k.s.Ask = AskNothing
	if k.writes("m2", Reading{Talk: true}); k.spoken()[0].Line == "group.no" {
		t.Error("eight letters that nobody asked for are taken for an invitation")
	}
	k.v.Join, k.v.Joined, k.v.Groups = JoinIn, "g1", []Group{{ID: "g1", Name: "ひだまりの会"}}
	k.writes("m3", Reading{}).wantLines("group.in")
}

func TestALeaverSaysSoTwiceAndTheirDraftGoes(t *testing.T) {
	k := host(t).about(ExPost, "new").about(ExPost, "leave").wantLines("group.leave.ask")
	k.about(ExNo, string(AskLeave)).wantLines("form.home")
	if k.board() != nil {
		t.Fatal("いいえ has left the group")
	}
	k.about(ExPost, "leave").about(ExYes, string(AskLeave)).wantLines("group.left")
	if n := k.board(); n == nil || n.Do != BoardLeave || n.Group != "g1" || k.s.Form != nil {
		t.Errorf("board %+v, form %+v", n, k.s.Form)
	}
	if k.about(ExYes, string(AskLeave)); k.board() != nil {
		t.Error("an old はい leaves again")
	}
}

func TestADraftSurvivesAWeekAndTheTalkBetween(t *testing.T) {
	k := host(t).about(ExPost, "new").writes("m1", Reading{}).wantLines("form.when")
	k.says(Reading{Exit: ExMenu}).at(morning.AddDate(0, 0, 6)).about(ExPost, "").wantLines("form.home")
	k.about(ExPost, "go").wantLines("form.when")
	if k.s.Form.What != "m1" {
		t.Errorf("form: got %+v", k.s.Form)
	}
	k.at(morning.AddDate(0, 0, 14)).about(ExPost, "")
	if k.s.Form != nil {
		t.Error("a draft of a week ago is still here")
	}
}

func TestWordsThatAreTakenBackAreTakenOutOfTheDraft(t *testing.T) {
	k := host(t).about(ExPost, "same").word("fix").wantLines("form.fix").word("to-where").wantLines("form.where").writes("m7", Reading{}).wantLines("form.look")
	k.do(Event{Kind: EvUnsend, Ref: "m7"})
	if f := k.s.Form; f.Where != "" || f.Step != FormWhere {
		t.Errorf("form: got %+v, want the place asked for again", f)
	}
	k.v.Form.Photo = "pic"
	k.about(ExPost, "go").do(Event{Kind: EvMedia, Media: "image", Ref: "m8"}).wantLines("form.photo")
	if k.s.Form.Photo != "pic" {
		t.Fatalf("form: got %+v", k.s.Form)
	}
	if k.do(Event{Kind: EvUnsend, Ref: "m8"}); k.s.Form.Photo != "" {
		t.Error("a flyer that was taken back is still attached")
	}
	if k.presses(ExForget).presses(ExYes); k.s.Form != nil {
		t.Error("この話を消す leaves a draft whose words are gone")
	}
}

func TestWhatCannotBeSentLeadsBackToItsStep(t *testing.T) {
	k := host(t).about(ExPost, "same")
	k.v.Form.Fault = FormWhen
	if k.word("send").wantLines("form.when"); k.board() != nil {
		t.Fatal("it was sent all the same")
	}
	k.v.Form.Fault = ""
	k.picks("pick", "2026-12-01T10:00").wantLines("form.when.past").picks("pick", "soon").wantLines("form.when.again")
	k.writes("m1", Reading{When: "2026-12-20T10:00"}).wantLines("form.look")
	k.v.Groups[0].Trusted = true
	k.word("send").wantLines("form.sent.now")
}

func TestAFormNeverStandsBetweenAPersonAndAHuman(t *testing.T) {
	k := host(t).about(ExPost, "new")
	k.says(Reading{Urgency: Life, Level: Clear})
	if !k.spoken()[0].Crisis {
		t.Fatalf("a cry for help was taken for the name of a tea: %v", k.spoken())
	}
	k = host(t).about(ExPost, "new").presses(ExHuman).writes("m1", Reading{}).wantLines("waiting.receipt")
	if k.s.Form.What != "" {
		t.Error("words for the counsellor went into the form")
	}
	k.about(ExPost, "go").wantLines("form.waiting")
	if !strings.Contains(strings.Join(k.labels(), " "), "[page]") {
		t.Errorf("ways: got %v, want the group's page", k.labels())
	}
	k.desk(DeskAct{Do: DeskOpened, Case: "c1"}).desk(DeskAct{Do: DeskClaimed, Case: "c1", Staff: "すずらん", Until: morning.Add(time.Hour)})
	if k.about(ExPost, "go"); k.s.Mode != ModeHuman || len(k.spoken()) > 0 && k.spoken()[0].Line != "human.receipt" {
		t.Errorf("the machine talks over a human: %v", k.spoken())
	}
}

func TestBackLeadsThroughAForm(t *testing.T) {
	k := host(t).about(ExPost, "new").writes("m1", Reading{}).presses(ExBack).wantLines("form.what").presses(ExBack).wantLines("form.home")
	k.about(ExPost, "go").wantLines("form.what").word("what-same").word("when-same").wantLines("form.where")
	if f := k.s.Form; f.What != FromLast || f.When != FromLast {
		t.Errorf("form: got %+v", f)
	}
}

func TestWhoPostsForTwoGroupsIsAskedForWhich(t *testing.T) {
	k := host(t)
	k.v.Groups = append(k.v.Groups, Group{ID: "g2", Name: "とてもとてもながい名前の家族会のあつまりです", Page: "https://example.jp/g/in/x"})
	k.about(ExPost, "new").wantLines("form.group").about(ExPost, "new.g2").wantLines("form.what")
	if k.s.Form.Group != "g2" {
		t.Errorf("form: got %+v", k.s.Form)
	}
	k.about(ExPost, "page.g2").wantLines("form.page")
	if b := k.spoken()[0].Choices; len(b) != 1 || b[0].URI == "" {
		t.Errorf("choices: got %+v, want the page", b)
	}
	k.about(ExPost, "leave.g2").about(ExYes, string(AskLeave)).wantLines("group.left")
	if n := k.board(); n.Group != "g2" {
		t.Errorf("left: got %+v", n)
	}
}
