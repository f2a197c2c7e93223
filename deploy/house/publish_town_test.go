package house

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/handoff/staff"
)

// author publishes folders with the very program while another process serves.
type author struct {
	*town
	dir, user string
}

// says runs the program as the author would and gives what it said.
func (a *author) says(args ...string) (string, error) {
	cmd := exec.Command(engawa(a), args...)
	cmd.Env = a.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (a *author) publishes(more ...string) string {
	a.Helper()
	out, err := a.says(append([]string{"publish", "--content", a.dir, "--by", "satou"}, more...)...)
	if err != nil {
		a.Fatalf("publish: %v\n%s", err, out)
	}
	return out
}

func (a *author) refused(why string, args ...string) {
	a.Helper()
	if out, err := a.says(args...); err == nil || !strings.Contains(out, why) {
		a.Errorf("got %v and\n%s\nwant a refusal that says %q", err, out, why)
	}
}

// meets does something until what the house answers has a piece of text in it.
func (a *author) meets(piece string, do func()) emulator.Delivered {
	a.Helper()
	var got emulator.Delivered
	a.await(30*time.Second, piece, func() bool {
		before := len(a.line.Messages(a.user))
		do()
		a.await(20*time.Second, "an answer", func() bool { return len(a.line.Messages(a.user)) > before })
		i := slices.IndexFunc(a.line.Messages(a.user)[before:], func(m emulator.Delivered) bool { return strings.Contains(m.Text, piece) })
		if i >= 0 {
			got = a.line.Messages(a.user)[before+i]
		}
		return i >= 0
	})
	return got
}

func (a *author) writes(words string) func() { return func() { a.line.SendText(a.user, words) } }

func (a *author) presses(label string) func() {
	return func() {
		a.Helper()
		if _, err := a.line.Press(a.user, label); err != nil {
			a.Fatal(err)
		}
	}
}

func TestPublishingHopsWhoIsInTheMiddleOfATalkAndARecalledTextIsNeverShownAgain(t *testing.T) {
	a := &author{town: newTown(t), dir: folderOfContent(t)}
	a.start()
	a.user = a.line.NewUser()
	a.publishes()
	const was = "食べものは、理由を聞かれずに受けとれる所があります。"
	a.meets("お金", a.writes("お金のこと"))
	a.meets(was, a.presses("食べもの・電気・ガス"))

	reword(t, a.dir, "flows/okane.yaml", was, "あたらしい言い方で、食べもののことを話しています。")
	if out := a.publishes(); !strings.Contains(out, "okane/くらし: ことばか、先へすすむ道が変わります。いま 1人") {
		t.Errorf("got\n%s\nwant what becomes of the scene, and who stands in it", out)
	}
	a.meets("「お金のことで相談したいです」だけで", a.presses("電話での言い方を見る")) // a button of the old words still leads on
	a.meets("あたらしい言い方で", func() {
		a.meets("お金", a.writes("お金のこと"))
		a.presses("食べもの・電気・ガス")()
	})

	reword(t, a.dir, "flows/okane.yaml", "\n題: ", "\n題：")
	a.refused("全角", "publish", "--content", a.dir, "--by", "satou")
	reword(t, a.dir, "flows/okane.yaml", "\n題：", "\n題: ")
	a.meets("お金", a.writes("お金のこと"))
	a.meets("あたらしい言い方で", a.presses("食べもの・電気・ガス"))

	if out, err := a.says("publish", "--recall", "--by", "suzuki"); err != nil {
		t.Fatalf("recall: %v\n%s", err, out)
	}
	a.await(30*time.Second, "the words before", func() bool { return strings.Count(a.log.String(), "another release is in force") == 2 }) // the folder that was published first is the built-in one
	from := len(a.line.Messages(a.user))
	for range 5 {
		a.meets("お金", a.writes("お金のこと"))
		a.meets(was, a.presses("食べもの・電気・ガス"))
	}
	for _, m := range a.line.Messages(a.user)[from:] {
		if strings.Contains(m.Text, "あたらしい言い方で") {
			t.Errorf("a recalled text was shown: %q", m.Text)
		}
	}
	a.refused("recalled", "publish", "--content", a.dir, "--by", "satou")
}

func TestAHouseThatAsksForTwoIsPublishedByTwoAccountsOnly(t *testing.T) {
	a := &author{town: newTown(t), dir: folderOfContent(t)}
	accounts := staff.New(a.store.Client(), time.Now)
	for _, name := range []string{"satou", "suzuki"} {
		if _, err := accounts.Add(context.Background(), staff.Account{Name: name, Alias: name, Roles: []staff.Role{staff.Supervisor}}, "a-long-password-for-"+name); err != nil {
			t.Fatal(err)
		}
	}
	reword(t, a.dir, "house.yaml", "公開: ひとり ", "公開: ふたり ")
	a.refused("ふたりの名前", "publish", "--content", a.dir, "--by", "satou")
	a.refused("べつの人", "publish", "--content", a.dir, "--by", "satou", "--second", "satou")
	a.refused("ふたりの名前", "publish", "--content", a.dir, "--by", "satou", "--second", "dareka")
	a.publishes("--second", "suzuki")
	reword(t, a.dir, "house.yaml", "公開: ふたり ", "公開: ひとり ")
	a.refused("ふたりの名前", "publish", "--content", a.dir, "--by", "satou")
	if out := a.publishes("--second", "suzuki"); !strings.Contains(out, "published") {
		t.Errorf("got\n%s", out)
	}
	if out, err := a.says("publish", "--recall", "--by", "suzuki"); err != nil {
		t.Errorf("a recall needs one person: %v\n%s", err, out)
	}
}
