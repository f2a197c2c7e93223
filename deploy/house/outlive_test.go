package house

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/console"
)

// cottage is a house in this process, between a real Redis and LINE's emulator, so
// that a test can look behind its doors.
type cottage struct {
	*house
	t     *testing.T
	redis *redistest.Server
	phone *emulator.Emulator
	user  string
	ctx   context.Context
}

var suzuran = handoff.Staff{Name: "suzu", Alias: "すずらん"}

func newCottage(t *testing.T, records bool, settings ...string) *cottage {
	t.Helper()
	c := &cottage{t: t, redis: redistest.Start(t)}
	c.phone = emulator.New(emulator.Options{ChannelSecret: townSecret, AccessToken: townToken})
	api := httptest.NewServer(c.phone)
	cfg, err := config.Load(append([]string{
		"LINE_CHANNEL_SECRET=" + townSecret, "LINE_CHANNEL_ACCESS_TOKEN=" + townToken,
		"LINE_API_ENDPOINT=" + api.URL, "LINE_DATA_ENDPOINT=" + api.URL, "REDIS_URL=" + c.redis.URL(),
		"ENGAWA_MASTER_KEY=" + privacy.NewMasterKey(), "ENGAWA_ACCEPT_DRAFTS=yes", "ENGAWA_BUBBLE_WAIT=0s", "ENGAWA_UNDO=0s",
	}, settings...))
	c.do(err)
	b := *bundleOf(t)
	b.House.Records = records
	rdb := c.redis.Client()
	c.house, err = newHouse(t.Context(), cfg, alone(rdb), &b, slog.New(slog.DiscardHandler))
	c.do(err)
	door := httptest.NewServer(c.public())
	c.phone.SetWebhook(door.URL + "/line/webhook")
	c.user = c.phone.NewUser()
	ctx, stop := context.WithCancel(context.Background())
	c.ctx = ctx
	ended := make(chan struct{}, 2)
	go func() { c.reader.Run(ctx); ended <- struct{}{} }()
	go func() { _ = c.desk.Run(ctx); ended <- struct{}{} }()
	t.Cleanup(func() {
		stop()
		<-ended
		<-ended
		c.line.Close()
		door.Close()
		c.phone.Close()
		api.Close()
	})
	return c
}

func (c *cottage) do(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cottage) until(what string, holds func() bool) {
	c.t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			c.t.Fatalf("waited for: %s", what)
		case <-tick.C:
		}
	}
}

// writes sends a text and waits for what the house says to it.
func (c *cottage) writes(words, answer string) emulator.Sent {
	c.t.Helper()
	before := len(c.phone.Messages(c.user))
	sent := c.phone.SendText(c.user, words)
	c.answered(before, answer)
	return sent
}

func (c *cottage) presses(label, answer string) {
	c.t.Helper()
	before := len(c.phone.Messages(c.user))
	_, err := c.phone.Press(c.user, label)
	c.do(err)
	c.answered(before, answer)
}

func (c *cottage) answered(before int, answer string) {
	c.t.Helper()
	c.until("「"+answer+"」", func() bool {
		return slices.ContainsFunc(c.phone.Messages(c.user)[before:], func(m emulator.Delivered) bool { return strings.Contains(m.Text, answer) })
	})
}

// waiting is the one case in the line.
func (c *cottage) waiting() (row handoff.Row) {
	c.t.Helper()
	c.until("a case waits", func() bool {
		rows, err := c.desk.Queue(c.ctx)
		c.do(err)
		if len(rows) == 1 {
			row = rows[0]
		}
		return len(rows) == 1
	})
	return row
}

// deletes says 消す twice and waits until the desk has heard and the keys are gone.
func (c *cottage) deletes(row handoff.Row) {
	c.t.Helper()
	c.writes("消す", "消すと、もとにはもどせません")
	c.presses("いま消す", "消しました")
	c.until("the keys are gone and the desk knows", func() bool {
		_, err := c.people.LINEID(c.ctx, row.Person)
		now, errDesk := c.desk.Get(c.ctx, row.ID)
		c.do(errDesk)
		return errors.Is(err, privacy.ErrShredded) && !now.Forgotten.IsZero()
	})
}

func (c *cottage) wantNowhere(canaries ...string) {
	c.t.Helper()
	keys, err := c.rdb.Keys(c.ctx, "*").Result()
	c.do(err)
	all := string(c.redis.AOF()) + strings.Join(keys, "\n")
	for _, k := range keys {
		all += c.rdb.Dump(c.ctx, k).Val()
	}
	for _, canary := range canaries {
		if strings.Contains(all, canary) {
			c.t.Errorf("%.12s… stands in clear in the store", canary)
		}
	}
}

