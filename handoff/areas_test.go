package handoff

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"engawa/flows"
)

var (
	sumire = Staff{Name: "mori", Alias: "すみれ"}

	ourTown = &flows.House{
		Teams: []string{"くらし相談", "居場所"}, Apart: []string{"reentry"},
		Areas: []flows.Area{
			{Name: "小学校のまわり", Level: flows.AreaNear, People: []string{"sato"}},
			{Name: "駅のまわり", Level: flows.AreaNear, People: []string{"sato", "tanaka"}},
			{Name: "南地区", Level: flows.AreaMiddle, Teams: []string{"くらし相談"}},
			{Name: "区", Level: flows.AreaCity, People: []string{"mori"}},
		},
	}
)

func inTown(t *testing.T) *world {
	w := newWorld(t)
	w.desk.opt.House = func() *flows.House { return ourTown }
	return w
}

func names(areas []flows.Area) (all []string) {
	for _, a := range areas {
		all = append(all, a.Name)
	}
	return all
}

func TestACaseGoesUpOneLevelAtATimeAndPastItsNeighbours(t *testing.T) {
	for _, x := range []struct {
		what string
		c    Case
		want []string
	}{
		{"from nowhere", Case{}, []string{"小学校のまわり", "駅のまわり"}},
		{"from near", Case{Area: "駅のまわり"}, []string{"南地区"}},
		{"from the middle", Case{Area: "南地区"}, []string{"区"}},
		{"from the top", Case{Area: "区"}, nil},
		{"after violence", Case{Urgency: flows.Violence}, []string{"区"}},
		{"what no neighbour should hear of", Case{Apart: true, Area: "駅のまわり"}, []string{"区"}},
		{"an area that is no more", Case{Area: "なくなった所"}, []string{"小学校のまわり", "駅のまわり"}},
	} {
		if got := names(x.c.Higher(ourTown.Areas)); !slices.Equal(got, x.want) {
			t.Errorf("%s: up to %v, want %v", x.what, got, x.want)
		}
	}
}

func TestATopicThatNoNeighbourShouldHearOfMarksTheCase(t *testing.T) {
	w := inTown(t)
	w.take("07-anna", flows.DeskNote{Do: flows.NoteOpen, Topic: "reentry"})
	w.take("07-bert", flows.DeskNote{Do: flows.NoteOpen, Topic: "money"})
	for person, want := range map[flows.PersonID]bool{"07-anna": true, "07-bert": false} {
		if row, err := w.desk.Of(t.Context(), person); err != nil || row.Apart != want {
			t.Errorf("%s: apart %v, %v, want %v", person, row.Apart, err, want)
		}
	}
}

func TestATeamIsAskedAndTheFirstWhoSaysYesHasTheCase(t *testing.T) {
	w := inTown(t)
	ctx := t.Context()
	for name, teams := range map[string][]string{"tanaka": {"くらし相談"}, "mori": {"居場所"}} {
		if err := w.desk.SetTeams(ctx, name, teams); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.desk.SetTeams(ctx, "mori", []string{"ない所"}); !errors.Is(err, ErrNoGroup) {
		t.Errorf("a team that is not there: %v, want ErrNoGroup", err)
	}
	if got, err := w.desk.TeamsOf(ctx, "tanaka"); err != nil || fmt.Sprint(got) != "[くらし相談 駅のまわり 南地区]" {
		t.Errorf("teams of tanaka = %v, %v", got, err)
	}
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	if _, err := w.desk.AskGroup(ctx, id, suzuran, AskTeam, "ない所", false); !errors.Is(err, ErrNoGroup) {
		t.Errorf("asking a team that is not there: %v, want ErrNoGroup", err)
	}
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskTeam, "くらし相談", false))
	if _, err := w.desk.Accept(ctx, id, sumire); !errors.Is(err, ErrNotYours) {
		t.Errorf("somebody of another team accepts: %v, want ErrNotYours", err)
	}
	if _, err := w.desk.Decline(ctx, id, sumire); !errors.Is(err, ErrNotYours) {
		t.Errorf("somebody of another team declines: %v, want ErrNotYours", err)
	}
	if c := w.must(w.desk.Decline(ctx, id, kikyo)); c.Staff != suzuran || c.Asked != (Staff{}) {
		t.Errorf("declined, it is with %+v and asks %+v; want it where it was", c.Staff, c.Asked)
	}
	if told, err := w.desk.Notices(ctx, suzuran.Name); err != nil || len(told) != 1 || told[0].Do != DoDecline {
		t.Errorf("notices = %+v, %v, want that it was declined", told, err)
	}
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskTeam, "くらし相談", false))
	if c := w.must(w.desk.Accept(ctx, id, kikyo)); c.Staff != kikyo || c.Team != "くらし相談" || c.Beside != (Staff{}) || c.Asked != (Staff{}) {
		t.Errorf("accepted: %+v", c)
	}
}

func TestTheFirstCoordinatorStaysWithACaseThatIsTakenUp(t *testing.T) {
	w := inTown(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a1", "読みました"))
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskArea, "区", true))
	c := w.must(w.desk.Accept(ctx, id, sumire))
	if c.Staff != sumire || c.Area != "区" || c.Beside != suzuran {
		t.Fatalf("taken up: with %s in %q, beside %s", c.Staff.Alias, c.Area, c.Beside.Alias)
	}
	if _, err := w.desk.Answer(ctx, id, suzuran, "a2", "まだいます"); !errors.Is(err, ErrNotYours) {
		t.Errorf("who stays beside answers: %v, want ErrNotYours", err)
	}
	w.carry()
	if got, want := fmt.Sprint(w.lanes.acts("07-anna")), "[opened claimed answered passed]"; got != want {
		t.Errorf("the resident heard %s, want %s: who is there now, and no second opening", got, want)
	}
	if c := w.must(w.desk.Close(ctx, id, sumire)); c.Beside != (Staff{}) {
		t.Errorf("closed, and %s is still beside it", c.Beside.Alias)
	}
}

func TestAnAreaThatIsDeletedUnderACaseLeavesItWhereItIs(t *testing.T) {
	w := inTown(t)
	ctx := t.Context()
	id := w.open("07-anna")
	w.must(w.desk.Claim(ctx, id, suzuran))
	w.must(w.desk.AskGroup(ctx, id, suzuran, AskArea, "区", true))
	w.desk.opt.House = func() *flows.House { return &flows.House{} }
	if _, err := w.desk.Accept(ctx, id, sumire); !errors.Is(err, ErrNotYours) {
		t.Errorf("accepting for an area that is no more: %v, want ErrNotYours", err)
	}
	if row := w.state(id, Claimed); row.Staff != suzuran {
		t.Errorf("the case is with %s, want where it was", row.Staff.Alias)
	}
	w.must(w.desk.TakeBack(ctx, id, suzuran))
	w.must(w.desk.Answer(ctx, id, suzuran, "a1", "読みました"))
}
