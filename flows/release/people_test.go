package release

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"engawa/flows"
)

const (
	releases = 200
	people   = 10_000
	perDay   = 400 // who write between two releases
)

// house makes releases that differ: every text begins with the number of its
// release, so that one can see which release is speaking.
type house struct {
	r     *rand.Rand
	names []string // of the scenes of today's folder
	moves map[flows.SceneKey]flows.SceneKey
	made  int
}

func key(name string) flows.SceneKey { return flows.SceneKey("okane/" + name) }

func say(format string, args ...any) flows.Phrase {
	return flows.Phrase{flows.Ja: fmt.Sprintf(format, args...)}
}

// bundle is the folder of today as a release.
func (h *house) bundle() *flows.Bundle {
	h.made++
	tag := fmt.Sprintf("<%d>", h.made)
	b := &flows.Bundle{Hash: fmt.Sprintf("%012x", h.made), Order: []flows.FlowID{"okane"}, Scenes: map[flows.SceneKey]*flows.Scene{},
		Lines: map[string][]flows.Phrase{}, Moves: map[flows.SceneKey]flows.SceneKey{}, Cards: map[flows.CardID]*flows.Card{}}
	b.Flows = map[flows.FlowID]*flows.Flow{"okane": {ID: "okane", Title: say("お金%s", tag), Start: key(h.names[0]), Harmless: true}}
	b.Menu = []flows.MenuEntry{{Label: say("お金%s", tag), Scene: key(h.names[0])}}
	b.House.Zone = time.UTC
	for _, line := range []string{"menu.lead", "late.tap", "clarify.again", "clarify.human", "none.lead", "end", "resume.lead", "greeting", "back.none"} {
		b.Lines[line] = []flows.Phrase{say("%s%s", tag, line)}
	}
	for i, name := range h.names {
		sc := &flows.Scene{Key: key(name), Flow: "okane", Name: name, Texts: []flows.Phrase{say("%s%s", tag, name)}}
		for n := range 3 {
			sc.Choices = append(sc.Choices, flows.Choice{Label: say("%s%d", tag, n), Next: key(h.names[(i*3+n+1)%len(h.names)])})
		}
		b.Scenes[sc.Key] = sc
	}
	for from, to := range h.moves {
		b.Moves[from] = to
	}
	return b
}

// edit changes the folder as an author might: a scene more, one less, one renamed.
func (h *house) edit() {
	for range 1 + h.r.IntN(4) {
		i := 1 + h.r.IntN(len(h.names)-1)
		fresh := fmt.Sprintf("場面%d-%d", h.made, h.r.IntN(1_000_000))
		switch h.r.IntN(4) {
		case 0:
			h.names = append(h.names, fresh)
		case 1:
			if len(h.names) > 4 { // gone without a word about where
				h.names = append(h.names[:i:i], h.names[i+1:]...)
			}
		case 2:
			h.moves[key(h.names[i])] = key(fresh)
			h.names[i] = fresh
		case 3:
			h.names[i] = fresh // renamed, and nobody said so
		}
	}
}

// resident is somebody in the middle of a talk, with the buttons of their last screen.
type resident struct {
	s    flows.State
	taps []flows.Button
}

// town is 10,000 residents and what is spoken to them.
type town struct {
	*testing.T
	r        *rand.Rand
	rack     *Rack
	all      []resident
	at       time.Time
	recalled map[string]bool
	pinned   int
	carried  int
}

// speak lets somebody tap what they see, or something older, or write.
func (w *town) speak(p *resident) {
	e := flows.Event{ID: "e", At: w.at, Kind: flows.EvText, Readings: []flows.Reading{{}}}
	if len(p.taps) > 0 && w.r.IntN(4) > 0 {
		tap, err := flows.DecodeTap(p.taps[w.r.IntN(len(p.taps))].Data)
		if err != nil {
			w.Fatal(err)
		}
		e = flows.Event{ID: "e", At: w.at, Kind: flows.EvTap, Tap: tap}
	}
	b := w.rack.For(&p.s, w.at)
	if b != w.rack.Now() {
		w.pinned++
	}
	if p.s.Scene != "" && b.Moved(p.s.Scene) == "" {
		w.carried++
	}
	if w.recalled[b.Hash] {
		w.Fatalf("release %s speaks and was recalled", b.Hash)
	}
	next, out, why := flows.Step(b, flows.View{Now: w.at, Open: true, Friend: true}, p.s, e)
	w.heard(b, out, why)
	p.s, p.taps = next, nil
	for i := range out {
		p.taps = append(p.taps, out[i].Choices...)
	}
}

