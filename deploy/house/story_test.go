package house

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"engawa/bot/line/emulator"
	"engawa/flows/content"
)

// What is said in the story. Each sentence is looked for on the other side, and
// later looked for where it must no longer be.
const (
	tired    = "なんか、もうつかれた"
	thanks   = "ありがとう。夜になると、来月のことばかり考えてしまいます"
	regret   = "さっきの電話は、母からでした"
	noteText = "あわてずに。次は電話のことを聞いてみる。"
	first    = "はじめまして、すずらんです。"
	second   = "書いてくださって、ありがとうございます。夜は長いですね。いっしょに考えられます。"
)

// TestAFullStoryInTheBrowser is one talk from the first tired line to the last 消す,
// lived by a resident and a coordinator at real pages, between the real program,
// a real Redis and LINE's emulator: once on phones when nobody is on duty, once on
// desks in office hours.
func TestAFullStoryInTheBrowser(t *testing.T) {
	browser := startBrowser(t)
	t.Run("on phones, at night", func(t *testing.T) {
		newStory(t, browser, phoneDevice, false).tell()
	})
	t.Run("on desks, in office hours", func(t *testing.T) {
		newStory(t, browser, deskDevice, true).tell()
	})
}

// story is a resident, a coordinator and the town between them.
type story struct {
	*town
	dev         device
	open        bool // somebody is on duty
	resident    *screen
	coordinator *screen
	user        string // the resident, as LINE knows them
	case1       string // path of the talk's page
}

func newStory(t *testing.T, browser context.Context, dev device, open bool) *story {
	t.Helper()
	s := &story{town: newTown(t, "ENGAWA_CONTENT="+contentOpen(t, open)), dev: dev, open: open}
	s.start()
	s.user = s.line.PhoneUser("hanako")
	s.resident = newScreen(t, browser, "the resident", s.api.URL, dev)
	s.coordinator = newScreen(t, browser, "the coordinator", "http://"+s.console, dev)
	return s
}

