package push

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/handoff/alarm/wake"
)

func TestAPushSaysThatThereIsAnAlarmAndNothingElse(t *testing.T) {
	o := newOffice(t)
	o.switchOn("sato", "desk")
	o.switchOn("sato", "phone", func(b *Browser) { b.Lang = "en" })
	reached, err := o.alarm(0)
	if err != nil {
		t.Fatal(err)
	}
	o.wants(reached, "sato")
	if len(o.shown) != 2 {
		t.Fatalf("%d browsers rang, want 2", len(o.shown))
	}
	for _, s := range o.shown {
		if s.Sub != "https://engawa.example.lg.jp" || s.Urgency != "high" || s.Tag != "urgent" {
			t.Errorf("rung as %+v", s)
		}
	}
	o.wants(o.rang(), "desk: 縁側: 急ぎの知らせがあります", "phone: Engawa: there is an urgent alarm")
}

func TestFirstThoseOnShiftAreRungThenEverybody(t *testing.T) {
	o := newOffice(t)
	o.switchOn("sato", "sato1")
	o.switchOn("mori", "mori1")
	o.switchOn("gone", "gone1") // an account that was locked since
	for step, want := range [][]string{{"sato"}, {"mori", "sato"}, {"mori", "sato"}} {
		reached, err := o.alarm(step)
		if err != nil {
			t.Fatal(err)
		}
		o.wants(reached, want...)
		if got := o.rang(); len(got) != len(want) {
			t.Errorf("step %d rang %q", step, got)
		}
	}
	o.on = nil
	if reached, err := o.alarm(0); err != nil || len(reached) != 0 || len(o.rang()) != 0 {
		t.Errorf("with nobody on shift: %q, %v; nobody is no failure", reached, err)
	}
}

func TestOwnQuietHoursHold(t *testing.T) {
	o := newOffice(t)
	o.switchOn("sato", "night", func(b *Browser) { b.From, b.To = 22*60, 7*60 })
	o.switchOn("sato", "noon", func(b *Browser) { b.From, b.To = 12*60, 13*60 })
	for clock, want := range map[string]string{
		"14:00": "night noon", "12:30": "night", "21:59": "night noon", "22:00": "noon", "03:00": "noon", "07:00": "night noon",
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-25 "+clock, tokyo)
		if err != nil {
			t.Fatal(err)
		}
		o.now = at
		if _, err := o.alarm(0); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range o.rang() {
			got = append(got, strings.Split(s, ":")[0])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("at %s: %q rang, want %q", clock, got, want)
		}
	}
}

