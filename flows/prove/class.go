package prove

import (
	"sort"
	"strings"
	"time"

	"engawa/flows"
)

// mark stands around a scene's name in the skeleton's bubbles.
const mark = "\u2063"

// skeleton is the bundle with the words of its scenes replaced by the scenes'
// own names: an effect then tells exactly which scenes it has shown. Everything
// that Step decides by is the same.
func skeleton(b *flows.Bundle) *flows.Bundle {
	out := *b
	out.Scenes = make(map[flows.SceneKey]*flows.Scene, len(b.Scenes))
	for key, sc := range b.Scenes {
		if sc == nil {
			continue
		}
		bare := *sc
		bare.Texts = make([]flows.Phrase, len(sc.Texts))
		for i := range sc.Texts {
			name := mark + string(key) + mark
			bare.Texts[i] = flows.Phrase{flows.Ja: name}
		}
		out.Scenes[key] = &bare
	}
	return &out
}

// showing lists the scenes whose words an effect of the skeleton carries.
func showing(e *flows.Effect) (keys []flows.SceneKey) {
	for i := range e.Bubbles {
		text := e.Bubbles[i].Text
		for {
			from := strings.Index(text, mark)
			if from < 0 {
				break
			}
			text = text[from+len(mark):]
			to := strings.Index(text, mark)
			if to < 0 {
				break
			}
			keys = append(keys, flows.SceneKey(text[:to]))
			text = text[to+len(mark):]
		}
	}
	return keys
}

// facet is one side on which a state may be like another.
type facet byte

// The facets. What Step decides by falls into groups that do not look at each
// other; the walk covers every combination within a group, not the product of
// all groups. The random test in alike_test.go holds that this is so.
const (
	place  facet = iota // where: the scene itself, who speaks, consent, how grave, memory that a もし reads
	body                // who speaks, what was asked, consent, how grave: without the scene
	root                // the root's questions, from each kind of scene
	danger              // each kind of danger, with its alarm
	ladder              // asking back, and what a guest is told at first
	guest               // blocked, answered lately
	shelf               // what was put aside, and what is asked about it
	sheet               // what is being written for a group
	hears               // whether what a group should know is told here
	rest                // whether somebody else took the talk over, and whether it rests
	talks               // whether the talk is asked about when it ends, and whether an answer counts
	facets
)

// class is one combination of one facet. Two states in the same class differ, on
// that side, only in what Step does not decide by: the language, the clock, the
// numbers of turns, how deep もどる goes.
type class struct {
	facet   facet
	scene   flows.SceneKey // the scene itself, or its kind
	mode    flows.Mode
	known   bool // the case has its id
	ask     flows.Question
	urgent  flows.Urgency
	level   flows.Level
	alarm   byte
	stopped bool
	muted   bool
	blocked bool
	fresh   bool // not greeted yet
	told    bool // was told about drafts
	receipt bool // had one in the last 12 hours
	tried   byte
	checkIn flows.SceneKey // "" none, "+" one was asked for; where it leads where that is all there is
	memory  string
	kept    byte
	form    string // the step of a form, and what it holds that decides where it leads
	passed  byte   // そのままがいい: not to be said, can be said, has been said
	paused  bool   // the desk lets the talk rest
	talked  byte   // what decides whether the talk is asked about, as flags
	doors   bool   // the menu on the screen begins with the disaster's entrance
}

// What stands in class.kept.
const (
	keptNone byte = iota
	kept
	keptTell // and a change of it may be told
)

// What stands in class.alarm.
const (
	alarmNone byte = iota
	alarmRuns
	alarmOwesCard
)

// nowhere stands for the place where a question covers the scene.
var nowhere = class{facet: facets}

