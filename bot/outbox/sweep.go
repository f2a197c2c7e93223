package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

// Sweep destroys letters that the house keeps no longer, and the keys of closed ones.
func (o *Outbox) Sweep(ctx context.Context, now time.Time) error {
	all, err := o.letters(ctx)
	if err != nil {
		return err
	}
	for _, f := range all {
		old := now.Sub(time.UnixMilli(max(f.Since, f.Closed))) > privacy.Keep[privacy.DeadMail]
		switch {
		case f.Kind == unreadable: // nobody knows how old it is; a coordinator drops it
		case old:
			err = o.burnOne(ctx, f.lane, f.dead)
		case !f.open() && f.Owner != "":
			err = o.ash(ctx, f.lane, f.dead)
		}
		if err != nil {
			return fmt.Errorf("outbox: sweep: %w", err)
		}
	}
	return nil
}

// ash destroys the words of a closed letter; that it was stays listed.
func (o *Outbox) ash(ctx context.Context, l inbox.Lane, d dead) error {
	if d.Owner == "" {
		return nil
	}
	if err := o.Vault.Shred(ctx, d.Owner); err != nil {
		return err
	}
	d.Owner = ""
	blob, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return o.rdb.HSet(ctx, LettersKey(l), d.ID, blob).Err()
}

// burnOne destroys a letter, its key first.
func (o *Outbox) burnOne(ctx context.Context, l inbox.Lane, d dead) error {
	if d.Owner != "" {
		if err := o.Vault.Shred(ctx, d.Owner); err != nil {
			return err
		}
	}
	return o.rdb.HDel(ctx, LettersKey(l), d.ID).Err()
}

// burn destroys all letters of a person, keys first.
func (o *Outbox) burn(ctx context.Context, l inbox.Lane, p flows.PersonID) error {
	all, err := o.rdb.HGetAll(ctx, LettersKey(l)).Result()
	if err != nil {
		return fmt.Errorf("outbox: purge letters: %w", err)
	}
	for id, raw := range all {
		d := dead{}
		if json.Unmarshal([]byte(raw), &d) != nil || d.Person != p {
			continue
		}
		d.ID = id
		if err := o.burnOne(ctx, l, d); err != nil {
			return fmt.Errorf("outbox: purge letters: %w", err)
		}
	}
	return nil
}

// Unfinished tells whether something on its way is sealed with the key of a day,
// which then must not be destroyed yet. The sweep of days asks.
func (o *Outbox) Unfinished(ctx context.Context, day string) (bool, error) {
	for l := range o.opt.Lanes {
		for _, d := range Dests {
			persons, err := o.rdb.ZRange(ctx, DueKey(inbox.Lane(l), d), 0, -1).Result()
			if err != nil {
				return false, fmt.Errorf("outbox: unfinished: %w", err)
			}
			for _, p := range persons {
				has, err := o.sealedWith(ctx, flows.PersonID(p), day)
				if err != nil || has {
					return has, err
				}
			}
		}
	}
	return false, nil
}

func (o *Outbox) sealedWith(ctx context.Context, p flows.PersonID, day string) (bool, error) {
	blobs, err := o.rdb.HVals(ctx, ParcelsKey(p)).Result()
	if err != nil {
		return false, fmt.Errorf("outbox: unfinished: %w", err)
	}
	for _, blob := range blobs {
		var parcel Parcel
		if json.Unmarshal([]byte(blob), &parcel) != nil {
			return true, nil // unreadable: better kept
		}
		if d, is := parcel.Owner.IsDay(); is && d == day {
			return true, nil
		}
	}
	return false, nil
}
