package preview

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

// get asks a handler for a page.
func get(t *testing.T, s http.Handler, method, path, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	raw, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(raw)
}

func opened(t *testing.T) (*Follower, *Server) {
	t.Helper()
	f, err := Follow(copyContent(t), examples, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := New(f.Book, Options{Folder: "machi"})
	t.Cleanup(func() {
		s.Close()
		_ = f.watch.Close()
	})
	s.open("HITOHITO")
	return f, s
}

func TestThePreviewShowsWordsAndNothingElse(t *testing.T) {
	_, s := opened(t)
	for _, c := range []struct {
		name, method, path string
		want               int
	}{
		{"a flow", "GET", "/t/HITOHITO/file?name=flows/okane.yaml", 200},
		{"the house", "GET", "/t/HITOHITO/file?name=house.yaml", 200},
		{"above the folder", "GET", "/t/HITOHITO/file?name=../../go.mod", 404},
		{"an absolute path", "GET", "/t/HITOHITO/file?name=/etc/passwd", 404},
		{"what is no words", "GET", "/t/HITOHITO/file?name=content.go", 404},
		{"what is hidden", "GET", "/t/HITOHITO/file?name=.git/x.yaml", 404},
		{"a talk that nobody opened", "GET", "/t/NOBODYNOBODY/file?name=house.yaml", 404},
		{"the phone", "GET", "/t/HITOHITO/phone?user=hito", 200},
		{"its script", "GET", "/t/HITOHITO/phone/static/phone.js", 200},
		{"LINE's API behind it", "POST", "/t/HITOHITO/v2/bot/message/push", 404},
		{"LINE's API through the phone", "POST", "/t/HITOHITO/phone/../v2/bot/message/push", 307},
		{"another program's templates", "GET", "/static/preview.html", 404},
		{"the map", "GET", "/t/HITOHITO/map.svg?flow=okane", 200},
		{"a page without a talk is given one", "GET", "/", 303},
	} {
		if got, _ := get(t, s, c.method, c.path, ""); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestAWishThatNobodyOffersChangesNothing(t *testing.T) {
	_, s := opened(t)
	before := s.talks["HITOHITO"].tell()
	for _, wish := range []string{`{"do":"jump","value":"okane/nowhere"}`, `{"do":"lang","value":"xx"}`, `{"do":"clock","value":"tomorrow"}`,
		`{"do":"rm","value":"-rf"}`, `not JSON`} {
		if got, _ := get(t, s, "POST", "/t/HITOHITO/do", wish); got != 400 {
			t.Errorf("%s: got %d, want 400", wish, got)
		}
	}
	after := s.talks["HITOHITO"].tell()
	if before.At != after.At || before.Lang != after.Lang || after.Turned {
		t.Errorf("got %+v, want as before %+v", after, before)
	}
}

func TestAnotherSiteCannotActInThePreview(t *testing.T) {
	_, s := opened(t)
	r := httptest.NewRequest("POST", "http://127.0.0.1/t/HITOHITO/do", strings.NewReader(`{"do":"restart"}`))
	r.Header.Set("Origin", "https://elsewhere.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("got %d, want %d", w.Code, http.StatusForbidden)
	}
}

func TestTheOldestTalkGivesWay(t *testing.T) {
	_, s := opened(t)
	for i := range mostTalks {
		s.open("TALKNUMBER" + string(rune('A'+i)))
	}
	if s.talks["HITOHITO"] != nil || len(s.talks) != mostTalks {
		t.Errorf("got %d talks, the first among them: %t; want %d without it", len(s.talks), s.talks["HITOHITO"] != nil, mostTalks)
	}
}

func TestAClockThatIsTurnedLetsHappenWhatFallsDue(t *testing.T) {
	_, s := opened(t)
	talk := s.talks["HITOHITO"]
	if !talk.Do("clock", "2026-11-24T11:00") || !talk.Do("jump", "okane/しめくくり") {
		t.Fatal("cannot begin")
	}
	talk.mu.Lock()
	sc := talk.w.Bundle.Scenes["okane/しめくくり"]
	choice := 0
	for i, c := range sc.Choices {
		if c.Later != nil {
			choice = i + 1
			break
		}
	}
	talk.step(flows.Event{Kind: flows.EvTap, At: talk.now(), Tap: flows.Tap{Scene: sc.Key, Choice: choice, Turn: talk.w.State.Turn}}, flows.PostQuery{})
	asked := len(talk.w.timers)
	talk.mu.Unlock()
	if asked != 1 {
		t.Fatalf("got %d check-ins asked for, want 1", asked)
	}
	if !talk.Do("clock", "2026-12-24T11:00") {
		t.Fatal("the clock does not turn")
	}
	if got := talk.tell().At; got != "okane/その後" {
		t.Errorf("got %s on the phone, want the check-in", got)
	}
}

// TestAFaultyReadingNeverTalks saves a slip and takes it back: the phone talks on all the while.
func TestAFaultyReadingNeverTalks(t *testing.T) {
	f, s := opened(t)
	d := &desk{t: t, dir: f.dir}
	good := f.Book.Now().Bundle
	d.edit("flows/okane.yaml", "題: お金のこと", "題： お金のこと")
	f.read()
	now := s.talks["HITOHITO"].tell()
	if f.Book.Now().Bundle != good || len(now.Faults) == 0 || now.Faults[0].Line != 2 || !now.Ready {
		t.Errorf("got %+v, want the fault in line 2 and the last good words", now.Faults)
	}
	d.edit("flows/okane.yaml", "題： お金のこと", "題: お金のこと")
	f.read()
	if v := f.Book.Now(); v.Faults.Err() != nil || v.Bundle.Hash != good.Hash {
		t.Errorf("got %v, want the words as they were", v.Faults.Err())
	}
}

// TestAFolderThatWasNeverGoodShowsItsFaults begins with a slip.
func TestAFolderThatWasNeverGoodShowsItsFaults(t *testing.T) {
	dir := copyContent(t)
	d := &desk{t: t, dir: dir}
	d.edit("flows/okane.yaml", "題: お金のこと", "題： お金のこと")
	f, err := Follow(dir, examples, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.watch.Close() }()
	s := New(f.Book, Options{})
	defer s.Close()
	s.open("HITOHITO")
	talk := s.talks["HITOHITO"]
	if now := talk.tell(); now.Ready || len(now.Faults) == 0 {
		t.Fatalf("got %+v, want faults and no phone", now)
	}
	d.edit("flows/okane.yaml", "題： お金のこと", "題: お金のこと")
	f.read()
	talk.renew()
	if now := talk.tell(); !now.Ready || len(now.Read) == 0 {
		t.Errorf("got %+v, want a greeting once the slip is gone", now)
	}
}

func TestALivePageHearsOfASave(t *testing.T) {
	f, address := follow(t, copyContent(t))
	client := &http.Client{Timeout: time.Minute}
	res, err := client.Get(address + "/?talk=HITOHITO")
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	res, err = client.Get(address + "/t/HITOHITO/live")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	d := &desk{t: t, dir: f.dir}
	heard := json.NewDecoder(&events{from: res.Body})
	var first, now Now
	if err := heard.Decode(&first); err != nil {
		t.Fatal(err)
	}
	d.edit("flows/okane.yaml", "お金の話は、", "お金のことは、")
	for now.Version <= first.Version || now.Hash == first.Hash { // a check that has ended is news, too
		if err := heard.Decode(&now); err != nil {
			t.Fatalf("no new words after a save: %v", err)
		}
	}
}

// events reads the data of a stream of events.
type events struct {
	from io.Reader
	rest string
}

func (e *events) Read(p []byte) (int, error) {
	buf := make([]byte, 4096)
	n, err := e.from.Read(buf)
	e.rest += string(buf[:n])
	out := ""
	for {
		l, after, ok := strings.Cut(e.rest, "\n")
		if !ok {
			break
		}
		e.rest = after
		if data, ok := strings.CutPrefix(l, "data: "); ok {
			out += data
		}
	}
	if len(out) > len(p) {
		out, e.rest = out[:len(p)], "data: "+out[len(p):]+"\n"+e.rest
	}
	return copy(p, out), err
}
