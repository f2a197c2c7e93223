package prove

import (
	"strconv"
	"time"

	"engawa/flows"
)

// deed is one thing that may happen to a talk, and how to tell it.
type deed struct {
	e     flows.Event
	v     *flows.View
	pause time.Duration // since the person was last here
	words string        // "「死にたい」と書く"; empty for a tap: its label tells it
	when  string        // "夜に"
	tap   bool          // a button that is on the screen, or its label typed
	leaf  bool          // only looked at: the walk does not go on behind it
	acked bool          // an alarm was acknowledged before
}

const (
	soon     = time.Minute
	nextDay  = 25 * time.Hour
	seasonOn = 91 * 24 * time.Hour
)

// the case and the coordinators of the walk.
const (
	ourCase = flows.CaseID("c1")
	suzuran = "すずらん"
)

// deeds lists what may happen at a node: all of it for the first of a class,
// else what concerns its scene.
func (c *checker) deeds(n *node) []deed {
	l := &deedList{c: c, n: n}
	l.everything()
	return l.all
}

func (l *deedList) everything() {
	l.offered()
	l.always()
	if l.n.first {
		l.texts()
		l.exits()
		l.entrances()
		l.others()
		l.board()
		l.groups()
		l.desk()
		l.noticed()
	} else {
		l.deskShort()
	}
	l.timers()
}

type deedList struct {
	c   *checker
	n   *node
	all []deed
}

func (l *deedList) add(d deed) {
	if d.v == nil {
		d.v = &l.c.day
	}
	if d.pause == 0 {
		d.pause = soon
	}
	l.all = append(l.all, d)
}

// both adds a deed by day and, where nobody reads at night, by night.
func (l *deedList) both(d deed) {
	l.add(d)
	if l.c.always {
		return
	}
	d.v, d.when = &l.c.night, "夜に"
	l.add(d)
}

// say tells a deed: 「家賃」, (夜に)「家賃」, (「死にたい」と書く).
func (d *deed) say(c *checker) string {
	words := d.words
	if words == "" {
		words = "「" + c.labelOf(d.e.Tap) + "」"
	} else {
		words = "(" + words + ")"
	}
	if d.when != "" {
		return "(" + d.when + ")" + words
	}
	return words
}

func (l *deedList) tap(t flows.Tap) deed {
	t.Turn, t.Bundle = l.n.s.Turn, l.c.b.Hash
	t.Label = ""
	return deed{e: flows.Event{Kind: flows.EvTap, Tap: t}}
}

func (c *checker) labelOf(t flows.Tap) string {
	if s := flows.LabelOf(c.b, flows.Ja, t); s != "" {
		return s
	}
	return string(t.Exit)
}

func texts(words string, rs ...flows.Reading) deed {
	return deed{e: flows.Event{Kind: flows.EvText, Readings: rs}, words: words}
}

// offered are the buttons on the screen. The first is also typed.
func (l *deedList) offered() {
	for i, b := range flows.Offered(l.c.bones, l.n.s) {
		t, err := flows.DecodeTap(b.Data)
		if err != nil {
			continue // told by the screen's own check
		}
		if t.Exit == flows.ExLang && i > 0 {
			continue
		}
		d := l.tap(t)
		d.tap = true
		l.both(d)
		if i == 0 && l.n.first {
			typed := texts("ボタンの番号を書く", flows.Reading{Choice: 1})
			typed.tap = true
			l.add(typed)
		}
	}
}

var cry = flows.Reading{Urgency: flows.Life, Level: flows.Clear, Rules: []string{"prove"}}

// always are the promises that hold in every single state.
func (l *deedList) always() {
	l.both(l.tap(flows.Tap{Exit: flows.ExHuman}))
	l.add(texts("「人と話す」と書く", flows.Reading{Exit: flows.ExHuman}))
	l.add(l.tap(flows.Tap{Exit: flows.ExStop}))
	l.add(texts("「もう送らないで」と書く", flows.Reading{Exit: flows.ExStop}))
	l.add(l.tap(flows.Tap{Exit: flows.ExDelete}))
	l.both(texts("「死にたい」と書く", cry))
	l.both(texts("分かりにくいことを書く", flows.Reading{}))
	l.add(texts("つらさのにじむことを書く", flows.Reading{Urgency: flows.Life, Level: flows.Worry, Rules: []string{"prove"}}))
	l.add(l.tap(flows.Tap{Exit: flows.ExBack}))
	if f := l.otherFlow(); f != nil {
		l.both(l.tap(flows.Tap{Exit: flows.ExMenu, Arg: string(f.Start)}))
	}
	worst := &l.c.notices.given[len(notices)-1]
	for _, d := range []deed{l.tap(flows.Tap{Exit: flows.ExHuman}), texts("「死にたい」と書く", cry)} {
		d.v, d.when = worst, notices[len(notices)-1].words
		l.add(d)
	}
}

