package prove

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"

	"engawa/flows"
)

func TestTheMapShowsEveryDoorSceneCardAndHuman(t *testing.T) {
	b := shipped(t)
	svg := Map(b, []Finding{
		{Severity: Error, Key: "okane/家賃/ことば/1", Why: "長すぎます。"},
		{Severity: Warning, Key: "card/food", Why: "まだ確かめていません。"},
	})
	if file := os.Getenv("ENGAWA_MAP"); file != "" {
		if err := os.WriteFile(file, svg, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		_, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the map is no XML: %v", err)
		}
	}
	text := string(svg)
	for _, id := range b.Order {
		if !strings.Contains(text, "<title>"+b.Flows[id].Title[flows.Ja]) {
			t.Errorf("the map has no door of %s", id)
		}
	}
	for key, sc := range b.Scenes {
		if !strings.Contains(text, "<title>"+sc.Name) {
			t.Errorf("the map has no scene %s", key)
		}
		for _, id := range sc.Cards {
			if !strings.Contains(text, "<title>"+b.Cards[id].Title[flows.Ja]) {
				t.Errorf("the map has no card %s", id)
			}
		}
		if sc.Handoff != nil && !strings.Contains(text, "人: "+sc.Handoff.Team) {
			t.Errorf("the map has no human for %s", key)
		}
	}
	for _, want := range []string{"直す1", "気づき1", "直す: 長すぎます。", "直すところ 1、気づいたこと 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("the map does not say %q", want)
		}
	}
	if strings.Contains(text, "#A3241B") {
		t.Error("vermilion is for 明らか alone")
	}
}

func TestTheMapIsTheSameEveryTime(t *testing.T) {
	b := shipped(t)
	if !bytes.Equal(Map(b, nil), Map(b, nil)) {
		t.Error("two maps of one bundle differ")
	}
}
