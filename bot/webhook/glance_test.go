package webhook

import (
	"reflect"
	"testing"

	"engawa/bot/line"
)

// slowly is what encoding/json makes of a body: the truth that glance is held to.
func slowly(body []byte) (string, []arrival, error) {
	destination, raws, err := line.Envelope(body)
	var events []arrival
	for _, raw := range raws {
		events = append(events, study(raw))
	}
	return destination, events, err
}

func TestWhatLINESendsIsReadAtAGlance(t *testing.T) {
	for _, b := range []string{
		body(textEvent("01A", userSource(user), canary)),
		body(textEvent("01A", userSource(user), "a\"}]\\"), textEvent("01B", `{"type":"group","groupId":"C1","userId":"U1"}`, "b")),
		body(textEvent("01C", `{"type":"room","roomId":"R1"}`, "c")),
		body(`{"type":"accountLink","webhookEventId":"01D","nested":{"events":[{"type":"x"}],"source":[{}]}}`),
		" {\n\"events\" : [ ] ,\t\"destination\" : \"U\" } ",
	} {
		if _, _, ok := glance([]byte(b)); !ok {
			t.Errorf("%s: was not read at a glance", b)
		}
	}
}

// FuzzGlance: what is read at a glance is what encoding/json reads.
func FuzzGlance(f *testing.F) {
	for _, b := range []string{
		body(textEvent("01A", userSource(user), canary), textEvent("01B", userSource(user), "\"]}\\")),
		`{"destination":"U","destination":"V","events":[]}`,
		`{"destination":"U","Events":[{"type":"a","webhookEventId":"1"}],"events":[]}`,
		`{"destination":"U","events":[{"type":"a","webhookEventId":"1","source":{"userId":"U1","userID":"U2"}}]}`,
		`{"destination":"U","events":[{"type":"a","webhookEventId":"1","\u0073ource":{"userId":"U1"}}]}`,
		`{"destination":"U","events":[{"type":"a","webhookEventId":"1","ſource":{"userId":"U1"}}]}`,
		`{"destination":"U","events":[{"type":"a","webhookEventId":"1","source":{"userId":null,"type":7}}]}`,
		`{"destination":7,"events":null}`, `{"events":[null,1.5e9,"a",{},[[]]],"destination":""}`, `[]`, ``, `{}`,
		"{\"destination\":\"\xff\",\"events\":[]}",
	} {
		f.Add([]byte(b))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		destination, events, ok := glance(b)
		if !ok {
			return
		}
		wantTo, want, err := slowly(b)
		if err != nil || destination != wantTo || len(events) != len(want) || len(want) > 0 && !reflect.DeepEqual(events, want) {
			t.Fatalf("at a glance %q %v, read slowly %q %v (%v)", destination, events, wantTo, want, err)
		}
	})
}
