// Package understand reads what a text asks for: is somebody in danger, is it a
// way out, which button did they mean, which entrance fits, what is it about,
// which language is it.
//
// It works by fixed local rules that stand in the content (words/*.yaml and the
// sayings of the flows), so a supervisor can read why something fired, and
// beside them by a small statistical model trained in this tree (train). The
// model may only add a finding, never take one away. Both answer in well under a
// millisecond with no network and return rule ids and scores, never words. The
// order is fixed: normalise, urgency, exits, what is on the screen, entrances;
// a cry for help is looked for in every text, whatever else the text is.
package understand

import (
	"reflect"
	"sort"

	"engawa/flows"
)

// Reader reads texts with the words of one bundle. It is safe for concurrent use.
type Reader struct {
	words  []flows.UrgentRule // what urgent was made of
	urgent *rules
	harsh  *rules
	exits  map[string]flows.Exit
	langs  map[string]flows.Lang
	talk   map[string]bool
	said   map[string]bool // what authors say leads to an entrance: calm on their word
	router *router
	danger *Head
	topics *Head
}

// Here is where the person stands: it changes what digits and labels mean.
type Here struct {
	Lang    flows.Lang
	Offered []string // labels of the choices on the screen, in order
}

// New prepares a reader for the bundle b. It costs a few milliseconds; keep it
// as long as the bundle is in force.
func New(b *flows.Bundle) *Reader {
	return (*Reader)(nil).For(b)
}

// For is New for a later bundle of the same house: a list of urgent words that did
// not change is not prepared again. The reader itself stays as it is, and may be nil.
func (r *Reader) For(b *flows.Bundle) *Reader {
	if r != nil && reflect.DeepEqual(r.words, b.Words.Urgent) {
		return withModel(prepare(b, r.urgent))
	}
	return withModel(NewRulesOnly(b))
}

func withModel(r *Reader) *Reader {
	r.danger = Shipped().Head("danger")
	r.topics = Shipped().Head("topic")
	return r
}

// NewRulesOnly prepares a reader without the statistical model: what the word
// lists alone see. The report sets the two side by side.
func NewRulesOnly(b *flows.Bundle) *Reader {
	return prepare(b, compileRules(b.Words.Urgent))
}

func prepare(b *flows.Bundle, urgent *rules) *Reader {
	r := &Reader{
		words:  b.Words.Urgent,
		urgent: urgent,
		harsh:  compileHarsh(b.Words.Harsh),
		exits:  map[string]flows.Exit{},
		langs:  map[string]flows.Lang{},
		talk:   map[string]bool{},
		said:   map[string]bool{},
		router: newRouter(b),
	}
	for _, f := range b.Flows {
		for _, s := range f.Sayings {
			r.said[whole(s)] = true
		}
	}
	for exit, says := range b.Words.Exits {
		for _, s := range says {
			r.exits[whole(s)] = exit
		}
	}
	for key, phrases := range b.Lines { // what stands on a button can always be typed too
		if exit, ok := exitOfLine(key); ok {
			for _, p := range phrases {
				for _, label := range p {
					r.exits[whole(label)] = exit
				}
			}
		}
	}
	for lang, says := range b.Words.Langs {
		for _, s := range says {
			r.langs[whole(s)] = lang
		}
	}
	for _, s := range b.Words.Talk {
		r.talk[whole(s)] = true
	}
	return r
}

// Read reads one text. The same text in the same place always reads the same.
func (r *Reader) Read(s string, here Here) flows.Reading {
	t := normalise(s)
	out := flows.Reading{Lang: guess(s)}
	features := t.features(make([]uint32, 0, 512))
	r.readDanger(&out, &t)
	r.harsh.read(&t, func(*rule) { out.Harsh = true })
	key := t.dense.s
	if lang, ok := r.langs[key]; ok {
		out.Exit, out.Lang = flows.ExLang, lang
		return out
	}
	// What is on the screen wins over a word list only where it is the very same
	// label: 「やめる」 on a button of a scene means that button.
	out.Choice = choose(t, here.Offered)
	if exit, ok := r.exits[key]; ok && out.Choice == 0 {
		if out.Exit = exit; exit == flows.ExLang {
			out.Lang = "" // with this exit Lang is a language that was named; "Language" names none
		}
		return out
	}
	if out.Choice == 0 && wantsEasy(key) {
		out.Exit, out.Lang = flows.ExLang, flows.JaEasy
		return out
	}
	out.Talk = r.talk[key]
	if out.Choice > 0 || key == "" {
		return out
	}
	r.readThemes(&out, features)
	if !out.Talk {
		var refused []bool
		out.Topics, out.Sure, refused = r.router.route(&t)
		r.nearThemes(&out, refused)
	}
	return out
}

// Harsh tells whether a text is rude, violent or obscene towards us, for the desk
// that would rather not read it unwarned.
func (r *Reader) Harsh(s string) bool {
	t := normalise(s)
	found := false
	r.harsh.read(&t, func(*rule) { found = true })
	return found
}

// readDanger looks for cries for help: every rule, in every form of the text,
// and the model beside them.
func (r *Reader) readDanger(out *flows.Reading, t *text) {
	raised := func(u *rule) { raise(out, u) }
	calmed := r.urgent.read(t, raised)
	if !t.cjk {
		if k, ok := kana(t.spaced.s); ok {
			j := text{dense: form{s: k}, cjk: true, kana: true}
			j.dense.s, _ = respell(k, nil)
			before := len(out.Rules)
			r.urgent.read(&j, raised)
			if len(out.Rules) > before {
				out.Lang = flows.Ja
			}
		}
	}
	r.suspect(out, t, calmed)
	sort.Strings(out.Rules)
	out.Rules = compact(out.Rules)
}

// raise takes the graver of two findings; every rule that fired is named.
func raise(out *flows.Reading, r *rule) {
	out.Rules = append(out.Rules, r.id)
	if r.level == flows.Clear && out.Level != flows.Clear {
		out.Urgency, out.Level = r.urgency, flows.Clear
		return
	}
	if r.level == out.Level && r.urgency.Weight() > out.Urgency.Weight() {
		out.Urgency = r.urgency
	}
	if out.Level == flows.NoLevel {
		out.Urgency, out.Level = r.urgency, r.level
	}
}

func compact(ids []string) []string {
	out := ids[:0]
	for i, id := range ids {
		if i == 0 || id != ids[i-1] {
			out = append(out, id)
		}
	}
	return out
}
