package emulator

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTheSignatureIsLINEs(t *testing.T) {
	body := `{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`
	if got, want := Sign(secret, []byte(body)), "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="; got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
}

func TestAWebhookIsSignedOverItsRawBytes(t *testing.T) {
	f := start(t)
	f.SendText(f.NewUser(), "家賃がもう無理🍎")
	body := f.ours.await(t, 1)[0]
	if got, want := f.ours.signs[0], Sign(secret, []byte(body)); got != want {
		t.Errorf("signature = %s, want %s", got, want)
	}
	if !strings.Contains(body, `家賃がもう無理\ud83c\udf4e`) {
		t.Errorf("emoji are not escaped as LINE does: %s", body)
	}
}

func TestHardTextsArriveAsTheyAre(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	hard := []string{"NUL\x00と\u202Eみぎ\u200Bゼロ", "<b>&\"\\", "👩‍👩‍👧‍👦", "\u2028線", strings.Repeat("あ", 5000)}
	for i, words := range hard {
		f.SendText(user, words)
		message := brought(t, f.ours.await(t, i+1)[i])["message"].(map[string]any)
		if got := message["text"]; got != words {
			t.Errorf("text = %q, want %q", got, words)
		}
	}
	f.SendText(user, "a"+LoneSurrogate+"b")
	bodies := f.ours.await(t, len(hard)+1)
	if last := bodies[len(hard)]; !strings.Contains(last, `"text":"a\ud83db"`) {
		t.Errorf("half an emoji became %s", last)
	}
}

// promised is one event and what LINE says it carries.
type promised struct {
	act   Act
	typ   string
	token bool
	has   string
}

func everyEvent(user, group string) []promised {
	return []promised{
		{Text(user, "a"), "message", true, "message"},
		{Quote(user, "これ", "12"), "message", true, "message"},
		{Sticker(user, "446", "1988", "hi"), "message", true, "message"},
		{Image(user, []byte("x"), "image/png"), "message", true, "message"},
		{Video(user, []byte("x"), time.Second), "message", true, "message"},
		{Audio(user, []byte("x"), time.Second), "message", true, "message"},
		{File(user, "申請.pdf", []byte("x")), "message", true, "message"},
		{Location(user, "区役所", "ひなた区1-1", 35, 139), "message", true, "message"},
		{UnknownMessage(user, "hologram"), "message", true, "message"},
		{Postback(user, "d=1", "はい"), "postback", true, "postback"},
		{Picked(user, "d", "date", "2026-12-01"), "postback", true, "postback"},
		{Switched(user, "d", "tab", "SUCCESS"), "postback", true, "postback"},
		{Follow(user), "follow", true, "follow"},
		{Unfollow(user), "unfollow", false, "source"},
		{Standby(user, "助けて"), "message", false, "message"},
		{Unknown(user, "telepathy"), "telepathy", true, "telepathy"},
		{Edited(user, "123", "なおした"), "messageEdited", true, "message"},
		{AccountLink(user, "n", true), "accountLink", true, "link"},
		{AccountLink(user, "n", false), "accountLink", false, "link"},
		{Beacon(user, "h"), "beacon", true, "beacon"},
		{VideoPlayed(user, "t"), "videoPlayComplete", true, "videoPlayComplete"},
		{InGroup(group, Text(user, "みんなへ")), "message", true, "message"},
		{Joined(group), "join", true, "source"},
		{Left(group), "leave", false, "source"},
	}
}

func TestEveryEventHasWhatLINEPromises(t *testing.T) {
	f := start(t)
	for i, c := range everyEvent(f.NewUser(), "C00000000000000000000000000000001") {
		s := f.Do(c.act)
		ev := brought(t, f.ours.await(t, i+1)[i])
		_, hasToken := ev["replyToken"]
		if ev["type"] != c.typ || hasToken != c.token || ev[c.has] == nil || ev["webhookEventId"] != s.Event {
			t.Errorf("%d: event = %v, want a %s with %s, reply token %v", i, ev, c.typ, c.has, c.token)
		}
		context, _ := ev["deliveryContext"].(map[string]any)
		if len(s.Event) != 26 || context["isRedelivery"] != false || ev["timestamp"] != float64(f.clock.Now().UnixMilli()) {
			t.Errorf("%d: event = %v, lacks id, context or time", i, ev)
		}
		if want := map[bool]string{true: "standby", false: "active"}[c.act.standby]; ev["mode"] != want {
			t.Errorf("%d: mode = %v, want %s", i, ev["mode"], want)
		}
	}
}