func (c *cottage) keys(pattern string) []string {
	c.t.Helper()
	keys, err := c.rdb.Keys(c.ctx, pattern).Result()
	c.do(err)
	return keys
}

func TestAfterDeletingInClearDangerTheIDAloneStaysForThreeDays(t *testing.T) {
	c := newCottage(t, false)
	c.writes("死にたい。カナリアです", "119")
	row := c.waiting()
	if row.Rank() != 0 {
		t.Fatalf("the case has rank %d, want the first", row.Rank())
	}
	if id, err := c.lineID(c.ctx, row.Person); err != nil || id != c.user {
		t.Fatalf("before 消す a supervisor gets %q, %v", id, err)
	}
	c.deletes(row)
	for range 3 {
		c.do(c.outlive(c.ctx, row.Person, false))
		c.do(c.people.Purge(c.ctx, row.Person))
	}
	now, err := c.desk.Get(c.ctx, row.ID)
	c.do(err)
	if !now.Identifiable() || now.Alias != "" {
		t.Errorf("after 消す the case is %+v", now.Case)
	}
	if id, err := c.lineID(c.ctx, now.Person); err != nil || id != c.user {
		t.Fatalf("after 消す a supervisor gets %q, %v", id, err)
	}
	_, err = c.desk.Identify(c.ctx, row.ID, suzuran, "a1", "橋の上のカナリア")
	c.do(err)
	if said, err := c.people.Talk(c.ctx, row.Person, time.Time{}); err != nil || len(said) > 0 {
		t.Errorf("words after 消す: %v, %v", said, err)
	}
	c.wantNowhere("カナリア", c.user)

	c.careOnce(c.ctx, time.Now().Add(71*time.Hour))
	if _, err := c.lineID(c.ctx, now.Person); err != nil {
		t.Errorf("after 71 h: %v", err)
	}
	for range 3 {
		c.careOnce(c.ctx, time.Now().Add(73*time.Hour))
		if _, err := c.lineID(c.ctx, now.Person); !errors.Is(err, console.ErrNoID) {
			t.Errorf("after 73 h: %v, want nobody", err)
		}
	}
	if left := append(c.keys("*:risk*"), c.keys("*owner:risk*")...); len(left) > 0 {
		t.Errorf("still there after 73 h: %q", left)
	}
	if left := c.keys("{record}*"); len(left) > 0 {
		t.Errorf("a city that keeps nothing kept %q", left)
	}
}

func TestLeavingTheLineBeforeDeletingDoesNotHideADangerWhoseAlarmRuns(t *testing.T) {
	for _, running := range []bool{true, false} {
		c := newCottage(t, false)
		c.writes("死にたい", "119")
		row := c.waiting()
		a := flows.Alarm{Urgency: flows.Life, Level: flows.Clear}
		c.do(c.alarms.Raise(c.ctx, "x/1", row.Person, row.Alias, a))
		open, err := c.alarms.Open(c.ctx)
		c.do(err)
		for _, a := range open {
			if !running {
				_, err := c.alarms.Ack(c.ctx, a.ID, "すずらん")
				c.do(err)
			}
		}
		c.phone.SendText(c.user, "やっぱりいい")
		c.until("they have left", func() bool {
			now, err := c.desk.Get(c.ctx, row.ID)
			c.do(err)
			return now.State == handoff.Closed
		})
		c.deletes(row)
		now, err := c.desk.Get(c.ctx, row.ID)
		c.do(err)
		id, err := c.lineID(c.ctx, row.Person)
		if running && (err != nil || id != c.user || !now.Identifiable()) {
			t.Errorf("with the alarm running: %q, %v, identifiable %v", id, err, now.Identifiable())
		}
		if !running && !errors.Is(err, console.ErrNoID) {
			t.Errorf("with the alarm seen: got %q, %v, want nobody", id, err)
		}
	}
}

// taken is a talk that a coordinator took between two words, and answered.
func (c *cottage) taken() (row handoff.Row, inside emulator.Sent) {
	c.t.Helper()
	c.writes("だれかと話したい。まえのカナリアです", "")
	c.writes("人と話す", "")
	row = c.waiting()
	_, err := c.desk.Claim(c.ctx, row.ID, suzuran)
	c.do(err)
	c.until("the lane knows", func() bool {
		p, err := c.people.Get(c.ctx, row.Person)
		c.do(err)
		return p.State.Mode == flows.ModeHuman
	})
	inside = c.phone.SendText(c.user, "家賃のカナリアです")
	c.phone.SendText(c.user, "電話番号のカナリアです")
	_, err = c.desk.Answer(c.ctx, row.ID, suzuran, "a1", "読みました。カナリアより")
	c.do(err)
	c.until("all words are kept", func() bool {
		said, err := c.people.Talk(c.ctx, row.Person, time.Time{})
		c.do(err)
		n := 0
		for _, s := range said {
			if strings.Contains(s.Text, "カナリア") {
				n++
			}
		}
		return n == 4
	})
	return row, inside
}

