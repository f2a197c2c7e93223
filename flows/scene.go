package flows

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

const (
	maxBack = 20
	maxHops = 16 // scenes passed through in one step without anybody's doing
)

// go2 leaves the present scene for another one, so that もどる finds it again.
func (t *turn) go2(k SceneKey) {
	t.leaveScene("")
	t.enter(EfAnswer, k)
}

// leaveScene remembers where the person was; undo is what memory held before.
func (t *turn) leaveScene(undo string) {
	s := &t.s
	if n := len(s.Back); n > 0 && s.Back[n-1] == s.Scene && undo == "" {
		s.Scene = ""
		return
	}
	from := 0
	if len(s.Back) >= maxBack {
		from = len(s.Back) - maxBack + 1
	}
	back := make([]SceneKey, 0, len(s.Back)-from+1)
	s.Back = append(append(back, s.Back[from:]...), s.Scene)
	s.Undo = pushUndo(s.Undo, undo, len(s.Back))
	s.Scene = ""
}

// pushUndo keeps Undo beside Back, entry by entry, and nil while there is nothing to undo.
func pushUndo(list []string, undo string, n int) []string {
	if len(list) == 0 && undo == "" {
		return nil
	}
	out := make([]string, n)
	copy(out[max(0, n-1-len(list)):], list[max(0, len(list)-(n-1)):])
	out[n-1] = undo
	return out
}

// enter walks to a scene and shows it, and all that it passes on the way.
func (t *turn) enter(kind EffectKind, k SceneKey) {
	e := t.add(kind, string(k))
	for hops := 0; ; hops++ {
		sc := t.b.Scenes[k]
		if sc == nil || hops > maxHops {
			t.because("scene.nowhere")
			break
		}
		if next := t.branch(sc); next != "" {
			k = next
			continue
		}
		t.s.Scene = k
		if len(e.Bubbles) == 0 {
			e.Line = string(k)
		}
		t.drawScene(e, sc)
		if sc.Handoff != nil && kind != EfNudge { // a check-in begins nothing by itself
			t.closeScene(e)
			t.handoff(sc)
			return
		}
		if sc.End {
			t.said(e)
			t.s.Scene, t.s.Back, t.s.Undo = "", nil, nil
			e.Exits = t.exits(ExMenu)
			return
		}
		if sc.Handoff != nil || sc.Next == "" || sc.Write != WriteRoute || len(sc.Choices) > 0 {
			break
		}
		k = sc.Next
	}
	t.closeScene(e)
}

// closeScene puts choices and exits under what a walk has shown. A walk that
// showed nothing ends at the menu: nobody is left standing.
func (t *turn) closeScene(e *Effect) {
	t.said(e)
	t.s.Ask = AskNothing // what is on the screen now are these choices
	e.Choices = Offered(t.b, t.s)
	extra := make([]Exit, 0, 4)
	if e.Kind == EfNudge {
		extra = append(extra, ExStop)
	}
	if len(t.s.Back) > 0 {
		extra = append(extra, ExBack)
	}
	e.Exits = t.exits(append(extra, ExMenu)...)
	for _, id := range t.also {
		if f := t.b.Flows[id]; f != nil && f.Start != t.s.Scene && t.b.Scenes[f.Start] != nil {
			e.chip(t.button(Tap{Exit: ExMenu, Arg: string(f.Start)}))
		}
	}
}

// said makes sure that an effect says something.
func (t *turn) said(e *Effect) {
	if len(e.Bubbles) > 0 {
		return
	}
	e.Line = "late.tap"
	t.write(e, t.b.Lines["late.tap"])
	if len(e.Bubbles) == 0 {
		t.write(e, []Phrase{lastResort("late.tap")})
	}
}

// drawScene appends a scene's words and cards to an effect.
func (t *turn) drawScene(e *Effect, sc *Scene) {
	t.write(e, sc.Texts)
	for _, id := range sc.Cards {
		t.drawCard(e, id)
	}
}

// branch finds the first もし that holds.
func (t *turn) branch(sc *Scene) SceneKey {
	for i := range sc.If {
		f := &sc.If[i]
		held := t.s.Memory[f.Fact] == f.Value
		if f.Fact == "時間" {
			held = (f.Value == "時間内") == t.v.Open
		}
		if held && f.Next != "" {
			return f.Next
		}
	}
	return ""
}

// show repeats what is on the screen without doing anything again: no hand-off,
// no check-in, no step further.
func (t *turn) show() {
	sc := t.b.Scenes[t.s.Scene]
	if sc == nil {
		t.showMenu("menu.lead")
		return
	}
	e := t.add(EfAnswer, string(t.s.Scene))
	t.drawScene(e, sc)
	t.closeScene(e)
}

func (t *turn) showMenu(line string) {
	t.say(line).Choices = t.menuButtons()
}

// menuButtons puts the entrances on the screen, also while a case waits in the line.
func (t *turn) menuButtons() []Button {
	t.s.Ask = AskMenu
	return Offered(t.b, t.s)
}