func TestFollowTellsWhetherItUnblocked(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.Follow(user)
	f.Unfollow(user)
	f.Follow(user)
	bodies := f.ours.await(t, 3)
	for i, want := range map[int]bool{0: false, 2: true} {
		follow := brought(t, bodies[i])["follow"].(map[string]any)
		if follow["isUnblocked"] != want {
			t.Errorf("follow %d: isUnblocked = %v, want %v", i, follow["isUnblocked"], want)
		}
	}
}

func TestABatchCarriesSeveralPeopleAndABrokenEvent(t *testing.T) {
	f := start(t)
	sent := f.Batch(Text(f.NewUser(), "a"), Broken(`{"type":"message","source":null}`), Text(f.NewUser(), "b"))
	var b struct{ Events []json.RawMessage }
	if err := json.Unmarshal([]byte(f.ours.await(t, 1)[0]), &b); err != nil || len(b.Events) != 3 {
		t.Fatalf("batch of %d events, %v", len(b.Events), err)
	}
	if string(b.Events[1]) != `{"type":"message","source":null}` {
		t.Errorf("the broken event was mended: %s", b.Events[1])
	}
	if !sent[0].OK() || !sent[2].OK() {
		t.Errorf("sent = %+v", sent)
	}
	f.Batch(Broken(`{"type":`))
	if json.Valid([]byte(f.ours.await(t, 2)[1])) {
		t.Error("a broken body was mended")
	}
}

func TestRedeliveryIsTheSameEventMarkedAsBroughtAgain(t *testing.T) {
	f := start(t)
	s := f.SendText(f.NewUser(), "a")
	f.clock.Pass(time.Hour)
	if _, err := f.Redeliver(s.Event); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Duplicate(s.Event); err != nil {
		t.Fatal(err)
	}
	bodies := f.ours.await(t, 3)
	if got, want := bodies[1], strings.Replace(bodies[0], `"isRedelivery":false`, `"isRedelivery":true`, 1); got != want {
		t.Errorf("redelivered = %s\nwant %s", got, want)
	}
	if bodies[2] != bodies[0] {
		t.Errorf("duplicate = %s\nwant %s", bodies[2], bodies[0])
	}
	if _, err := f.Redeliver("nothing"); err == nil {
		t.Error("an event that never was can be redelivered")
	}
}

func TestWithRedeliveryOffNothingComesAgain(t *testing.T) {
	f := start(t)
	f.ours.answer(503)
	s := f.SendText(f.NewUser(), "a")
	if s.Status != 503 || s.OK() {
		t.Errorf("status = %d", s.Status)
	}
	f.Close()
	if got := len(f.ours.await(t, 1)); got != 1 {
		t.Errorf("%d webhooks came, want 1", got)
	}
	if f.Events()[0].Taken {
		t.Error("the event counts as taken")
	}
}

func TestWithRedeliveryOnItComesAgainUntilItIsTaken(t *testing.T) {
	f := start(t, func(o *Options) {
		o.Redelivery, o.Pauses = true, slices.Repeat([]time.Duration{time.Millisecond}, 2000)
	})
	f.ours.answer(503)
	user := f.NewUser()
	f.SendText(user, "a")
	f.ours.await(t, 3)
	f.ours.answer(200)
	ctx, done := context.WithTimeout(t.Context(), 10*time.Second)
	defer done()
	if err := f.AwaitAny(ctx, func() bool { return f.Events()[0].Taken }); err != nil {
		t.Fatalf("never taken: %v", err)
	}
	bodies := f.ours.await(t, 4)
	if last := bodies[len(bodies)-1]; !strings.Contains(last, `"isRedelivery":true`) {
		t.Errorf("last = %s", last)
	}
}