// classesOf sorts a state, once for each facet.
func (c *checker) classesOf(n *node) (out [facets]class) {
	s := &n.s
	who := class{mode: s.Mode, known: s.Case != "", stopped: s.Stopped, muted: s.Muted}
	if s.Consent != "" {
		who.checkIn = "+"
	}
	kind := c.kind(s.Scene)

	out[place] = c.placeOf(n, who, kind)
	out[guest] = guestOf(s, who)
	out[shelf] = shelfOf(s, kind)
	out[sheet] = sheetOf(s)
	out[hears] = hearsOf(s)
	out[rest] = restOf(s)
	out[talks] = talkOf(s)

	k := who
	k.facet, k.ask, k.level, k.doors, k.paused = body, s.Ask, s.Level, menuLed(s), paused(s)
	out[body] = k

	k = class{facet: danger, mode: s.Mode, urgent: s.Urgent, level: s.Level, ask: s.Ask, paused: paused(s)}
	if s.Alarm != 0 {
		k.alarm = alarmRuns
		if n.owes {
			k.alarm = alarmOwesCard
		}
	}
	out[danger] = k

	k = who
	k.facet, k.scene, k.ask, k.checkIn, k.doors, k.paused = root, kind, s.Ask, "", menuLed(s), paused(s)
	out[root] = k

	k = class{facet: ladder, mode: s.Mode, ask: s.Ask, scene: kind, fresh: !s.Greeted, told: s.DraftTold}
	if s.Mode == flows.ModeBot {
		k.tried = triedClass(s.Tried)
	}
	out[ladder] = k
	return out
}

// menuLed says whether the menu is on the screen and begins with the disaster's
// entrance: a typed number means another door then.
func menuLed(s *flows.State) bool {
	return s.Disaster && (s.Ask == flows.AskMenu || s.Ask == flows.AskNothing && s.Scene == "" && s.Mode == flows.ModeBot)
}

// placeOf sorts a state by where it is.
func (c *checker) placeOf(n *node, who class, kind flows.SceneKey) class {
	s, k := &n.s, who
	k.facet, k.scene, k.level, k.muted = place, s.Scene, s.Level, false
	if s.Consent != "" && s.Urgent == flows.Violence { // such a check-in names nothing
		k.urgent = s.Urgent
	}
	sc := c.bones.Scenes[s.Scene]
	switch {
	case s.Ask != flows.AskNothing: // the question is on the screen, not the scene
		return nowhere
	case sc == nil:
		if s.Consent != "" && k == (class{facet: place, checkIn: "+", urgent: k.urgent}) {
			k.checkIn = n.checkIn.Scene
		}
	case c.walked(sc.Flow):
		k.memory = c.remembered(sc.Flow, s.Memory)
	default:
		k.scene = kind
	}
	return k
}

// guestOf sorts a state by what is said to somebody who is hard to reach.
func guestOf(s *flows.State, who class) class {
	k := who
	k.facet, k.blocked, k.receipt, k.checkIn = guest, s.Blocked, s.Receipt != 0, ""
	if s.Level == flows.Clear { // nobody in danger is told a number in the line
		k.level = flows.Clear
	}
	if s.Ask == flows.AskStop {
		k.ask = s.Ask
	}
	return k
}

// shelfOf sorts a state by what it holds of the board.
func shelfOf(s *flows.State, kind flows.SceneKey) class {
	if kind != "" && len(s.After) == 0 && s.Ask != flows.AskFelt { // only how it was is asked in the midst of a scene
		kind = "#scene"
	}
	k := class{facet: shelf, scene: kind, mode: s.Mode, stopped: s.Stopped, blocked: s.Blocked}
	switch s.Ask {
	case flows.AskFind, flows.AskPost, flows.AskTell, flows.AskQuestion, flows.AskFelt:
		k.ask = s.Ask
	}
	if s.Urgent == flows.Violence { // such news names nothing
		k.urgent = s.Urgent
	}
	if len(s.After) > 0 {
		k.form = "after"
	}
	for _, p := range s.Kept {
		k.kept = max(k.kept, kept)
		if p.Tell {
			k.kept = keptTell
		}
	}
	return k
}

// triedClass folds the ladder of asking back: it repeats every three steps.
func triedClass(n int) byte {
	if n <= 3 {
		return byte(max(n, 1))
	}
	return byte(4 + (n-4)%3)
}

