package house

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"engawa/handoff/alarm/own"
)

// mailbox is a mail server that takes every mail and keeps its text.
func mailbox(t *testing.T) (addr string, mails chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mails = make(chan string, 16)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			takeMail(c, mails)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String(), mails
}

// takeMail hands a mail on before it says that it is taken: who sent it finds it there.
func takeMail(c net.Conn, mails chan<- string) {
	defer func() { _ = c.Close() }()
	say := func(s string) { _, _ = io.WriteString(c, s+"\r\n") }
	say("220 ready")
	in, data, text := bufio.NewScanner(c), false, ""
	for in.Scan() {
		line := in.Text()
		text += line + "\n"
		switch {
		case data && line != ".":
		case data:
			data = false
			mails <- text
			say("250 taken")
		case strings.HasPrefix(strings.ToUpper(line), "DATA"):
			data = true
			say("354 go on")
		case strings.HasPrefix(strings.ToUpper(line), "QUIT"):
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// writesOnce looks three times who is asked and gives the mails that came of it.
func (c *cottage) writesOnce(t *testing.T, mails chan string) (all []string) {
	t.Helper()
	for range 3 {
		if err := c.tellOfAsked(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for {
		select {
		case m := <-mails:
			all = append(all, m)
		default:
			return all
		}
	}
}

// reaches says how one of the staff may be reached.
func (c *cottage) reaches(t *testing.T, account string, r own.Reach) {
	t.Helper()
	if err := c.own.Set(t.Context(), account, r); err != nil {
		t.Fatal(err)
	}
}
