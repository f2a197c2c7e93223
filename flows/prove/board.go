package prove

import (
	"time"

	"engawa/flows"
)

// The posts of the walk: one that takes place, one that does not, one that is gone.
const (
	postOn  = flows.PostID("p1")
	postOff = flows.PostID("p2")
	postOut = flows.PostID("p3")
)

// ofBoard are the ways that a card of the board has.
var ofBoard = []flows.Exit{flows.ExFind, flows.ExGo, flows.ExKeep, flows.ExDrop, flows.ExWith, flows.ExAsk, flows.ExWish, flows.ExKept, flows.ExPost, flows.ExAfter, flows.ExFelt}

// shelfViews is the board as the walk sees it.
type shelfViews struct {
	day     flows.View // three posts, in daytime
	nearest flows.View // nothing fits
	eve     flows.View // half past nine in the evening
	dawn    flows.View // half past seven: for a cancellation, and for nothing else
}

func (c *checker) shelfAt(see func(time.Time) flows.View) (out shelfViews) {
	card := flows.CardView{Kind: "event", Title: "お茶の会", Lead: "座っているだけでもいい会です。"}
	posts := []flows.Post{
		{ID: postOn, Card: card, Told: []string{"北口の青いドアです"}, Page: "https://example.invalid/p1", Calendar: "https://example.invalid/p1.ics"},
		{ID: postOff, Card: card, Standing: flows.PostCancelled}, {ID: postOut, Standing: flows.PostGone},
	}
	y, m, d := c.day.Now.In(zoneOf(c.b)).Date()
	at := func(hour int) flows.View {
		v := see(time.Date(y, m, d, hour, 30, 0, 0, zoneOf(c.b)))
		v.Posts = posts
		return v
	}
	out.day, out.eve, out.dawn = c.day, at(21), at(7)
	out.day.Posts = posts
	out.nearest = out.day
	out.nearest.Nearest = true
	return out
}

// board is what people do with posts, and what the board has to tell them.
func (l *deedList) board() {
	v := &l.c.board
	put := func(d deed, v *flows.View, when string) {
		d.v, d.when = v, when
		l.add(d)
	}
	put(l.tap(flows.Tap{Exit: flows.ExFind, Arg: "today"}), &v.day, "")
	put(l.tap(flows.Tap{Exit: flows.ExFind}), &v.nearest, "近いものだけがあるときに")
	l.add(l.tap(flows.Tap{Exit: flows.ExFind, Arg: "quiet"})) // nothing at all is found
	of := func(x flows.Exit, id flows.PostID) {
		put(l.tap(flows.Tap{Exit: x, Arg: string(id)}), &v.day, "もよおし"+string(id)+"の")
	}
	for _, x := range ofBoard[1:] {
		of(x, postOn)
	}
	of(flows.ExGo, postOff)
	of(flows.ExGo, postOut)
	of(flows.ExWith, "p9")
	put(texts("「"+l.c.labelOf(flows.Tap{Exit: flows.ExKept})+"」と書く", flows.Reading{Exit: flows.ExKept}), &v.day, "")
	put(texts("居場所のことを書く", flows.Reading{Topics: []flows.Scored{{Flow: "p", Topic: "place", Score: 500}}}), &v.day, "")
	put(texts("分かりにくいことを書く", flows.Reading{}), &v.day, "もよおしが見つかるときに")
	put(deed{e: flows.Event{Kind: flows.EvLocation}, words: "場所を送る"}, &v.day, "もよおしが見つかるときに")
	felt := l.tap(flows.Tap{Exit: flows.ExFelt, Arg: "good." + string(postOn)})
	put(felt, &v.day, "")
	l.felts()
	for _, at := range []*flows.View{&v.day, &v.eve} {
		over := flows.Timer{Kind: flows.TimerVisit, Key: "visit:" + string(postOn), Post: flows.PostNews{ID: postOn}}
		put(deed{e: flows.Event{Kind: flows.EvTimer, Timer: over}, words: "行った日の次の日が来る"}, at, at.Now.Format("15:04に"))
	}
	l.add(deed{e: flows.Event{Kind: flows.EvReply}, words: "会から返事が来る"})
	l.news(flows.PostCancelled, &v.day, &v.eve, &v.dawn)
	l.news(flows.PostMoved, &v.day, &v.dawn)
	l.news(flows.PostGone, &v.day)
}

