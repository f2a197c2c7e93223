package flows

import (
	"slices"
	"strconv"
)

// board is what a tap on a post does. While a human has the talk such a tap is a
// word to them, which the caller has seen to.
func (t *turn) board(x Exit, arg string) {
	switch x {
	case ExFind:
		if arg != "" {
			t.find()
			return
		}
		t.s.Ask = AskFind
		t.say("find.how", ExMenu).Choices = Offered(t.b, t.s)
		return
	case ExKept:
		t.kept()
		return
	case ExWish:
		t.wish()
		return
	case ExPost:
		t.posting(arg)
		return
	case ExFelt:
		t.felt(arg)
		return
	case ExDrop:
		t.drop(arg)
		return
	}
	p := t.post(arg)
	if p == nil || p.Standing == PostGone {
		t.because("post.gone")
		t.finding(t.say("post.gone", ExKept))
		return
	}
	switch x {
	case ExGo:
		t.visit(p)
	case ExKeep:
		t.keep(p)
	case ExWith:
		t.company(p)
	case ExAfter:
		t.after(p)
	case ExAsk:
		t.asks(p)
	}
}

// asks is 聞いてみる: the next text goes to the group, without a name.
func (t *turn) asks(p *Post) {
	t.s.Ask, t.s.About = AskQuestion, About(p.ID, p.Day)
	t.say("post.ask", ExBack)
}

// post is the one that a button means, as the board has it now.
func (t *turn) post(arg string) *Post {
	id, day := AboutOf(arg)
	for i := range t.v.Posts {
		if p := &t.v.Posts[i]; p.ID == id && (day == "" || p.Day == day) {
			return p
		}
	}
	return nil
}

// find shows what a search of this turn found: at most three, and always a way on.
// Where nothing fits it says so before it shows the nearest thing.
func (t *turn) find() {
	var e *Effect
	if len(t.v.Posts) == 0 || t.v.Nearest {
		t.because("find.nothing")
		e = t.say("find.none", ExWish, ExMenu)
		t.showPosts(e, maxBubbles-len(e.Bubbles))
	} else {
		t.because("find.found " + strconv.Itoa(len(t.v.Posts)))
		e = t.add(EfAnswer, "find")
		t.showPosts(e, maxBubbles)
		e.Exits = t.exits(ExMenu)
	}
	if len(e.Bubbles) == 0 {
		t.write(e, []Phrase{lastResort("find.none")})
	}
	if t.b.Scenes[t.s.Scene] != nil || len(t.v.Posts) == 0 { // the whole menu under what was found would bury it
		e.Choices = Offered(t.b, t.s)
	}
	t.finding(e)
}

// finding puts the ways to look on under an answer.
func (t *turn) finding(e *Effect) {
	for _, how := range [...]string{"week", "quiet", ""} { // the others are one tap further
		e.chip(t.button(Tap{Exit: ExFind, Arg: how}))
	}
	if len(t.s.Kept) > 0 {
		e.chip(t.button(Tap{Exit: ExKept}))
	}
}

func (t *turn) showPosts(e *Effect, most int) {
	for i := range t.v.Posts {
		p := &t.v.Posts[i]
		if most <= 0 {
			return
		}
		if p.Standing == PostGone {
			continue
		}
		card := p.Card
		if visited(card.Kind) && p.Standing != PostCancelled {
			about := About(p.ID, p.Day)
			card.Buttons = append([]Button{t.button(Tap{Exit: ExGo, Arg: about}), t.button(Tap{Exit: ExKeep, Arg: about})}, card.Buttons...)
		}
		e.Bubbles = append(e.Bubbles, Bubble{Card: &card})
		most--
	}
}

// visited says whether a card is about something that one goes to.
func visited(kind string) bool { return kind == "ibasho" || kind == "event" || kind == "role" }

// visit is 行ってみたい: how arriving goes, what was not told before, and company.
func (t *turn) visit(p *Post) {
	t.s.Ask, t.s.About = AskPost, About(p.ID, p.Day)
	e := t.say("post.go", ExKept, ExMenu)
	card := p.Card
	card.Facts = append(slices.Clip(card.Facts), p.Told...)
	if len(e.Bubbles) < maxBubbles {
		e.Bubbles = append(e.Bubbles, Bubble{Card: &card})
	}
	e.Choices = Offered(t.b, t.s)
	if p.Calendar != "" {
		e.Choices = append(e.Choices, Button{Label: t.b.label("label.calendar", t.lang()), URI: p.Calendar})
	}
	if p.Page != "" {
		e.Choices = append(e.Choices, Button{Label: t.b.label("label.share", t.lang()), URI: p.Page})
	}
}

// keep puts a post aside and asks, once, whether a change of it may be told.
func (t *turn) keep(p *Post) {
	about := About(p.ID, p.Day)
	if i := t.keptAt(p.ID); i >= 0 && t.s.Kept[i].Tell {
		t.say("post.kept.already", ExKept, ExMenu)
		return
	} else if i < 0 {
		kept := slices.Clone(t.s.Kept)
		if len(kept) >= maxKept {
			t.add(EfUnkeep, "").Ref = string(kept[0].ID)
			kept = kept[1:]
		}
		t.s.Kept = append(kept, Kept{ID: p.ID, Day: p.Day})
	}
	t.s.Ask, t.s.About = AskTell, about
	t.say("post.keep", ExKept).Choices = Offered(t.b, t.s)
}

func (t *turn) keptAt(id PostID) int {
	return slices.IndexFunc(t.s.Kept, func(k Kept) bool { return k.ID == id })
}