// otherFlow is the first entrance that is not the one where the person stands.
func (l *deedList) otherFlow() *flows.Flow {
	for _, id := range l.c.bones.Order {
		if f := l.c.bones.Flows[id]; f != nil && f.Start != l.n.s.Scene && l.c.bones.Scenes[f.Start] != nil {
			return f
		}
	}
	return nil
}

// inFlow says that the person stands in a flow.
func (l *deedList) inFlow(id flows.FlowID) bool {
	sc := l.c.bones.Scenes[l.n.s.Scene]
	return sc != nil && sc.Flow == id
}

// texts are the readings that Step tells apart.
func (l *deedList) texts() {
	c := l.c
	for _, u := range []flows.Urgency{flows.Violence, flows.Medical} {
		danger := map[flows.Urgency]string{flows.Violence: "暴力", flows.Medical: "体"}[u]
		l.both(texts(danger+"のことで、いますぐの助けを求める", flows.Reading{Urgency: u, Level: flows.Clear, Rules: []string{"prove"}}))
		l.add(texts(danger+"のことで、気がかりなことを書く", flows.Reading{Urgency: u, Level: flows.Worry, Rules: []string{"prove"}}))
	}
	l.add(texts("あいさつを書く", flows.Reading{Talk: true}))
	some, full := []flows.Scored(nil), false
	for _, id := range c.bones.Order {
		f := c.bones.Flows[id]
		if f == nil {
			continue
		}
		one := flows.Scored{Flow: id, Topic: f.Topic, Score: 900}
		switch {
		case l.inFlow(id): // taken in where they are; another entrance would lead them away
			l.add(texts("いまいるところのことを書く", flows.Reading{Topics: []flows.Scored{one}}))
		case len(some) < 2:
			some = append(some, one)
		}
		notice := !full && c.doors[id] && !l.n.s.DraftTold // no room for it in a full first answer
		full = full || notice
		if l.n.s.Scene == "" && l.n.s.Ask == flows.AskNothing || f.Start == l.n.s.Scene || len(some) < 2 || notice {
			sure := texts("「"+f.Title[flows.Ja]+"」のことを書く", flows.Reading{Topics: []flows.Scored{one}, Sure: true})
			l.both(sure)
		}
	}
	if len(some) > 0 {
		unsure := flows.Reading{Topics: some}
		l.add(texts("どちらともとれることを書く", unsure))
		l.add(texts("いくつかの話を続けて書く", flows.Reading{Topics: some[:1], Sure: true}, flows.Reading{Topics: some[len(some)-1:], Sure: true}))
		worry := flows.Reading{Urgency: flows.Life, Level: flows.Worry, Topics: some[:1], Sure: true, Rules: []string{"prove"}}
		l.add(texts("話のなかに、つらさがにじむ", worry))
	}
	l.add(texts("「人と話す」とほかのことを続けて書く", flows.Reading{}, flows.Reading{Exit: flows.ExHuman}))
	l.add(texts("「死にたい」「消して」と続けて書く", cry, flows.Reading{Exit: flows.ExDelete}))
	l.add(texts("「死にたい」「送らないで」と続けて書く", cry, flows.Reading{Exit: flows.ExStop}))
	l.comingBack()
}

// comingBack is writing after a day and after a season.
func (l *deedList) comingBack() {
	for _, later := range []time.Duration{nextDay, seasonOn} {
		d := texts("分かりにくいことを書く", flows.Reading{})
		d.pause, d.when = later, away[later]
		l.add(d)
		d = texts("あいさつを書く", flows.Reading{Talk: true})
		d.pause, d.when = later, away[later]
		l.add(d)
	}
}

// away tells how long somebody was not here.
var away = map[time.Duration]string{nextDay: "次の日", seasonOn: "三月たって"}

var everyExit = []flows.Exit{flows.ExEnd, flows.ExRestart, flows.ExLang, flows.ExDeleteNow, flows.ExForget, flows.ExBot, flows.ExLeave,
	flows.ExHide, flows.ExShowAll, flows.ExMenu, flows.ExPrivacy, flows.ExNoModel, flows.ExModel, flows.ExYes, flows.ExNo, flows.ExNone}

