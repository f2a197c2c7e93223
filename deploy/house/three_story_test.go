package house

import (
	"strings"
	"testing"

	"engawa/bot/line/emulator"
)

// What the three write and hear, beside what the other stories say.
const (
	whisperToKikyo = "夜の電話のことは、もう聞いてあります。"
	whisperToKaede = "近くの人には知られたくないそうです。"
	awake          = "起きてしまいました"
	roomWords      = "部屋のほうが書きやすいです"
	roomAnswer     = "ここでは、ゆっくりで大丈夫です。"
	lineAnswer     = "ここからは、またLINEに書きますね。"
)

var inARow = []string{first, second, "きょうは、ここにいます。"}

// TestOneTalkInThreeHandsInTheBrowser is what the desk is for, in one story: it is
// night, one coordinator takes the talk, a colleague declines it, it goes up a step
// with the first one beside it, sleeps, wakes, moves into the room and back, words are
// taken back, and in the end everything is deleted. Nobody is asked anything twice.
func TestOneTalkInThreeHandsInTheBrowser(t *testing.T) {
	browser := startBrowser(t)
	for _, dev := range []device{phoneDevice, deskDevice} {
		t.Run("on a "+dev.name, func(t *testing.T) {
			s := &threeStory{story: story{town: newRooms(t, "ENGAWA_CONTENT="+contentOpen(t, false), "ENGAWA_UNDO=1s"), dev: dev}}
			s.start()
			s.user = s.line.PhoneUser("hanako")
			s.resident = newScreen(t, browser, "the resident", s.api.URL, phoneDevice)
			s.window = newScreen(t, browser, "the resident's window", "http://"+s.public, phoneDevice)
			s.suzuran = newScreen(t, browser, "suzuran", "http://"+s.console, dev)
			s.kikyo = newScreen(t, browser, "kikyo", "http://"+s.console, dev)
			s.kaede = newScreen(t, browser, "kaede", "http://"+s.console, dev)
			s.tell()
		})
	}
}

type threeStory struct {
	story
	suzuran, kikyo, kaede *screen
	window                *screen // the resident's browser outside of LINE
}

func (s *threeStory) tell() {
	s.coordinator = s.suzuran
	s.coordinatorComes()
	s.comes(s.kikyo, "kikyo", "ききょう")
	s.comes(s.kaede, "kaede", "かえで")
	s.run("coordinator", "teams", "kaede", "--team", "ひなた区")
	s.residentComes()
	s.residentAsksForAHuman() // at night: told when somebody reads
	s.firstTakesIt()
	s.bubblesInARow()
	s.aColleagueDeclines()
	s.itGoesUpAStep()
	s.itSleepsAndWakes()
	s.intoTheRoomAndBack()
	s.wordsComeAndAreTakenBack()
	s.everythingIsDeleted()
	for _, v := range []*screen{s.suzuran, s.kikyo} {
		v.lacks(tired, thanks, regret, first, awake, roomWords)
	}
	s.roomBooks(2) // words, and the way back
}

// comes lets somebody in who has an account already.
func (s *threeStory) comes(v *screen, name, alias string) {
	lines := strings.Split(strings.TrimSpace(s.run("coordinator", "add", name, "--alias", alias)), "\n")
	const own = "縁側で会いましょう-2027"
	v.open("/")
	v.types("[name=name]", name)
	v.types("[name=password]", strings.TrimSpace(lines[len(lines)-1]))
	v.enter()
	v.sees("main", "一度きりのものです")
	v.types("[name=password]", own)
	v.types("[name=again]", own)
	v.press("choose the password", `document.querySelector('form[action="/first"] button')`)
	v.sees("#notice", "パスワードを変えました")
}

