package house

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"

	"engawa/bot/assist"
	"engawa/bot/line/emulator"
	"engawa/config"
	"engawa/flows"
)

// adviser is a server with the OpenAI wire format that answers as told, or not at all.
type adviser struct {
	*httptest.Server
	mu     sync.Mutex
	says   string // the commands; "" = it never answers
	bodies []string
}

func startAdviser(t *testing.T) *adviser {
	t.Helper()
	a := &adviser{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.bodies = append(a.bodies, string(body))
		says := a.says
		a.mu.Unlock()
		if says == "" {
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "c", "object": "chat.completion", "model": "m",
			"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": says}}},
			"usage":   map[string]int{"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50},
		})
	}))
	t.Cleanup(func() { a.CloseClientConnections(); a.Close() })
	return a
}

func (a *adviser) will(say string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.says = say
}

func (a *adviser) asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.bodies...)
}

// unclear is a line that no rule knows what to do with, with a number that must not leave.
const unclear = "そのあれ090-1234-5678"

func TestAModelHelpsTheRulesAndNothingDependsOnIt(t *testing.T) {
	b, err := words(config.Config{AcceptDrafts: config.Drafts{All: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ask := assist.Ask(b, flows.State{}, unclear, flows.Reading{}); !ask {
		t.Fatal("the line of this test is one that a model would be asked about")
	}
	model := startAdviser(t)
	tw := newTown(t, "ENGAWA_ASSIST_URL="+model.URL+"/v1", "ENGAWA_ASSIST_MODEL=m")
	tw.start()
	write := func(user, want string) {
		t.Helper()
		tw.line.SendText(user, unclear)
		tw.awaitText(user, want)
	}

	model.will(`{"commands":[{"do":"route","id":"okane"}]}`) // a guess becomes a question, never a jump
	write(tw.line.NewUser(), "こういうことでしょうか。違っていたら「どれも違う」で大丈夫です。\nお金のこと")

	model.will(`{"commands":[{"do":"crisis","level":"clear","danger":"life"}]}`)
	write(tw.line.NewUser(), "119")

	for _, bad := range []string{`{"commands":[{"do":"delete"}]}`, "わかりました。お金の相談ですね。", ""} { // lying, chatting, silent
		model.will(bad)
		write(tw.line.NewUser(), "大丈夫です") // whatever the rules make of it, it is answered
	}
	for _, body := range model.asked() {
		if strings.Contains(body, "1234") || strings.Contains(body, "U0") {
			t.Errorf("a number or an id left the house: %s", body)
		}
	}
	tw.stop(syscall.SIGTERM) // and with it a breaker that may be resting
	tw.start()
	model.will(`{"commands":[{"do":"route","id":"okane"}]}`)
	free := tw.line.NewUser()
	tw.line.SendText(free, "AIを使わないで")
	tw.awaitText(free, "AI(言語モデル)にはたずねません")
	before := len(model.asked())
	write(free, "大丈夫です")
	if n := len(model.asked()) - before; n != 0 {
		t.Errorf("the model was asked %d times about somebody who does not want it", n)
	}
	asker := tw.line.NewUser()
	write(asker, "こういうことでしょうか")
	tw.line.Do(emulator.Text(asker, "ここのこと"))
	tw.awaitText(asker, "名前や電話番号を伏せて")
}
