package prove

import (
	"strings"

	"engawa/flows"
)

// standby: another module has the talk. Nothing is said; a cry still wakes somebody.
func (w *watcher) standby(t *turn) {
	for i := range t.out {
		if reaches(&t.out[i]) {
			w.broken(t, "P7", lineKey(&t.out[i]), "ほかの窓口が話しているあいだに、機械が話します。", "")
		}
	}
	w.checked["P6"]++
	if w.cries(t) && count(t, flows.EfAlarm) == 0 {
		w.broken(t, "P6", "", "ほかの窓口が話しているあいだの助けを求める声に、だれも気づけません。", "")
	}
}

// crisis: P6. A clear cry is answered first and at once while the machine speaks;
// a human who has the talk learns of it first, and at night the card comes at once.
func (w *watcher) crisis(t *turn) {
	if t.d.e.Kind != flows.EvText || !w.cries(t) {
		return
	}
	w.checked["P6"]++
	v := t.d.v
	if awake := v.Open || v.Night; (count(t, flows.EfAlarm) > 0) != awake {
		w.broken(t, "P6", "", map[bool]string{true: "助けを求める声で、だれも呼ばれません。", false: "夜の当番がいないのに、だれかを呼んだことになります。"}[awake], "")
	}
	if t.was.Mode == flows.ModeHuman {
		w.crisisWithHuman(t)
		return
	}
	if note(t, flows.NoteOpen) == nil && note(t, flows.NoteRisk) == nil {
		w.broken(t, "P6", "", "助けを求める声が、相談員の順番に入りません。", "")
	}
	if len(t.out) == 0 || t.out[0].Kind != flows.EfAnswer || !t.out[0].Crisis {
		w.broken(t, "P6", "", "助けを求める声への答えが、いちばん先に出ません。", "")
		return
	}
	w.card(t, &t.out[0])
}

// card: fixed words for this hour, a human first, at most three numbers.
func (w *watcher) card(t *turn, e *flows.Effect) {
	if len(w.c.b.Lines[e.Line]) == 0 {
		w.broken(t, "P6", "line/"+e.Line, "助けを求める声に答える、決まったことばがありません。", "lines に「"+e.Line+"」を書きます。")
	}
	if v := t.d.v; !v.Open && !v.Night && !strings.HasSuffix(e.Line, ".night") {
		w.broken(t, "P6", "line/"+e.Line+".night", "夜の当番がいないのに、人がいる時間のことばで答えます。", "lines に「"+e.Line+".night」を書きます。")
	}
	if len(e.Choices) == 0 || tapOf(e.Choices[0]).Exit != flows.ExHuman {
		w.broken(t, "P6", "line/"+e.Line, "助けを求める声への答えで、人につながるボタンが先頭にありません。", "")
	}
	numbers := 0
	for _, b := range e.Choices {
		if strings.HasPrefix(b.URI, "tel:") {
			numbers++
		}
	}
	if numbers == 0 || numbers > 3 {
		w.broken(t, "P6", "line/"+e.Line, "助けを求める声への答えには、いまつながる番号を1つから3つまで出します。", "")
	}
}

func (w *watcher) crisisWithHuman(t *turn) {
	if note(t, flows.NoteRisk) == nil {
		w.broken(t, "P6", "", "人が受けもつあいだの助けを求める声が、相談員に伝わりません。", "")
	}
	card, away := crisisCard(t), !t.d.v.Open || t.rested()
	switch {
	case away && card == nil:
		w.broken(t, "P6", "", "相談員がいない時間の助けを求める声に、答えがありません。", "")
	case away:
		w.card(t, card)
	case card != nil:
		w.broken(t, "P7", lineKey(card), "相談員がいる時間に、機械が先に答えます。", "")
	case t.s.Alarm == 0:
		w.broken(t, "P6", "", "だれも気づかないまま3分たったときの約束がありません。", "")
	}
}

func crisisCard(t *turn) *flows.Effect {
	for i := range t.out {
		if t.out[i].Crisis && reaches(&t.out[i]) {
			return &t.out[i]
		}
	}
	return nil
}

// alarm: P6, P10. Three minutes without anybody: called again, and the card that
// is owed comes; seen in time: nothing.
func (w *watcher) alarm(t *turn) {
	timer := t.d.e.Timer
	if t.d.e.Kind != flows.EvTimer || timer.Kind != flows.TimerAlarm {
		return
	}
	w.checked["P6"]++
	w.checked["P10"]++
	if timer.Turn != t.was.Alarm || t.d.acked {
		if len(t.out) > 0 {
			w.broken(t, "P10", "", "もうすんだ知らせの時間がすぎただけで、何かが起きます。", "")
		}
		return
	}
	if (t.d.v.Open || t.d.v.Night) && count(t, flows.EfAlarm) == 0 {
		w.broken(t, "P6", "", "3分だれも気づかなくても、もう一度呼ばれません。", "")
	}
	if t.n.owes && t.was.Mode == flows.ModeHuman && crisisCard(t) == nil {
		w.broken(t, "P6", "", "3分だれも気づかないのに、本人に何も出ません。", "")
	}
}

