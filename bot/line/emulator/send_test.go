package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	keyA = "123e4567-e89b-12d3-a456-426614174000"
	keyB = "123e4567-e89b-12d3-a456-426614174001"
)

func TestAReplyTokenWorksOnce(t *testing.T) {
	f := start(t)
	s := f.SendText(f.NewUser(), "こんにちは")
	f.want(f.reply(s.ReplyToken, "はい"), 200, `"sentMessages":[{"id":"`)
	f.want(f.reply(s.ReplyToken, "はい"), 400, `"message":"Invalid reply token"`)
	f.want(f.reply("nobody-gave-this", "はい"), 400, "Invalid reply token")
}

func TestAReplyTokenLivesOneMinute(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	young, old := f.SendText(user, "a"), f.SendText(user, "b")
	f.clock.Pass(time.Minute)
	f.want(f.reply(young.ReplyToken, "間に合う"), 200, "")
	f.clock.Pass(time.Millisecond)
	f.want(f.reply(old.ReplyToken, "間に合わない"), 400, "Invalid reply token")
}

func TestARedeliveredTokenLivesAnotherMinuteButNotOverTwenty(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	a, b, c := f.SendText(user, "a"), f.SendText(user, "b"), f.SendText(user, "c")
	f.want(f.reply(c.ReplyToken, "すぐ"), 200, "")
	f.clock.Pass(19 * time.Minute)
	for _, s := range []Sent{a, c} {
		if _, err := f.Redeliver(s.Event); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.Pass(59 * time.Second)
	f.want(f.reply(a.ReplyToken, "まだ"), 200, "")
	f.want(f.reply(c.ReplyToken, "もう使った"), 400, "Invalid reply token")
	f.clock.Pass(2 * time.Second)
	if _, err := f.Redeliver(b.Event); err != nil {
		t.Fatal(err)
	}
	f.want(f.reply(b.ReplyToken, "20分すぎ"), 400, "Invalid reply token")
}

func TestARefusedReplyDoesNotUseItsToken(t *testing.T) {
	f := start(t)
	s := f.SendText(f.NewUser(), "a")
	f.want(f.reply(s.ReplyToken, ""), 400, "May not be empty")
	f.want(f.reply(s.ReplyToken, "はい"), 200, "")
}

func TestAReplyTakesNoRetryKey(t *testing.T) {
	f := start(t)
	s := f.SendText(f.NewUser(), "a")
	body := `{"replyToken":"` + s.ReplyToken + `","messages":[{"type":"text","text":"a"}]}`
	f.want(f.call("POST", "/v2/bot/message/reply", body, "X-Line-Retry-Key", keyA), 400, "X-Line-Retry-Key")
	f.want(f.call("POST", "/v2/bot/message/reply", body), 200, "")
}

func TestAPushWithAKnownKeyIsNotSentAgain(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	first := f.pushTo(user, keyA, "お返事です")
	f.want(first, 200, "sentMessages")
	again := f.pushTo(user, keyA, "お返事です")
	f.want(again, 409, strings.TrimSuffix(strings.TrimPrefix(first.body, "{"), "}"))
	if got, want := again.header.Get("X-Line-Accepted-Request-Id"), first.header.Get("X-Line-Request-Id"); got != want || want == "" {
		t.Errorf("accepted request id = %q, want %q", got, want)
	}
	if got := len(f.Messages(user)); got != 1 {
		t.Errorf("the resident got %d messages, want 1", got)
	}
	f.clock.Pass(24 * time.Hour)
	f.want(f.pushTo(user, keyA, "お返事です"), 200, "")
	if len(f.Complaints()) != 0 {
		t.Errorf("complaints = %v", f.Complaints())
	}
	f.want(f.pushTo(user, keyA, "ちがう文"), 409, "")
	if len(f.Complaints()) != 1 {
		t.Errorf("another body under the same key went unnoticed")
	}
	f.want(f.pushTo(user, "not-a-uuid", "a"), 400, "X-Line-Retry-Key")
}

func TestAFailedPushLeavesItsKeyFree(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.Fault(Fault{Endpoint: "push", Status: 500, Times: 1})
	f.want(f.pushTo(user, keyA, "a"), 500, "")
	f.want(f.pushTo(user, keyA, "a"), 200, "")
}

func TestTheMonthsPushesRunOutAndBeginAnew(t *testing.T) {
	f := start(t, func(o *Options) { o.Quota = 2 })
	user := f.NewUser()
	blocked := f.NewUser()
	f.Unfollow(blocked)
	f.want(f.pushTo(blocked, "", "届かない"), 200, "sentMessages")
	f.want(f.pushTo(user, "", "一"), 200, "")
	f.want(f.pushTo(user, keyA, "二"), 200, "")
	f.want(f.pushTo(user, keyB, "三"), 429, `"You have reached your monthly limit."`)
	f.want(f.pushTo(user, keyA, "二"), 409, "")
	s := f.SendText(user, "a")
	f.want(f.reply(s.ReplyToken, "返信はただ"), 200, "")
	f.want(f.call("GET", "/v2/bot/message/quota", ""), 200, `"value":2`)
	f.want(f.call("GET", "/v2/bot/message/quota/consumption", ""), 200, `{"totalUsage":2}`)
	f.clock.Pass(9 * 24 * time.Hour) // December in Japan
	f.want(f.pushTo(user, keyB, "三"), 200, "")
}

func TestWhoCannotBeReachedGetsNothingThoughLINESaysYes(t *testing.T) {
	f := start(t)
	blocked, stranger, friend := f.NewUser(), f.NewUser(), f.NewUser()
	f.Unfollow(blocked)
	f.Stranger(stranger)
	f.SendText(stranger, "登録しないで書いています")
	f.clock.Pass(7 * 24 * time.Hour)
	f.want(f.pushTo(stranger, "", "まだ届く"), 200, "")
	f.clock.Pass(time.Second)
	for _, user := range []string{blocked, stranger, friend} {
		f.want(f.pushTo(user, "", "おしらせ"), 200, `"id"`)
	}
	for user, want := range map[string]int{blocked: 0, stranger: 1, friend: 1} {
		if got := len(f.Messages(user)); got != want {
			t.Errorf("got %d messages, want %d", got, want)
		}
	}
	last := f.Requests()
	if last[len(last)-2].Delivered || !last[len(last)-1].Delivered {
		t.Errorf("the log does not tell who was reached")
	}
	f.want(f.pushTo("U00000000000000000000000000000000", "", "だれ"), 400, "Failed to send messages")
}

func TestEveryRequestNeedsTheBearerAndGetsAnID(t *testing.T) {
	f := start(t)
	for _, given := range []string{"", "Bearer", "Bearer wrong", "Basic " + bearer} {
		r := f.call("GET", "/v2/bot/info", "", "Authorization", given)
		f.want(r, 401, "Authentication failed")
		if r.header.Get("X-Line-Request-Id") == "" {
			t.Error("no X-Line-Request-Id")
		}
	}
	f.want(f.call("GET", "/v2/bot/info", ""), 200, f.BotUserID())
	for _, r := range f.Requests() {
		if r.Header.Get("Authorization") != "" {
			t.Error("the log keeps the bearer token")
		}
	}
}

func TestAStatelessTokenLivesAQuarterOfAnHour(t *testing.T) {
	f := start(t)
	form := "grant_type=client_credentials&client_id=1234567890&client_secret=" + secret
	r := f.call("POST", "/oauth2/v3/token", form, "Content-Type", "application/x-www-form-urlencoded")
	f.want(r, 200, `"expires_in":900`)
	given := "Bearer " + r.says("access_token")
	f.want(f.call("GET", "/v2/bot/info", "", "Authorization", given), 200, "")
	f.clock.Pass(15 * time.Minute)
	f.want(f.call("GET", "/v2/bot/info", "", "Authorization", given), 401, "")
	f.want(f.call("POST", "/oauth2/v3/token", form+"x"), 400, "invalid_client")
}

func TestBodiesOfTheWrongSizeOrKindAreRefused(t *testing.T) {
	f := start(t)
	f.want(f.call("POST", "/v2/bot/message/reply", "{"+strings.Repeat(" ", 2<<20)+"}"), 413, "")
	f.want(f.call("POST", "/v2/bot/message/reply", "a=b", "Content-Type", "application/x-www-form-urlencoded"), 415, "")
	f.want(f.call("POST", "/v2/bot/message/reply", "{"), 400, "could not be parsed")
	f.want(f.call("POST", "/v2/bot/message/broadcast", "{}"), 404, "")
	f.want(f.call("POST", "/v2/bot/message/multicast", "{}"), 404, "")
}

func TestTooManyCallsInASecondAreTurnedAway(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	body := `{"chatId":"` + user + `","loadingSeconds":20}`
	for range 100 {
		f.want(f.call("POST", "/v2/bot/chat/loading/start", body), 202, "{}")
	}
	f.want(f.call("POST", "/v2/bot/chat/loading/start", body), 429, "rate limit")
	f.clock.Pass(time.Second)
	f.want(f.call("POST", "/v2/bot/chat/loading/start", body), 202, "")
}

func TestTheLoadingSignIsForPeopleAndEndsWithAMessage(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.GroupText("C00000000000000000000000000000001", user, "やあ")
	load := func(chat, seconds string) result {
		return f.call("POST", "/v2/bot/chat/loading/start", `{"chatId":"`+chat+`","loadingSeconds":`+seconds+`}`)
	}
	f.want(load("C00000000000000000000000000000001", "20"), 400, "")
	f.want(load(user, "7"), 400, "loadingSeconds")
	f.want(load(user, "65"), 400, "loadingSeconds")
	f.want(load(user, "5"), 202, "")
	if !f.Loading(user) {
		t.Error("no loading sign")
	}
	f.want(f.pushTo(user, "", "お待たせ"), 200, "")
	if f.Loading(user) {
		t.Error("the loading sign outlives the message")
	}
}

func TestIDsAreLongerThanAJavaScriptNumber(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	var answer struct {
		SentMessages []struct {
			ID         json.Number
			QuoteToken string
		}
	}
	r := f.call("POST", "/v2/bot/message/push", `{"to":"`+user+`","messages":[{"type":"text","text":"a"},{"type":"location","title":"a","address":"b","latitude":1,"longitude":2}]}`)
	if err := json.Unmarshal([]byte(r.body), &answer); err != nil || len(answer.SentMessages) != 2 {
		t.Fatalf("answer = %s, %v", r.body, err)
	}
	id, err := answer.SentMessages[0].ID.Int64()
	if err != nil || id <= 1<<53 {
		t.Errorf("id = %d (%v), want more than 2^53", id, err)
	}
	if answer.SentMessages[0].QuoteToken == "" || answer.SentMessages[1].QuoteToken != "" {
		t.Errorf("quote tokens: %+v, want one for the text and none for the place", answer.SentMessages)
	}
}

func TestValidateTakesMessagesAndSendsNothing(t *testing.T) {
	f := start(t)
	f.want(f.call("POST", "/v2/bot/message/validate/push", `{"messages":[{"type":"text","text":"a"}]}`), 200, "{}")
	f.want(f.call("POST", "/v2/bot/message/validate/reply", `{"messages":[{"type":"text"}]}`), 400, "messages[0].text")
}

func TestAskingWhoSomebodyIsIsAnsweredAndCounted(t *testing.T) {
	f := start(t)
	user := f.NewUser()
	f.want(f.call("GET", "/v2/bot/profile/"+user, ""), http.StatusOK, "displayName")
	f.Unfollow(user)
	f.want(f.call("GET", "/v2/bot/profile/"+user, ""), http.StatusNotFound, "")
	if got := f.Calls("profile"); got != 2 || len(f.Complaints()) != 2 {
		t.Errorf("profile was called %d times with %d complaints, want 2 and 2", got, len(f.Complaints()))
	}
}
