package understand

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

// TestWhatIsPlainAtAGlanceIsNormal asks of every letter, and of every pair with one
// that others might join, that the glance never takes for normal what is not.
func TestWhatIsPlainAtAGlanceIsNormal(t *testing.T) {
	plain := 0
	for r := rune(0); r <= 0x10ffff; r++ {
		for _, s := range []string{string(r), "か" + string(r), string(r) + "ー", "漢" + string(r), "A" + string(r)} {
			if plainly(s) {
				plain++
				if !norm.NFKC.IsNormalString(s) {
					t.Fatalf("%q is taken for normal", s)
				}
			}
		}
	}
	if plain < 20_000 || !plainly("家賃がもう無理かもしれません。") || plainly("ｶﾌｪ") || plainly("か\u3099") {
		t.Errorf("%d strings are plain at a glance, want nearly all Japanese and no other", plain)
	}
}
