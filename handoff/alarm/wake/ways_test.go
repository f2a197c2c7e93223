package wake

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var ring = Ring{ID: "a1", Step: 1, Waiting: 3 * time.Minute, Link: "https://desk.example"}

func TestTheCitysProgramLearnsWhatItNeedsAndNoMore(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	script := filepath.Join(dir, "pager.sh")
	text := "#!/bin/sh\nenv > " + out + "\n"
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ENGAWA_MASTER_KEY", "never")
	if _, err := Command(script).Call(t.Context(), ring); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"ENGAWA_ALARM_FOR=second", "ENGAWA_ALARM_STEP=1", "ENGAWA_ALARM_WAITING=180", "ENGAWA_ALARM_LINK=https://desk.example", "ENGAWA_ALARM_ID=a1"} {
		if !strings.Contains(string(got), want+"\n") {
			t.Errorf("the program did not learn %s:\n%s", want, got)
		}
	}
	if strings.Contains(string(got), "never") {
		t.Error("a secret of the house was handed to the program")
	}
	for _, bad := range []string{filepath.Join(dir, "none"), out} {
		if _, err := Command(bad).Call(t.Context(), ring); err == nil || strings.Contains(err.Error(), dir) {
			t.Errorf("%v, want an error without the path", err)
		}
	}
}

func TestTheHookIsSignedAndFollowsNoRedirect(t *testing.T) {
	answer := http.StatusNoContent
	var body, signature string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, signature = string(b), r.Header.Get(Signature)
		w.Header().Set("Location", "https://elsewhere.example")
		w.WriteHeader(answer)
	}))
	defer s.Close()
	h := Hook{URL: s.URL, Secret: func() string { return "shared" }, Client: s.Client()}
	h.Client.CheckRedirect = quiet.CheckRedirect
	if _, err := h.Call(t.Context(), ring); err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte("shared"))
	mac.Write([]byte(body))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); signature != want {
		t.Errorf("signature %q, want %q", signature, want)
	}
	if !strings.Contains(body, `"for":"second"`) || strings.Contains(body, "つばめ") {
		t.Errorf("body %s", body)
	}
	for _, answer = range []int{http.StatusFound, http.StatusForbidden, http.StatusInternalServerError} {
		if _, err := h.Call(t.Context(), ring); err == nil {
			t.Errorf("%d was taken for a yes", answer)
		}
	}
	s.Close()
	if _, err := h.Call(t.Context(), ring); err == nil || strings.Contains(err.Error(), s.URL) {
		t.Errorf("%v, want an error without the address", err)
	}
	h.Client.CloseIdleConnections()
}

// postOffice is a mail server on this machine that takes one mail at a time.
func postOffice(t *testing.T) (addr string, taken func() (to []string, text string)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	type parcel struct {
		to   []string
		text string
	}
	mails := make(chan parcel, 4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			to, text := smtp(c)
			mails <- parcel{to, text}
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String(), func() ([]string, string) {
		select {
		case p := <-mails:
			return p.to, p.text
		case <-time.After(10 * time.Second):
			t.Fatal("no mail arrived")
		}
		return nil, ""
	}
}

// smtp speaks as much of RFC 5321 as one mail needs.
func smtp(c net.Conn) (to []string, text string) {
	defer func() { _ = c.Close() }()
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 ready")
	in := bufio.NewScanner(c)
	for in.Scan() {
		line := in.Text()
		switch verb := strings.ToUpper(strings.SplitN(line, " ", 2)[0]); {
		case verb == "RCPT":
			to = append(to, line)
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			for in.Scan() && in.Text() != "." {
				text += in.Text() + "\n"
			}
			say("250 taken")
		case verb == "QUIT":
			say("221 bye")
			return to, text
		default:
			say("250 ok")
		}
	}
	return to, text
}

func TestTheSecondIsWrittenToWhenTheFirstDidNotReact(t *testing.T) {
	addr, taken := postOffice(t)
	m := Mail{Server: func() string { return "smtp+insecure://" + addr }, From: "engawa@example.lg.jp",
		To: map[For][]string{First: {"first@example.lg.jp"}, Second: {"second@example.lg.jp"}, Duty: {"duty@example.lg.jp"}}}
	if _, err := m.Call(t.Context(), ring); err != nil {
		t.Fatal(err)
	}
	to, text := taken()
	all := strings.Join(to, "\n")
	if !strings.Contains(all, "first@") || !strings.Contains(all, "second@") || strings.Contains(all, "duty@") {
		t.Errorf("sent to %q, want first and second", to)
	}
	if !strings.Contains(text, "=?UTF-8?q?") || strings.Contains(text, "second@") {
		t.Errorf("the mail is\n%s\nwant a Japanese subject and no receivers", text)
	}
}

func TestAMailServerThatIsAwayIsAnErrorWithoutNames(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	m := Mail{Server: func() string { return "smtp+insecure://user:geheim@" + addr }, From: "engawa@example.lg.jp",
		To: map[For][]string{First: {"first@example.lg.jp"}}}
	if _, err := m.Call(ctx, ring); err == nil || strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "first@") {
		t.Errorf("got %v", err)
	}
	m.To = nil
	if _, err := m.Call(ctx, ring); err != nil {
		t.Errorf("nobody to write to at this step: got %v, want no failure", err)
	}
}

func TestALetterIsTheSameMailHoweverOftenItIsSent(t *testing.T) {
	addr, taken := postOffice(t)
	m := Mail{Server: func() string { return "smtp+insecure://" + addr }, From: "engawa@example.lg.jp"}
	for range 2 { // a process died before it could note that the first had left
		if err := m.Send(t.Context(), "a1b2", "nazuna@example.jp", "お知らせ", "https://engawa.example/g/in/X"); err != nil {
			t.Fatal(err)
		}
		to, text := taken()
		if len(to) != 1 || !strings.Contains(to[0], "nazuna@") || !strings.Contains(text, "Message-ID: <a1b2@example.lg.jp>") || strings.Contains(text, "Importance") {
			t.Errorf("to %q:\n%s", to, text)
		}
	}
}

func TestAMailGoesPastWhoeverWantsQuietAndNeverToNobody(t *testing.T) {
	for _, x := range []struct {
		what  string
		step  int
		quiet string
		must  bool
		want  string
	}{
		{"nobody wants quiet", 0, "", true, "first"},
		{"the first want quiet: the second at once", 0, "first", true, "second"},
		{"both want quiet: the duty at once", 0, "first second", true, "duty"},
		{"the second want quiet", 1, "second", true, "first"},
		{"all want quiet", 1, "first second duty", true, ""},
		{"all want quiet and nobody else is left", 2, "first second duty", true, "first second duty"},
		{"at night, in a house that calls nobody at night", 2, "first second duty", false, ""},
	} {
		m := Mail{To: map[For][]string{First: {"first@x.jp"}, Second: {"second@x.jp"}, Duty: {"duty@x.jp"}}, Must: func() bool { return x.must },
			Quiet: func(context.Context) func(string) bool {
				return func(address string) bool { return strings.Contains(x.quiet, strings.TrimSuffix(address, "@x.jp")) }
			}}
		all, who := m.receivers(t.Context(), Ring{Step: x.step})
		if got := strings.ReplaceAll(strings.Join(all, " "), "@x.jp", ""); got != x.want || strings.Join(who, " ") != x.want {
			t.Errorf("%s: to %q, noted as %q, want %q", x.what, got, who, x.want)
		}
	}
}
