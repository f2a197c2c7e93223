package understand

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"engawa/flows"
)

const (
	minWithin = 3 // runes of a text that may be part of a label ("家賃の" is too little to be sure)
	minAround = 4 // runes of a label that may be part of a longer text
)

// choose finds which of the choices on the screen a text names: its number
// (2, ２, ②, 2番), its label, or enough of it to be the only one.
func choose(t text, offered []string) int {
	if len(offered) == 0 || t.dense.s == "" {
		return 0
	}
	digits := strings.TrimSuffix(strings.TrimSuffix(t.dense.s, "番"), "ばん")
	if n, err := strconv.Atoi(digits); err == nil && n >= 1 && n <= len(offered) {
		return n
	}
	found, count := 0, 0
	for i, label := range offered {
		l := whole(label)
		if l == t.dense.s {
			return i + 1
		}
		within := utf8.RuneCountInString(t.dense.s) >= minWithin && strings.Contains(l, t.dense.s)
		around := utf8.RuneCountInString(l) >= minAround && strings.Contains(t.dense.s, l) &&
			utf8.RuneCountInString(t.dense.s) <= 2*utf8.RuneCountInString(l)
		if within || around {
			found = i + 1
			count++
		}
	}
	if count == 1 {
		return found
	}
	return 0
}

// exitOfLine tells which exit a line key ("exit.human") labels.
func exitOfLine(key string) (flows.Exit, bool) {
	name, ok := strings.CutPrefix(key, "exit.")
	if !ok {
		return "", false
	}
	if flows.Exit(name) == flows.ExDeleteNow {
		return "", false // the second step of 消す is a tap, never a word that slips out
	}
	return flows.Exit(name), true
}
