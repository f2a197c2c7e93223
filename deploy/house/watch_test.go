package house

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/line/emulator"
	"engawa/bot/webhook"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/handoff"
	"engawa/handoff/console"
)

var jst = time.FixedZone("JST", 9*3600)

// Hours of the example's house: weekdays 9 to 17; 2026-11-23 is a holiday, a Monday.
var (
	fridayAfternoon = time.Date(2026, 11, 20, 15, 0, 0, 0, jst)
	tuesdayMorning  = time.Date(2026, 11, 24, 9, 0, 0, 0, jst)
)

func TestOnlyOpeningHoursCountAsSilence(t *testing.T) {
	openAt := bundleOf(t).House.OpenAt
	for _, c := range []struct {
		from, to time.Time
		want     time.Duration
	}{
		{fridayAfternoon, fridayAfternoon.Add(time.Hour), time.Hour},
		{fridayAfternoon, tuesdayMorning, 2 * time.Hour}, // two nights, a weekend and a holiday
		{fridayAfternoon, tuesdayMorning.Add(90 * time.Minute), 210 * time.Minute},
		{fridayAfternoon.Add(5 * time.Hour), tuesdayMorning, 0},
		{tuesdayMorning, tuesdayMorning, 0},
	} {
		if got := openTime(openAt, c.from, c.to); got != c.want {
			t.Errorf("%v to %v: got %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// listening is a house whose LINE and whose pager are in our hand.
type listening struct {
	*house
	line  *emulator.Emulator
	mu    sync.Mutex
	calls []map[string]any
}

func (l *listening) rung() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.calls)
}

func newListening(t *testing.T) *listening {
	t.Helper()
	l := &listening{line: emulator.New(emulator.Options{ChannelSecret: townSecret, AccessToken: townToken})}
	api := httptest.NewServer(l.line)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got map[string]any
		body, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(body, &got); err != nil {
			t.Errorf("the hook got no JSON: %v", err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.calls = append(l.calls, got)
	}))
	cfg, err := config.Load([]string{
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken, "LINE_API_ENDPOINT=" + api.URL,
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_ACCEPT_DRAFTS=yes",
		"ENGAWA_ALARM_HOOK=" + hook.URL, "ENGAWA_ALARM_HOOK_SECRET=x", "ENGAWA_SILENCE=2h",
	})
	if err != nil {
		t.Fatal(err)
	}
	h, err := newHouse(t.Context(), cfg, alone(redistest.Client(t)), bundleOf(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l.house = h
	t.Cleanup(func() { h.line.Close(); api.Close(); hook.Close(); l.line.Close() })
	return l
}

// knocked makes the store say that LINE last knocked at a time.
func (l *listening) knocked(t *testing.T, at time.Time) {
	t.Helper()
	if err := l.rdb.ZAdd(t.Context(), heardKey, redis.Z{Score: float64(at.UnixMilli()), Member: "line"}).Err(); err != nil {
		t.Fatal(err)
	}
}

func (l *listening) at(t *testing.T, now time.Time) {
	t.Helper()
	if err := l.watch.silence(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func TestSilenceInOpeningHoursCallsPeopleOnceAndNeverAtNight(t *testing.T) {
	l := newListening(t)
	l.knocked(t, fridayAfternoon)
	for _, quiet := range []time.Time{
		fridayAfternoon.Add(time.Hour), fridayAfternoon.Add(5 * time.Hour), // the evening
		time.Date(2026, 11, 22, 12, 0, 0, 0, jst), time.Date(2026, 11, 23, 12, 0, 0, 0, jst), // Sunday, a holiday
		tuesdayMorning.Add(time.Minute), // LINE is asked to knock
	} {
		l.at(t, quiet)
		if l.rung() != 0 {
			t.Fatalf("at %v somebody was called", quiet)
		}
	}
	for range 3 {
		l.at(t, tuesdayMorning.Add(5*time.Minute))
	}
	if l.rung() != 1 {
		t.Fatalf("called %d times, want once", l.rung())
	}
	if got := l.calls[0]; got["about"] != "silence" || got["for"] != "first" {
		t.Errorf("the call says %v", got)
	}
	c, err := l.watch.checkup(t.Context())
	if err != nil || !c.Silent.Equal(fridayAfternoon) {
		t.Errorf("the console says silent since %v (%v), want %v", c.Silent, err, fridayAfternoon)
	}
	l.knocked(t, tuesdayMorning.Add(6*time.Minute))
	l.at(t, tuesdayMorning.Add(7*time.Minute))
	if c, _ := l.watch.checkup(t.Context()); !c.Silent.IsZero() {
		t.Error("LINE has knocked, and the console still says silent")
	}
}

func TestADayClosedInTheConsoleRingsNobody(t *testing.T) {
	l := newListening(t)
	closed := handoff.Hours{Days: map[string]handoff.Day{tuesdayMorning.Format(time.DateOnly): {Why: "臨時の休み"}}}
	if err := l.shifts.SetHours(t.Context(), closed, "admin"); err != nil {
		t.Fatal(err)
	}
	l.knocked(t, fridayAfternoon)
	for _, quiet := range []time.Duration{time.Minute, 5 * time.Minute, 4 * time.Hour} {
		l.at(t, tuesdayMorning.Add(quiet))
	}
	if l.rung() != 0 {
		t.Errorf("called %d times on a day that the console has closed", l.rung())
	}
	l.at(t, tuesdayMorning.Add(24*time.Hour+5*time.Minute))
	if l.rung() != 1 {
		t.Errorf("called %d times on the day after, want once", l.rung())
	}
}

func TestAQuietTownIsAskedToKnockAndNobodyIsCalled(t *testing.T) {
	l := newListening(t)
	door := httptest.NewServer(l.public())
	defer door.Close()
	l.line.SetWebhook(door.URL + webhook.Path)
	l.knocked(t, fridayAfternoon)
	l.at(t, tuesdayMorning.Add(time.Minute))
	if l.door.Last().IsZero() {
		t.Fatal("LINE did not knock")
	}
	if err := l.watch.listen(t.Context(), tuesdayMorning.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	heard, err := l.watch.heard(t.Context())
	if err != nil || heard.Sub(l.door.Last()).Abs() > time.Second {
		t.Errorf("heard at %v (%v), want %v", heard, err, l.door.Last())
	}
	if l.rung() != 0 {
		t.Errorf("called %d times, want none", l.rung())
	}
}

func TestTheDailyExaminationIsMadeByOneProcessOnceADay(t *testing.T) {
	l := newListening(t)
	l.watch.jitter = 0
	twin := *l.watch
	now := tuesdayMorning
	examinations := func() (n int) {
		for _, r := range l.line.Requests() {
			if r.Endpoint == "bot_info" || strings.HasSuffix(r.Path, "/bot/info") {
				n++
			}
		}
		return n
	}
	for n, at := range []time.Time{now, now.Add(time.Minute), now.Add(23 * time.Hour), now.Add(25 * time.Hour), now.Add(26 * time.Hour)} {
		var all sync.WaitGroup
		for _, w := range []*watch{l.watch, &twin} {
			all.Go(func() {
				if err := w.daily(t.Context(), at); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		want := 1
		if n >= 3 {
			want = 2
		}
		if got := examinations(); got != want {
			t.Errorf("at %v: %d examinations, want %d", at, got, want)
		}
	}
	c, err := l.watch.report(t.Context())
	if err != nil || !c.At.Equal(now.Add(25*time.Hour)) {
		t.Errorf("the last examination is of %v (%v)", c.At, err)
	}
	found := map[string]console.Finding{}
	for _, f := range c.Findings {
		found[f.Name] = f
	}
	for name, good := range map[string]bool{"stores": true, "ledger": true, "token": true, "redelivery": false, "autoreply": false} {
		if f, ok := found[name]; !ok || f.Good != good {
			t.Errorf("%s: found %+v, want good %v", name, f, good)
		}
	}
}

func TestWhatOnlyAPersonCanSeeIsAskedAgainAfterAMonth(t *testing.T) {
	l := newListening(t)
	s := &setup{house: l.house}
	good := func(now time.Time) bool {
		e := &examination{house: l.house, now: now}
		e.autoReply(t.Context())
		return e.all[0].Good
	}
	s.autoReply(t.Context(), false, strings.NewReader("n\n"))
	if good(time.Now()) || !s.bad {
		t.Error("a no counts as a yes")
	}
	s.autoReply(t.Context(), false, strings.NewReader("はい\n"))
	if !good(time.Now()) {
		t.Error("a yes is not remembered")
	}
	if good(time.Now().Add(32 * 24 * time.Hour)) {
		t.Error("after a month nobody asks again")
	}
	if err := l.watch.saw(t.Context(), "anything", time.Now()); err == nil {
		t.Error("something was noted that nobody asked about")
	}
}

func TestWhoeverForgetsNextYearsHolidaysIsReminded(t *testing.T) {
	l := newListening(t)
	for at, want := range map[string]bool{"2026-11-22": true, "2027-10-31": true, "2027-12-01": false, "2029-01-01": false} {
		now, err := time.Parse(time.DateOnly, at)
		if err != nil {
			t.Fatal(err)
		}
		e := &examination{house: l.house, now: now}
		e.holidays()
		if got := e.all[0]; got.Name != "holidays" || got.Good != want {
			t.Errorf("%s: found %+v, want good %v", at, got, want)
		}
	}
}

func TestTheForecastGoesByThePaceOfTheMonth(t *testing.T) {
	for _, c := range []struct {
		used int64
		day  int
		want int64
	}{{100, 2, 100}, {100, 11, 285}, {300, 30, 305}, {0, 15, 0}} {
		if got := pace(console.Budget{Used: c.used}, time.Date(2026, 11, c.day, 12, 0, 0, 0, jst)); got != c.want {
			t.Errorf("%d on day %d: got %d, want %d", c.used, c.day, got, c.want)
		}
	}
}

// TestSetUpProvesRedeliveryWithAMarkedMessage runs setup beside serve as an operator
// does: with redelivery on it says yes, with redelivery off it says no, and in both
// the marked message is answered once.
func TestSetUpProvesRedeliveryWithAMarkedMessage(t *testing.T) {
	public := freeAddr(t)
	tw := newTown(t, "ENGAWA_PUBLIC_ADDR="+public, "ENGAWA_PUBLIC_URL=http://"+public)
	tw.start()
	for _, on := range []bool{true, false} {
		tw.line.SetRedelivery(on)
		said := tw.proving(map[bool]string{true: "60s", false: "12s"}[on])
		want := map[bool]string{true: "○ LINE は、受けとれなかったものをもう一度届けます", false: "× 待ちましたが、もう一度は届きませんでした"}[on]
		if !strings.Contains(said, want) {
			t.Errorf("redelivery %v: setup did not say %q:\n%s", on, want, said)
		}
		if on { // else LINE knows of one that it could not deliver, and the house has it all the same
			tw.checkBooks()
		}
	}
	if said := tw.runs("doctor"); !strings.Contains(said, "○ Webhook の再送は") {
		t.Errorf("doctor said:\n%s", said)
	}
}

var markShape = regexp.MustCompile(`再送テスト\d{4}`)

// proving runs setup, sends what it shows, and gives what it said.
func (tw *town) proving(wait string) string {
	tw.Helper()
	ctx, cancel := context.WithTimeout(tw.Context(), 90*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, engawa(tw), "setup", "--prove", "--wait", wait)
	cmd.Env = tw.env
	said := &lockedBuffer{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		tw.Fatal(err)
	}
	mark := ""
	tw.await(30*time.Second, "setup shows a mark", func() bool { mark = markShape.FindString(said.String()); return mark != "" })
	user := tw.line.NewUser()
	tw.line.SendText(user, mark)
	tw.await(20*time.Second, "the marked message is answered", func() bool { return len(tw.line.Messages(user)) > 0 })
	_ = cmd.Wait() // something is always found: the content is the example's
	if n := len(tw.line.Messages(user)); n == 0 {
		tw.Error("the marked message is not answered")
	}
	return said.String()
}
