package dialogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strings"
	"time"

	"engawa/bot/inbox"
	"engawa/flows"
)

// PostQuery is what a turn asks the board.
type PostQuery struct {
	About []string // posts by name, as [flows.About] writes them; else it is a search
	Texts []string // what was written
	How   string   // one of [flows.Finds], "" none
	Near  *Point   // where the person is, about
	Lang  flows.Lang
	Now   time.Time
}

// Point is a place on the map to about a kilometre. The exact one that a person
// shared exists in the sealed event alone, and goes with it.
type Point struct{ Lat, Lng float64 }

// about rounds a place.
func about(lat, lng float64) *Point {
	const perDegree = 100
	if math.IsNaN(lat) || math.IsNaN(lng) || math.Abs(lat) > 90 || math.Abs(lng) > 180 {
		return nil
	}
	return &Point{Lat: math.Round(lat*perDegree) / perDegree, Lng: math.Round(lng*perDegree) / perDegree}
}

// lookAtBoard asks the board for what this turn may be about.
func (t *turn) lookAtBoard() {
	if t.d.Posts == nil {
		return
	}
	q := PostQuery{Lang: t.person.State.Lang, Now: t.view.Now}
	if t.asksBoard(&q) {
		t.view.Posts, t.view.Nearest = t.d.Posts(q)
	}
}

// asksBoard says whether the turn concerns the board, and completes the question.
func (t *turn) asksBoard(q *PostQuery) bool {
	st := &t.person.State
	switch e := &t.event; e.Kind {
	case flows.EvTap:
		return tapAsks(e.Tap.Exit, e.Tap.Arg, st, q)
	case flows.EvPost:
		q.About = []string{flows.About(e.Post.ID, e.Post.Day)}
		return true
	case flows.EvTimer:
		q.About = []string{flows.About(e.Timer.Post.ID, e.Timer.Post.Day)}
		return e.Timer.Kind == flows.TimerPost || e.Timer.Kind == flows.TimerVisit
	case flows.EvLocation:
		at := of(t.run[0]).in.Message
		q.Near = about(at.Latitude, at.Longitude)
		return q.Near != nil
	case flows.EvText:
		return t.textAsks(st, q)
	}
	return false
}

func tapAsks(x flows.Exit, arg string, st *flows.State, q *PostQuery) bool {
	switch x {
	case flows.ExFind:
		q.How = arg
		return arg != ""
	case flows.ExKept:
		for _, k := range st.Kept {
			q.About = append(q.About, flows.About(k.ID, k.Day))
		}
		return len(q.About) > 0
	}
	q.About = []string{arg}
	return x.OfBoard() && arg != ""
}

// textAsks: a text searches where the scene asks for words, or where it may speak
// of a place to be. A choice that is typed asks like the button it means.
func (t *turn) textAsks(st *flows.State, q *PostQuery) bool {
	if st.Ask == flows.AskQuestion {
		q.About = []string{st.About}
		return true
	}
	sc := t.bundle.Scenes[st.Scene]
	asks := sc != nil && sc.Write == flows.WriteSearch
	for _, r := range t.event.Readings {
		if r.Exit.OfBoard() {
			return tapAsks(r.Exit, "", st, q)
		}
		if taps := flows.Offered(t.bundle, *st); r.Choice > 0 && r.Choice <= len(taps) {
			if tap, err := flows.DecodeTap(taps[r.Choice-1].Data); err == nil && tap.Exit.OfBoard() {
				return tapAsks(tap.Exit, tap.Arg, st, q)
			}
		}
		for _, topic := range r.Topics {
			asks = asks || topic.Topic == flows.PlaceTopic
		}
	}
	for _, s := range t.said {
		q.Texts = append(q.Texts, s.Text)
	}
	return asks && len(q.Texts) > 0
}

// KeptKey is the book of who wants to hear of which post, of one lane.
func KeptKey(l inbox.Lane) string { return inbox.LaneKey(l, "kept") }

// News tells everybody of all lanes who asked to hear of it what became of a post.
// It goes as an event into each person's lane, named by the news, so that telling
// it again after a crash tells nobody twice. Nobody but Step decides what is said.
func (d *Dialogue) News(ctx context.Context, id string, at time.Time, n flows.PostNews) error {
	for l := range d.Inbox.Lanes() {
		if err := d.newsIn(ctx, inbox.Lane(l), id, at, n); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dialogue) newsIn(ctx context.Context, l inbox.Lane, id string, at time.Time, n flows.PostNews) error {
	var cursor uint64
	for {
		fields, next, err := d.Redis.HScan(ctx, KeptKey(l), cursor, string(n.ID)+" *", newsBatch).Result()
		if err != nil {
			return fmt.Errorf("dialogue: news: %w", err)
		}
		for i := 0; i+1 < len(fields); i += 2 { // a name, then its value
			post, pid, _ := strings.Cut(fields[i], " ")
			if post != string(n.ID) {
				continue
			}
			if err := d.newsFor(ctx, l, flows.PersonID(pid), id, at, n); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// newsBatch is how many names the store is asked for at a time.
const newsBatch = 500

// newsFor tells one person, or strikes somebody out who is not there any more.
func (d *Dialogue) newsFor(ctx context.Context, l inbox.Lane, p flows.PersonID, id string, at time.Time, n flows.PostNews) error {
	blind, err := d.People.Blind(ctx, p)
	if err != nil {
		return fmt.Errorf("dialogue: news: %w", err)
	}
	if blind == "" {
		if err := d.Redis.HDel(ctx, KeptKey(l), string(n.ID)+" "+string(p)).Err(); err != nil {
			return fmt.Errorf("dialogue: news: %w", err)
		}
		return nil
	}
	event := sha256.Sum256([]byte("news|" + id + "|" + string(p)))
	return d.order(ctx, p, "news-"+hex.EncodeToString(event[:16]), order{At: at.UnixMilli(), Post: &n})
}
