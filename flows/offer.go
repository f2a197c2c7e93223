package flows

import (
	"slices"
	"strings"
)

// Offered is what stands on the person's screen to choose from, in order: the
// answers to an open question of the root, else the choices of the scene, else
// the menu. It is how 「2」 and a typed label are understood, and what effects show.
func Offered(b *Bundle, s State) []Button {
	if b == nil {
		return nil
	}
	taps := b.offered(&s)
	if len(taps) == 0 {
		return nil
	}
	out := make([]Button, len(taps))
	for i, tap := range taps {
		out[i] = draw(b, &s, tap)
	}
	return out
}

func (b *Bundle) offered(s *State) []Tap {
	if s.Ask != AskNothing {
		if taps := b.answers(s); len(taps) > 0 {
			return taps
		}
	}
	if s.Mode == ModeHuman { // digits and labels are words to the coordinator now
		return nil
	}
	if sc := b.Scenes[s.Scene]; sc != nil {
		taps := make([]Tap, len(sc.Choices))
		for i := range sc.Choices {
			taps[i] = Tap{Scene: s.Scene, Choice: i + 1, Arg: mark(&sc.Choices[i])}
		}
		return taps
	}
	if s.Mode == ModeWaiting {
		return nil
	}
	return b.menu(s)
}

func (b *Bundle) menu(s *State) []Tap {
	taps := make([]Tap, 0, len(b.Menu)+1)
	var door SceneKey
	if s.Disaster {
		if door = b.disasterDoor(); door != "" {
			taps = append(taps, Tap{Exit: ExMenu, Arg: string(door)})
		}
	}
	for _, m := range b.Menu {
		if m.Exit != NoExit {
			label, _ := m.Label.In(s.Lang)
			taps = append(taps, Tap{Exit: m.Exit, Label: label})
			continue
		}
		if b.Scenes[m.Scene] != nil && (door == "" || m.Scene != door) {
			taps = append(taps, Tap{Exit: ExMenu, Arg: string(m.Scene)})
		}
	}
	return taps
}

// answers are the taps under a question of the root. The argument names the
// question, so that a button tapped late still means what it said.
func (b *Bundle) answers(s *State) []Tap {
	arg := string(s.Ask)
	switch s.Ask {
	case AskDelete:
		return []Tap{{Exit: ExDeleteNow}, {Exit: ExNo, Arg: arg}}
	case AskForget, AskStop:
		return []Tap{{Exit: ExYes, Arg: arg}, {Exit: ExNo, Arg: arg}}
	case AskWorry:
		arg += "." + string(s.Urgent)
		return []Tap{{Exit: ExYes, Arg: arg}, {Exit: ExNo, Arg: arg}, {Exit: ExHuman}}
	case AskResume:
		return []Tap{{Exit: ExYes, Arg: arg}, {Exit: ExRestart}, {Exit: ExHuman}}
	case AskMenu:
		return b.menu(s)
	case AskHuman:
		return []Tap{{Exit: ExHuman}}
	case AskClarify:
		taps := make([]Tap, 0, len(s.Candidates)+1)
		for _, id := range s.Candidates {
			if f := b.Flows[id]; f != nil && b.Scenes[f.Start] != nil {
				taps = append(taps, Tap{Exit: ExMenu, Arg: string(f.Start)})
			}
		}
		return append(taps, Tap{Exit: ExNone})
	case AskLang:
		taps := make([]Tap, 0, len(Langs))
		for _, l := range Langs {
			if b.speaks(l) {
				taps = append(taps, Tap{Exit: ExLang, Arg: string(l)})
			}
		}
		return taps
	}
	return b.boardAnswers(s)
}

// boardAnswers are those under a question that belongs to posts and groups.
func (b *Bundle) boardAnswers(s *State) []Tap {
	switch arg := string(s.Ask); s.Ask {
	case AskFind:
		return waysToLook()
	case AskPost:
		return []Tap{{Exit: ExWith, Arg: s.About}, {Exit: ExAsk, Arg: s.About}, {Exit: ExKeep, Arg: s.About}, {Exit: ExAfter, Arg: s.About}}
	case AskTell, AskLeave:
		return []Tap{{Exit: ExYes, Arg: arg}, {Exit: ExNo, Arg: arg}}
	case AskFelt:
		return feltTaps(s.About)
	case AskTalked:
		return talkTaps()
	case AskHome:
		return homeTaps(s)
	case AskGroup:
		return groupNewsTaps(s.About)
	case AskForm:
		if s.Form != nil {
			return s.Form.buttons(b, s.Lang)
		}
	}
	return nil
}

// waysToLook are those that do not stand under every answer anyway.
func waysToLook() []Tap {
	taps := make([]Tap, 0, len(Finds))
	for _, how := range Finds {
		if how != "week" && how != "quiet" {
			taps = append(taps, Tap{Exit: ExFind, Arg: how})
		}
	}
	return taps
}

// speaks says whether the house has words of its own in a language. The button
// to a human is the measure: it is translated before anything else.
func (b *Bundle) speaks(l Lang) bool {
	for _, p := range b.Lines["exit.human"] {
		if p[l] != "" {
			return true
		}
	}
	return l == Ja
}

// LabelOf is what a button said, from the bundle: for the case of a coordinator
// and for the talk. It is "" when the bundle has no such button any more.
func LabelOf(b *Bundle, l Lang, t Tap) string {
	if b == nil {
		return ""
	}
	switch t.Exit {
	case NoExit:
		sc, n := b.chosen(t)
		if sc == nil {
			return ""
		}
		s, _ := sc.Choices[n-1].Label.In(l)
		return s
	case ExLang:
		if name := ownNames[Lang(t.Arg)]; name != "" {
			return name
		}
	case ExMenu:
		if t.Arg != "" {
			return b.entranceName(SceneKey(t.Arg), l)
		}
	case ExYes, ExNo:
		return b.answerName(t, l)
	case ExFelt:
		if AboutTalk(t) {
			return b.label("felt."+t.Arg, l)
		}
		if felt, _, ok := strings.Cut(t.Arg, "."); ok && slices.Contains(Felts[:], felt) {
			return b.label("felt."+felt, l)
		}
	case ExPost:
		if t.Arg != "" {
			return b.label(formLabel(t.Arg), l)
		}
	case ExFind:
		if slices.Contains(Finds[:], t.Arg) {
			return b.label("find."+t.Arg, l)
		}
	}
	key := "exit." + string(t.Exit)
	if _, known := resort[key]; !known && len(b.Lines[key]) == 0 {
		return ""
	}
	return b.label(key, l)
}

func (b *Bundle) entranceName(k SceneKey, l Lang) string {
	for _, m := range b.Menu {
		if m.Scene == k && k != "" {
			if s, _ := m.Label.In(l); s != "" {
				return s
			}
		}
	}
	if b.Scenes[k] == nil {
		return ""
	}
	return b.placeName(k, l)
}

// answerName lets content name a yes or no by its question ("label.stop.yes",
// "label.worry.life.no"); else it is はい or いいえ.
func (b *Bundle) answerName(t Tap, l Lang) string {
	for q := t.Arg; q != ""; {
		if key := "label." + q + "." + string(t.Exit); len(b.Lines[key]) > 0 {
			return b.label(key, l)
		}
		i := strings.LastIndexByte(q, '.')
		if i < 0 {
			break
		}
		q = q[:i]
	}
	if Question(t.Arg) == AskResume && t.Exit == ExYes {
		return b.label("label.continue", l)
	}
	return b.label("exit."+string(t.Exit), l)
}
