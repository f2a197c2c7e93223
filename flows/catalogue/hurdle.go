package catalogue

import "slices"

// lowers is the published order 「lowest hurdle first」: how much each fact takes
// off the step. Not having to speak or to say one's name counts most, since these
// are what people name who did not dare to come.
var lowers = map[string]int{
	"話さなくてOK": 20, "名前いらない": 15, "見学だけ": 12, "途中で帰れる": 12, "10分だけ": 10, "オンライン": 10, "文字で話せる": 8,
	"予約いらない": 8, "付き添いOK": 6, "無料": 6, "段差なし": 3, "子連れOK": 3, "夜もあいている": 2,
}

// Hurdle is how high the first step is: 0 the lowest there can be. It orders
// what is shown, and nobody is ever told it as a score.
func Hurdle(e *Entry) int {
	h := 0
	for fact, n := range lowers {
		if !e.Has(fact) {
			h += n
		}
	}
	if i := slices.Index(Efforts, e.Effort); i > 0 {
		h += 3 * i
	}
	return h
}