func (s *threeStory) firstTakesIt() {
	v := s.suzuran
	v.until("a row", `(document.querySelector("#fresh-line button:not([hidden])")?.click(), document.querySelectorAll("[data-row]").length === 1)`)
	v.press("the row", `document.querySelector(".row")`)
	v.sees("#talk", "封をしたまま届いています")
	v.lacks(tired)
	s.case1 = ask[string](v, "location.pathname")
	v.press("claim", `document.querySelector("[data-key=claim]")`)
	v.sees("#notice", "話を引き受けました")
	v.sees(".letter", tired)
	s.resident.sees(".turn.leaf", "相談員のすずらんさんが来ました")
}

// bubblesInARow: three bubbles within the time for thinking again are one request.
func (s *threeStory) bubblesInARow() {
	v := s.suzuran
	ask[bool](v, `(async () => {
		for (const words of `+js(strings.Join(inARow, "\n\n"))+`.split("\n\n")) {
			await fetch(location.pathname + "/answer", {method: "POST", body: new URLSearchParams({act: crypto.randomUUID(), words})});
		}
		return true;
	})()`)
	for _, words := range inARow {
		s.resident.sees(".turn.lamp .said", words)
	}
	requests, order := map[string]bool{}, []string{}
	for _, m := range s.line.Messages(s.user) {
		if m.Sender == "相談員 すずらん" {
			requests[m.RequestID] = true
			order = append(order, m.Text)
		}
	}
	inOrder := len(order) == len(inARow)
	for i := range order {
		inOrder = inOrder && strings.Contains(order[i], inARow[i])
	}
	if len(requests) != 1 || !inOrder {
		s.Errorf("the three bubbles came as %q in %d requests, want them in order in one", order, len(requests))
	}
	v.open(s.case1)
	v.sees(".letter.staff", inARow[2])
}

// asks opens what lies behind a summary of 「この話のこれから」.
func (s *threeStory) opens(v *screen, summary string) {
	v.press("the summary 「"+summary+"」", `[...document.querySelectorAll(".ways summary")].find(s => s.innerText === `+js(summary)+`)`)
}

// aColleagueDeclines: the talk never leaves the hands that it is in, the resident
// hears nothing of it, and the note has travelled.
func (s *threeStory) aColleagueDeclines() {
	v, other := s.suzuran, s.kikyo
	before := len(s.line.Messages(s.user))
	s.opens(v, "ほかの人に頼む")
	ask[any](v, `(o => { o.closest("select").value = o.value; })(document.querySelector("form[action$='/ask'] option[value=kikyo]"))`)
	v.types("#asknote", whisperToKikyo)
	v.press("ask", `document.querySelector("form[action$='/ask'] button")`)
	v.sees("#notice", "引き継ぎを頼みました")
	other.open("/") // a row that was on the page stays in its place; a page opened anew has it among the asked
	other.until("a row", `(document.querySelector("#fresh-line button:not([hidden])")?.click(), document.querySelector("[data-group=asked] .row"))`)
	other.press("the row", `document.querySelector("[data-group=asked] .row")`)
	other.sees(".notes", whisperToKikyo)
	other.settled()
	other.axe("asked")
	other.shot(s.dev.name + "-asked")
	other.press("decline", `document.querySelector("form[action$=decline] button")`)
	other.sees("#notice", "引き受けないことを伝えました")
	v.open("/")
	v.sees("body", "引き受けませんでした。話はあなたのところにあります")
	v.open(s.case1)
	v.until("still my talk", `document.getElementById("words") !== null`)
	if after := s.line.Messages(s.user); len(after) != before {
		s.Errorf("the resident heard %q of a question among colleagues", last(after).Text)
	}
}

func last(all []emulator.Delivered) emulator.Delivered { return all[len(all)-1] }

