package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/bot/inbox"
	"engawa/bot/line"
	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	secret    = "8c570fa6dd201bb328f1c1eac23a96d8"
	oldSecret = "the one before"
	lanes     = 4
	canary    = "ひなた花子 090-1234-5678"
	user      = "U206d25c2ea6bd87c17655609a1c37cb8"
)

// porch is a door with everything behind it.
type porch struct {
	t     testing.TB
	rdb   redis.UniversalClient
	vault *privacy.Vault
	door  *Door
	echo  *echo.Echo
	log   *bytes.Buffer
}

func newPorch(t testing.TB, rdb redis.UniversalClient, bot string) *porch {
	t.Helper()
	master, err := privacy.ParseMaster(privacy.NewMasterKey())
	if err != nil {
		t.Fatal(err)
	}
	vault, err := privacy.Open(context.Background(), rdb, rdb, master)
	if err != nil {
		t.Fatal(err)
	}
	p := &porch{t: t, rdb: rdb, vault: vault, echo: echo.New(), log: &bytes.Buffer{}}
	p.door, err = New(vault, inbox.NewAppender(rdb, lanes), []string{secret, oldSecret}, bot, slog.New(slog.NewTextHandler(p.log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	p.door.Register(p.echo)
	return p
}

func (p *porch) knock(body []byte, signature string) int {
	r := httptest.NewRequest(http.MethodPost, Path, bytes.NewReader(body))
	r.Header.Set("x-line-signature", signature)
	w := httptest.NewRecorder()
	p.echo.ServeHTTP(w, r)
	if w.Body.Len() > 0 {
		p.t.Errorf("the door answered with a body of %d bytes, want none", w.Body.Len())
	}
	return w.Code
}

func (p *porch) signed(body string) int {
	return p.knock([]byte(body), line.Sign(secret, []byte(body)))
}

// stored lists what lies in the lanes.
func (p *porch) stored() (all []redis.XMessage) {
	p.t.Helper()
	for l := range inbox.Lane(lanes) {
		got, err := p.rdb.XRange(context.Background(), inbox.LaneKey(l, "in"), "-", "+").Result()
		if err != nil {
			p.t.Fatal(err)
		}
		all = append(all, got...)
	}
	return all
}

// open reads a stored event back.
func (p *porch) open(m redis.XMessage) string {
	p.t.Helper()
	var ms int64
	_, _ = fmt.Sscan(m.Values["t"].(string), &ms)
	id := m.Values["id"].(string)
	plain, err := p.vault.Open(context.Background(), privacy.Day(time.UnixMilli(ms)), inbox.SealName(id), []byte(m.Values["e"].(string)))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(plain)
}

func textEvent(id, from, text string) string {
	quoted, _ := json.Marshal(text)
	return fmt.Sprintf(`{"type":"message","mode":"active","timestamp":1795348800000,"webhookEventId":"%s",`+
		`"deliveryContext":{"isRedelivery":false},"source":%s,"replyToken":"0f3779fba3b349968c5d07db31eab56f",`+
		`"message":{"type":"text","id":"444573844083572737","quoteToken":"q3Plxr4AgKd","text":%s}}`, id, from, quoted)
}

func userSource(id string) string { return `{"type":"user","userId":"` + id + `"}` }

func body(events ...string) string {
	return `{"destination":"Ubot","events":[` + strings.Join(events, ",") + `]}`
}

func TestASignedEventIsStoredSealedBeforeItIsAcknowledged(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	event := textEvent("01HEVENT", userSource(user), canary)
	if got := p.signed(body(event)); got != http.StatusOK {
		t.Fatalf("got %d, want 200", got)
	}
	all := p.stored()
	if len(all) != 1 || all[0].Values["k"] != "l" || all[0].Values["id"] != "01HEVENT" || all[0].Values["b"] == "" {
		t.Fatalf("got %d entries %v, want one of a person", len(all), all)
	}
	if got := p.open(all[0]); got != event {
		t.Errorf("got %q, want the event byte for byte", got)
	}
	raw := fmt.Sprint(all, p.log.String())
	for _, c := range []string{canary, "花子", "5678", user} {
		if strings.Contains(raw, c) {
			t.Errorf("%q stands in clear in the store or the log", c)
		}
	}
}

func TestTheOfficialSignatureIsAccepted(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	got := p.knock([]byte(`{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`),
		"GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=")
	if got != http.StatusOK {
		t.Errorf("got %d, want 200 for LINE's own example", got)
	}
}

func TestWhileTheSecretIsReplacedBothAreGood(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	b := []byte(body(textEvent("01OLD", userSource(user), "x")))
	if got := p.knock(b, line.Sign(oldSecret, b)); got != http.StatusOK {
		t.Errorf("got %d, want 200 for the old secret", got)
	}
}

func TestWithoutAGoodSignatureNothingIsStored(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	b := []byte(body(textEvent("01X", userSource(user), canary)))
	for name, signature := range map[string]string{
		"none": "", "wrong key": line.Sign("other", b), "not base64": "%%%", "short": "aGFsbG8=",
		"another body": line.Sign(secret, []byte("{}")), "empty key": line.Sign("", b),
	} {
		if got := p.knock(b, signature); got != http.StatusBadRequest {
			t.Errorf("%s: got %d, want 400", name, got)
		}
	}
	if n := len(p.stored()); n != 0 {
		t.Errorf("got %d entries, want none", n)
	}
	if lines := strings.Count(p.log.String(), "\n"); lines != 6 {
		t.Errorf("got %d log lines for 6 refusals", lines)
	}
	if strings.Contains(p.log.String(), "花子") {
		t.Error("the body is in the log")
	}
}

func TestABodyOverOneMiBIsTooLarge(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	if got := p.signed(body(textEvent("01BIG", userSource(user), strings.Repeat("あ", MaxBody/3)))); got != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", got)
	}
	if n := len(p.stored()); n != 0 {
		t.Errorf("got %d entries, want none", n)
	}
}

func TestNoEventsIsLINEsTestOfTheLine(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	for _, b := range []string{`{"destination":"U1","events":[]}`, `{"destination":"U1"}`, `{"events":null}`, `{}`} {
		if got := p.signed(b); got != http.StatusOK {
			t.Errorf("%s: got %d, want 200", b, got)
		}
	}
	if n := len(p.stored()); n != 0 {
		t.Errorf("got %d entries, want none", n)
	}
}

func TestABrokenEventIsKeptAndItsNeighboursAreWhole(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	broken := []string{`{"type":"message","source":"nobody"}`, `42`, `null`, `{"type":"message","webhookEventId":7}`, `{"webhookEventId":"a b"}`}
	for _, b := range broken {
		all := body(textEvent("01A", userSource(user), "前"), b, textEvent("01B", userSource(user), "後"))
		if got := p.signed(all); got != http.StatusOK {
			t.Errorf("%s: got %d, want 200", b, got)
		}
	}
	kinds := map[any]int{}
	for _, m := range p.stored() {
		kinds[m.Values["k"]]++
	}
	if kinds["l"] != 10 || kinds["x"] != 5 {
		t.Errorf("got %v, want 10 whole and 5 broken", kinds)
	}
}

func TestABrokenBodyIsKeptWholeAndAcknowledged(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	for _, b := range []string{``, `{"events":[{]}`, `{"events":{}}`, `[]`, "\x00\xff"} {
		if got := p.signed(b); got != http.StatusOK {
			t.Errorf("%q: got %d, want 200", b, got)
		}
	}
	all := p.stored()
	if len(all) != 5 {
		t.Fatalf("got %d entries, want 5", len(all))
	}
	if got := p.open(all[1]); got != `{"events":[{]}` {
		t.Errorf("got %q, want the body as it came", got)
	}
}

func TestBringingABrokenBodyAgainNamesItTheSame(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	for range 3 {
		p.signed(`{"events":[{]}`)
	}
	all := p.stored()
	if len(all) != 3 || all[0].Values["id"] != all[2].Values["id"] {
		t.Errorf("got %v, want three entries of one name", all)
	}
}

func TestAGroupsTalkIsTheGroupsWhoeverSpeaks(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "")
	p.signed(body(
		textEvent("01A", `{"type":"group","groupId":"C1","userId":"`+user+`"}`, "a"),
		textEvent("01B", `{"type":"group","groupId":"C1","userId":"Uother"}`, "b"),
		textEvent("01C", `{"type":"room","roomId":"R1","userId":"`+user+`"}`, "c"),
		textEvent("01D", `null`, "d"),
		textEvent("01E", userSource(user), "e"),
	))
	who := map[any]any{}
	for _, m := range p.stored() {
		who[m.Values["id"]] = m.Values["b"]
	}
	if who["01A"] != who["01B"] || who["01A"] == who["01C"] || who["01D"] != "" || who["01E"] != string(p.vault.Blind(user)) {
		t.Errorf("got %v, want group, room, nobody and person told apart", who)
	}
}

func TestAnotherBotsMailIsTakenAndTold(t *testing.T) {
	p := newPorch(t, redistest.Client(t), "Uours")
	if got := p.signed(body(textEvent("01A", userSource(user), "a"))); got != http.StatusOK {
		t.Errorf("got %d, want 200", got)
	}
	if !strings.Contains(p.log.String(), "another bot") || len(p.stored()) != 1 {
		t.Errorf("got log %q, want that it is told", p.log)
	}
}

func TestWithoutTheStoreTheDoorAsksToComeAgainAndRecoversByItself(t *testing.T) {
	server := redistest.Start(t)
	p := newPorch(t, server.Client(), "")
	b := body(textEvent("01A", userSource(user), canary))
	if got := p.signed(b); got != http.StatusOK {
		t.Fatalf("got %d, want 200", got)
	}
	server.Kill()
	began := time.Now()
	if got := p.signed(b); got != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", got)
	}
	if took := time.Since(began); took > 1200*time.Millisecond {
		t.Errorf("503 took %v, want at most 1.2 s", took)
	}
	server.Restart()
	for deadline := time.Now().Add(time.Minute); ; {
		if got := p.signed(b); got == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the door did not recover")
		}
	}
	if strings.Contains(p.log.String(), "花子") {
		t.Error("words are in the log")
	}
}

