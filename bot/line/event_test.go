package line_test

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"engawa/bot/line"
)

const user = "U0123456789abcdef0123456789abcdef"

// head is what all events of these tests have in common.
const head = `"webhookEventId":"01E","mode":"active","timestamp":1795300000123,"replyToken":"rt","deliveryContext":{"isRedelivery":false},"source":{"type":"user","userId":"` + user + `"}`

// with is an event of a type with the common head and what f adds.
func with(typ string, f func(*line.Inbound)) line.Inbound {
	in := line.Inbound{
		EventID: "01E", Type: typ, Source: "user", UserID: user, At: time.UnixMilli(1795300000123), ReplyToken: "rt",
	}
	f(&in)
	return in
}

type kind struct {
	raw  string
	want line.Inbound
}

// One message of every kind, and one event of every other.
var (
	messages = map[string]kind{
		"text": {
			`{"type":"message","message":{"id":"9007199254740993","type":"text","text":"家賃がもう無理","quotedMessageId":"7","markAsReadToken":"mt"},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "9007199254740993", Type: "text", Text: "家賃がもう無理", Quoted: "7", ReadToken: "mt"}
			}),
		},
		"sticker": {
			`{"type":"message","message":{"id":"1","type":"sticker","packageId":"11537","stickerId":"52002734","stickerResourceType":"NEW","keywords":["泣く","かなしい"]},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "1", Type: "sticker", PackageID: "11537", StickerID: "52002734", Keywords: []string{"泣く", "かなしい"}}
			}),
		},
		"image of a set": {
			`{"type":"message","message":{"id":"2","type":"image","contentProvider":{"type":"line"},"imageSet":{"id":"S","index":2,"total":3}},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "2", Type: "image", SetID: "S", SetIndex: 2, SetTotal: 3}
			}),
		},
		"video from elsewhere": {
			`{"type":"message","message":{"id":"3","type":"video","duration":60000,"contentProvider":{"type":"external","originalContentUrl":"https://example.org/a.mp4"}},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "3", Type: "video", Duration: 60000, External: "https://example.org/a.mp4"}
			}),
		},
		"file": {
			`{"type":"message","message":{"id":"4","type":"file","fileName":"通知.pdf","fileSize":2138},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "4", Type: "file", FileName: "通知.pdf", FileSize: 2138}
			}),
		},
		"location": {
			`{"type":"message","message":{"id":"5","type":"location","title":"家","address":"ひなた区1-2","latitude":35.65,"longitude":139.7},` + head + `}`,
			with("message", func(in *line.Inbound) {
				in.Message = line.Message{ID: "5", Type: "location", Title: "家", Address: "ひなた区1-2", Latitude: 35.65, Longitude: 139.7}
			}),
		},
	}
	events = map[string]kind{
		"postback": {
			`{"type":"postback","postback":{"data":"t:abc"},` + head + `}`,
			with("postback", func(in *line.Inbound) { in.Postback.Data = "t:abc" }),
		},
		"postback with a picked date": {
			`{"type":"postback","postback":{"data":"d","params":{"datetime":"2026-12-05T14:00"}},` + head + `}`,
			with("postback", func(in *line.Inbound) { in.Postback = line.Postback{Data: "d", Pick: "2026-12-05T14:00"} }),
		},
		"postback of a menu switch": {
			`{"type":"postback","postback":{"data":"m","params":{"newRichMenuAliasId":"talk","status":"SUCCESS"}},` + head + `}`,
			with("postback", func(in *line.Inbound) { in.Postback = line.Postback{Data: "m", Menu: "talk"} }),
		},
		"postback whose params are odd": {
			`{"type":"postback","postback":{"data":"d","params":{"date":7,"x":null}},` + head + `}`,
			with("postback", func(in *line.Inbound) { in.Postback.Data = "d" }),
		},
		"follow":   {`{"type":"follow","follow":{"isUnblocked":true},` + head + `}`, with("follow", func(in *line.Inbound) { in.Unblocked = true })},
		"unfollow": {`{"type":"unfollow",` + head + `}`, with("unfollow", func(*line.Inbound) {})},
		"unsend":   {`{"type":"unsend","unsend":{"messageId":"42"},` + head + `}`, with("unsend", func(in *line.Inbound) { in.Unsent = "42" })},
		"newer than we are": {
			`{"type":"hologram","hologram":{"a":[1,{}]},"new":true,` + head + `}`, with("hologram", func(*line.Inbound) {}),
		},
		"message newer than we are": {
			`{"type":"message","message":{"id":"6","type":"smell","keywords":5,"duration":"long"},` + head + `}`,
			with("message", func(in *line.Inbound) { in.Message = line.Message{ID: "6", Type: "smell"} }),
		},
	}
)

func TestEveryKindOfEventIsRead(t *testing.T) {
	all := maps.Clone(messages)
	maps.Copy(all, events)
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			got, err := line.Parse([]byte(c.raw))
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("event differs (-want +got):\n%s", d)
			}
		})
	}
}

func TestStandbyGroupsAndRedeliveryAreSeen(t *testing.T) {
	got, err := line.Parse([]byte(`{"type":"message","mode":"standby","webhookEventId":"e","timestamp":1,
		"deliveryContext":{"isRedelivery":true},"source":{"type":"group","groupId":"C1","userId":"` + user + `"},"message":{"id":"1","type":"text","text":"a"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Standby || !got.Redelivery || got.Source != "group" || got.GroupID != "C1" || got.ReplyToken != "" {
		t.Errorf("got %+v, want a standby event of group C1, redelivered, without a token", got)
	}
}

func TestAnEventWithoutASourceIsStillAnEvent(t *testing.T) {
	got, err := line.Parse([]byte(`{"type":"delivery","webhookEventId":"e","timestamp":1,"source":null,"delivery":{"data":"x"}}`))
	if err != nil || got.Source != "" {
		t.Errorf("got %+v, %v, want an event from nobody", got, err)
	}
}

func TestBrokenEventsAreRefusedWithoutRepeatingTheirWords(t *testing.T) {
	const secret = "ひみつのことば"
	for name, raw := range map[string]string{
		"not JSON":             `{"type":"` + secret,
		"a list":               `["` + secret + `"]`,
		"no id":                `{"type":"message","message":{"id":"1","type":"text","text":"` + secret + `"}}`,
		"no type":              `{"webhookEventId":"e","x":"` + secret + `"}`,
		"type is a number":     `{"webhookEventId":"e","type":4,"x":"` + secret + `"}`,
		"message is a string":  `{"webhookEventId":"e","type":"message","message":"` + secret + `"}`,
		"message without id":   `{"webhookEventId":"e","type":"message","message":{"type":"text","text":"` + secret + `"}}`,
		"text is not a string": `{"webhookEventId":"e","type":"message","message":{"id":"1","type":"text","text":["` + secret + `"]}}`,
		"unsend of nothing":    `{"webhookEventId":"e","type":"unsend","x":"` + secret + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := line.Parse([]byte(raw))
			if !errors.Is(err, line.ErrBroken) {
				t.Fatalf("got %v, want ErrBroken", err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats the words: %v", err)
			}
		})
	}
}

func TestTextsThatNoKeyboardTypesAreRead(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"lone surrogate":  {`\ud83d`, "\uFFFD"},
		"NUL":             {`a\u0000b`, "a\x00b"},
		"escaped emoji":   {`\ud83c\udf4e`, "🍎"},
		"direction marks": {`\u202eabc`, "\u202eabc"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := line.Parse([]byte(`{"type":"message","webhookEventId":"e","message":{"id":"1","type":"text","text":"` + c.json + `"}}`))
			if err != nil || got.Message.Text != c.want {
				t.Errorf("got %q, %v, want %q", got.Message.Text, err, c.want)
			}
		})
	}
}

