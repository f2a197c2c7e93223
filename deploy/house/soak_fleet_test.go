//go:build soak

package house

import (
	"testing"
	"time"

	"engawa/config/redistest"
)

// TestSoakFailovers is TestAMasterDiesUnderLoadAndNothingIsLostOrDoubled again and
// again: every master of the fleet dies in turn, under the same talk.
func TestSoakFailovers(t *testing.T) {
	for name, fleet := range map[string]func(testing.TB) *redistest.Fleet{"sentinels": redistest.Sentinels, "cluster": redistest.Clusters} {
		t.Run(name, func(t *testing.T) {
			f := fleet(t)
			tw := newTownOn(t, f, "ENGAWA_REPLICAS=1")
			tw.start()
			suzu := tw.clerk("suzuran", "すずらん")
			user, page := suzu.begins()
			calm := tw.crowd(10)
			told, soFar := suzu.keepsWriting(page)
			for death := range 3 {
				n := soFar() + 20
				tw.await(time.Minute, "more answers", func() bool { return soFar() >= n })
				f.Lose(death % f.Masters())
				f.Mend(death % f.Masters())
			}
			n := told()
			t.Logf("%d lives, %d answers of the coordinator", calm(), n)
			tw.wantAnswers(user, n)
			suzu.ends(user, page)
			tw.checkBooks()
			tw.checkShreds()
		})
	}
}
