package prove

import (
	"strings"
	"time"

	"engawa/flows"
)

// What the house tells everybody for a while (「きょうは人がいません」, a disaster) is a
// side of its own: one hour stands for each kind. given is what Step gets: hours
// that say somebody is there, and a notice that knows better. meant is the same as
// people find it, and what the promises are held against.
type noticeViews struct{ given, meant [len(notices)]flows.View }

var notices = [...]struct {
	words          string
	away, disaster bool
}{
	{"人がいない日に", true, false},
	{"災害のときに", false, true},
	{"災害で人もいない日に", true, true},
}

// noticeViews are made of the hour at which somebody reads.
func (c *checker) noticeViews() (n noticeViews) {
	for i, k := range notices {
		v := c.day
		if k.away {
			v.Notice.Away = v.Now.Add(26 * time.Hour)
		}
		if k.disaster {
			v.Notice.Disaster = v.Now.Add(26 * time.Hour)
		}
		n.given[i] = v
		if k.away {
			v.Open, v.NextOpen = false, c.b.House.Reopens(v.Notice.Away)
		}
		n.meant[i] = v
	}
	return n
}

// meant is the hour as people find it.
func (c *checker) meant(v *flows.View) *flows.View {
	for i := range c.notices.given {
		if v == &c.notices.given[i] {
			return &c.notices.meant[i]
		}
	}
	return v
}

// under adds a deed for each kind of notice.
func (l *deedList) under(ds ...deed) {
	for _, d := range ds {
		for i := range notices {
			d.v, d.when = &l.c.notices.given[i], notices[i].words
			l.add(d)
		}
	}
}

// noticed is what is done under a notice where all is tried: coming, looking round,
// asking for a human, crying for help, waiting.
func (l *deedList) noticed() {
	l.under(
		deed{e: flows.Event{Kind: flows.EvFollow}, words: "友だちに追加する"},
		l.tap(flows.Tap{Exit: flows.ExMenu}), l.tap(flows.Tap{Exit: flows.ExRestart}), l.tap(flows.Tap{Exit: flows.ExHuman}), l.tap(flows.Tap{Exit: flows.ExLeave}),
		texts("「人と話す」と書く", flows.Reading{Exit: flows.ExHuman}), texts("「死にたい」と書く", cry), texts("分かりにくいことを書く", flows.Reading{}))
	if l.n.s.Mode != flows.ModeBot && l.n.s.Case == "" {
		l.under(deed{e: flows.Event{Kind: flows.EvDesk, Desk: flows.DeskAct{Do: flows.DeskOpened, Case: ourCase, Staff: suzuran}}, words: "順番がとれる"})
	}
}

// beginnings are the lines with which a talk or a wait begins: a notice is told there.
var beginnings = map[string]bool{"greeting": true, "greeting.back": true, "follow": true, "menu.lead": true, "restart": true, "human.open": true, "human.closed": true}

// notice: under one, whoever comes or waits is told before anything else, nobody is
// promised a reader who is not there, and the disaster's entrance leads the menu.
// While a human has the talk the machine does not speak of it.
func (w *watcher) notice(t *turn) {
	n, now := t.d.v.Notice, t.d.v.Now
	away, disaster := n.AwayAt(now), n.DisasterAt(now)
	if !away && !disaster {
		return
	}
	w.checked["notice"]++
	told := false
	for i := range t.out {
		e := &t.out[i]
		if e.Kind != flows.EfAnswer || e.Crisis || !beginnings[e.Line] {
			w.unspoken(t, e)
			continue
		}
		if away && e.Line == "human.open" {
			w.broken(t, "notice", "line/human.open", "人がいない日なのに、いま読むと言います。", "")
		}
		if t.s.Mode == flows.ModeHuman {
			w.unspoken(t, e)
			continue
		}
		if told {
			continue
		}
		told = true
		if disaster {
			w.leads(t, e, "notice.disaster")
		}
		if away && e.Line != "human.closed" {
			w.leads(t, e, "notice.away")
		}
	}
	if disaster {
		w.leadingDoor(t)
	}
}

// opening is how a fixed sentence begins, as far as nothing is filled in.
func (w *watcher) opening(line string) string {
	ps := w.c.b.Lines[line]
	if len(ps) == 0 {
		return ""
	}
	text, _ := ps[0].In(flows.Ja)
	head, _, _ := strings.Cut(text, "{")
	return head
}

// leads: an answer begins with the notice.
func (w *watcher) leads(t *turn, e *flows.Effect, line string) {
	head := w.opening(line)
	switch {
	case head == "":
		w.broken(t, "notice", "line/"+line, "このお知らせを出しても、住む人に言うことばがありません。", "lines に「"+line+"」を書きます。")
	case e.Lang != flows.Ja && e.Lang != "":
	case !before(e, head):
		w.broken(t, "notice", lineKey(e), "お知らせを出しているのに、はじめにそれを言いません。", "")
	}
	if len(e.Bubbles) > maxSaidAtOnce {
		w.broken(t, "notice", lineKey(e), "お知らせを足すと、ふきだしが3つをこえます。", "")
	}
}

// before says whether an answer begins with a text; that the sentences are drafts
// may be told before it, once.
func before(e *flows.Effect, head string) bool {
	for i := range min(len(e.Bubbles), 2) {
		if strings.Contains(e.Bubbles[i].Text, head) {
			return true
		}
	}
	return false
}

// unspoken: where nothing begins, the notice is not repeated.
func (w *watcher) unspoken(t *turn, e *flows.Effect) {
	for _, line := range []string{"notice.away", "notice.disaster"} {
		if head := w.opening(line); reaches(e) && head != "" && len(e.Bubbles) > 0 && strings.HasPrefix(e.Bubbles[0].Text, head) {
			w.broken(t, "notice", lineKey(e), "話のとちゅうで、お知らせをくりかえします。", "")
		}
	}
}

// leadingDoor: a menu on the screen begins with the disaster's entrance, if there is one.
func (w *watcher) leadingDoor(t *turn) {
	if t.s.Ask != flows.AskMenu || w.c.disaster == "" {
		return
	}
	for i := range t.out {
		e := &t.out[i]
		if e.Line == "menu.lead" && (len(e.Choices) == 0 || flows.SceneKey(tapOf(e.Choices[0]).Arg) != w.c.disaster) {
			w.broken(t, "notice", "line/menu.lead", "災害のときなのに、メニューが災害の入口で始まりません。", "")
		}
	}
}

// disasterDoor is the entrance of the flow about disasters, "" if there is none.
func disasterDoor(b *flows.Bundle) flows.SceneKey {
	for _, id := range b.Order {
		if f := b.Flows[id]; f != nil && f.Topic == "disaster" && b.Scenes[f.Start] != nil {
			return f.Start
		}
	}
	return ""
}
