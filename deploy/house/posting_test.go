package house

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"engawa/bot/board"
	"engawa/bot/line/emulator"
	"engawa/config"
	"engawa/flows/catalogue"
)

// member is somebody of a group at their phone, in a demo without a browser.
type member struct {
	*testing.T
	demo  *demo
	board *board.Store
	group string
	user  string
	seen  int
}

func newMember(t *testing.T) *member {
	t.Helper()
	d, printed := startDemo(t, shippedWords(t))
	d.links(t, printed)
	rdb, err := config.OpenRedis(d.cfg.RedisURL.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rdb.Close() })
	return &member{T: t, demo: d, board: board.New(rdb, nil, time.Now), group: "demo-group", user: d.line.NewUser()}
}

// hears waits for an answer after what was heard before.
func (m *member) hears(want string) string {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.Context(), 30*time.Second)
	defer cancel()
	all := ""
	got, err := m.demo.line.Await(ctx, m.user, func(ms []emulator.Delivered) bool {
		all = joined(ms[min(m.seen, len(ms)):])
		return strings.Contains(all, want)
	})
	if err != nil {
		m.Fatalf("never heard %q, but %q", want, all)
	}
	m.seen = len(got)
	return all
}

func (m *member) says(text, want string) string {
	m.Helper()
	m.demo.line.SendText(m.user, text)
	return m.hears(want)
}

func (m *member) presses(label, want string) string {
	m.Helper()
	if _, err := m.demo.line.Press(m.user, label); err != nil {
		m.Fatalf("press %s: %v", label, err)
	}
	return m.hears(want)
}

// picker finds the button of LINE's own picker on the screen.
func (m *member) picker() string {
	m.Helper()
	got, err := m.demo.line.Await(m.Context(), m.user, func([]emulator.Delivered) bool { return true })
	if err != nil {
		m.Fatal(err)
	}
	raw, _ := json.Marshal(got[len(got)-1])
	_, rest, ok := strings.Cut(string(raw), `"datetimepicker"`)
	if !ok {
		m.Fatalf("no picker on the screen: %s", raw)
	}
	_, rest, _ = strings.Cut(rest, `"data":"`)
	data, _, _ := strings.Cut(rest, `"`)
	return data
}

// posts waits until the group has so many posts, and gives them.
func (m *member) posts(n int) []*board.Post {
	m.Helper()
	f := board.Follow(m.board, m.demo.log)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if err := f.Look(m.Context()); err != nil {
			m.Fatal(err)
		}
		if all := f.Now().Of(m.group); len(all) >= n {
			return all
		}
	}
	m.Fatalf("the group never had %d posts", n)
	return nil
}

// members waits until the group has so many members.
func (m *member) members(n int) {
	m.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if g, err := m.board.Group(m.Context(), m.group); err == nil && len(g.Members) == n {
			return
		}
	}
	m.Fatalf("the group never had %d members", n)
}