// replyTell is the consent to one message about this post, or none.
func (t *turn) replyTell(yes bool) bool {
	id, _ := AboutOf(t.s.About)
	i := t.keptAt(id)
	if i < 0 {
		return false
	}
	if !yes {
		t.because("tell.no")
		t.say("post.tell.no", ExKept, ExMenu)
		return true
	}
	t.because("tell.yes")
	kept := slices.Clone(t.s.Kept)
	kept[i].Tell = true
	t.s.Kept, t.s.Stopped = kept, false // asked for anew, so it also lifts an earlier stop
	t.say("post.tell.yes", ExKept, ExMenu)
	t.add(EfKeep, "").Ref = string(id)
	return true
}

// drop forgets a post that was put aside.
func (t *turn) drop(arg string) {
	id, _ := AboutOf(arg)
	if i := t.keptAt(id); i >= 0 {
		t.unkeep(i)
	}
	t.finding(t.say("post.dropped", ExMenu))
}

func (t *turn) unkeep(i int) {
	t.add(EfUnkeep, "").Ref = string(t.s.Kept[i].ID)
	kept := slices.Delete(slices.Clone(t.s.Kept), i, i+1)
	if len(kept) == 0 {
		kept = nil
	}
	t.s.Kept = kept
}

// tellNothing withdraws what was agreed about posts; they stay put aside.
func (t *turn) tellNothing() {
	t.askNothing()
	t.s.Hears = false
	for i := range t.s.Kept {
		if !t.s.Kept[i].Tell {
			continue
		}
		kept := slices.Clone(t.s.Kept)
		kept[i].Tell = false
		t.s.Kept = kept
		t.add(EfUnkeep, "").Ref = string(kept[i].ID)
	}
}

// kept lists what was put aside, as the board has it now.
func (t *turn) kept() {
	if len(t.s.Kept) == 0 || len(t.v.Posts) == 0 {
		t.finding(t.say("post.kept.none", ExMenu))
		return
	}
	e := t.add(EfAnswer, "kept")
	for i := range t.v.Posts {
		p := &t.v.Posts[i]
		if len(e.Bubbles) == maxBubbles {
			break
		}
		if p.Standing == PostGone || t.keptAt(p.ID) < 0 {
			continue
		}
		card := p.Card
		about := About(p.ID, p.Day)
		card.Buttons = []Button{t.button(Tap{Exit: ExGo, Arg: about}), t.button(Tap{Exit: ExDrop, Arg: about})}
		e.Bubbles = append(e.Bubbles, Bubble{Card: &card})
	}
	if len(e.Bubbles) == 0 {
		e.Line = "post.kept.none"
		t.write(e, t.b.Lines[e.Line])
		t.said(e)
	}
	e.Exits = t.exits(ExMenu)
	t.finding(e)
}

// company is 一緒に行く人をたのむ: a task for a coordinator. Nobody learns a name.
func (t *turn) company(p *Post) {
	t.because("task.go_along")
	t.task(TaskGoAlong, p)
	t.say("post.with", ExKept, ExMenu)
}

// wish is a place that is not there yet, told without a name.
func (t *turn) wish() {
	t.because("task.wish")
	t.task(TaskWish, nil)
	t.say("post.wish", ExMenu)
}

// question carries what was written to the group, through a coordinator.
func (t *turn) question() bool {
	if t.ask != AskQuestion || t.e.Kind != EvText || t.s.Mode == ModeHuman {
		return false
	}
	id, day := AboutOf(t.s.About)
	t.because("task.question")
	p := &Post{ID: id, Day: day}
	if known := t.post(t.s.About); known != nil {
		p = known
	}
	t.task(TaskQuestion, p)
	t.say("post.asked", ExKept, ExMenu)
	return true
}

// postNews is told once, to somebody who asked for it, at an hour for it.
func (t *turn) postNews() {
	n := t.e.Post
	i := t.keptAt(n.ID)
	if i < 0 || !t.s.Kept[i].Tell || t.s.Stopped || t.s.Blocked {
		t.because("news.unasked")
		return
	}
	if k := t.s.Kept[i]; k.Day != "" && n.Day != "" && k.Day != n.Day {
		t.because("news.other_day")
		return
	}
	from := dayBegins
	if n.Standing == PostCancelled || n.Standing == PostGone { // nobody shall set out for nothing
		from = cancelBegins
	}
	if at, wait := t.laterHour(from, t.s.Mode == ModeHuman); wait {
		t.because("news.not_yet")
		t.add(EfTimer, "").Timer = Timer{Kind: TimerPost, At: at, Key: "post:" + string(n.ID), Post: n}
		return
	}
	t.because("nudge")
	t.because("news." + string(n.Standing))
	line := "post.news.off"
	if n.Standing == PostMoved {
		line = "post.news.moved"
	}
	e := t.speak(EfNudge, line, ExStop, ExKept)
	if t.s.Urgent != Violence { // whoever else looks at this phone must learn nothing
		t.showPosts(e, 1)
	}
	if n.Standing == PostGone || n.Standing == PostCancelled && n.Day == t.s.Kept[i].Day {
		t.unkeep(i)
	}
}

// task asks a coordinator for something that does not change who speaks. Asked for
// twice it is the same one. Who asks wants an answer, so it lifts an earlier stop.
func (t *turn) task(k TaskKind, p *Post) {
	n := t.noteOf(NoteTask)
	n.Scene = ""
	n.Task = &TaskNote{Kind: k}
	if p != nil {
		n.Task.ID, n.Task.Entry = string(k)+":"+About(p.ID, p.Day), CardID(p.ID)
		if !p.At.IsZero() {
			n.Task.On = p.At.Unix()
		}
	}
	if k == TaskQuestion {
		n.Task.ID, n.Task.Texts = "", t.e.Texts
	}
	t.s.Stopped = false
	t.add(EfDesk, "").Desk = n
}
