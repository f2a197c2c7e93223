package emulator

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestFaultsMeetTheRequestsTheyAreMeantFor(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  Fault
		status int
		says   string
		got    int // messages that arrive all the same
	}{
		{"down", Fault{Down: true}, 503, "", 0},
		{"a status of its own", Fault{Status: 500}, 500, "", 0},
		{"too many calls", Fault{RateLimit: true}, 429, "rate limit", 0},
		{"no pushes left", Fault{MonthLimit: true}, 429, "You have reached your monthly limit.", 0},
		{"too many to one person", Fault{UserLimit: true}, 429, "same user", 0},
		{"a token revoked", Fault{RefuseToken: true}, 401, "", 0},
		{"a reply token refused", Fault{BadReply: true}, 400, "Invalid reply token", 0},
		{"slow", Fault{Slow: time.Millisecond}, 200, "", 1},
		{"late", Fault{LateAnswer: time.Millisecond}, 200, "", 1},
		{"cut before accepting", Fault{CutBefore: true}, 0, "", 0},
		{"cut after accepting", Fault{CutAfter: true}, 0, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t)
			user := f.NewUser()
			heal := f.Fault(c.fault)
			r := f.pushTo(user, keyA, "a")
			if (r.err != nil) != (c.status == 0) || r.status != c.status || !strings.Contains(r.body, c.says) {
				t.Errorf("answer = %d %s %v, want %d", r.status, r.body, r.err, c.status)
			}
			if got := len(f.Messages(user)); got != c.got {
				t.Errorf("%d messages arrived, want %d", got, c.got)
			}
			if log := f.Requests(); log[0].Fault == "" || log[0].Status != c.status || !bytes.Contains(log[0].Body, []byte(user)) {
				t.Errorf("log = %+v", log[0])
			}
			heal()
			f.want(f.pushTo(user, keyB, "b"), 200, "")
		})
	}
}

func TestAPushCutAfterAcceptingIsKnownByItsKey(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.Fault(Fault{Endpoint: "push", CutAfter: true, Times: 1})
	if r := f.pushTo(user, keyA, "a"); r.err == nil {
		t.Errorf("answer = %d, want a broken connection", r.status)
	}
	f.want(f.pushTo(user, keyA, "a"), 409, "sentMessages")
	if got := len(f.Messages(user)); got != 1 {
		t.Errorf("%d messages arrived, want 1", got)
	}
}

func TestFaultsCountAndChoose(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.Fault(Fault{Endpoint: "push", Status: 500, After: 1, Times: 2})
	for i, want := range []int{200, 500, 500, 200} {
		if got := f.pushTo(user, "", "a").status; got != want {
			t.Errorf("push %d: %d, want %d", i, got, want)
		}
	}
	f.Fault(Fault{Down: true})
	f.want(f.call("GET", "/v2/bot/info", ""), 503, "")
	f.Heal()
	f.want(f.call("GET", "/v2/bot/info", ""), 200, "")
}

