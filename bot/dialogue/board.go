package dialogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"engawa/bot/inbox"
	"engawa/flows"
)

// lookAtBoard asks the board for what this turn may be about.
func (t *turn) lookAtBoard() {
	if t.d.Posts == nil {
		return
	}
	q := flows.PostQuery{Lang: t.person.State.Lang, Now: t.view.Now}
	switch t.event.Kind {
	case flows.EvLocation:
		at := of(t.run[0]).in.Message
		q.Near = flows.PointNear(at.Latitude, at.Longitude)
	case flows.EvText:
		for _, s := range t.said {
			q.Texts = append(q.Texts, s.Text)
		}
	}
	if flows.AsksBoard(t.bundle, t.person.State, t.event, &q) {
		t.view.Posts, t.view.Nearest = t.d.Posts(q)
	}
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
