package house

import (
	"strings"
	"testing"
)

// TestARoomInTheBrowser is a talk that moves from LINE into the room and back, on a
// phone and a coordinator's desk, with the script of the pages.
func TestARoomInTheBrowser(t *testing.T) {
	browser := startBrowser(t)
	s := &story{town: newRooms(t, "ENGAWA_CONTENT="+contentOpen(t, true)), dev: deskDevice, open: true}
	s.start()
	s.user = s.line.PhoneUser("hanako")
	s.resident = newScreen(t, browser, "the resident", s.api.URL, phoneDevice)
	s.coordinator = newScreen(t, browser, "the coordinator", "http://"+s.console, deskDevice)
	window := newScreen(t, browser, "the resident's window", "http://"+s.public, phoneDevice)

	s.coordinatorComes()
	s.resident.open("/phone?user=hanako")
	s.resident.press("add as a friend", `document.getElementById("add")`)
	s.write(tired)
	s.tap("人と話す")
	s.coordinatorOffersTheRoom()
	link := s.link(s.user)
	s.residentGoesIn(window, link)
	s.theyTalkInTheRoom(window)
	s.wordsAreTakenBackInTheRoom(window)
	s.outAtOnceAndInAgain(window, link)
	s.backToLINE(window)
}

// coordinatorOffersTheRoom: one button in the case they have.
func (s *story) coordinatorOffersTheRoom() {
	v := s.coordinator
	v.until("a row", `(document.querySelector("#fresh-line button:not([hidden])")?.click(), document.querySelectorAll("[data-row]").length === 1)`)
	v.press("the row", `document.querySelector(".row")`)
	v.press("claim", `document.querySelector("[data-key=claim]")`)
	v.sees("#notice", "話を引き受けました")
	v.press("the room", `[...document.querySelectorAll("summary")].find(s => s.innerText === "部屋をひらく")`)
	v.press("offer it", `document.querySelector("form[action$='/room'] button")`)
	v.sees("#notice", "部屋へのボタンを送りました")
	v.sees("#talk", "部屋で話しています")
	v.sees("#talk", "部屋に届きます")
	v.settled()
	v.axe("talk in the room")
	v.shot("desktop-room")
	s.resident.sees(".turn.leaf", "相談員から、部屋のお知らせです")
	s.resident.shot("phone-room-link")
}

// residentGoesIn: the link's page says nothing of what is behind it.
func (s *story) residentGoesIn(w *screen, link string) {
	w.open(strings.TrimPrefix(link, "http://"+s.public))
	w.sees("h1", "お知らせ")
	w.lacks(tired)
	w.axe("room, door")
	w.shot("phone-room-door")
	w.press("open", `document.querySelector("button.main")`)
	w.sees("#talk .mine", tired) // the same story goes on
	if got := ask[string](w, "document.title"); got != "お知らせ" {
		s.Errorf("the page is called %q, want a name that says nothing", got)
	}
}

// theyTalkInTheRoom: words there and back, live; LINE hears none of them.
func (s *story) theyTalkInTheRoom(w *screen) {
	before := len(s.texts(s.user))
	w.types("#words", thanks)
	w.press("send", `document.querySelector("#say button")`)
	w.sees("#talk .mine", thanks)
	w.until("an empty box", `document.getElementById("words").value === ""`)
	v := s.coordinator
	v.press("see the words", `document.querySelector("#fresh-talk form:not([hidden]) button")`)
	v.sees(".letter", thanks)
	v.types("#words", second)
	v.press("send", `document.querySelector(".send button")`)
	w.sees("#talk .staff", second)
	w.sees("#talk .staff", "相談員 すずらん")
	w.settled()
	w.axe("room, talk")
	w.shot("phone-room")
	w.theme("dark")
	w.axe("room, talk, dark")
	w.shot("phone-room-dark")
	w.theme("light")
	if after := s.texts(s.user); len(after) != before {
		s.Errorf("LINE carried %q while the room was looked at, want nothing", after[before:])
	}
	w.press("more", `document.querySelector("#talk summary")`)
	w.press("an exit", `[...document.querySelectorAll("#talk .rest button")].find(b => b.innerText === "ここのこと")`)
	w.sees("#talk .machine", "消す")
}