func TestAStoreThatHangsIsNotWaitedFor(t *testing.T) {
	server := redistest.Start(t)
	p := newPorch(t, server.Client(), "")
	p.signed(body(textEvent("01A", userSource(user), "a")))
	if err := server.Client().Do(t.Context(), "client", "pause", 2500, "all").Err(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if got := p.signed(body(textEvent("01B", userSource(user), "b"))); got != http.StatusServiceUnavailable {
		t.Errorf("got %d, want 503", got)
	}
	if took := time.Since(began); took > 1200*time.Millisecond {
		t.Errorf("503 took %v, want at most 1.2 s", took)
	}
}

func TestADoorWithoutASecretIsNotBuilt(t *testing.T) {
	for _, secrets := range [][]string{nil, {""}, {"good", ""}} {
		if _, err := New(nil, nil, secrets, "", slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%d secrets: a door that anybody can open was built", len(secrets))
		}
	}
}

func FuzzDoor(f *testing.F) {
	home := newPorch(f, redistest.Client(f), "Ubot")
	f.Add([]byte(body(textEvent("01A", userSource(user), "こんにちは"))))
	f.Add([]byte(`{"destination":"U","events":[{"type":"message","webhookEventId":"1","source":null}]}`))
	f.Add([]byte(`{"events":[null,1,"a",{},[]]}`))
	f.Add([]byte(`{"events":[{"type":"` + "\\ud800" + `","webhookEventId":"01","source":{"userId":"\u0000"}}]}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := *home
		p.t = t
		if err := p.rdb.FlushDB(context.Background()).Err(); err != nil {
			t.Fatal(err)
		}
		if got := p.knock(b, "nonsense"); got != http.StatusBadRequest && got != http.StatusRequestEntityTooLarge {
			t.Fatalf("unsigned: got %d, want 400", got)
		}
		if got := p.knock(b, line.Sign(secret, b)); got != http.StatusOK {
			t.Fatalf("signed: got %d, want 200", got)
		}
		want := 1
		if _, events, err := line.Envelope(b); err == nil {
			want = len(events)
		}
		if got := len(p.stored()); got != want {
			t.Fatalf("got %d entries for %d events", got, want)
		}
	})
}