// Somebody joins with an invitation and posts a monthly tea from their talk, with a
// flyer; the next one is the same in two taps; leaving shuts the door.
func TestAGroupPostsFromTheTalkAndThenTheSameInTwoTaps(t *testing.T) {
	m := newMember(t)
	m.says("会のお知らせ", "招待の番号")
	in, err := m.board.Invite(t.Context(), "invite-1", m.group, 1, time.Hour, false, "himawari")
	if err != nil {
		t.Fatal(err)
	}
	m.says("会に入る "+in.Code, "ようこそ。「ひだまりの会」")
	m.presses("新しくのせる", "なにをのせますか")
	m.says("静かなお茶の会", "いつですか")
	day := time.Now().In(catalogue.Tokyo).AddDate(0, 0, 9)
	m.demo.line.Do(emulator.Picked(m.user, m.picker(), "datetime", day.Format("2006-01-02")+"T14:00"))
	m.hears("くりかえしますか")
	m.presses("毎月、同じ週の曜日", "どこですか")
	m.says("あおぞら会館 2階", "だれのための会")
	m.presses("だれでも", "気軽に来られるところ")
	m.presses("途中で帰れる", "気軽に来られるところ")
	if look := m.presses("これでいい", "こんなふうに見えます"); !strings.Contains(look, "静かなお茶の会") || !strings.Contains(look, "あおぞら会館 2階") || !strings.Contains(look, "途中で帰れる") {
		t.Errorf("the look before sending: %q", look)
	}
	var flyer bytes.Buffer
	if err := jpeg.Encode(&flyer, image.NewGray(image.Rect(0, 0, 40, 60)), nil); err != nil {
		t.Fatal(err)
	}
	m.demo.line.Do(emulator.Image(m.user, flyer.Bytes(), "image/jpeg"))
	m.hears("写真をつけました")
	m.presses("送る", "届きました")
	p := m.posts(1)[0]
	if e := p.Newest(); p.State != board.Waits || e.Name() != "静かなお茶の会" || e.Picture == "" || e.Kind != catalogue.Ibasho || !e.Has("途中で帰れる") || !e.Has("話さなくてOK") {
		t.Errorf("post: got %+v in state %s, want it to wait for a facilitator like one from a page", e, p.State)
	}
	if _, err := m.board.Picture(t.Context(), p.Newest().Picture); err != nil {
		t.Errorf("its flyer: %v", err)
	}
	m.says("会のお知らせ", "どれにしますか")
	m.presses("前と同じでのせる", "こんなふうに見えます")
	m.presses("送る", "届きました")
	if all := m.posts(2); all[0].ID == all[1].ID || all[0].Newest().Name() != all[1].Newest().Name() {
		t.Errorf("the same as last time: got %q and %q", all[0].Newest().Name(), all[1].Newest().Name())
	}
	m.says("会のお知らせ", "どれにしますか")
	m.presses("会からはなれる", "はなれますか")
	m.presses("はなれる", "はなれました")
	m.members(1) // たんぽぽ, who was there before
	m.says("会のお知らせ", "招待の番号")
}

// A resident asks a group something; the group answers on its page; the answer comes
// straight back, and neither learns who the other is.
func TestAQuestionReachesTheGroupAndItsAnswerComesBack(t *testing.T) {
	m := newMember(t)
	ctx := t.Context()
	if _, err := m.board.Trust(ctx, "trust-1", m.group, true, "himawari"); err != nil {
		t.Fatal(err)
	}
	g, err := m.board.Group(ctx, m.group)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().In(catalogue.Tokyo).AddDate(0, 0, 3)
	tea := &catalogue.Entry{Kind: catalogue.Event, Title: catalogue.Ja("ほたるの静かなお茶"), Facts: []string{"話さなくてOK"}, Where: catalogue.Where{Place: catalogue.Ja("あおぞら会館")},
		Times: []catalogue.When{{Start: catalogue.Local(day.Format("2006-01-02") + "T14:00"), End: catalogue.Local(day.Format("2006-01-02") + "T16:00")}}}
	if _, err := m.board.Submit(ctx, "tea-1", m.group, g.Members[0].ID, "", 0, tea); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; { // until this process has seen the post
		if m.demo.line.SendText(m.user, "居場所をさがす"); time.Now().After(deadline) {
			t.Fatal("the post is never found")
		}
		m.hears("\n")
		if found := m.says("ほたるの静かなお茶", "\n"); strings.Contains(found, "行ってみたい") {
			break
		}
	}
	m.presses("行ってみたい", "はじめてです")
	m.presses("聞いてみる", "聞きたいこと")
	m.says("車いすでも入れますか", "会の人に伝えます")
	q := m.question()
	for range 3 { // a double tap, and one more
		if _, err := m.board.Answer(ctx, m.group, g.Members[0].ID, q.ID, "入れます。入口に段はありません。"); err != nil {
			t.Fatal(err)
		}
	}
	if got := m.hears("入口に段はありません"); strings.Count(got, "入口に段はありません") != 1 || !strings.Contains(got, "「ひだまりの会」から") {
		t.Errorf("heard %q, want the answer once, with who it is from", got)
	}
}

// question waits until a question has come to the group.
func (m *member) question() *board.Question {
	m.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); <-tick.C {
		if all, err := m.board.Questions(m.Context(), m.group); err == nil && len(all) > 0 {
			return all[0]
		}
	}
	m.Fatal("no question came to the group")
	return nil
}
