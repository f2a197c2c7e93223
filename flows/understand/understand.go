// Package understand reads what a text asks for: is somebody in danger, is it a
// way out, which button did they mean, which entrance fits, which language is it.
//
// It works by fixed local rules that stand in the content (words/*.yaml and the
// sayings of the flows), so a supervisor can read why something fired, and it
// answers in well under a millisecond with no network. It returns rule ids and
// scores, never words. The order is fixed: normalise, urgency, exits, what is on
// the screen, entrances; a cry for help is looked for in every text, whatever
// else the text is.
package understand

import (
	"sort"

	"engawa/flows"
)

// Reader reads texts with the words of one bundle. It is safe for concurrent use.
type Reader struct {
	urgent []rule
	exits  map[string]flows.Exit
	langs  map[string]flows.Lang
	talk   map[string]bool
	router *router
}

// Here is where the person stands: it changes what digits and labels mean.
type Here struct {
	Lang    flows.Lang
	Offered []string // labels of the choices on the screen, in order
}

// New prepares a reader for the bundle b. It costs a few milliseconds; keep it
// as long as the bundle is in force.
func New(b *flows.Bundle) *Reader {
	r := &Reader{
		exits:  map[string]flows.Exit{},
		langs:  map[string]flows.Lang{},
		talk:   map[string]bool{},
		router: newRouter(b),
	}
	for _, u := range b.Words.Urgent {
		r.urgent = append(r.urgent, compile(u))
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
func (r *Reader) Read(text string, here Here) flows.Reading {
	n := normalise(text)
	out := flows.Reading{Lang: guess(text)}
	for i := range r.urgent {
		if r.urgent[i].fires(n) {
			raise(&out, r.urgent[i])
		}
	}
	sort.Strings(out.Rules)
	key := n.whole()
	if lang, ok := r.langs[key]; ok {
		out.Exit, out.Lang = flows.ExLang, lang
		return out
	}
	// What is on the screen wins over a word list only where it is the very same
	// label: 「やめる」 on a button of a scene means that button.
	out.Choice = choose(n, here.Offered)
	if exit, ok := r.exits[key]; ok && out.Choice == 0 {
		// With a way out Lang means a language that was named; "Language" names none.
		out.Exit, out.Lang = exit, ""
		return out
	}
	out.Talk = r.talk[key]
	if out.Choice == 0 && !out.Talk {
		out.Topics, out.Sure = r.router.route(n)
	}
	return out
}

// raise takes the graver of two findings; every rule that fired is named.
func raise(out *flows.Reading, r rule) {
	out.Rules = append(out.Rules, r.id)
	if r.level == flows.Clear && out.Level != flows.Clear {
		out.Urgency, out.Level = r.urgency, flows.Clear
		return
	}
	if r.level == out.Level && gravity(r.urgency) > gravity(out.Urgency) {
		out.Urgency = r.urgency
	}
	if out.Level == flows.NoLevel {
		out.Urgency, out.Level = r.urgency, r.level
	}
}

func gravity(u flows.Urgency) int {
	switch u {
	case flows.Life:
		return 3
	case flows.Medical:
		return 2
	case flows.Violence:
		return 1
	}
	return 0
}
