package release

import (
	"fmt"
	"io"
	"reflect"
	"slices"

	"engawa/flows"
)

// Fate is what a new release does to those who stand in a scene.
type Fate struct {
	Scene   flows.SceneKey `json:"scene"`
	Becomes string         `json:"becomes"`      // same, changed, moved, retired
	To      flows.SceneKey `json:"to,omitempty"` // moved: where to
	People  int            `json:"people"`       // who stand there, -1 if nobody counted
}

// The fates of a scene.
const (
	Same    = "same"    // the same words and ways
	Changed = "changed" // the same place with other words or ways
	Moved   = "moved"   // moves/ leads elsewhere
	Retired = "retired" // gone: its people finish in the old release, then stand on the threshold
)

// Fates tells the fate of every scene of old under now, in the order of their names.
// count says how many people stand in each; nil if nobody counted.
func Fates(old, now *flows.Bundle, count map[flows.SceneKey]int) []Fate {
	var out []Fate
	for key, sc := range old.Scenes {
		f := Fate{Scene: key, Becomes: Retired, People: -1}
		if count != nil {
			f.People = count[key]
		}
		switch to := now.Moved(key); {
		case to == key && equal(sc, now.Scenes[key]):
			f.Becomes = Same
		case to == key:
			f.Becomes = Changed
		case to != "":
			f.Becomes, f.To = Moved, to
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Fate) int {
		switch {
		case a.Scene < b.Scene:
			return -1
		case a.Scene > b.Scene:
			return 1
		}
		return 0
	})
	return out
}

// Tell writes what changes, in words; scenes that stay the same are only counted.
func Tell(w io.Writer, fates []Fate) error {
	same := 0
	for _, f := range fates {
		what := ""
		switch f.Becomes {
		case Same:
			same++
			continue
		case Changed:
			what = "ことばか、先へすすむ道が変わります"
		case Moved:
			what = "「" + string(f.To) + "」に移ります"
		case Retired:
			what = "なくなります(いまいる人は、前のことばのまま最後まで進めます。移る先があれば moves/ に書きます)"
		}
		if f.People >= 0 {
			what += fmt.Sprintf("。いま %d人", f.People)
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", f.Scene, what); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "変わらない場面 %d / scenes that stay as they are\n", same)
	return err
}

// equal says whether two scenes say and do the same.
func equal(a, b *flows.Scene) bool { return reflect.DeepEqual(a, b) }