func TestWhoAskedForItIsToldOnceOfWhoWaits(t *testing.T) {
	o := newOffice(t)
	waiting := func(ids ...string) []string {
		t.Helper()
		var all sync.WaitGroup
		for range 3 { // processes
			s := o.open()
			all.Go(func() {
				if err := s.Waiting(t.Context(), ids); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		return o.rang()
	}
	o.switchOn("sato", "plain")
	o.wants(waiting("c1"))
	o.switchOn("sato", "also", func(b *Browser) { b.Waiting = true })
	o.switchOn("mori", "off shift", func(b *Browser) { b.Waiting = true })
	o.wants(waiting("c1"), "also: 縁側: 待っている人がいます") // as soon as somebody is there to be told
	o.wants(waiting("c1"))
	o.wants(waiting("c1", "c2", "c3"), "also: 縁側: 待っている人がいます")
	o.now = o.now.Add(47 * time.Hour)
	o.wants(waiting("c2"))
	o.now = o.now.Add(47 * time.Hour)
	o.wants(waiting("c2"))
}

func TestADeadBrowserIsDroppedAndAnAilingServiceIsNot(t *testing.T) {
	o := newOffice(t)
	dead, ailing := o.switchOn("sato", "dead"), o.switchOn("sato", "ailing")
	o.answers("dead", http.StatusGone)
	for _, code := range []int{http.StatusTooManyRequests, http.StatusForbidden, http.StatusInternalServerError, http.StatusFound} {
		o.answers("ailing", code)
		if _, err := o.alarm(0); err == nil || strings.Contains(err.Error(), o.host()) {
			t.Errorf("%d: %v, want a failure that names no address", code, err)
		}
	}
	mine, err := o.push.Of(t.Context(), "sato")
	if err != nil || len(mine) != 1 || mine[0].ID != IDOf(ailing.Endpoint) {
		t.Fatalf("left are %+v (%v), want all but %s", mine, err, dead.name)
	}
	o.answers("ailing", 0)
	reached, err := o.alarm(0)
	if err != nil {
		t.Fatal(err)
	}
	o.wants(reached, "sato")
}

func TestAServiceThatHangsKeepsNobodyElseWaiting(t *testing.T) {
	o := newOffice(t)
	o.switchOn("mori", "slow")
	o.switchOn("sato", "quick")
	done := make(chan []string, 1)
	go func() {
		reached, _ := o.alarm(1)
		done <- reached
	}()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); len(o.rang()) == 0; <-tick.C {
		if time.Now().After(deadline) {
			t.Fatal("the quick one waits for the slow one")
		}
	}
	close(o.hang)
	o.wants(<-done, "mori", "sato")
}

func TestOnlyThePushServicesOfTheOperatorAreCalled(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/abc":             true,
		"https://updates.push.services.mozilla.com/wpush/v2/": true,
		"https://web.push.apple.com/QO":                       true,
		"https://wns2-par02p.notify.windows.com/w/?token=x":   true,
		"https://fcm.googleapis.com:8443/x":                   false,
		"http://fcm.googleapis.com/x":                         false,
		"https://fcm.googleapis.com.example.org/x":            false,
		"https://evilnotify.windows.com/x":                    false,
		"https://me@fcm.googleapis.com/x":                     false,
		"https://169.254.169.254/latest":                      false,
		"https://127.0.0.1/x":                                 false,
		"http://127.0.0.1:9/x":                                false,
		"/push/x":                                             false,
	} {
		if got := Allowed(endpoint, WellKnown); got != want {
			t.Errorf("%s allowed: %v, want %v", endpoint, got, want)
		}
	}
	o := newOffice(t)
	b := o.newBrowser("far")
	b.Endpoint = "https://push.example.org/1"
	if err := o.push.Put(t.Context(), "sato", b.Browser); !errors.Is(err, ErrHost) {
		t.Errorf("another service: %v, want ErrHost", err)
	}
	o.switchOn("sato", "near")
	o.push.Hosts = WellKnown // the operator has changed her mind
	if _, err := o.alarm(0); err == nil || len(o.rang()) != 0 {
		t.Errorf("a service that is allowed no longer was called: %v", err)
	}
	for name, spoil := range map[string]func(*Browser){
		"no key":      func(b *Browser) { b.P256dh = "" },
		"no point":    func(b *Browser) { b.P256dh = strings.Repeat("A", 87) },
		"no secret":   func(b *Browser) { b.Auth = "AAAA" },
		"late minute": func(b *Browser) { b.To = 24 * 60 },
	} {
		bad := o.newBrowser("bad").Browser
		spoil(&bad)
		if err := o.push.Put(t.Context(), "sato", bad); !errors.Is(err, ErrBrowser) {
			t.Errorf("%s: %v, want ErrBrowser", name, err)
		}
	}
}

func TestTheHouseRingsWithOneKeyAndTheStoreShowsNeitherKeyNorBrowser(t *testing.T) {
	o := newOffice(t)
	keys := make([]string, 8)
	var all sync.WaitGroup
	for i := range keys {
		s := o.open()
		all.Go(func() { keys[i], _ = s.Key(t.Context()) })
	}
	all.Wait()
	if got := slices.Compact(keys); len(got) != 1 || got[0] == "" {
		t.Errorf("eight processes have the keys %q, want one", got)
	}
	b := o.switchOn("sato", "desk")
	p, err := o.push.pair(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range o.rdb.Keys(t.Context(), "*").Val() {
		text := key + fmt.Sprint(o.rdb.HGetAll(t.Context(), key).Val()) + o.rdb.Get(t.Context(), key).Val()
		for _, secret := range []string{p.Private, b.Endpoint, b.Auth, b.P256dh} {
			if strings.Contains(text, secret) {
				t.Errorf("%s shows what should be sealed", key)
			}
		}
	}
}

func TestABrowserRingsForWhoSitsAtIt(t *testing.T) {
	o := newOffice(t)
	b := o.switchOn("sato", "shared")
	for range 3 {
		if err := o.push.Put(t.Context(), "mori", b.Browser); err != nil {
			t.Fatal(err)
		}
	}
	id := IDOf(b.Endpoint)
	if err := o.push.Drop(t.Context(), "sato", id); !errors.Is(err, ErrUnknown) {
		t.Errorf("somebody else's browser: %v, want ErrUnknown", err)
	}
	if err := o.push.Change(t.Context(), "mori", id, true, 60, 120); err != nil {
		t.Fatal(err)
	}
	mine, err := o.push.Of(t.Context(), "mori")
	if err != nil || len(mine) != 1 || !mine[0].Waiting || mine[0].From != 60 || mine[0].Auth != b.Auth {
		t.Fatalf("mori has %+v (%v)", mine, err)
	}
	if err := o.push.Try(t.Context(), "mori", id); err != nil {
		t.Fatal(err)
	}
	o.wants(o.rang(), "shared: 縁側: 試しの知らせです")
	if err := o.push.Drop(t.Context(), "mori", id); err != nil {
		t.Fatal(err)
	}
	for i := range most {
		o.switchOn("sato", fmt.Sprint("b", i))
	}
	if err := o.push.Put(t.Context(), "sato", o.newBrowser("one more").Browser); !errors.Is(err, ErrMany) {
		t.Errorf("the eleventh browser: %v, want ErrMany", err)
	}
}

func TestAPushIsOneOfTheWaysOfCalling(t *testing.T) {
	var way wake.Way = newOffice(t).push
	if got := way.Name(); got != "push" {
		t.Errorf("name %q", got)
	}
}

// An alarm goes past whoever wants quiet to the next at once, and to nobody only where
// nobody has to hear it.
func TestOnesOwnQuietHoursSendAnAlarmToTheNextAndNeverToNobody(t *testing.T) {
	o := newOffice(t)
	o.switchOn("sato", "sato1")
	o.switchOn("mori", "mori1")
	quiet, must := []string{"sato"}, true
	o.push.Quiet = func(context.Context) func(string) bool {
		return func(account string) bool { return slices.Contains(quiet, account) }
	}
	o.push.Must = func(time.Time) bool { return must }
	call := func(step int, want ...string) {
		t.Helper()
		reached, err := o.alarm(step)
		if err != nil {
			t.Fatal(err)
		}
		o.wants(reached, want...)
		if got := o.rang(); len(got) != len(want) {
			t.Errorf("step %d rang %q, want %q", step, got, want)
		}
	}
	call(0, "mori") // the one on duty wants quiet: the next at once, not after three minutes
	o.on = []string{"sato", "mori"}
	call(0, "mori")
	if err := o.push.Asked(t.Context(), "c1@7", []string{"sato"}); err != nil || len(o.rang()) != 0 {
		t.Errorf("asked in quiet hours: %v, and it rang", err)
	}
	quiet = []string{"sato", "mori"}
	call(0)
	call(1)
	call(2, "mori", "sato") // nobody else is left
	must = false            // at night, in a house that calls nobody at night
	call(2)
	quiet = nil
	if err := o.push.Asked(t.Context(), "c1@7", []string{"sato"}); err != nil {
		t.Fatal(err)
	}
	o.wants(o.rang(), "sato1: 縁側: 引き継ぎを頼まれています") // what waited is told when the hours are over
}
