package content_test

import (
	"regexp"
	"strings"
	"testing"

	"engawa/flows"
	"engawa/flows/script"
	"engawa/flows/understand"
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
	own, all := knownIn(t, func(string) bool { return false }), knownIn(t, func(name string) bool { return strings.HasSuffix(name, ".ja.yaml") })
	for _, id := range append(append([]flows.FlowID{"hanashi", "ibasho", "okane"}, helps...), talks...) {
		if own[id] < 8 || all[id]-own[id] < 60 {
			t.Errorf("%s knows %d sayings of its own and %d more in words/sayings; want 8 and 60, in Japanese alone", id, own[id], all[id]-own[id])
		}
	}
}

// knownIn counts the sayings of each entrance, with those files of words/sayings that are kept.
func knownIn(t *testing.T, keep func(name string) bool) map[flows.FlowID]int {
	t.Helper()
	m := folder(t)
	for name := range m {
		if strings.HasPrefix(name, "words/sayings") && !keep(name) {
			delete(m, name)
		}
	}
	b, faults := script.Load(m, script.Options{AcceptDrafts: true})
	if b == nil {
		t.Fatal(faults.Err())
	}
	out := map[flows.FlowID]int{}
	for id, f := range b.Flows {
		out[id] = len(f.Sayings)
	}
	return out
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

// tired are the lines of people who have no words left. None was copied from anybody.
var tired = []string{"もう疲れた。なにもかも…", "しんどい", "どうしたらいいかわからない", "つらい", "もう限界", "だれか聞いて", "もう、疲れました…",
	"なんか、もう無理かも", "もうだめかも", "どうしたら…", "きついなあ", "全部つらい", "疲れちゃった", "心が疲れた", "助けて欲しい", "ｼﾝﾄﾞｲ",
	"ツカレタ", "限界かも", "どうすればいいのかわからない", "もうやだ、全部", "I am so tired", "I don't know what to do"}

func TestTiredLinesAreMetAndAHumanStandsFirst(t *testing.T) {
	b := bundle(t)
	r := understand.New(b)
	for _, text := range tired {
		if got := r.Read(text, understand.Here{}); !got.Sure || got.Topics[0].Flow != "hanashi" {
			t.Errorf("%q is asked back: %v", text, got.Topics)
		}
	}
	first := b.Scenes[b.Flows["hanashi"].Start].Choices[0]
	if next := b.Scenes[first.Next]; next == nil || next.Handoff == nil {
		t.Errorf("the first button there is %q, not a human", first.Label[flows.Ja])
	}
}

func TestSmallTalkGoesOnAndNeverRoundInCircles(t *testing.T) {
	b := bundle(t)
	on := map[flows.SceneKey]bool{}
	longest := 0
	var walk func(key flows.SceneKey, told int)
	walk = func(key flows.SceneKey, told int) {
		sc := b.Scenes[key]
		if sc == nil || sc.Flow != "zatsudan" {
			return
		}
		if on[key] {
			t.Errorf("small talk comes back to %s", key)
			return
		}
		on[key] = true
		longest = max(longest, told)
		for _, c := range sc.Choices {
			walk(c.Next, told+1)
		}
		delete(on, key)
	}
	walk(b.Flows["zatsudan"].Start, 1)
	if longest < 6 {
		t.Errorf("small talk is over after %d scenes, want at least 6", longest)
	}
}

func TestAfterReleaseNoNeighbourIsAskedToHelp(t *testing.T) {
	b := bundle(t)
	for key, sc := range b.Scenes {
		if sc.Flow != "detekita" {
			continue
		}
		for _, id := range sc.Cards {
			if c := b.Cards[id]; c.Kind == "role" || id == "minsei" || id == "mimamori-kai" || id == "chiku-tantou" {
				t.Errorf("%s shows %s, somebody of the neighbourhood", key, id)
			}
		}
	}
}

func TestWhoIsWorriedForSomebodyHearsTheNumbersFirstAndIsPromisedNoNews(t *testing.T) {
	b := bundle(t)
	said := func(key flows.SceneKey) string {
		all := ""
		for _, p := range b.Scenes[key].Texts {
			all += p[flows.Ja]
		}
		return all
	}
	if first := said("kininaru/はじめ"); !strings.Contains(first, "119") || !strings.Contains(first, "名前は、書かなくて大丈夫") {
		t.Errorf("it begins without 119, or with a name: %s", first)
	}
	for _, key := range []flows.SceneKey{"kininaru/知らせる", "kininaru/しめくくり"} {
		if !strings.Contains(said(key), "お知らせできません") {
			t.Errorf("%s does not say that there will be no news: %s", key, said(key))
		}
	}
	for key, sc := range b.Scenes {
		for i := range sc.Choices {
			if sc.Flow == "kininaru" && sc.Choices[i].Later != nil {
				t.Errorf("%s offers to write again", key)
			}
		}
	}
}