func TestABatchIsSplitAndABrokenEventStaysAlone(t *testing.T) {
	to, events, err := line.Envelope([]byte(`{"destination":"Ubot","events":[{"type":"a"},7,null,{"type":"b"}],"new":1}`))
	if err != nil || to != "Ubot" || len(events) != 4 {
		t.Fatalf("got %q, %d events, %v, want Ubot, 4", to, len(events), err)
	}
	if string(events[1]) != "7" || string(events[3]) != `{"type":"b"}` {
		t.Errorf("events are not handed over as they came: %s", events)
	}
	if _, events, err := line.Envelope([]byte(`{"destination":"Ubot","events":[]}`)); err != nil || len(events) != 0 {
		t.Errorf("LINE's test of the line: got %d events, %v, want none", len(events), err)
	}
	if _, _, err := line.Envelope([]byte(`<html>`)); !errors.Is(err, line.ErrBroken) {
		t.Errorf("got %v, want ErrBroken", err)
	}
}

func TestOnlyTheChannelsSecretsSign(t *testing.T) {
	// LINE's own example.
	const secret, sig = "8c570fa6dd201bb328f1c1eac23a96d8", "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
	body := []byte(`{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}`)
	for name, c := range map[string]struct {
		secrets []string
		body    []byte
		sig     string
		want    bool
	}{
		"the secret":               {[]string{secret}, body, sig, true},
		"the old one of two":       {[]string{"new", secret}, body, sig, true},
		"another secret":           {[]string{"other"}, body, sig, false},
		"an empty secret":          {[]string{""}, body, line.Sign("", body), false},
		"no secret":                {nil, body, sig, false},
		"no signature":             {[]string{secret}, body, "", false},
		"not base64":               {[]string{secret}, body, "!!", false},
		"short":                    {[]string{secret}, body, "GhRK", false},
		"one byte changed":         {[]string{secret}, append([]byte(" "), body...), sig, false},
		"our own signature of it":  {[]string{secret}, body, line.Sign(secret, body), true},
		"signature with a newline": {[]string{secret}, body, sig + "\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := line.Verifier(c.secrets)(c.body, c.sig); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"message","webhookEventId":"e","message":{"id":"1","type":"text","text":"a"}}`))
	f.Add([]byte(`{"type":"postback","webhookEventId":"e","postback":{"data":"d","params":{"date":1}}}`))
	f.Add([]byte(`{"type":"unsend","webhookEventId":"e","unsend":{"messageId":"1"},"follow":[]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := line.Parse(raw)
		if err == nil && (in.EventID == "" || in.Type == "") {
			t.Errorf("an event without id or type came through")
		}
		if err != nil && !errors.Is(err, line.ErrBroken) {
			t.Errorf("got %v, want ErrBroken", err)
		}
		_, _, _ = line.Envelope(raw)
	})
}