// news is what became of a post, told at some hours, and once put off.
func (l *deedList) news(s flows.Standing, hours ...*flows.View) {
	n := flows.PostNews{ID: postOn, Standing: s}
	for _, v := range hours {
		l.add(deed{e: flows.Event{Kind: flows.EvPost, Post: n}, v: v, words: "もよおしの知らせ(" + string(s) + ")が来る", when: v.Now.Format("15:04に")})
	}
	later := flows.Timer{Kind: flows.TimerPost, Key: "post:" + string(postOn), Post: n}
	l.add(deed{e: flows.Event{Kind: flows.EvTimer, Timer: later}, v: hours[0], words: "のばしていた知らせ(" + string(s) + ")の時間が来る"})
}

func ofBoardNews(e *flows.Event) bool {
	return e.Kind == flows.EvPost || e.Kind == flows.EvTimer && e.Timer.Kind == flows.TimerPost
}

// news: P8 for what the board has to tell. Only who kept that very post and asked
// for it hears, once, and at an hour for it.
func (w *watcher) news(t *turn, e *flows.Effect) {
	n := t.d.e.Post
	if t.d.e.Kind == flows.EvTimer {
		n = t.d.e.Timer.Post
	}
	asked, left := false, false
	for _, k := range t.was.Kept {
		asked = asked || k.ID == n.ID && k.Tell
	}
	for _, k := range t.s.Kept {
		left = left || k.ID == n.ID
	}
	from := 9
	if n.Standing != flows.PostMoved {
		from = 7
	}
	hour := t.d.v.Now.In(zoneOf(w.c.b)).Hour()
	switch {
	case !asked:
		w.broken(t, "P8", lineKey(e), "頼まれていない人に、もよおしの知らせを送ります。", "")
	case t.was.Stopped || t.was.Blocked || t.was.Mode == flows.ModeHuman:
		w.broken(t, "P8", lineKey(e), "送らないでと言った人、または人が受けもつ人に、もよおしの知らせを送ります。", "")
	case hour < from || hour >= 20:
		w.broken(t, "P8", lineKey(e), "夜や早朝に、もよおしの知らせを送ります。", "")
	case n.Standing == flows.PostGone && left:
		w.broken(t, "P8", lineKey(e), "なくなったもよおしの知らせが、もう一度出ます。", "")
	case t.was.Urgent == flows.Violence && len(e.Bubbles) > 1:
		w.broken(t, "P8", lineKey(e), "画面を見られるかもしれない人に、もよおしの名前を送ります。", "")
	}
}

// visit: P8 for 「どうでしたか」. Only who agreed to it about that very visit is asked,
// once, by day, and nobody after a stop or beside a human.
func (w *watcher) visit(t *turn, e *flows.Effect) {
	asked, left := false, false
	for _, k := range t.was.After {
		asked = asked || k.ID == t.d.e.Timer.Post.ID
	}
	for _, k := range t.s.After {
		left = left || k.ID == t.d.e.Timer.Post.ID
	}
	hour := t.d.v.Now.In(zoneOf(w.c.b)).Hour()
	switch {
	case !asked:
		w.broken(t, "P8", lineKey(e), "聞いていいと言っていない人に、どうだったかを聞きます。", "")
	case t.was.Stopped || t.was.Blocked || t.was.Mode != flows.ModeBot:
		w.broken(t, "P8", lineKey(e), "送らないでと言った人、または人が受けもつ人に、どうだったかを聞きます。", "")
	case hour < 9 || hour >= 20:
		w.broken(t, "P8", lineKey(e), "夜や早朝に、どうだったかを聞きます。", "")
	case left:
		w.broken(t, "P8", lineKey(e), "どうだったかを、もう一度聞きます。", "")
	case t.was.Urgent == flows.Violence:
		w.broken(t, "P8", lineKey(e), "画面を見られるかもしれない人に、出かけたことがわかります。", "")
	}
}