func (s *story) wordsAreTakenBackInTheRoom(w *screen) {
	w.types("#words", regret)
	w.press("send", `document.querySelector("#say button")`)
	w.sees("#talk .mine", regret)
	w.press("take it back", `[...document.querySelectorAll("#talk .mine .back button")].at(-1)`)
	w.sees("#talk .gone", "取り消しました")
	w.lacks(regret)
	s.coordinator.until("words taken back", `(document.querySelector("#fresh-talk form:not([hidden]) button")?.click(), [...document.querySelectorAll(".letter.gone")].some(l => l.innerText.includes("取り消されました")))`)
	s.coordinator.lacks(regret)
}

// outAtOnceAndInAgain: Esc leads out, nothing is left behind; two answers make one
// notice; a fresh link leads in again.
func (s *story) outAtOnceAndInAgain(w *screen, lost string) {
	ask[bool](w, `(setTimeout(() => dispatchEvent(new KeyboardEvent("keydown", {key: "Escape"}))), true)`)
	w.until("a page that says nothing", `location.pathname === "/room/closed" && ["閉じました。", "Closed."].includes(document.body.innerText.trim())`)
	w.open("/room")
	w.until("how to come in again", `["もう一度ひらくには", "To open it once more"].some(t => document.querySelector("main").innerText.includes(t))`) // it does not know any more whose it was
	w.lacks(tired, thanks, second)
	w.axe("room, closed")
	v := s.coordinator
	for _, words := range []string{"明日の三時に、また来ます。", "それまでに、何でも書いておけます。"} {
		v.types("#words", words)
		v.press("send", `document.querySelector(".send button")`)
		v.sees(".letter.staff", words)
	}
	s.resident.sees(".turn.leaf", "お返事があります")
	fresh := s.link(s.user, lost)
	w.open(strings.TrimPrefix(fresh, "http://"+s.public))
	w.press("open", `document.querySelector("button.main")`)
	w.sees("#talk .staff", "明日の三時")
	w.sees("#talk .staff", "何でも書いておけます")
	if n := s.notices(); n != 1 {
		s.Errorf("two answers made %d notices, want one", n)
	}
	for _, m := range s.texts(s.user) {
		if strings.Contains(m, "明日の三時") || strings.Contains(m, second) {
			s.Errorf("a human's words went to LINE: %q", m)
		}
	}
}

// notices counts how often LINE said that there is an answer.
func (s *story) notices() (n int) {
	for _, m := range s.line.Messages(s.user) {
		if strings.HasPrefix(m.Text, "お返事があります") {
			n++
		}
	}
	return n
}

// backToLINE: from the room to LINE; the open page says so, the next words come there.
func (s *story) backToLINE(w *screen) {
	w.press("back to LINE", `[...document.querySelectorAll("#talk .ways button")].find(b => b.innerText === "LINEで話す")`)
	w.until("where the answers come now", `["お返事は、LINEに届きます", "The answers come to LINE"].some(t => document.querySelector("main").innerText.includes(t))`)
	v := s.coordinator
	const here = "ここでも大丈夫です。"
	v.until("the talk in LINE again", `!document.getElementById("talk").innerText.includes("部屋で話しています")`)
	v.types("#words", here)
	v.press("send", `document.querySelector(".send button")`)
	s.resident.sees(".turn.lamp .said", here)
	got := s.line.Messages(s.user)
	if last := got[len(got)-1]; last.Sender != "相談員 すずらん" {
		s.Errorf("the answer in LINE is signed %q, want the coordinator", last.Sender)
	}
}