// exits are the ways out, tapped now or from an old message, and typed.
func (l *deedList) exits() {
	for _, x := range everyExit {
		l.add(l.tap(flows.Tap{Exit: x}))
		l.add(texts("「"+l.c.labelOf(flows.Tap{Exit: x})+"」と書く", flows.Reading{Exit: x}))
	}
	for _, q := range []flows.Question{flows.AskDelete, flows.AskForget, flows.AskStop, flows.AskWorry, flows.AskResume, flows.AskHuman, flows.AskClarify, flows.AskTell} {
		for _, x := range []flows.Exit{flows.ExYes, flows.ExNo} {
			d := l.tap(flows.Tap{Exit: x, Arg: string(q)})
			d.when = "前のボタンで"
			l.add(d)
		}
	}
	for _, u := range []string{"violence", "medical"} {
		d := l.tap(flows.Tap{Exit: flows.ExYes, Arg: string(flows.AskWorry) + "." + u})
		d.when = "前のボタンで"
		l.add(d)
	}
	l.add(deed{e: flows.Event{Kind: flows.EvTap, Tap: flows.Tap{Exit: flows.ExLang, Arg: string(flows.En), Turn: l.n.s.Turn}}, leaf: true})
	l.add(deed{e: flows.Event{Kind: flows.EvTap, Tap: flows.Tap{Scene: "gone/gone", Choice: 1}}, words: "もうないボタンを押す"})
	if f := l.otherFlow(); f != nil {
		for _, at := range []int{1, 2, 5} { // an old message further up
			if sc := l.c.bones.Scenes[f.Start]; at <= len(sc.Choices) {
				old := l.tap(flows.Tap{Scene: f.Start, Choice: at})
				old.when = "前の画面で"
				l.add(old)
			}
		}
	}
}

// entrances are the doors of the menu.
func (l *deedList) entrances() {
	for _, m := range l.c.bones.Menu {
		if l.c.bones.Scenes[m.Scene] != nil {
			l.add(l.tap(flows.Tap{Exit: flows.ExMenu, Arg: string(m.Scene)}))
		}
	}
}

// others are the events that are neither text nor tap.
func (l *deedList) others() {
	for _, o := range []struct {
		kind  flows.EventKind
		words string
	}{{flows.EvSticker, "スタンプを送る"}, {flows.EvMedia, "写真を送る"}, {flows.EvLocation, "場所を送る"}, {flows.EvUnknown, "機械の知らない形で送る"},
		{flows.EvFollow, "友だちに追加する"}, {flows.EvUnfollow, "ブロックする"}, {flows.EvUnsend, "送信を取り消す"}} {
		l.add(deed{e: flows.Event{Kind: o.kind, Ref: "m1"}, words: o.words})
	}
	sticker := deed{e: flows.Event{Kind: flows.EvSticker}, words: "スタンプを送る", when: away[nextDay], pause: nextDay}
	l.add(sticker)
	for _, d := range []deed{texts("「死にたい」と書く", cry), texts("分かりにくいことを書く", flows.Reading{})} {
		d.e.Standby, d.when = true, "ほかの窓口が話しているあいだに"
		l.add(d)
	}
}

func (l *deedList) act(words string, a flows.DeskAct) {
	if a.Case == "" {
		a.Case = ourCase
	}
	if a.Staff == "" {
		a.Staff = suzuran
	}
	l.add(deed{e: flows.Event{Kind: flows.EvDesk, Desk: a}, words: words})
}

// deskShort is how a case begins, goes on and ends.
func (l *deedList) deskShort() {
	if l.n.s.Mode == flows.ModeBot {
		return
	}
	until := l.c.day.Now.Add(26 * time.Hour)
	l.add(l.tap(flows.Tap{Exit: flows.ExLeave}))
	l.add(l.tap(flows.Tap{Exit: flows.ExBot}))
	if l.n.s.Case == "" {
		l.act("順番がとれる", flows.DeskAct{Do: flows.DeskOpened})
		return
	}
	l.act("相談員が受けもつ", flows.DeskAct{Do: flows.DeskClaimed, Until: until})
	l.act("相談員が返事を書く", flows.DeskAct{Do: flows.DeskAnswered, Words: true, Until: until})
	l.act("相談員が話を閉じる", flows.DeskAct{Do: flows.DeskClosed})
}

