package board_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"engawa/bot/board"
	"engawa/flows/catalogue"
)

// posted delivers all letters that lie there, as a house does whose mail works.
func (w *world) posted() (all []board.Letter, ids []string) {
	w.t.Helper()
	w.must(w.Deliver(w.ctx(), func(_ context.Context, id string, l board.Letter) error {
		all, ids = append(all, l), append(ids, id)
		return nil
	}))
	return all, ids
}

func TestWhoIsInvitedByMailIsAMemberOnceAndGetsALinkAnew(t *testing.T) {
	w := newWorld(t)
	g, host := w.group(true)
	var in *board.Invite
	for range 3 { // the host taps three times
		one, address, err := w.InviteByMail(w.ctx(), "mail-1", g.ID, " Nazuna@Example.JP ", 14*24*time.Hour, host.ID)
		w.must(err)
		if in != nil && one.Code != in.Code || address != "Nazuna@example.jp" {
			t.Fatalf("got %s for %s, want one invitation", one.Code, address)
		}
		in = one
	}
	_, m, err := w.Join(w.ctx(), "join-1", in.Code, "なずな", "nazuna", "")
	w.must(err)
	if _, _, err := w.Join(w.ctx(), "join-2", in.Code, "だれか", "other", ""); !errors.Is(err, board.ErrCode) {
		t.Errorf("a second person by the same mail: got %v, want %v", err, board.ErrCode)
	}
	g, err = w.Group(w.ctx(), g.ID)
	w.must(err)
	m, _ = g.Member(m.ID)
	if got, err := w.Address(w.ctx(), g.ID, m); err != nil || got != "Nazuna@example.jp" || m.Notices || strings.Contains(string(m.Mail), "azuna") {
		t.Errorf("got %q, notices %v, %v: want the address, sealed, and no consent that nobody gave", got, m.Notices, err)
	}
	_, links, _, err := w.Lost(w.ctx(), w.follow, "nazuna@example.jp")
	w.must(err)
	if len(links) != 1 {
		t.Fatalf("got %d links, want 1", len(links))
	}
	browser := strings.Repeat("b", 40)
	w.must(w.Redeem(w.ctx(), links[0], browser))
	if _, who, err := w.Browser(w.ctx(), browser); err != nil || who.ID != m.ID {
		t.Errorf("the new link opens for %q: %v", who.Name, err)
	}
	if _, links, _, err := w.Lost(w.ctx(), w.follow, "nobody@example.jp"); err != nil || len(links) != 0 {
		t.Errorf("an address of nobody: got %d links, %v", len(links), err)
	}
	w.must(w.Leave(w.ctx(), w.act(), g.ID, m.ID, m.ID))
	if _, links, _, err := w.Lost(w.ctx(), w.follow, "nazuna@example.jp"); err != nil || len(links) != 0 {
		t.Errorf("who left: got %d links, %v", len(links), err)
	}
	if _, _, _, err := w.Lost(w.ctx(), w.follow, "nazuna@example.jp"); err != nil {
		t.Errorf("a third time: %v", err)
	}
	if _, _, _, err := w.Lost(w.ctx(), w.follow, "nazuna@example.jp"); !errors.Is(err, board.ErrOften) {
		t.Errorf("a fourth time in a day: got %v, want %v", err, board.ErrOften)
	}
}

func TestAnAddressIsKeptOnlyAsLongAsItsMemberWants(t *testing.T) {
	w := newWorld(t)
	g, m := w.group(true)
	w.must(w.SetAddress(w.ctx(), w.act(), g.ID, m.ID, "tanpopo@example.jp", true))
	g, err := w.Group(w.ctx(), g.ID)
	w.must(err)
	if m, _ = g.Member(m.ID); !m.Notices {
		t.Error("the consent is not noted")
	}
	w.must(w.SetAddress(w.ctx(), w.act(), g.ID, m.ID, " ", true))
	g, err = w.Group(w.ctx(), g.ID)
	w.must(err)
	if m, _ = g.Member(m.ID); len(m.Mail) > 0 || m.Mark != "" || m.Notices {
		t.Errorf("got %+v, want nothing left of the address", m)
	}
	for _, bad := range []string{"nobody", "a@b\r\nBcc: all@example.jp", "<x@example.jp", strings.Repeat("a", 300) + "@example.jp"} {
		if err := w.SetAddress(w.ctx(), w.act(), g.ID, m.ID, bad, true); len(catalogue.Faults(err)) == 0 {
			t.Errorf("%q: got %v, want a kind word", bad, err)
		}
	}
}

func TestALetterWrittenThreeTimesLeavesOnceAndOneThatFailedLeavesLater(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(true)
	l := board.Letter{To: "tanpopo@example.jp", Subject: "縁側からのお知らせ", Body: "https://engawa.example/g/in/X"}
	for range 3 {
		w.must(w.Write(w.ctx(), "lost:1", g.ID, l, time.Hour))
	}
	down := errors.New("down")
	calls := 0
	if err := w.Deliver(w.ctx(), func(context.Context, string, board.Letter) error { calls++; return down }); !errors.Is(err, down) || calls != 1 {
		t.Fatalf("got %d calls and %v, want one that failed", calls, err)
	}
	if all, _ := w.posted(); len(all) != 0 {
		t.Errorf("got %d at once after a failure, want a pause", len(all))
	}
	w.freePost()
	all, ids := w.posted()
	if len(all) != 1 || all[0] != l || strings.Contains(ids[0], "lost") {
		t.Errorf("got %v as %v, want the letter once under a name that tells nothing", all, ids)
	}
	w.must(w.Write(w.ctx(), "lost:1", g.ID, l, time.Hour))
	w.freePost()
	if all, _ := w.posted(); len(all) != 0 {
		t.Error("a letter that has left leaves again")
	}
	w.must(w.Write(w.ctx(), "lost:2", g.ID, l, time.Hour))
	w.now = w.now.Add(2 * time.Hour)
	w.freePost()
	if all, _ := w.posted(); len(all) != 0 {
		t.Error("a letter whose link is dead is sent")
	}
}

func TestALetterThatIsAskedForAgainAndAgainDoesNotUseUpTheDay(t *testing.T) {
	w := newWorld(t)
	g, _ := w.group(true)
	l := board.Letter{To: "tanpopo@example.jp", Subject: "縁側からのお知らせ", Body: "https://engawa.example/g/in/X"}
	for range 1001 { // more often than a day has letters
		w.must(w.Write(w.ctx(), "asked:1", g.ID, l, time.Hour))
	}
	w.must(w.Write(w.ctx(), "asked:2", g.ID, l, time.Hour))
	if all, _ := w.posted(); len(all) != 2 {
		t.Errorf("got %d letters, want both", len(all))
	}
}

func TestTheLastHostWhoLeavesLeavesAHost(t *testing.T) {
	w := newWorld(t)
	g, host := w.group(true)
	in, err := w.Invite(w.ctx(), w.act(), g.ID, 5, time.Hour, false, host.ID)
	w.must(err)
	var ids []string
	for _, name := range []string{"すみれ", "なずな"} {
		_, m, err := w.Join(w.ctx(), w.act(), in.Code, name, name, "")
		w.must(err)
		ids = append(ids, m.ID)
	}
	w.must(w.Leave(w.ctx(), w.act(), g.ID, host.ID, host.ID))
	g, err = w.Group(w.ctx(), g.ID)
	w.must(err)
	first, _ := g.Member(ids[0])
	second, _ := g.Member(ids[1])
	if !first.Host || second.Host {
		t.Errorf("got hosts %v and %v, want who has been there longest", first.Host, second.Host)
	}
}
