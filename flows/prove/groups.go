package prove

import (
	"strings"

	"engawa/flows"
)

// groups is what people do who post for a group: with one of theirs, with two, with
// an invitation, and with a form that is open.
func (l *deedList) groups() {
	v := &l.c.desks
	put := func(d deed, v *flows.View, when string) {
		d.v, d.when = v, when
		l.add(d)
	}
	post := func(arg string) deed { return l.tap(flows.Tap{Exit: flows.ExPost, Arg: arg}) }
	l.add(post("")) // who belongs to no group
	for _, arg := range []string{"", "new", "same", "page", "leave", "go", "gone.send"} {
		put(post(arg), &v.one, "会の人が")
	}
	put(post("new"), &v.two, "2つの会の人が")
	put(post("new.g2"), &v.two, "2つの会の人が")
	for _, arg := range []string{"hear", "hush", "still", "still.g1"} {
		put(post(arg), &v.one, "会の人が")
	}
	l.groupNews(put)
	put(texts("招待の番号を書く", flows.Reading{}), &v.joins, "番号が合って")
	put(texts("招待の番号を書く", flows.Reading{}), &v.wrong, "番号がちがって")
	for _, x := range []flows.Exit{flows.ExYes, flows.ExNo} {
		put(l.tap(flows.Tap{Exit: x, Arg: string(flows.AskLeave)}), &v.one, "会の人が、前のボタンで")
	}
	f := l.n.s.Form
	if f == nil {
		return
	}
	mark := f.ID[:min(len(f.ID), 6)]
	for _, word := range []string{"what-same", "where-same", "when-same", "repeat-week", "for-1", "fact-3", "facts-ok", "send", "fix", "later", "drop", "asked", "to-where"} {
		put(post(mark+"."+word), &v.one, "会の人が")
	}
	put(post(mark+".send"), &v.faulty, "足りないものがある会の人が")
	for _, days := range []int{9, -9} {
		d := post(mark + ".pick")
		d.e.Tap.Pick = l.c.day.Now.AddDate(0, 0, days).Format("2006-01-02T15:04")
		put(d, &v.one, map[int]string{9: "先の日をえらんで", -9: "すぎた日をえらんで"}[days])
	}
	words := texts("場所や名前を書く", flows.Reading{})
	words.e.Texts = []string{"m1"}
	put(words, &v.one, "会の人が")
	dated := texts("日と時間を書く", flows.Reading{When: l.c.day.Now.AddDate(0, 0, 9).Format("2006-01-02T15:04")})
	dated.e.Texts = []string{"m1"}
	put(dated, &v.one, "会の人が")
	put(deed{e: flows.Event{Kind: flows.EvMedia, Media: "image", Ref: "m2"}, words: "ちらしを送る"}, &v.flyer, "会の人が")
	put(l.tap(flows.Tap{Exit: flows.ExBack}), &v.one, "会の人が")
}

// groupNews is what there is to tell a group, by day, in the evening, and put off.
func (l *deedList) groupNews(put func(deed, *flows.View, string)) {
	v := &l.c.desks
	for _, what := range []flows.GroupWhat{flows.GroupAsked, flows.GroupSilent} {
		n := flows.GroupNews{ID: "g1", What: what}
		for _, at := range []*flows.View{&v.one, &v.eve} {
			put(deed{e: flows.Event{Kind: flows.EvGroup, Group: n}, words: "会のこと(" + string(what) + ")を知らせるときが来る"}, at, at.Now.Format("15:04に"))
		}
		later := flows.Timer{Kind: flows.TimerGroup, Key: "group:" + string(what) + ":g1", Group: n}
		put(deed{e: flows.Event{Kind: flows.EvTimer, Timer: later}, words: "のばしていた会の知らせ(" + string(what) + ")の時間が来る"}, &v.one, "")
	}
}

// deskViews is the board as its members see it.
type deskViews struct {
	one, two, joins, wrong, faulty, flyer, eve flows.View
}

func (c *checker) membersAt() (out deskViews) {
	mine := []flows.Group{{ID: "g1", Name: "ひだまりの会", Last: postOn, Quiet: true, Page: "https://example.invalid/g"}, {ID: "g2", Name: "とおりの家族会", Trusted: true}}
	out.one = c.day
	out.one.Groups = mine[:1]
	out.two, out.joins, out.wrong, out.faulty, out.flyer = out.one, out.one, c.day, out.one, out.one
	out.two.Groups = mine
	out.eve = c.board.eve
	out.eve.Posts, out.eve.Groups = nil, mine[:1]
	out.joins.Join, out.joins.Joined = flows.JoinIn, "g1"
	out.wrong.Join = flows.JoinNo
	out.faulty.Form.Fault = flows.FormWhere
	out.flyer.Form.Photo = "pic"
	return out
}

// sheetOf sorts a state by what is being written for a group.
func sheetOf(s *flows.State) class {
	k := class{facet: sheet, mode: s.Mode}
	switch s.Ask {
	case flows.AskHome, flows.AskCode, flows.AskForm, flows.AskLeave, flows.AskGroup:
		k.ask = s.Ask
	}
	f := s.Form
	if f == nil {
		return k
	}
	k.form = string(f.Step) + flags(f)
	return k
}

func flags(f *flows.Form) (out string) {
	if f.Fix {
		out += " fix"
	}
	if f.Last != "" {
		out += " last"
	}
	if f.Same {
		out += " same"
	}
	return out
}

func ofGroupNews(e *flows.Event) bool {
	return e.Kind == flows.EvGroup || e.Kind == flows.EvTimer && e.Timer.Kind == flows.TimerGroup
}

// hearsOf sorts a state by whether its person is told what a group should know: that
// does not look at the form, nor the form at that.
func hearsOf(s *flows.State) class {
	k := class{facet: hears, mode: s.Mode, stopped: s.Stopped, blocked: s.Blocked, muted: s.Muted}
	if s.Ask == flows.AskGroup {
		k.ask = s.Ask
	}
	if s.Hears {
		k.kept = keptTell
	}
	return k
}

// groupNews: P8 for what is told to who posts for a group. Only who agreed to it by a
// tap hears, by day, nobody after a stop or beside a human, and it names no group.
func (w *watcher) groupNews(t *turn, e *flows.Effect) {
	hour := t.d.v.Now.In(zoneOf(w.c.b)).Hour()
	switch {
	case !t.was.Hears:
		w.broken(t, "P8", lineKey(e), "受けとると言っていない会の人に、知らせを送ります。", "")
	case t.was.Stopped || t.was.Blocked || t.was.Muted || t.was.Mode != flows.ModeBot:
		w.broken(t, "P8", lineKey(e), "送らないでと言った人、または人が受けもつ人に、会の知らせを送ります。", "")
	case hour < 9 || hour >= 20:
		w.broken(t, "P8", lineKey(e), "夜や早朝に、会の知らせを送ります。", "")
	}
	for _, b := range e.Bubbles {
		if strings.Contains(b.Text, t.d.v.Groups[0].Name) {
			w.broken(t, "P8", lineKey(e), "会の名前が、ひらいていない画面に出ます。", "")
		}
	}
}