// quiet: P7. While a human has the talk the machine says only the four things.
func (w *watcher) quiet(t *turn) {
	if t.was.Mode != flows.ModeHuman {
		return
	}
	w.checked["P7"]++
	e := &t.d.e
	answered := exitOf(e) != flows.NoExit || t.d.tap && exitTaps(w.c, t)
	for i := range t.out {
		f := &t.out[i]
		switch {
		case !reaches(f):
		case e.Kind == flows.EvDesk && f.Kind == flows.EfHuman: // (d), and the words themselves
		case own(e) && answered && f.Kind == flows.EfAnswer: // (b)
		case own(e) && (f.Line == "human.receipt" || f.Line == "paused.receipt") && t.was.Receipt == 0 && i == lastSaid(t): // (a)
		case own(e) && (f.Line == "human.receipt" || f.Line == "paused.receipt") && t.d.v.Now.Unix()-t.was.Receipt >= receiptHours:
		case f.Crisis && (own(e) && (!t.d.v.Open || t.rested()) || e.Kind == flows.EvTimer && !t.d.acked): // (c)
		default:
			w.broken(t, "P7", lineKey(f), "人が受けもっているのに、機械が口をはさみます。", "")
		}
		if reaches(f) && f.Kind != flows.EfHuman && f.Voice != flows.Machine {
			w.broken(t, "P7", lineKey(f), "機械のことばが、人の名で出ます。", "")
		}
	}
}

// exitTaps says whether the button that was tapped is a way out or answers a
// question of the root; only such buttons stand on the screen of a human's talk.
func exitTaps(c *checker, t *turn) bool {
	return t.d.e.Kind == flows.EvTap && t.d.e.Tap.Exit != flows.NoExit || t.d.e.Kind == flows.EvText && t.was.Ask != flows.AskNothing
}

func lastSaid(t *turn) int {
	last := -1
	for i := range t.out {
		if reaches(&t.out[i]) {
			last = i
		}
	}
	return last
}

// heldBack: P2. Nothing of the desk reaches who said stop or blocked us.
func (w *watcher) heldBack(t *turn) {
	if !t.was.Muted && !t.was.Blocked || t.d.e.Kind != flows.EvDesk {
		return
	}
	w.checked["P2"]++
	for i := range t.out {
		if reaches(&t.out[i]) {
			w.broken(t, "P2", lineKey(&t.out[i]), "送らないでと言った人に、送ります。", "")
		}
	}
}

// nudge: P8. Begun by us only with a tap's consent, not after a stop, in daytime, once.
func (w *watcher) nudge(t *turn) {
	for i := range t.out {
		e := &t.out[i]
		if e.Kind == flows.EfTimer && e.Timer.Kind == flows.TimerCheckIn && !t.next.asked {
			w.broken(t, "P8", string(e.Timer.Scene), "押してもらっていないのに、声かけの予約をします。", "")
		}
		if e.Kind != flows.EfNudge {
			continue
		}
		w.checked["P8"]++
		if t.d.e.Timer.Kind == flows.TimerVisit {
			w.visit(t, e)
			continue
		}
		if ofBoardNews(&t.d.e) {
			w.news(t, e)
			continue
		}
		if ofGroupNews(&t.d.e) {
			w.groupNews(t, e)
			continue
		}
		hour := t.d.v.Now.In(zoneOf(w.c.b)).Hour()
		switch {
		case t.d.e.Kind != flows.EvTimer || t.d.e.Timer.Kind != flows.TimerCheckIn:
			w.broken(t, "P8", lineKey(e), "時間の予約がないのに、こちらから声をかけます。", "")
		case !t.n.asked:
			w.broken(t, "P8", lineKey(e), "押してもらっていない声かけをします。", "")
		case t.was.Stopped || t.was.Blocked || t.was.Mode != flows.ModeBot:
			w.broken(t, "P8", lineKey(e), "送らないでと言った人、または人が受けもつ人に、声をかけます。", "")
		case hour < 9 || hour >= 20:
			w.broken(t, "P8", lineKey(e), "夜や早朝に、こちらから声をかけます。", "")
		case t.s.Consent != "":
			w.broken(t, "P8", lineKey(e), "同じ声かけが、もう一度出ます。", "")
		}
		w.leadsOn(t, e)
	}
}

// leadsOn: P10. A check-in ends where the person can go on from.
func (w *watcher) leadsOn(t *turn, e *flows.Effect) {
	w.checked["P10"]++
	if sc := w.c.bones.Scenes[t.s.Scene]; sc != nil && len(sc.Choices) == 0 && sc.Write == flows.WriteRoute {
		w.broken(t, "P10", string(t.s.Scene), "声をかけたあと、選べるものが何もありません(つなぐ場面は、声かけだけでは人につながりません)。", "「あとで」の場面には「選ぶ」を書きます。")
	}
}

// due: P10. A check-in that fell due at its hour is spoken, or put off to daytime.
func (w *watcher) due(t *turn) {
	timer := t.d.e.Timer
	if t.d.e.Kind != flows.EvTimer || timer.Kind != flows.TimerCheckIn {
		return
	}
	w.checked["P10"]++
	due := timer.Key == t.was.Consent && t.n.s.Consent != "" && !t.was.Stopped && !t.was.Blocked && t.was.Mode == flows.ModeBot
	if said := count(t, flows.EfNudge) + count(t, flows.EfTimer); due && said == 0 && w.c.bones.Scenes[timer.Scene] != nil {
		w.broken(t, "P10", string(timer.Scene), "頼まれた声かけの日が来ても、何も起きません。", "")
	} else if !due && len(t.out) > 0 {
		w.broken(t, "P8", string(timer.Scene), "取り消したはずの声かけで、何かが起きます。", "")
	}
}