func (c *cottage) record(id flows.CaseID) (texts []string) {
	c.t.Helper()
	said, err := c.recordOf(c.ctx, id)
	c.do(err)
	for _, l := range said {
		switch {
		case l.Gone:
			texts = append(texts, "(gone)")
		case l.By != "machine":
			texts = append(texts, l.Text)
		}
	}
	slices.Sort(texts)
	return texts
}

func (c *cottage) wantRecord(id flows.CaseID, when string, want ...string) {
	c.t.Helper()
	slices.Sort(want)
	if got := c.record(id); !slices.Equal(got, want) {
		c.t.Errorf("%s the record has %q, want %q", when, got, want)
	}
}

func TestACityWithRecordsKeepsWhatWasSaidAfterTheClaim(t *testing.T) {
	c := newCottage(t, true)
	row, inside := c.taken()
	c.deletes(row)
	for range 3 {
		c.do(c.outlive(c.ctx, row.Person, false))
		c.do(c.people.Purge(c.ctx, row.Person))
	}
	c.wantRecord(row.ID, "after 消す", "消す", "家賃のカナリアです", "電話番号のカナリアです", "読みました。カナリアより")
	if _, err := c.lineID(c.ctx, row.Person); !errors.Is(err, console.ErrNoID) {
		t.Errorf("without danger the id stays: %v", err)
	}
	_, err := c.phone.Unsend(inside.Message)
	c.do(err)
	c.until("unsend reaches the record", func() bool { return slices.Contains(c.record(row.ID), "(gone)") })
	c.wantRecord(row.ID, "after unsend", "(gone)", "消す", "電話番号のカナリアです", "読みました。カナリアより")
	c.wantNowhere("カナリア", c.user)

	_, err = c.desk.Close(c.ctx, row.ID, suzuran)
	c.do(err)
	c.careOnce(c.ctx, time.Now().Add(364*24*time.Hour))
	c.wantRecord(row.ID, "before its year is over", "(gone)", "消す", "電話番号のカナリアです", "読みました。カナリアより")
	for range 3 {
		c.careOnce(c.ctx, time.Now().Add(366*24*time.Hour))
	}
	c.wantRecord(row.ID, "after its year")
	if left := c.keys("{record}*"); len(left) > 0 {
		t.Errorf("still there after its year: %q", left)
	}
}

func TestWithoutRecordsNothingOfATakenTalkStays(t *testing.T) {
	c := newCottage(t, false)
	row, _ := c.taken()
	c.deletes(row)
	c.wantRecord(row.ID, "after 消す")
	if left := append(c.keys("{record}*"), c.keys("*risk*")...); len(left) > 0 {
		t.Errorf("something was kept: %q", left)
	}
	c.wantNowhere("カナリア", c.user)
}

// An unsend after the talk was closed is no case's business any more, but a page may
// still show the words: the desk hears of it once they are gone.
func TestUnsendingAfterTheTalkWasClosedReachesOpenPages(t *testing.T) {
	c := newCottage(t, false)
	c.writes("人と話したい", "")
	row := c.waiting()
	said := c.phone.SendText(c.user, "引っこめるかもしれないことば")
	c.until("the words are kept", func() bool { return c.gone(row, said.Message) == "no" })
	_, err := c.desk.Claim(c.ctx, row.ID, suzuran)
	c.do(err)
	_, err = c.desk.Close(c.ctx, row.ID, suzuran)
	c.do(err)
	c.answered(0, "また")
	before, err := c.desk.Get(c.ctx, row.ID)
	c.do(err)
	_, err = c.phone.Unsend(said.Message)
	c.do(err)
	c.until("the closed case tells its pages", func() bool {
		now, err := c.desk.Get(c.ctx, row.ID)
		c.do(err)
		return now.Withdrawn.After(before.Withdrawn)
	})
	if got := c.gone(row, said.Message); got != "yes" {
		t.Errorf("when the page looks anew, are the words gone? %s", got)
	}
}

// gone says whether words were destroyed: yes, no, or nothing while they are unknown.
func (c *cottage) gone(row handoff.Row, id string) string {
	said, err := c.people.Talk(c.ctx, row.Person, time.Time{})
	c.do(err)
	for _, s := range said {
		if s.ID == id {
			return map[bool]string{true: "yes", false: "no"}[s.Gone]
		}
	}
	return ""
}
