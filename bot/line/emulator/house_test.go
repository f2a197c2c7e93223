package emulator_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"engawa/bot/line"
	"engawa/bot/line/emulator"
	"engawa/flows"
)

// The house's own client and reader against the emulator: whatever one of them
// gets wrong about LINE shows here.

const channelSecret = "8c570fa6dd201bb328f1c1eac23a96d8"

type house struct {
	*emulator.Emulator
	client *line.Client
	events chan line.Inbound
	user   string
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{events: make(chan line.Inbound, 10)}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if !line.Verifier([]string{channelSecret})(body, r.Header.Get("X-Line-Signature")) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, raws, err := line.Envelope(body)
		if err != nil {
			t.Errorf("envelope: %v", err)
		}
		for _, raw := range raws {
			in, err := line.Parse(raw)
			if err != nil {
				t.Errorf("parse: %v", err)
			}
			h.events <- in
		}
	}))
	h.Emulator = emulator.New(emulator.Options{ChannelSecret: channelSecret, ChannelID: "1", WebhookURL: door.URL, Quota: 2})
	api := httptest.NewServer(h.Emulator)
	opt := line.Options{Endpoint: api.URL, Timeout: 5 * time.Second}
	tokens, err := line.NewStateless("1", func() string { return channelSecret }, opt)
	if err != nil {
		t.Fatal(err)
	}
	if h.client, err = line.NewClient(tokens, opt); err != nil {
		t.Fatal(err)
	}
	h.user = h.NewUser()
	t.Cleanup(func() {
		h.client.Close()
		h.Close()
		api.Close()
		door.Close()
	})
	return h
}

func words(s string) []json.RawMessage {
	raw, _ := json.Marshal(map[string]string{"type": "text", "text": s})
	return []json.RawMessage{raw}
}

func kindOf(err error) line.Kind {
	var e *line.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func TestTheHouseReadsWhatLINEBrings(t *testing.T) {
	h := open(t)
	s := h.SendText(h.user, "家賃🍎がもう無理")
	in := <-h.events
	if !s.OK() || in.EventID != s.Event || in.UserID != h.user || in.Message.Text != "家賃🍎がもう無理" || in.ReplyToken != s.ReplyToken {
		t.Errorf("read %+v of %+v", in, s)
	}
	for _, a := range []emulator.Act{
		emulator.Standby(h.user, "助けて"), emulator.Unknown(h.user, "telepathy"), emulator.UnknownMessage(h.user, "hologram"),
		emulator.Follow(h.user), emulator.InGroup("C00000000000000000000000000000001", emulator.Text(h.user, "やあ")),
	} {
		if sent := h.Do(a); !sent.OK() || (<-h.events).EventID != sent.Event {
			t.Errorf("%+v was not read", sent)
		}
	}
}

func TestTheHouseAndLINEAgreeOnWhatBecameOfAMessage(t *testing.T) {
	h := open(t)
	s := h.SendText(h.user, "a")
	key := "123e4567-e89b-12d3-a456-426614174000"
	for _, c := range []struct {
		what  string
		fault emulator.Fault
		send  func() error
		want  line.Kind
	}{
		{"a reply", emulator.Fault{}, func() error { return h.client.Reply(t.Context(), s.ReplyToken, words("はい")) }, ""},
		{"the token again", emulator.Fault{}, func() error { return h.client.Reply(t.Context(), s.ReplyToken, words("はい")) }, line.KindToken},
		{"an unsendable text", emulator.Fault{}, func() error { return h.client.Push(t.Context(), h.user, key, words("")) }, line.KindBad},
		{"down", emulator.Fault{Status: 500}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, line.KindUnknown},
		{"too fast", emulator.Fault{RateLimit: true}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, line.KindRate},
		{"too many to one", emulator.Fault{UserLimit: true}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, line.KindUserLimit},
		{"no permission", emulator.Fault{RefuseToken: true}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, line.KindAuth},
		{"cut after accepting", emulator.Fault{CutAfter: true}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, line.KindUnknown},
		{"the same key again", emulator.Fault{}, func() error { return h.client.Push(t.Context(), h.user, key, words("a")) }, ""},
		{"the month is used up", emulator.Fault{MonthLimit: true}, func() error { return h.client.Push(t.Context(), h.user, key, words("b")) }, line.KindQuota},
	} {
		heal := func() {}
		if c.fault != (emulator.Fault{}) {
			heal = h.Fault(c.fault)
		}
		if got := kindOf(c.send()); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		heal()
	}
	if got := len(h.Messages(h.user)); got != 2 {
		t.Errorf("the resident got %d messages, want 2", got)
	}
}

func TestWhatTheHouseDrawsLINETakes(t *testing.T) {
	h := open(t)
	exits := []flows.Button{{Label: "人と話す", Data: "x/h"}, {Label: "ここまで", Data: "x/e"}}
	drawn, err := line.Render(flows.Effect{
		Kind: flows.EfAnswer, Bubbles: []flows.Bubble{{Text: "こんどの土曜に、ひらいている所があります。"}, {Card: &flows.CardView{
			ID: "cafe", Kind: "ibasho", Title: "えんがわカフェ", Lead: "いるだけの場所です。", Facts: []string{"話さなくてOK"},
			Buttons: []flows.Button{{Label: "電話する", URI: "tel:0312345678"}},
		}}},
		Choices: []flows.Button{{Label: "ほかの場所も見る", Data: "c/1"}}, Exits: exits,
	}, line.RenderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.client.Push(t.Context(), h.user, "123e4567-e89b-12d3-a456-426614174000", drawn); err != nil {
		t.Fatalf("LINE refuses: %v\n%s", err, h.Refusals())
	}
	got := h.Messages(h.user)
	last := got[len(got)-1]
	if !strings.Contains(last.Text, "えんがわカフェ") || len(last.Quick) != 2 || last.Sender == "" {
		t.Errorf("drawn: %+v", last)
	}
	if _, err := h.Press(h.user, "ほかの場所も見る"); err != nil {
		t.Error(err)
	}
	if in := <-h.events; in.Postback.Data != "c/1" {
		t.Errorf("tap = %q, want c/1", in.Postback.Data)
	}
}
