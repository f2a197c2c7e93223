package house

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/alarm/own"
	"engawa/handoff/alarm/push"
)

// knocks counts what comes to a push service, by patc.
type knocks struct {
	mu  sync.Mutex
	all []string
}

func (k *knocks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, r.URL.Path+" "+r.Header.Get("Topic"))
	w.WriteHeader(http.StatusCreated)
}

func (k *knocks) since() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.all
	k.all = nil
	slices.Sort(all)
	return all
}

func TestBrowsersRingForAlarmsAndForWhoWaits(t *testing.T) {
	heard := &knocks{}
	service := httptest.NewServer(heard)
	t.Cleanup(service.Close)
	post, mails := mailbox(t)
	c := newCottage(t, false, "ENGAWA_PUSH="+strings.TrimPrefix(service.URL, "http://"), "ENGAWA_PUBLIC_URL=https://engawa.example.lg.jp",
		"ENGAWA_ALARM_MAIL_SERVER=smtp+insecure://"+post, "ENGAWA_ALARM_MAIL_FROM=engawa@example.lg.jp", "ENGAWA_ALARM_MAIL_DUTY=duty@example.lg.jp")
	c.alwaysOpen()
	for _, name := range []string{"sato", "mori"} {
		c.hire(name, name)
		key, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		browser := push.Browser{Endpoint: service.URL + "/" + name, Waiting: true, Auth: base64.RawURLEncoding.EncodeToString(make([]byte, 16)),
			P256dh: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())}
		if err := c.bells.Put(t.Context(), name, browser); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.shifts.Out(t.Context(), "mori", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	wants := func(what string, want ...string) {
		t.Helper()
		if got := heard.since(); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	if err := c.alarms.Raise(t.Context(), "a1", "07-anna", "みどりのつばめ 27", flows.Alarm{Urgency: flows.Life, Level: flows.Clear}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := c.waker.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wants("an alarm", "/sato urgent")
	if a, err := c.alarms.Get(t.Context(), "a1"); err != nil || len(a.Calls) != 2 || !slices.ContainsFunc(a.Calls, func(x alarm.Call) bool { return x.Way == "push" && slices.Equal(x.To, []string{"sato"}) }) {
		t.Errorf("noted: %+v (%v), want one ring to sato, and a mail to nobody yet", a.Calls, err)
	}
	c.writes("人と話したい", "人につなぎます")
	c.waiting()
	for range 3 {
		if err := c.tellOfWaiting(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wants("somebody waits", "/sato waiting")
	row := c.waiting()
	sato, mori := handoff.Staff{Name: "sato", Alias: "すずらん"}, handoff.Staff{Name: "mori", Alias: "もみじ"}
	if _, err := c.desk.Claim(t.Context(), row.ID, sato); err != nil {
		t.Fatal(err)
	}
	if _, err := c.desk.Ask(t.Context(), row.ID, sato, mori); err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(c.bundle().House.Zone)
	minute := now.Hour()*60 + now.Minute()
	c.reaches(t, "mori", own.Reach{From: (minute + 1430) % 1440, To: (minute + 10) % 1440, Mail: "mori@example.lg.jp"})
	if got := c.writesOnce(t, mails); len(got) != 0 {
		t.Errorf("in quiet hours: %d mails", len(got))
	}
	wants("a colleague is asked in quiet hours")
	c.reaches(t, "mori", own.Reach{Mail: "mori@example.lg.jp"})
	for _, want := range []int{1, 0} {
		if got := c.writesOnce(t, mails); len(got) != want {
			t.Errorf("%d mails to who is asked, want one in all", len(got))
		} else if want == 1 && (!strings.Contains(got[0], "mori@example") || strings.Contains(got[0], row.Alias) || strings.Contains(got[0], string(row.ID))) {
			t.Errorf("the mail says more than that somebody is asked:\n%s", got[0])
		}
	}
	wants("a colleague is asked, though out", "/mori asked")
	if _, err := c.dismiss(t.Context(), "sato"); err != nil {
		t.Fatal(err)
	}
	if err := c.alarms.Raise(t.Context(), "a2", "08-bert", "あおいやまどり 3", flows.Alarm{Urgency: flows.Life, Level: flows.Clear}); err != nil {
		t.Fatal(err)
	}
	if err := c.waker.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	wants("who was dismissed and who is out")
}
