package script

import (
	"strings"
	"testing"
)

func TestMovesLeadFromScenesThatAreGoneToScenesThatAreThere(t *testing.T) {
	for _, x := range []struct {
		name, text string
		fault      string // "" = none
		should     string
	}{
		{"one that was renamed", "okane/やちん: okane/家賃\n", "", ""},
		{"one that was renamed twice", "okane/やちん: okane/賃料\nokane/賃料: okane/家賃\n", "", ""},
		{"to nowhere", "okane/やちん: okane/家貸\n", "行き先「okane/家貸」", "okane/やちん: okane/家賃"},
		{"without a flow", "やちん: okane/家賃\n", "流れ/場面", ""},
		{"to two places", "okane/やちん: okane/家賃\nokane/やちん: okane/はじめ\n", "2回", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			files := good()
			files["moves/2026-12.yaml"] = x.text
			b, faults := Load(filesOf(files), Options{AcceptDrafts: true})
			if x.fault == "" {
				if b == nil || b.Moved("okane/やちん") != "okane/家賃" {
					t.Errorf("got %v, want the scene followed", serious(faults))
				}
				return
			}
			if found := serious(faults); len(found) != 1 || !strings.Contains(found[0].Text, x.fault) || found[0].Should != x.should {
				t.Errorf("got %v, want %q with %q", found, x.fault, x.should)
			}
		})
	}
}