// heard: there is an answer, a human and a way on are on the screen, and nothing in
// it comes from a release that was recalled or from any but the one that speaks.
func (w *town) heard(b *flows.Bundle, out []flows.Effect, why []string) {
	if len(out) == 0 {
		w.Fatalf("nobody answered (%v)", why)
	}
	tag := fmt.Sprintf("<%d>", number(b.Hash))
	for i := range out {
		e := &out[i]
		if e.Kind != flows.EfAnswer {
			continue
		}
		tap, err := flows.DecodeTap(e.Exits[0].Data)
		if err != nil || tap.Exit != flows.ExHuman || len(e.Bubbles) == 0 {
			w.Fatalf("stranded: no words or no human on the screen (%v)", why)
		}
		for _, bubble := range e.Bubbles {
			if at := strings.Index(bubble.Text, "<"); at >= 0 && !strings.HasPrefix(bubble.Text[at:], tag) {
				w.Fatalf("release %s said %q", tag, bubble.Text)
			}
		}
	}
}

func number(hash string) (n int) {
	if _, err := fmt.Sscanf(hash, "%x", &n); err != nil {
		return -1
	}
	return n
}

func TestTwoHundredReleasesStrandNobodyAndARecalledTextIsNeverShown(t *testing.T) {
	r := rand.New(rand.NewPCG(20261122, 5))
	h := &house{r: r, names: []string{"はじめ", "家賃", "くらし", "借金", "話し方", "急ぎ"}, moves: map[flows.SceneKey]flows.SceneKey{}}
	w := &town{T: t, r: r, rack: NewRack(h.bundle()), all: make([]resident, people), at: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC), recalled: map[string]bool{}}
	for i := range w.all {
		w.all[i].s = flows.State{Greeted: true, Turn: 1, Visit: w.at.Unix() - 600, Last: w.at.Unix() - 60}
		w.speak(&w.all[i])
	}
	recalls := 0
	for range releases {
		w.at = w.at.Add(time.Duration(1+r.IntN(72)) * time.Hour)
		before := w.rack.Now()
		h.edit()
		w.rack = w.rack.Publish(h.bundle(), w.at)
		for range perDay {
			w.speak(&w.all[r.IntN(people)])
		}
		if r.IntN(5) == 0 && !w.recalled[before.Hash] {
			recalls++
			w.recalled[w.rack.Now().Hash] = true
			w.rack = w.rack.Recall(before, w.at)
		}
		for range perDay {
			w.speak(&w.all[r.IntN(people)])
		}
	}
	for i := range w.all {
		w.speak(&w.all[i])
	}
	t.Logf("%d releases, %d recalled; %d turns in an older release, %d carried to the threshold", releases, recalls, w.pinned, w.carried)
	if recalls < 20 || w.pinned < 100 || w.carried < 100 {
		t.Errorf("got %d recalls, %d turns in older releases, %d carried out; want the test to meet many of each", recalls, w.pinned, w.carried)
	}
}

func TestATalkStaysInAnOlderReleaseForNinetyDaysAndNotInARecalledOne(t *testing.T) {
	h := &house{r: rand.New(rand.NewPCG(1, 1)), names: []string{"はじめ", "家賃"}, moves: map[flows.SceneKey]flows.SceneKey{}}
	first := h.bundle()
	h.names[1] = "別"
	second := h.bundle()
	day := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	s := flows.State{Bundle: first.Hash, Scene: key("家賃")}
	published := NewRack(first).Publish(second, day)
	for name, x := range map[string]struct {
		rack *Rack
		s    flows.State
		at   time.Time
		want *flows.Bundle
	}{
		"in the middle of it":        {published, s, day.AddDate(0, 0, 89), first},
		"after ninety days":          {published, s, day.AddDate(0, 0, 91), second},
		"on the threshold":           {published, flows.State{Bundle: first.Hash}, day, second},
		"in a scene that both have":  {published, flows.State{Bundle: first.Hash, Scene: key("はじめ")}, day, second},
		"in one that nobody knows":   {published, flows.State{Bundle: "eeeeeeeeeeee", Scene: key("家賃")}, day, second},
		"and what was read is false": {NewRack(first).Recall(second, day), s, day, second},
	} {
		if got := x.rack.For(&x.s, x.at); got != x.want {
			t.Errorf("%s: got release %s, want %s", name, got.Hash, x.want.Hash)
		}
	}
}

func TestTheFateOfEverySceneIsTold(t *testing.T) {
	h := &house{r: rand.New(rand.NewPCG(1, 1)), names: []string{"はじめ", "家賃", "借金"}, moves: map[flows.SceneKey]flows.SceneKey{}}
	old := h.bundle()
	now := *old
	now.Scenes = map[flows.SceneKey]*flows.Scene{key("はじめ"): old.Scenes[key("はじめ")], key("住まい"): old.Scenes[key("家賃")]}
	now.Moves = map[flows.SceneKey]flows.SceneKey{key("家賃"): key("住まい")}
	var told strings.Builder
	if err := Tell(&told, Fates(old, &now, map[flows.SceneKey]int{key("借金"): 3})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"okane/家賃: 「okane/住まい」に移ります", "okane/借金: なくなります", "いま 3人", "変わらない場面 1"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", told.String(), want)
		}
	}
}
