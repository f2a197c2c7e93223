package prove

import "engawa/flows"

// Sentence holds a text that a person of the desk keeps ready against what is asked
// of every text for residents: its words, its tone and the length of its sentences.
func Sentence(text string, house []string) []Finding {
	c := &checker{opt: Options{Banned: house}, seen: map[string]int{}, checked: map[string]int{}}
	s := &said{key: "line/ready", p: flows.Phrase{flows.Ja: text}, form: bubble}
	c.tone(s, flows.Ja, text)
	c.length(s, flows.Ja, text)
	return c.all
}
