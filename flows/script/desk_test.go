package script

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"engawa/flows"
)

// houseWith reads the good folder with more lines in its house.yaml.
func houseWith(more string) (*flows.Bundle, Faults) {
	files := fstest.MapFS{}
	for name, text := range good() {
		if name == "house.yaml" {
			text += more
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(files, Options{AcceptDrafts: true})
}

func TestAreasAndChecklistsAreData(t *testing.T) {
	b, faults := houseWith(`近くを避ける: [reentry]
圏域:
  駅のまわり: {広さ: 近所, 人: [sato, tanaka]}
  区: {広さ: 市区, 窓口: [くらし相談]}
進めかた:
  やってみたい: [話を聞く, 仲間をさがす]
`)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	h := b.House
	if len(h.Areas) != 2 || h.Areas[0].Name != "駅のまわり" || h.Areas[0].Level != flows.AreaNear || !slices.Equal(h.Areas[0].People, []string{"sato", "tanaka"}) ||
		h.Areas[1].Level != flows.AreaCity || !slices.Equal(h.Areas[1].Teams, []string{"くらし相談"}) {
		t.Errorf("areas = %+v", h.Areas)
	}
	if !slices.Equal(h.Apart, []string{"reentry"}) || !slices.Equal(h.Steps[flows.TaskWish], []string{"話を聞く", "仲間をさがす"}) {
		t.Errorf("apart %v, steps %v", h.Apart, h.Steps)
	}
}

func TestAnAreaThatCannotBeMeantIsTold(t *testing.T) {
	for more, want := range map[string]string{
		"圏域:\n  駅: {広さ: せまい}\n":           "せまい",
		"圏域:\n  駅: {人: [sato]}\n":         "広さ",
		"圏域:\n  駅: {広さ: 近所, 窓口: [ない所]}\n": "ない所",
		"進めかた:\n  おどる: [ひとつ]\n":           "おどる",
	} {
		_, faults := houseWith(more)
		if err := faults.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want a fault that names %s", more, err, want)
		}
	}
}

func TestTeamsHaveTopicsPeopleAndHoursAndComeBackAsTheyWereWritten(t *testing.T) {
	more := `窓口のこと:
  くらし相談: {話: [お金, 住まい], 人: [sato], 開いている時間: {木: [10:00-12:00, 13:00-15:00]}}
圏域:
  駅のまわり: {広さ: 近所, 人: [sato, tanaka]}
`
	b, faults := houseWith(more)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	about := b.House.About["くらし相談"]
	if !slices.Equal(about.Topics, []string{"money", "home"}) || !slices.Equal(about.People, []string{"sato"}) || len(about.Hours) != 1 || len(about.Hours[4]) != 2 {
		t.Errorf("the team = %+v", about)
	}
	plain, _ := houseWith("")
	text := good()["house.yaml"]
	edits := HouseEdits(&plain.House, &b.House)
	got, err := Amend("house.yaml", []byte(text), edits)
	if err != nil {
		t.Fatal(err)
	}
	back := fstest.MapFS{}
	for name, text := range good() {
		back[name] = &fstest.MapFile{Data: []byte(text)}
	}
	back["house.yaml"] = &fstest.MapFile{Data: got}
	again, faults := Load(back, Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		t.Fatalf("%v in\n%s", err, got)
	}
	if left := HouseEdits(&again.House, &b.House); len(left) > 0 {
		t.Errorf("written and read again it still lacks %+v:\n%s", left, got)
	}
	if len(HouseEdits(&b.House, &plain.House)) != 2 {
		t.Errorf("taking them away again is %+v", HouseEdits(&b.House, &plain.House))
	}
}

func TestAnAreaOfFewerThanTwoIsTold(t *testing.T) {
	for more, thin := range map[string]bool{
		"圏域:\n  駅: {広さ: 近所}\n": true, "圏域:\n  駅: {広さ: 近所, 人: [sato]}\n": true,
		"圏域:\n  駅: {広さ: 近所, 人: [sato, mori]}\n": false, "圏域:\n  駅: {広さ: 近所, 窓口: [くらし相談]}\n": false,
	} {
		_, faults := houseWith(more)
		warned := slices.ContainsFunc(faults.Warnings(), func(f Fault) bool { return f.Code == "thin-area" && strings.Contains(f.Text, "駅") })
		if warned != thin || faults.Err() != nil {
			t.Errorf("%q: warned %v, want %v; faults %v", more, warned, thin, faults.Err())
		}
	}
}