// back2place puts the choices of the scene under a line that interrupted it.
func (t *turn) back2place(e *Effect) {
	if t.s.Mode != ModeHuman && t.b.Scenes[t.s.Scene] != nil {
		e.Choices = Offered(t.b, t.s)
	}
}

// choose takes choice n of a scene, which the person may have left long ago.
func (t *turn) choose(k SceneKey, sc *Scene, n int) bool {
	c := &sc.Choices[n-1]
	if !c.End && t.b.Scenes[c.Next] == nil {
		return false
	}
	t.because("choice " + string(k) + " " + strconv.Itoa(n))
	t.s.Tried = 0
	undo := t.remember(c.Remember)
	if c.End {
		s := &t.s
		s.Scene, s.Back, s.Undo = "", nil, nil
		t.say("end", ExMenu)
	} else {
		t.leaveScene(undo)
		t.enter(EfAnswer, c.Next)
	}
	if c.Later != nil {
		t.later(c.Later)
	}
	return true
}

// remember keeps a closed choice and tells what stood there before, for もどる.
func (t *turn) remember(kv [2]string) (undo string) {
	if kv[0] == "" {
		return ""
	}
	undo = kv[0] + "=" + t.s.Memory[kv[0]]
	m := make(map[string]string, len(t.s.Memory)+1)
	maps.Copy(m, t.s.Memory)
	m[kv[0]] = kv[1]
	t.s.Memory = m
	return undo
}

// back undoes the last entry of a scene, memory included.
func (t *turn) back() {
	s := &t.s
	n := len(s.Back)
	for n > 0 && s.Back[n-1] != "" && t.b.Scenes[s.Back[n-1]] == nil {
		n-- // gone from this release
	}
	if n == 0 {
		s.Back, s.Undo = nil, nil
		e := t.say("back.none", ExMenu)
		if s.Scene != "" {
			e.Choices = Offered(t.b, t.s)
		} else {
			e.Choices = t.menuButtons()
		}
		return
	}
	s.Scene = s.Back[n-1]
	if len(s.Undo) == len(s.Back) {
		for i := len(s.Undo) - 1; i >= n-1; i-- {
			t.recall(s.Undo[i])
		}
		s.Undo = trimUndo(s.Undo[: n-1 : n-1])
	} else {
		s.Undo = nil
	}
	s.Back = s.Back[: n-1 : n-1]
	t.show()
}

// trimUndo is nil when nothing is left to undo.
func trimUndo(list []string) []string {
	for _, u := range list {
		if u != "" {
			return list
		}
	}
	return nil
}

func (t *turn) recall(undo string) {
	key, old, ok := strings.Cut(undo, "=")
	if !ok {
		return
	}
	m := maps.Clone(t.s.Memory)
	if old == "" {
		delete(m, key)
	} else {
		if m == nil {
			m = map[string]string{}
		}
		m[key] = old
	}
	if len(m) == 0 {
		m = nil
	}
	t.s.Memory = m
}

// later records the consent that a tap on あとで gives: one check-in, of this
// scene, no other. It is asked for anew, so it also lifts an earlier stop.
func (t *turn) later(l *Later) {
	if t.s.Mode == ModeHuman || t.b.Scenes[l.Scene] == nil {
		return
	}
	t.dropCheckIn()
	t.s.Stopped = false
	t.s.Consent = "checkin:" + strconv.FormatUint(uint64(t.s.Turn), 10)
	days := min(max(l.Days, 1), 30)
	at := daytime(t.local().AddDate(0, 0, days))
	t.because("consent")
	t.add(EfTimer, "").Timer = Timer{Kind: TimerCheckIn, At: at, Scene: l.Scene, Turn: t.s.Turn, Key: t.s.Consent}
}

// dropCheckIn withdraws the check-in that was asked for, if there is one.
func (t *turn) dropCheckIn() {
	if t.s.Consent == "" {
		return
	}
	t.add(EfCancel, "").Timer.Key = t.s.Consent
	t.s.Consent = ""
}

const (
	dayBegins = 9  // o'clock: before it nobody hears from us unasked
	dayEnds   = 20 // o'clock
)

// daytime is t, or the next nine o'clock if t is no hour for a message.
func daytime(t time.Time) time.Time { return hourFor(t, dayBegins) }

// hourFor is t, or the next time that the clock strikes begins, if t is no hour for a message.
func hourFor(t time.Time, begins int) time.Time {
	if h := t.Hour(); h >= begins && h < dayEnds {
		return t
	}
	y, m, d := t.Date()
	if t.Hour() >= dayEnds {
		d++
	}
	return time.Date(y, m, d, begins, 0, 0, 0, t.Location())
}

// laterHour says whether news has to wait, and until when: for an hour at which people
// hear from us, or, while somebody is busy with a human, for a moment after that.
func (t *turn) laterHour(begins int, busy bool) (at time.Time, wait bool) {
	now := t.local()
	if busy {
		return hourFor(now.Add(newsWait), begins), true
	}
	at = hourFor(now, begins)
	return at, at.After(now)
}
