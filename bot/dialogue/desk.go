package dialogue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// Tell puts an act of the desk into the person's lane, as an event named by the
// act: telling it twice changes nothing. sealed are the words that go with it, as
// people.SealWords made them. The person may have gone; the desk then hears so.
func (d *Dialogue) Tell(ctx context.Context, person flows.PersonID, eventID string, at time.Time, act flows.DeskAct, sealed []byte) error {
	return d.order(ctx, person, eventID, order{At: at.UnixMilli(), Act: &act, Words: sealed})
}

// Delete is 消す on somebody's behalf: an operator was asked to. It goes the same
// way through the person's lane, so nothing of it can be half done.
func (d *Dialogue) Delete(ctx context.Context, person flows.PersonID, eventID string) error {
	return d.order(ctx, person, eventID, order{At: d.opt.Now().UnixMilli(), Delete: true})
}

func (d *Dialogue) order(ctx context.Context, person flows.PersonID, eventID string, o order) error {
	l := inbox.LaneOfPerson(person)
	if l == inbox.NoLane || int(l) >= d.Inbox.Lanes() {
		return fmt.Errorf("dialogue: tell: no lane for that person")
	}
	blind, err := d.People.Blind(ctx, person)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("dialogue: tell: %w", err)
	}
	e := inbox.Entry{
		Event: eventID, Blind: blind, Person: person, Kind: inbox.FromDesk,
		Arrived: time.UnixMilli(d.opt.Now().UnixMilli()).UTC(),
	}
	e.Sealed, err = d.Vault.Seal(ctx, privacy.Day(e.Arrived), inbox.SealName(eventID), plain)
	if err != nil {
		return fmt.Errorf("dialogue: tell: %w", err)
	}
	if err := d.Inbox.Append(ctx, []inbox.Entry{e}); err != nil {
		return fmt.Errorf("dialogue: tell: %w", err)
	}
	return nil
}