// itGoesUpAStep: somebody of the wider area takes it, the first one stays beside it,
// and the resident hears once who has come.
func (s *threeStory) itGoesUpAStep() {
	v, up := s.suzuran, s.kaede
	s.opens(v, "窓口や、上の範囲に頼む")
	const form = `[...document.querySelectorAll("form[action$=askgroup]")].find(f => f.elements.kind.value === "area")`
	ask[any](v, `(f => { f.elements.to.value = "ひなた区"; f.elements.note.value = `+js(whisperToKaede)+`; })(`+form+`)`)
	v.press("ask the wider area", form+`.querySelector("button")`)
	v.sees("#notice", "引き継ぎを頼みました")
	up.open("/")
	up.until("a row", `(document.querySelector("#fresh-line button:not([hidden])")?.click(), document.querySelector("[data-group=asked] .row"))`)
	up.press("the row", `document.querySelector("[data-group=asked] .row")`)
	up.press("accept", `document.querySelector("form[action$=accept] button")`)
	up.sees("#notice", "話を引き継ぎました")
	up.sees(".notes", whisperToKaede)
	up.sees(".letter", tired) // nobody tells it twice
	s.resident.sees(".turn.leaf", "かえで")
	v.open(s.case1)
	v.sees(".letter", tired) // the first one still reads along
	v.until("no box to answer from two mouths", `document.getElementById("words") === null`)
	v.settled()
	v.axe("beside")
	s.coordinator = up
}

func (s *threeStory) itSleepsAndWakes() {
	v := s.kaede
	s.opens(v, "おやすみにする")
	v.press("sleep", `document.querySelector("form[action$=snooze] button")`)
	v.sees("#notice", "おやすみにしました")
	v.settled()
	v.axe("asleep")
	s.write(awake)
	v.until("it wakes", `(document.querySelector("#fresh-talk form:not([hidden]) button")?.click(), document.getElementById("letters").innerText.includes(`+js(awake)+`))`)
	v.until("awake", `document.querySelector("form[action$=snooze]") !== null`)
}

// intoTheRoomAndBack: the same story goes on; LINE hears that there is an answer.
func (s *threeStory) intoTheRoomAndBack() {
	v, w := s.kaede, s.window
	s.opens(v, "部屋をひらく")
	v.press("offer it", `document.querySelector("form[action$='/room'] button")`)
	v.sees("#notice", "部屋へのボタンを送りました")
	link := s.link(s.user)
	w.open(strings.TrimPrefix(link, "http://"+s.public))
	w.press("open", `document.querySelector("button.main")`)
	w.sees("#talk .mine", tired)
	w.sees("#talk .mine", awake)
	w.types("#words", roomWords)
	w.press("send", `document.querySelector("#say button")`)
	w.sees("#talk .mine", roomWords)
	v.until("the words of the room", `(document.querySelector("#fresh-talk form:not([hidden]) button")?.click(), document.getElementById("letters").innerText.includes(`+js(roomWords)+`))`)
	v.types("#words", roomAnswer)
	v.press("send", `document.querySelector(".send button")`)
	w.sees("#talk .staff", roomAnswer)
	w.sees("#talk .staff", "相談員 かえで")
	v.settled()
	v.shot(s.dev.name + "-three-room")
	w.press("back to LINE", `[...document.querySelectorAll("#talk .ways button")].find(b => b.innerText === "LINEで話す")`)
	v.until("the talk in LINE again", `!document.getElementById("talk").innerText.includes("部屋で話しています")`)
	v.types("#words", lineAnswer)
	v.press("send", `document.querySelector(".send button")`)
	s.resident.sees(".turn.lamp .said", lineAnswer)
	for _, m := range s.texts(s.user) {
		if strings.Contains(m, roomAnswer) {
			s.Errorf("what was said in the room went to LINE: %q", m)
		}
	}
	v.open(s.case1)
	for _, words := range []string{tired, awake, roomWords, roomAnswer, lineAnswer} { // one story
		v.sees(".letter", words)
	}
}

func (s *threeStory) wordsComeAndAreTakenBack() {
	v := s.kaede
	for _, words := range []string{thanks, regret} {
		s.write(words)
		v.until("the words", `(document.querySelector("#fresh-talk form:not([hidden]) button")?.click(), document.getElementById("letters").innerText.includes(`+js(words)+`))`)
	}
	s.wordsAreTakenBack()
}