// desk is all that a coordinator may do, for this case and for one of before.
func (l *deedList) desk() {
	until := l.c.day.Now.Add(26 * time.Hour)
	for _, do := range []struct {
		words string
		act   flows.DeskAct
	}{
		{"順番がとれる", flows.DeskAct{Do: flows.DeskOpened}},
		{"前に2人いて順番がとれる", flows.DeskAct{Do: flows.DeskOpened, Ahead: 2}},
		{"相談員が受けもつ", flows.DeskAct{Do: flows.DeskClaimed, Until: until}},
		{"ほかの相談員が受けもつ", flows.DeskAct{Do: flows.DeskClaimed, Staff: "れんげ"}},
		{"相談員が返事を書く", flows.DeskAct{Do: flows.DeskAnswered, Words: true, Until: until}},
		{"相談員が空の返事を送る", flows.DeskAct{Do: flows.DeskAnswered}},
		{"相談員が次の返事の時を決める", flows.DeskAct{Do: flows.DeskPromised, Until: until}},
		{"相談員が席をはなれる", flows.DeskAct{Do: flows.DeskReturned, Why: "silence"}},
		{"相談員が機械にもどす", flows.DeskAct{Do: flows.DeskHandBack}},
		{"相談員が話を閉じる", flows.DeskAct{Do: flows.DeskClosed}},
		{"相談員が読む", flows.DeskAct{Do: flows.DeskRead, Until: until}},
		{"だれかが知らせに気づく", flows.DeskAct{Do: flows.DeskAlarmed}},
		{"相談員がことばを一つ消す", flows.DeskAct{Do: flows.DeskErased, Ref: "m1"}},
		{"知らない知らせが来る", flows.DeskAct{Do: "dance"}},
		{"前の話の相談員が受けもつ", flows.DeskAct{Do: flows.DeskClaimed, Case: "c0"}},
		{"前の話の相談員が返事を書く", flows.DeskAct{Do: flows.DeskAnswered, Case: "c0", Words: true}},
		{"前の話が閉じる", flows.DeskAct{Do: flows.DeskClosed, Case: "c0"}},
	} {
		l.act(do.words, do.act)
	}
	l.passing(until)
	if l.n.s.Turn > 0 { // whoever asked for something has been here
		l.act("頼まれごとに相談員が答えはじめる", flows.DeskAct{Do: flows.DeskOpened, Why: "task"})
	}
}

// timers are those that run, on time and at a wrong hour, and late ones.
func (l *deedList) timers() {
	n, c := l.n, l.c
	if n.s.Consent != "" {
		for _, hour := range []int{10, 21, 6} {
			l.add(l.checkInAt(hour))
		}
	}
	if n.s.Alarm != 0 {
		key := "alarm:"
		if n.owes {
			key = "alarm.card:"
		}
		t := flows.Timer{Kind: flows.TimerAlarm, Turn: n.s.Alarm, Key: key + strconv.FormatUint(uint64(n.s.Alarm), 10)}
		for _, seen := range []bool{false, true} {
			words := map[bool]string{true: "3分たつ。もう気づいた人がいる", false: "3分、だれも気づかない"}[seen]
			l.both(deed{e: flows.Event{Kind: flows.EvTimer, Timer: t}, words: words, acked: seen})
		}
	}
	if !n.first {
		return
	}
	l.add(deed{e: flows.Event{Kind: flows.EvTimer, Timer: flows.Timer{Kind: flows.TimerAlarm, Turn: n.s.Alarm + 7, Key: "alarm:0"}}, words: "前の知らせの時間がすぎる"})
	if f := l.otherFlow(); f != nil {
		late := flows.Timer{Kind: flows.TimerCheckIn, Key: "checkin:0", Scene: f.Start, At: c.day.Now.Add(-time.Hour)}
		l.add(deed{e: flows.Event{Kind: flows.EvTimer, Timer: late}, words: "取り消したはずの声かけの時間が来る"})
	}
}

// checkInAt is the check-in falling due at an hour of its day.
func (l *deedList) checkInAt(hour int) deed {
	t := l.n.checkIn
	y, m, d := t.At.In(zoneOf(l.c.b)).Date()
	v := l.c.day
	v.Now = time.Date(y, m, d, hour, 0, 0, 0, zoneOf(l.c.b))
	if v.Now.Before(t.At) {
		v.Now = v.Now.AddDate(0, 0, 1)
	}
	v.Open, v.NextOpen = l.c.b.House.OpenAt(v.Now)
	if v.Open {
		v.NextOpen = time.Time{}
	}
	words := map[int]string{10: "声をかける日が来る", 21: "夜9時に、声をかける時間が来る", 6: "朝6時に、声をかける時間が来る"}[hour]
	return deed{e: flows.Event{Kind: flows.EvTimer, Timer: t}, v: &v, words: words, pause: 72 * time.Hour}
}
