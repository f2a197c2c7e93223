package house

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// TestWhereLINEsChatIsOn既読MeansThatACoordinatorHasReadIt goes the whole way on the
// emulator, in a house whose city has switched LINE's chat on.
func TestWhereLINEsChatIsOn既読MeansThatACoordinatorHasReadIt(t *testing.T) {
	b := *shippedWords(t)
	b.House.ReadMark = true
	d, printed := startDemo(t, &b)
	_, _, desk := d.links(t, printed)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &clerk{town: &town{TB: t, line: d.line, patience: 20 * time.Second}, web: &http.Client{Jar: jar, Timeout: 15 * time.Second}, console: d.cfg.ConsoleAddr}
	if _, err := pageOf(c.web.Get(desk)); err != nil {
		t.Fatal(err)
	}
	user := d.line.NewUser()
	d.line.Follow(user)
	c.awaitText(user, "既読は、相談員が読んだときにつきます")
	d.line.SendText(user, "家賃がもう無理")
	c.awaitText(user, "いちばん近いものはどれですか")
	if d.line.Read(user, "家賃がもう無理") {
		t.Error("既読 stands at words that only the machine has answered")
	}
	c.press(user, "人と話す")
	c.awaitText(user, "順番がとれました")
	if d.line.Read(user, "家賃がもう無理") {
		t.Error("既読 stands at words that wait unread")
	}
	page := c.takes()
	c.sees(page, "家賃がもう無理")
	c.await(20*time.Second, "既読 at what the coordinator has opened", func() bool { return d.line.Read(user, "家賃がもう無理") })
	d.line.SendText(user, "夜がつらい")
	c.await(20*time.Second, "word of something new on the coordinator's page", func() bool {
		body, err := pageOf(c.web.Get("http://" + c.console + page))
		return err == nil && strings.Contains(body, "新しいことば 1件を見る")
	})
	if d.line.Read(user, "夜がつらい") {
		t.Error("既読 stands though the new words are still closed on the page")
	}
	c.does(page + "/open")
	c.await(20*time.Second, "既読 at the next words, too", func() bool { return d.line.Read(user, "夜がつらい") })
}

func TestLINEsChatIsWantedOnOnlyForReadMarks(t *testing.T) {
	for _, one := range []struct{ chat, marks, right bool }{{false, false, true}, {true, false, false}, {true, true, true}, {false, true, false}} {
		if got, ja, en := chatFits(one.chat, one.marks); got != one.right || ja == "" || en == "" {
			t.Errorf("chat %v, marks by humans %v: got %v %q %q, want %v", one.chat, one.marks, got, ja, en, one.right)
		}
	}
}