// contentOpen is the shipped content with other hours: open all the time, or not
// again before three days from now.
func contentOpen(t *testing.T, open bool) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "content")
	if err := os.CopyFS(dir, content.FS); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "house.yaml")
	house, err := fs.ReadFile(content.FS, "house.yaml")
	if err != nil {
		t.Fatal(err)
	}
	day := time.Now().In(time.FixedZone("Asia/Tokyo", 9*60*60)).AddDate(0, 0, 3).Weekday()
	hours := strings.Split("日 月 火 水 木 金 土", " ")[day] + ": 9:00-17:00"
	if open {
		hours = "毎日: 24時間"
	}
	text, _, _ := strings.Cut(string(house), "\n休み:") // a holiday would close what must be open
	changed := strings.Replace(text, "平日: 9:00-17:00", hours, 1)
	if changed == text {
		t.Fatal("house.yaml no longer names its hours as this test knows them")
	}
	if err := os.WriteFile(path, []byte(changed+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func (s *story) tell() {
	s.coordinatorComes()
	s.othersWait()
	s.residentComes()
	s.residentAsksForAHuman()
	s.coordinatorTakesTheTalk()
	s.coordinatorWrites()
	s.residentAnswersAndTheMachineIsSilent()
	s.wordsAreTakenBack()
	s.talkGoesBackToTheMachine()
	s.residentAsksAgain()
	s.nothingMoreIsSent()
	s.everythingIsDeleted()
	s.booksAddUp()
}

// coordinatorComes: an account from the shell, signed in by typing, a password of
// one's own, an empty line.
func (s *story) coordinatorComes() {
	lines := strings.Split(strings.TrimSpace(s.run("coordinator", "add", "suzuran", "--alias", "すずらん")), "\n")
	password := strings.TrimSpace(lines[len(lines)-1])
	v := s.coordinator
	v.open("/")
	v.sees("h1", "相談員の入口")
	v.axe("door")
	v.types("[name=name]", "suzuran")
	v.types("[name=password]", password)
	v.enter()
	v.sees("main", "一度きりのものです")
	v.axe("first password")
	const own = "縁側で会いましょう-2026"
	v.types("[name=password]", own)
	v.types("[name=again]", own)
	v.press("choose the password", `document.querySelector('form[action="/first"] button')`)
	v.sees("#notice", "パスワードを変えました")
	v.sees("#line", "いま待っている人はいません。お茶をどうぞ。")
	v.settled()
	v.axe("empty line")
}

// othersWait: on a desk two more people are in the line already, so that the
// page looks as it does on a working day.
func (s *story) othersWait() {
	if s.dev.touch {
		return
	}
	for _, other := range [][2]string{{"居場所がほしい", "人と話す"}, {"家賃がもう無理", "人と話す"}} {
		user := s.line.NewUser()
		s.line.SendText(user, other[0])
		s.awaitButton(user, other[1])
		s.town.press(user, other[1])
	}
	s.coordinator.until("both rows", `(document.querySelector("#fresh-line button:not([hidden])")?.click(), document.querySelectorAll("[data-row]").length === 2)`)
}

func (s *story) awaitButton(user, label string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 20*time.Second)
	defer cancel()
	_, err := s.line.Await(ctx, user, func(ms []emulator.Delivered) bool {
		for _, m := range ms {
			for _, b := range append(m.Buttons, m.Quick...) {
				if b.Label == label {
					return true
				}
			}
		}
		return false
	})
	if err != nil {
		s.Fatalf("no button 「%s」 came", label)
	}
}

// residentComes: a friend is added, one vague line is written, an answer is there
// with the person's own words to choose from.
func (s *story) residentComes() {
	v := s.resident
	v.open("/phone?user=hanako")
	v.axe("phone, empty")
	v.press("add as a friend", `document.getElementById("add")`)
	v.sees(".turn.leaf", "いま答えているのは機械です")
	s.write("こんにちは")
	v.sees(".turn.leaf", "まだ人が確かめ終えていない下書き") // said once
	s.write(tired)
	v.sees(".turn.leaf", "ひとことだけでも、まとまっていなくても大丈夫です")
	s.atTheEnd()
	v.axe("phone, choices")
	ask[any](v, `document.getElementById("talk").scrollTop -= 24`) // the whole bubble of the one tired line
	v.shot(s.dev.name + "-choices")
	s.tap("夜がつらい")
	promise := "書いておけば、次に来た人が読みます"
	if s.open {
		promise = "いまは相談員がいる時間です"
	}
	v.sees(".turn.leaf", promise)
	s.atTheEnd()
}

func (s *story) write(text string) { s.Helper(); s.resident.writes(text) }

func (s *story) tap(label string) { s.Helper(); s.resident.taps(label) }

// atTheEnd: what came last is in sight to its last line.
func (s *story) atTheEnd() {
	s.Helper()
	s.resident.until("the end of the talk in sight", `(t => t.scrollHeight - t.scrollTop - t.clientHeight < 2)(document.getElementById("talk"))`)
}

// residentAsksForAHuman: one tap, no question, and a promise that is true.
func (s *story) residentAsksForAHuman() {
	v := s.resident
	s.tap("人と話す")
	if s.open {
		v.sees(".turn.leaf", "人につなぎます。理由は言わなくて大丈夫です")
		v.sees(".turn.leaf", "前に待っている人は、2人です")
	} else {
		v.sees(".turn.leaf", "いま、相談員はいません。次に人が読むのは")
		v.sees(".turn.leaf", "前に待っている人はいません")
	}
	v.sees(".turn.leaf", "同じ話をもう一度しなくて大丈夫です")
	s.atTheEnd()
	v.axe("phone, waiting")
	v.shot(s.dev.name + "-waiting")
}

// coordinatorTakesTheTalk: the row comes live and moves nothing (where nobody waits,
// nothing can be moved), words stay sealed until the talk is taken.
func (s *story) coordinatorTakesTheTalk() {
	v := s.coordinator
	if !s.dev.touch {
		v.until("a new row", `document.querySelector("#fresh-line button:not([hidden])")?.innerText === "新しいもの 1件を見る"`)
		v.axe("line with news")
		v.press("show it", `document.querySelector("#fresh-line button")`)
	}
	v.sees(".row", "人と話したい、と選びました")
	v.axe("line")
	v.shot(s.dev.name + "-line")
	v.press("the row", `[...document.querySelectorAll(".row")].find(r => r.innerText.includes("ただ話したい") && r.innerText.includes("日本語"))`)
	v.sees("#talk", "封をしたまま届いています")
	v.settled()
	v.lacks(tired)
	v.axe("sealed talk")
	s.case1 = ask[string](v, "location.pathname")
	v.press("claim", `document.querySelector("[data-key=claim]")`)
	v.sees("#notice", "話を引き受けました")
	v.sees(".letter", tired)
	v.sees(".letter", "選んだこと: 夜がつらい")
	s.resident.sees(".turn.leaf", "相談員のすずらんさんが来ました")
}

// coordinatorWrites: a note that stays in the house, and an answer. Enter while
// composing sends nothing.
func (s *story) coordinatorWrites() {
	v := s.coordinator
	v.types("#note", noteText)
	v.press("keep the note", `document.querySelector(".notes form button")`)
	v.sees("#notice", "覚え書きを残しました")
	v.sees(".notes li", noteText)
	v.composes("#words", "はじめましてすずらんです", first)
	v.enter()
	v.composes("#words", "かいて", second)
	if got := ask[string](v, `document.getElementById("words").value`); got != first+"\n"+second {
		s.Errorf("the answer box holds %q, want both lines unsent", got)
	}
	v.settled()
	v.axe("writing")
	ask[any](v, `document.getElementById("letters").scrollTop = 0`)
	v.shot(s.dev.name + "-case")
	if s.dev.touch {
		v.press("send", `document.querySelector(".send button")`)
	} else {
		v.enter(control)
	}
	v.sees(".letter.staff", second)
	v.sees(".letter.staff", "送りました")
	r := s.resident
	r.sees(".turn.lamp .said", second)
	if got := ask[string](r, `[...document.querySelectorAll(".turn.lamp .name")].at(-1).innerText`); got != "相談員 すずらん" {
		s.Errorf("the answer is signed %q, want 相談員 すずらん", got)
	}
	for _, m := range s.texts(s.user) {
		if strings.Contains(m, noteText) {
			s.Error("a note among colleagues went to the resident")
		}
	}
	s.atTheEnd()
	r.axe("phone, a human's words")
	r.shot(s.dev.name + "-human")
}

// residentAnswersAndTheMachineIsSilent: one receipt in twelve hours, then nothing.
func (s *story) residentAnswersAndTheMachineIsSilent() {
	s.write(thanks)
	s.resident.sees(".turn.leaf", "受けとりました。すずらんさんが読みます")
	v := s.coordinator
	v.until("the counting button", `document.querySelector("#fresh-talk form:not([hidden]) button")?.innerText === "新しいことば 1件を見る"`)
	v.lacks(thanks)
	v.press("see them", `document.querySelector("#fresh-talk button")`)
	v.sees(".letter", thanks)
	before := len(s.texts(s.user))
	s.write(regret)
	v.press("see the next", `document.querySelector("#fresh-talk form:not([hidden]) button")`)
	v.sees(".letter", regret)
	if after := s.texts(s.user); len(after) != before {
		s.Errorf("the machine spoke while a human has the talk: %q", after[before:])
	}
}

// wordsAreTakenBack: 送信取消 empties the coordinator's open page at once.
func (s *story) wordsAreTakenBack() {
	r, v := s.resident, s.coordinator
	r.press("the message's menu", `[...document.querySelectorAll(".mine .less")].at(-1)`)
	r.until("the question", `document.getElementById("ask").open`)
	r.axe("phone, taking back")
	r.press("take it back", `document.getElementById("unsend")`)
	r.sees("#talk", "送信を取り消しました")
	r.lacks(regret)
	v.lacks(regret)
	v.sees(".letter.gone", "ことばは取り消されました")
	v.sees(".letter", thanks)
	v.axe("talk with words taken back")
	ask[any](v, `(l => l.scrollTop = l.scrollHeight)(document.getElementById("letters"))`)
	v.shot(s.dev.name + "-talk")
}

func (s *story) talkGoesBackToTheMachine() {
	v := s.coordinator
	v.press("hand back", `document.querySelector("[data-key=handback]")`)
	v.press("yes", `document.querySelector("form[action$=handback] button")`)
	v.sees("#notice", "機械の案内に渡しました")
	v.sees("#talk", "この話はとじています")
	v.axe("closed talk")
	s.resident.sees(".turn.leaf", "すずらんさんとの話は、ここでひと区切りです")
	s.atTheEnd()
}

// residentAsksAgain: the same talk waits again, with who had it before.
func (s *story) residentAsksAgain() {
	s.tap("人と話す")
	v := s.coordinator
	s.resident.sees(".turn.leaf", "順番がとれました")
	v.open("/")
	v.until("the row, at once or by the button", `[...document.querySelectorAll(".row")].some(r => r.innerText.includes("前はすずらん")) ||
		document.querySelector("#fresh-line button:not([hidden])")?.click()`)
	v.press("the row", `[...document.querySelectorAll(".row")].find(r => r.innerText.includes("前はすずらん"))`)
	v.press("claim", `document.querySelector("[data-key=claim]")`)
	v.sees("#notice", "話を引き受けました")
	v.settled()
	s.case1 = ask[string](v, "location.pathname")
	s.resident.until("the coordinator again", `[...document.querySelectorAll(".turn.leaf .said")].filter(e => e.innerText.includes("相談員のすずらんさんが来ました")).length === 2`)
}

// nothingMoreIsSent: もう送らないで, and the one question about the coordinator's replies.
func (s *story) nothingMoreIsSent() {
	s.write("もう送らないで")
	s.resident.sees(".turn.leaf", "相談員からの返事も、止めますか")
	s.coordinator.sees("#talk .reason", "「もう送らないで」と言われています")
	s.coordinator.axe("stopped talk")
	s.tap("返事はほしい")
	s.resident.sees(".turn.leaf", "相談員からの返事だけは、届くようにしておきます")
	s.coordinator.sees("#talk .reason", "返事は届きます")
}

// everythingIsDeleted: two taps, and no page holds a word any more, open or opened anew.
func (s *story) everythingIsDeleted() {
	r, v := s.resident, s.coordinator
	v.types("#words", "書きかけ")
	s.write("消す")
	r.sees(".turn.leaf", "もとにはもどせません")
	s.atTheEnd()
	r.axe("phone, before deleting")
	s.tap("いま消す")
	r.sees(".turn.leaf", "消しました")
	said := []string{tired, thanks, regret, "夜がつらい", first, second}
	v.until("nobody's name over the talk", `document.getElementById("talk-title").innerText === "(消された方)"`)
	v.lacks(said...)
	v.axe("deleted talk")
	v.open(s.case1)
	v.lacks(said...)
	v.press("close", `document.querySelector("[data-key=close]")`)
	v.press("yes", `document.querySelector("form[action$=close] button")`)
	v.sees("#notice", "話をとじました")
	v.open("/")
	v.lacks(said...)
}

// booksAddUp: the ledger page, the ledger of the shell and LINE agree.
func (s *story) booksAddUp() {
	v := s.coordinator
	s.checkBooks()
	v.press("the rooms of the house", `document.querySelector("nav details.more summary")`)
	v.press("the ledger", `document.querySelector('nav a[href="/ledger"]')`)
	v.sees("main", "数は合っています")
	v.settled()
	v.axe("ledger")
	v.shot(s.dev.name + "-ledger")
	sum := ask[[]int](v, `[...document.querySelectorAll(".sum b")].map(b => Number(b.innerText))`)
	parts := 0
	for _, n := range sum[1:] {
		parts += n
	}
	var b book
	if err := json.Unmarshal([]byte(s.run("ledger", "--json")), &b); err != nil {
		s.Fatal(err)
	}
	if sum[0] != parts || int64(sum[0]) != b.Counts["received"] {
		s.Errorf("the page says %d = %v, the shell %d", sum[0], sum[1:], b.Counts["received"])
	}
	v.open("/help")
	v.axe("help")
	v.open("/me")
	v.axe("me, later")
}
