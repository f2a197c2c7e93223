package own

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

var tokyo = time.FixedZone("JST", 9*3600)

type office struct {
	*Store
	rdb redis.UniversalClient
	now time.Time
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{rdb: redistest.Client(t), now: time.Date(2026, 11, 25, 14, 0, 0, 0, tokyo)}
	m, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(t.Context(), o.rdb, o.rdb, m)
	if err != nil {
		t.Fatal(err)
	}
	o.Store = New(o.rdb, vault, func() *time.Location { return tokyo }, func() time.Time { return o.now })
	return o
}

func (o *office) set(t *testing.T, account string, r Reach) {
	t.Helper()
	if err := o.Set(t.Context(), account, r); err != nil {
		t.Fatal(err)
	}
}

func TestQuietHoursAreOnesOwnAndSealed(t *testing.T) {
	o := newOffice(t)
	o.set(t, "sato", Reach{From: 22 * 60, To: 7 * 60, Mail: "sato@city.example.jp"})
	o.set(t, "mori", Reach{From: 12 * 60, To: 13 * 60})
	for clock, want := range map[string][2]bool{"14:00": {false, false}, "12:30": {false, true}, "22:00": {true, false}, "06:59": {true, false}, "07:00": {false, false}} {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-25 "+clock, tokyo)
		if err != nil {
			t.Fatal(err)
		}
		o.now = at
		quiet, byMail := o.QuietAccount(t.Context()), o.QuietAddress(t.Context())
		if quiet("sato") != want[0] || quiet("mori") != want[1] || quiet("nobody") || byMail("Sato@city.example.jp") != want[0] || byMail("duty@city.example.jp") {
			t.Errorf("at %s: sato %v, mori %v, want %v; and nobody else", clock, quiet("sato"), quiet("mori"), want)
		}
	}
	raw, err := o.rdb.HGet(t.Context(), reachKey, "sato").Result()
	if err != nil || strings.Contains(raw, "city.example") {
		t.Errorf("%v; the address must not stand in clear", err)
	}
	if r, err := o.Of(t.Context(), "sato"); err != nil || r.Mail != "sato@city.example.jp" || r.From != 22*60 {
		t.Errorf("got %+v, %v", r, err)
	}
	for _, bad := range []Reach{{From: -1}, {To: dayMinutes}, {Mail: "sato"}, {Mail: "Sato <sato@city.example.jp>"}, {Mail: "a@b.jp\r\nBcc: c@d.jp"}} {
		if err := o.Set(t.Context(), "sato", bad); !errors.Is(err, ErrTime) && !errors.Is(err, ErrMail) {
			t.Errorf("%+v: %v, want a refusal", bad, err)
		}
	}
}

func TestAStoreThatDoesNotAnswerSilencesNobody(t *testing.T) {
	o := newOffice(t)
	o.set(t, "sato", Reach{From: 0, To: dayMinutes - 1})
	gone, stop := context.WithCancel(t.Context())
	stop()
	if o.QuietAccount(gone)("sato") {
		t.Error("silenced by a store that did not answer")
	}
}

func TestWhatIsDoneOnceIsDoneOnceByManyAndAgainAfterAFailure(t *testing.T) {
	o := newOffice(t)
	var done atomic.Int64
	if err := o.Once(t.Context(), "c1@7/sato", func() error { return errors.New("the mail server is away") }); err == nil {
		t.Error("a failure was swallowed")
	}
	for range 3 {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := o.Once(t.Context(), "c1@7/sato", func() error { done.Add(1); return nil }); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if done.Load() != 1 {
		t.Errorf("done %d times, want once", done.Load())
	}
}