func TestWhoLeavesASlowLINESentNothing(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.Fault(Fault{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	body := `{"to":"` + user + `","messages":[{"type":"text","text":"a"}]}`
	req, _ := http.NewRequestWithContext(ctx, "POST", f.api.URL+"/v2/bot/message/push", strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Content-Type", "application/json")
	if _, err := http.DefaultClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want a deadline", err)
	}
	if got := len(f.Messages(user)); got != 0 {
		t.Errorf("%d messages arrived, want 0", got)
	}
}

func TestPressFindsTheButtonOnTheScreen(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.want(f.call("POST", "/v2/bot/message/push", `{"to":"`+user+`","messages":[
		{"type":"flex","altText":"a","contents":{"type":"bubble","body":{"type":"box","layout":"vertical","contents":[
			{"type":"text","text":"お金のことですね"},
			{"type":"button","action":{"type":"postback","label":"家賃がきびしい","data":"okane/1","displayText":"家賃がきびしい"}}]}}},
		{"type":"text","text":"どれでも大丈夫です","quickReply":{"items":[{"type":"action","action":{"type":"message","label":"ここまで","text":"ここまで"}}]}}]}`), 200, "")
	got := f.Messages(user)
	if len(got) != 2 || got[0].Text != "お金のことですね\n家賃がきびしい" || got[0].Buttons[0].Data != "okane/1" || got[1].Quick[0].Label != "ここまで" {
		t.Fatalf("got = %+v", got)
	}
	for i, label := range []string{"ここまで", "家賃がきびしい"} {
		if _, err := f.Press(user, label); err != nil {
			t.Fatal(err)
		}
		body := f.ours.await(t, i+1)[i]
		if want := []string{`"text":"ここまで"`, `"data":"okane/1"`}[i]; !strings.Contains(body, want) {
			t.Errorf("%s brought %s", label, body)
		}
	}
	f.want(f.pushTo(user, "", "次"), 200, "")
	if _, err := f.Press(user, "ここまで"); !errors.Is(err, ErrNoButton) {
		t.Errorf("a quick reply outlived the next message: %v", err)
	}
}

func TestAwaitWaitsForWhatArrives(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	go f.pushTo(user, "", "お待たせしました")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	got, err := f.Await(ctx, user, AtLeast(1))
	if err != nil || got[0].Text != "お待たせしました" || got[0].How != "push" {
		t.Errorf("got = %+v, %v", got, err)
	}
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if _, err := f.Await(short, user, AtLeast(2)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want a deadline", err)
	}
}

func TestARichMenuIsMadePaintedAndGiven(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	r := f.call("POST", "/v2/bot/richmenu", `{"size":{"width":800,"height":270},"selected":true,"name":"n","chatBarText":"メニュー",
		"areas":[{"bounds":{"x":0,"y":0,"width":800,"height":270},"action":{"type":"message","label":"話す","text":"話す"}}]}`)
	f.want(r, 200, "richmenu-")
	id := r.says("richMenuId")
	f.want(f.call("POST", "/v2/bot/user/all/richmenu/"+id, ""), 400, "image")
	f.want(f.call("POST", "/v2/bot/richmenu/"+id+"/content", painted(t, 800, 260), "Content-Type", "image/png"), 400, "size")
	f.want(f.call("POST", "/v2/bot/richmenu/"+id+"/content", painted(t, 800, 270), "Content-Type", "image/gif"), 415, "")
	f.want(f.call("POST", "/v2/bot/richmenu/"+id+"/content", painted(t, 800, 270), "Content-Type", "image/png"), 200, "{}")
	f.want(f.call("POST", "/v2/bot/richmenu/"+id+"/content", painted(t, 800, 270), "Content-Type", "image/png"), 400, "already")
	f.want(f.call("GET", "/v2/bot/richmenu/"+id+"/content", ""), 200, "PNG")
	f.want(f.call("POST", "/v2/bot/user/all/richmenu/"+id, ""), 200, "{}")
	f.want(f.call("GET", "/v2/bot/user/all/richmenu", ""), 200, id)
	f.want(f.call("POST", "/v2/bot/user/"+user+"/richmenu/"+id, ""), 200, "{}")
	f.want(f.call("GET", "/v2/bot/user/"+user+"/richmenu", ""), 200, id)
	f.want(f.call("DELETE", "/v2/bot/user/"+user+"/richmenu", ""), 200, "{}")
	f.want(f.call("GET", "/v2/bot/user/"+user+"/richmenu", ""), 404, "")
	f.want(f.call("POST", "/v2/bot/richmenu/bulk/link", `{"richMenuId":"`+id+`","userIds":["`+user+`"]}`), 202, "")
	f.want(f.call("GET", "/v2/bot/user/"+user+"/richmenu", ""), 200, id)
	f.want(f.call("POST", "/v2/bot/richmenu/alias", `{"richMenuAliasId":"tab-a","richMenuId":"`+id+`"}`), 200, "{}")
	f.want(f.call("POST", "/v2/bot/richmenu/alias", `{"richMenuAliasId":"tab-a","richMenuId":"`+id+`"}`), 400, "conflict")
	f.want(f.call("POST", "/v2/bot/richmenu/alias/tab-a", `{"richMenuId":"`+id+`"}`), 200, "{}")
	f.want(f.call("GET", "/v2/bot/richmenu/alias/tab-a", ""), 200, id)
	f.want(f.call("GET", "/v2/bot/richmenu/alias/list", ""), 200, "tab-a")
	f.want(f.call("DELETE", "/v2/bot/richmenu/alias/tab-a", ""), 200, "")
	f.want(f.call("GET", "/v2/bot/richmenu/list", ""), 200, "話す")
	f.want(f.call("DELETE", "/v2/bot/richmenu/"+id, ""), 200, "")
	f.want(f.call("GET", "/v2/bot/user/"+user+"/richmenu", ""), 404, "")
}

func painted(t *testing.T, w, h int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	e := New(Options{ChannelSecret: secret, WebhookURL: "http://127.0.0.1:1/", Redelivery: true})
	s := e.SendText(e.NewUser(), "だれも聞いていない")
	if s.Status != 0 || s.Err == nil {
		t.Errorf("sent = %+v, want no answer", s)
	}
	e.Close()
	goleak.VerifyNone(t, before)
}
