package content_test

import (
	"regexp"
	"strings"
	"testing"

	"engawa/flows"
)

// forks are flows that only lead on to others, so that the menu stays short.
var forks = map[flows.FlowID]bool{"kurashi": true, "uchi": true, "jibun": true, "tsunagari": true}

// helps are the entrances that end in places, people and words to show.
var helps = []flows.FlowID{"tabemono", "sumai", "shigoto", "hikikomori", "kazoku-hikikomori", "gakkou-ko", "gakkou-oya",
	"kosodate", "kaigo", "young-carer", "kokoro", "shougai",
	"kazoku", "kininaru", "tetsudai", "tetsuzuki", "gaikoku", "yamerarenai", "detekita", "saigai", "dantai"}

// talks are the entrances that end with somebody, or with an answer about this place.
var talks = []flows.FlowID{"hito", "koko", "zatsudan"}

func TestAnEntranceKnowsHowTiredPeopleSayIt(t *testing.T) {
	b := bundle(t)
	for _, id := range append(append([]flows.FlowID{"hanashi", "ibasho", "okane"}, helps...), talks...) {
		if got := len(b.Flows[id].Sayings); got < 68 {
			t.Errorf("%s knows %d sayings, want 8 of its own and 60 more", id, got)
		}
	}
}

func TestTheMenuLeadsToEveryHelp(t *testing.T) {
	b := bundle(t)
	near := map[flows.FlowID]bool{}
	var walk func(key flows.SceneKey, taps int)
	walk = func(key flows.SceneKey, taps int) {
		sc := b.Scenes[key]
		if sc == nil {
			return
		}
		near[sc.Flow] = true
		for _, c := range sc.Choices {
			if taps > 0 && forks[sc.Flow] {
				walk(c.Next, taps-1)
			}
		}
	}
	for _, m := range b.Menu {
		walk(m.Scene, 2)
	}
	for _, id := range helps {
		if !near[id] {
			t.Errorf("%s is more than three taps from the menu", id)
		}
	}
}

func TestWhoStaysInHearsNothingOfWorkInThreeTurns(t *testing.T) {
	b := bundle(t)
	work := regexp.MustCompile(`働|就労|就職|求人|仕事|ハローワーク|社会復帰`)
	said := func(at flows.SceneKey, p flows.Phrase) {
		text := strings.ReplaceAll(p[flows.Ja], "仕事の話はしない", "") // つばめの会 promises just that
		if w := work.FindString(text); w != "" {
			t.Errorf("%s says %q: %s", at, w, text)
		}
	}
	for key, turns := range heard(b, b.Flows["hikikomori"].Start, 3) {
		sc := b.Scenes[key]
		if turns == 0 || sc.Flow != "hikikomori" {
			continue
		}
		for _, p := range sc.Texts {
			said(key, p)
		}
		for i := range sc.Choices {
			said(key, sc.Choices[i].Label)
		}
		for _, id := range sc.Cards {
			c := b.Cards[id]
			for _, p := range []flows.Phrase{c.Title, c.Lead, c.Arrive} {
				said(key, p)
			}
		}
	}
}

// heard lists the scenes within so many turns, with the turns that are left there.
func heard(b *flows.Bundle, start flows.SceneKey, turns int) map[flows.SceneKey]int {
	out := map[flows.SceneKey]int{}
	var walk func(key flows.SceneKey, left int)
	walk = func(key flows.SceneKey, left int) {
		sc := b.Scenes[key]
		if sc == nil || left <= out[key] {
			return
		}
		out[key] = left
		for _, c := range sc.Choices {
			walk(c.Next, left-1)
		}
	}
	walk(start, turns)
	return out
}

func TestAChildIsToldFirstThatNobodyIsToldWithoutAsking(t *testing.T) {
	b := bundle(t)
	for _, id := range []flows.FlowID{"gakkou-ko", "young-carer"} {
		first := ""
		for _, p := range b.Scenes[b.Flows[id].Start].Texts {
			first += p[flows.Ja]
		}
		if !strings.Contains(first, "あなたに聞かずに") || !strings.Contains(first, "命や体があぶないとき") {
			t.Errorf("%s begins without the promise or without its limit: %s", id, first)
		}
	}
}

func TestEveryHelpHasWordsToShowAndMoreThanOneKindOfTie(t *testing.T) {
	b := bundle(t)
	office := map[string]bool{"service": true, "contact": true}
	people := map[string]bool{"ibasho": true, "event": true, "role": true}
	for _, id := range helps {
		var memo, pro, near bool
		for _, sc := range b.Scenes {
			if sc.Flow != id {
				continue
			}
			for _, cid := range sc.Cards {
				kind := b.Cards[cid].Kind
				memo = memo || kind == "memo" && sc.Name == "話し方"
				pro, near = pro || office[kind], near || people[kind]
			}
		}
		if !memo || !pro || !near {
			t.Errorf("%s: words to show %v, an office %v, peers or neighbours %v", id, memo, pro, near)
		}
	}
}
