package flows

// guest is the language that a text was written in, while the person has never
// chosen one and it is not the house's own. It is a guess about a text and no
// more: it is offered, never taken. The wish for やさしい日本語 is never guessed.
func (t *turn) guest() (Lang, bool) {
	l := t.read.Lang
	if t.e.Kind != EvText || t.was.Lang != "" || t.s.Lang != "" || l == Ja || l == JaEasy || ownNames[l] == "" {
		return "", false
	}
	return l, true
}

// inTheirWords lets a sentence that must be understood at once be said in the
// language of the text, without taking that language for good.
func (t *turn) inTheirWords(say func()) {
	l, ok := t.guest()
	if !ok || t.s.Mode == ModeHuman {
		say()
		return
	}
	t.s.Lang = l
	say()
	t.s.Lang = ""
}

// offerTongue puts the language of the text beside the ways out, and says so once
// a visit in that language. While a human has the talk nothing is added to it.
func (t *turn) offerTongue() {
	l, ok := t.guest()
	if !ok || t.s.Mode == ModeHuman || t.gone {
		return
	}
	for i := range t.out {
		e := &t.out[i]
		if e.Kind != EfAnswer || len(e.Bubbles) == 0 || e.Line == "greeting" {
			continue
		}
		t.because("lang.offer " + string(l))
		e.chip(t.button(Tap{Exit: ExLang, Arg: string(l)}))
		if ps := t.b.Lines["lang.offer"]; t.was.Visit != t.s.Visit && !e.Crisis && len(ps) > 0 {
			if text, _, own := ps[0].pick(l); own {
				e.lead(text)
			}
		}
		return
	}
}