func TestReorderBringsTheLastFirst(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	sent := f.Reorder(Text(user, "一"), Text(user, "二"), Text(user, "三"))
	bodies := f.ours.await(t, 3)
	for i, body := range bodies {
		if got, want := brought(t, body)["webhookEventId"], sent[2-i].Event; got != want {
			t.Errorf("%d: event %v, want %v", i, got, want)
		}
	}
}

func TestAnUnsendCanOvertakeItsMessage(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	late := f.Hold(Text(user, "やっぱりやめる"))
	id := f.Events()[0].Message
	if _, err := f.Unsend(id); err != nil {
		t.Fatal(err)
	}
	late()
	bodies := f.ours.await(t, 2)
	unsend := brought(t, bodies[0])
	if unsend["type"] != "unsend" || unsend["unsend"].(map[string]any)["messageId"] != id {
		t.Errorf("first = %v, want the unsend of the message", unsend)
	}
	if !strings.Contains(bodies[1], "やっぱりやめる") {
		t.Errorf("then = %s, want the message", bodies[1])
	}
	if _, err := f.Unsend(id); err == nil {
		t.Error("a message was taken back twice")
	}
}

func TestContentIsThereUntilItIsUnsent(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	s := f.Do(Image(user, []byte("pixels"), "image/png"))
	at := "/v2/bot/message/" + s.Message + "/content"
	f.Prepare(s.Message, 1)
	f.want(f.call("GET", at+"/transcoding", ""), 200, "processing")
	f.want(f.call("GET", at, ""), 202, "")
	f.want(f.call("GET", at+"/transcoding", ""), 200, "succeeded")
	r := f.call("GET", at, "")
	f.want(r, 200, "pixels")
	if got := r.header.Get("Content-Type"); got != "image/png" {
		t.Errorf("content type = %s", got)
	}
	f.want(f.call("GET", at+"/preview", ""), 200, "pixels")
	voice := f.Do(Audio(user, []byte("sound"), time.Second))
	f.want(f.call("GET", "/v2/bot/message/"+voice.Message+"/content/preview", ""), 404, "")
	if _, err := f.Unsend(s.Message); err != nil {
		t.Fatal(err)
	}
	f.want(f.call("GET", at, ""), 410, "")
	f.want(f.call("GET", "/v2/bot/message/1/content", ""), 404, "")
}

func TestTheWebhookAddressCanBeAskedSetAndTried(t *testing.T) {
	f := start(t)
	f.want(f.call("GET", "/v2/bot/channel/webhook/endpoint", ""), 200, f.ours.srv.URL)
	f.want(f.call("POST", "/v2/bot/channel/webhook/test", ""), 200, `"reason":"OK"`)
	if body := f.ours.await(t, 1)[0]; !strings.Contains(body, `"events":[]`) || f.ours.signs[0] != Sign(secret, []byte(body)) {
		t.Errorf("the check brought %s", body)
	}
	f.ours.answer(500)
	f.want(f.call("POST", "/v2/bot/channel/webhook/test", "{}"), 200, `"ERROR_STATUS_CODE"`)
	f.want(f.call("POST", "/v2/bot/channel/webhook/test", `{"endpoint":"http://127.0.0.1:1/"}`), 200, `"COULD_NOT_CONNECT"`)
	f.want(f.call("PUT", "/v2/bot/channel/webhook/endpoint", `{"endpoint":"http://example.com/line"}`), 400, "")
	f.want(f.call("PUT", "/v2/bot/channel/webhook/endpoint", `{"endpoint":"https://example.com/line"}`), 200, "{}")
	f.want(f.call("GET", "/v2/bot/channel/webhook/endpoint", ""), 200, "https://example.com/line")
}

func TestAReadMarkTokenIsTaken(t *testing.T) {
	f := start(t)
	f.SendText(f.NewUser(), "a")
	message := brought(t, f.ours.await(t, 1)[0])["message"].(map[string]any)
	marker, _ := json.Marshal(message["markAsReadToken"])
	f.want(f.call("POST", "/v2/bot/chat/markAsRead", `{"markAsReadToken":`+string(marker)+`}`), 200, "{}")
	f.want(f.call("POST", "/v2/bot/chat/markAsRead", `{"markAsReadToken":"x"}`), 400, "")
}
