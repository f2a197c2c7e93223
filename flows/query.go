package flows

import (
	"math"
	"time"
)

// PostQuery is what a turn asks the board.
type PostQuery struct {
	About []string // posts by name, as [About] writes them; else it is a search
	Texts []string // what was written
	How   string   // one of [Finds], "" none
	Near  *Point   // where the person is, about
	Lang  Lang
	Now   time.Time
}

// Point is a place on the map to about a kilometre. The exact one that a person
// shared exists in the sealed event alone, and goes with it.
type Point struct{ Lat, Lng float64 }

// PointNear rounds a place; nil if it is none.
func PointNear(lat, lng float64) *Point {
	const perDegree = 100
	if math.IsNaN(lat) || math.IsNaN(lng) || math.Abs(lat) > 90 || math.Abs(lng) > 180 {
		return nil
	}
	return &Point{Lat: math.Round(lat*perDegree) / perDegree, Lng: math.Round(lng*perDegree) / perDegree}
}

// AsksBoard says whether a turn concerns the board, and completes the question; q
// holds what was written, or the place that was shared.
func AsksBoard(b *Bundle, st State, e Event, q *PostQuery) bool {
	switch e.Kind {
	case EvTap:
		return tapAsks(e.Tap.Exit, e.Tap.Arg, st, q)
	case EvPost:
		q.About = []string{About(e.Post.ID, e.Post.Day)}
		return true
	case EvTimer:
		q.About = []string{About(e.Timer.Post.ID, e.Timer.Post.Day)}
		return e.Timer.Kind == TimerPost || e.Timer.Kind == TimerVisit
	case EvLocation:
		return q.Near != nil
	case EvText:
		return textAsks(b, st, e.Readings, q)
	}
	return false
}

func tapAsks(x Exit, arg string, st State, q *PostQuery) bool {
	switch x {
	case ExFind:
		q.How = arg
		return arg != ""
	case ExKept:
		for _, k := range st.Kept {
			q.About = append(q.About, About(k.ID, k.Day))
		}
		return len(q.About) > 0
	}
	q.About = []string{arg}
	return x.OfBoard() && arg != ""
}

// textAsks: a text searches where the scene asks for words, or where it may speak
// of a place to be. A choice that is typed asks like the button it means.
func textAsks(b *Bundle, st State, read []Reading, q *PostQuery) bool {
	if st.Ask == AskQuestion {
		q.About = []string{st.About}
		return true
	}
	sc := b.Scenes[st.Scene]
	asks := sc != nil && sc.Write == WriteSearch
	for _, r := range read {
		if r.Exit.OfBoard() {
			return tapAsks(r.Exit, "", st, q)
		}
		if taps := Offered(b, st); r.Choice > 0 && r.Choice <= len(taps) {
			if tap, err := DecodeTap(taps[r.Choice-1].Data); err == nil && tap.Exit.OfBoard() {
				return tapAsks(tap.Exit, tap.Arg, st, q)
			}
		}
		for _, topic := range r.Topics {
			asks = asks || topic.Topic == PlaceTopic
		}
	}
	return asks && len(q.Texts) > 0
}