// maxSaidAtOnce is how many balloons an answer has at most; where it has so many
// the draft notice waits for the next one.
const maxSaidAtOnce = 3

// full says whether the first answer behind a door leaves no room for the draft notice.
func (c *checker) full(start flows.SceneKey) bool {
	if c.bones.Scenes[start] == nil {
		return false
	}
	for _, v := range c.hours() {
		s := flows.State{Greeted: true, DraftTold: true, Turn: 1, Last: v.Now.Unix() - 60, Visit: v.Now.Unix() - 600}
		_, out, _ := flows.Step(c.bones, *v, s, flows.Event{ID: "e", Kind: flows.EvTap, At: v.Now, Tap: flows.Tap{Exit: flows.ExMenu, Arg: string(start), Turn: 1}})
		if len(out) > 0 && len(out[0].Bubbles) >= maxSaidAtOnce {
			return true
		}
	}
	return false
}

// kind names all that Step decides by when it looks at a scene that is shown already.
func (c *checker) kind(key flows.SceneKey) flows.SceneKey {
	if key == "" {
		return ""
	}
	return c.kinds[key]
}

func (c *checker) kindOf(sc *flows.Scene) flows.SceneKey {
	k := "#scene"
	if len(sc.Choices) > 0 {
		k += " choices"
	}
	if sc.Write != flows.WriteRoute {
		k += " " + string(sc.Write)
		if sc.Next != "" {
			k += " next"
		}
	}
	if sc.Handoff != nil {
		k += " handoff"
	}
	if f := c.bones.Flows[sc.Flow]; f != nil {
		if f.Start == sc.Key {
			k += " start"
		}
		if f.Topic == "smalltalk" { // where whatever is written is small talk
			k += " chatting"
		}
	}
	return flows.SceneKey(k)
}

// factsOf lists, for each flow, the memory keys that some もし of it reads.
func factsOf(b *flows.Bundle) map[flows.FlowID][]string {
	out := map[flows.FlowID][]string{}
	for _, sc := range b.Scenes {
		if sc == nil {
			continue
		}
		for _, br := range sc.If {
			if br.Fact != "時間" && !has(out[sc.Flow], br.Fact) {
				out[sc.Flow] = append(out[sc.Flow], br.Fact)
			}
		}
	}
	for _, keys := range out {
		sort.Strings(keys)
	}
	return out
}

func has[T comparable](list []T, x T) bool {
	for _, have := range list {
		if have == x {
			return true
		}
	}
	return false
}

func (c *checker) remembered(flow flows.FlowID, memory map[string]string) string {
	out := ""
	for _, key := range c.facts[flow] {
		if v := memory[key]; v != "" {
			out += key + "=" + v + ";"
		}
	}
	return out
}

// epoch is the moment to which stored states are moved, so that neither the
// clock nor the length of the way tells them apart.
const epoch = 1_000_000_000

const receiptHours = 12 * 3600

// settle moves a state's clock readings to the epoch.
func settle(s *flows.State, now time.Time) {
	at := now.Unix()
	if s.Receipt != 0 && at-s.Receipt < receiptHours {
		s.Receipt = epoch
	} else {
		s.Receipt = 0
	}
	if s.Until > at {
		s.Until = epoch + 24*3600
	} else {
		s.Until = 0
	}
	if s.Paused > at {
		s.Paused = epoch + 24*3600
	} else {
		s.Paused = 0
	}
	if s.Visit != 0 {
		s.Visit = epoch - 600
	}
	if s.Last != 0 {
		s.Last = epoch
	}
	s.Many, s.ManyAt = 0, 0 // how fast somebody writes changes no answer, only when it comes
}

// awaken moves a stored state to a moment: its person was here pause ago.
func awaken(s flows.State, now time.Time, pause time.Duration) flows.State {
	shift := now.Add(-pause).Unix() - epoch
	for _, at := range []*int64{&s.Receipt, &s.Until, &s.Visit, &s.Last, &s.Paused} {
		if *at != 0 {
			*at += shift
		}
	}
	return s
}
