package outbox

import (
	"fmt"
	"testing"
	"time"

	"engawa/bot/line"
)

// in and out are ages of a reply token within our trust in it, and just beyond.
const in, out = 50 * time.Second, 50*time.Second + time.Millisecond

var outcomes = []struct {
	via      string
	again    bool
	kind     line.Kind
	tokenAge time.Duration
	age      time.Duration
	parcels  int
	want     ruling
}{
	{viaReply, false, "", in, 0, 1, accepted},
	{viaReply, false, line.KindToken, in, 0, 1, bare},
	{viaReply, false, line.KindToken, out, 0, 1, bare},
	{viaReply, false, line.KindUnknown, in, 0, 1, keep},
	{viaReply, false, line.KindUnavailable, in, 0, 1, apart},
	{viaReply, false, line.KindRate, in, 0, 1, apart},
	{viaReply, false, line.KindAuth, in, 0, 1, apart},
	{viaReply, false, line.KindBad, in, 0, 1, failed},
	{viaReply, false, line.KindBad, in, 0, 3, single},
	{viaReply, true, "", out, time.Hour, 1, accepted},
	{viaReply, true, line.KindToken, in, time.Second, 1, accepted},
	{viaReply, true, line.KindToken, out, time.Second, 1, uncertain},
	{viaReply, true, line.KindUnknown, out, time.Hour, 1, keep},
	{viaReply, true, line.KindUnavailable, out, time.Hour, 1, keep},
	{viaReply, true, line.KindUnavailable, out, 23*time.Hour + time.Second, 1, uncertain},
	{viaReply, true, line.KindBad, in, time.Second, 1, failed},
	{viaPush, false, "", 0, 0, 1, accepted},
	{viaPush, false, line.KindUnknown, 0, 0, 1, keep},
	{viaPush, false, line.KindUnavailable, 0, 0, 1, apart},
	{viaPush, false, line.KindQuota, 0, 0, 1, apart},
	{viaPush, false, line.KindUserLimit, 0, 0, 1, apart},
	{viaPush, false, line.KindBad, 0, 0, 1, failed},
	{viaPush, true, "", 0, time.Hour, 1, accepted},
	{viaPush, true, line.KindUnknown, 0, 23 * time.Hour, 1, keep},
	{viaPush, true, line.KindUnknown, 0, 23*time.Hour + time.Second, 1, failed},
	{viaPush, true, line.KindQuota, 0, time.Hour, 1, keep},
	{viaPush, true, line.KindAuth, 0, time.Hour, 1, keep},
	{viaPush, true, line.KindBad, 0, time.Hour, 2, single},
	{viaFinal, false, "", in, 0, 1, accepted},
	{viaFinal, false, line.KindToken, in, 0, 1, dropped},
	{viaFinal, true, line.KindToken, in, 0, 1, accepted},
	{viaFinal, true, line.KindToken, out, 0, 1, dropped},
	{viaFinal, false, line.KindUnknown, in, 0, 1, keep},
	{viaFinal, false, line.KindUnavailable, in, 0, 1, keep},
	{viaFinal, true, line.KindUnavailable, out, 0, 1, dropped},
	{viaFinal, false, line.KindBad, in, 0, 1, dropped},
}

func TestEveryOutcomeHasItsRuling(t *testing.T) {
	for _, c := range outcomes {
		name := fmt.Sprintf("%s/again=%v/%s/token %s/%s/%d", c.via, c.again, c.kind, c.tokenAge, c.age, c.parcels)
		t.Run(name, func(t *testing.T) {
			got := judge(attempt{via: c.via, again: c.again, kind: c.kind, alive: c.tokenAge <= tokenTrust, tokenAge: c.tokenAge, age: c.age, parcels: c.parcels})
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestWaitsGrowAndAreTheSameEachTime(t *testing.T) {
	for tries := range 100 {
		d := pause("a", tries)
		if d < firstWait/2 || d > mostWait {
			t.Fatalf("try %d waits %s, want between %s and %s", tries, d, firstWait/2, mostWait)
		}
		if d != pause("a", tries) {
			t.Fatalf("try %d waits differently the second time", tries)
		}
	}
	if pause("a", 3) == pause("b", 3) {
		t.Errorf("two persons wait the same %s: they would come back together", pause("a", 3))
	}
}

func TestOneEnvelopeHasOneRetryKey(t *testing.T) {
	if a, b := retryKey("e1"), retryKey("e1"); a != b {
		t.Errorf("got %s and %s for one envelope", a, b)
	}
	if a, b := retryKey("e1"), retryKey("e2"); a == b {
		t.Errorf("got %s for two envelopes", a)
	}
}
