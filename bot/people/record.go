package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

const recordTextsKey = "{record}:texts"

func recordKey(kase flows.CaseID) string { return "{record}:words:" + string(kase) }

// KeepRecord seals what was said at certain times once more, under the case's key,
// so that it outlives a 消す: for cities that keep such words as public records. It
// must be done before [Store.Purge]; again, or after it, changes nothing. What was
// taken back before stays taken back.
func (s *Store) KeepRecord(ctx context.Context, p flows.PersonID, kase flows.CaseID, within func(time.Time) bool) error {
	stored, err := s.rdb.HGetAll(ctx, Key(p, "words")).Result()
	if err != nil {
		return fmt.Errorf("people: keep record: %w", err)
	}
	ids, opened, err := s.openParts(ctx, owner(p), stored)
	if err != nil {
		return fmt.Errorf("people: keep record: %w", err)
	}
	var all []Sealing
	var items []privacy.Item
	for i, id := range ids {
		again, ok, err := anew(privacy.Case(string(kase)), id, opened[2*i], opened[2*i+1], within)
		if err != nil {
			return fmt.Errorf("people: keep record: %w", err)
		}
		if ok {
			all = append(all, again)
			items = append(items, again.items...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	if err := s.vault.SealMany(ctx, items); err != nil {
		return fmt.Errorf("people: keep record: %w", err)
	}
	if err := s.writeRecord(ctx, kase, all, items); err != nil {
		return err
	}
	return s.unsendMeanwhile(ctx, p, ids)
}

// unsendMeanwhile takes out what was taken back while the record was being written:
// the turn of that unsend found no person any more and no record yet, but left its
// mark among the events seen.
func (s *Store) unsendMeanwhile(ctx context.Context, p flows.PersonID, ids []string) error {
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = "unsend:" + id
	}
	at, err := s.rdb.ZMScore(ctx, inbox.LaneKey(inbox.LaneOfPerson(p), "seen"), marks...).Result()
	if err != nil {
		return fmt.Errorf("people: keep record: %w", err)
	}
	for i, id := range ids {
		if at[i] == 0 {
			continue
		}
		if err := s.UnsendRecord(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// anew prepares an opened text to be sealed for another owner. A key that is gone
// took its words with it; any other trouble must be over before anything is destroyed.
func anew(o privacy.Owner, id string, h, b privacy.Item, within func(time.Time) bool) (Sealing, bool, error) {
	lost := func(err error) bool { return errors.Is(err, privacy.ErrShredded) || errors.Is(err, privacy.ErrBroken) }
	if h.Err != nil {
		if lost(h.Err) {
			return Sealing{}, false, nil
		}
		return Sealing{}, false, h.Err
	}
	of, ok := unpack(h.Data)
	if !ok || !within(time.UnixMilli(of.at)) {
		return Sealing{}, false, nil
	}
	s := Sealing{ID: id, items: []privacy.Item{{Owner: o, AAD: "said:" + id, Data: h.Data}}}
	switch {
	case b.Err == nil:
		s.items = append(s.items, privacy.Item{Owner: o, Text: id, AAD: "text", Data: b.Data})
	case !lost(b.Err):
		return Sealing{}, false, b.Err
	}
	return s, true, nil
}

func (s *Store) writeRecord(ctx context.Context, kase flows.CaseID, all []Sealing, sealed []privacy.Item) error {
	pipe := s.rdb.TxPipeline()
	for _, one := range all {
		n := len(one.items)
		one.Take(sealed[:n])
		sealed = sealed[n:]
		stored, err := one.Stored()
		if errors.Is(err, privacy.ErrShredded) {
			return nil // the case's own time is over
		}
		if err != nil {
			return err
		}
		pipe.HSet(ctx, recordKey(kase), one.ID, stored)
		pipe.HSet(ctx, recordTextsKey, one.ID, string(kase))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("people: keep record: %w", err)
	}
	return nil
}

// Record is what is kept of a case whose person has said 消す, in order.
func (s *Store) Record(ctx context.Context, kase flows.CaseID) ([]Said, error) {
	stored, err := s.rdb.HGetAll(ctx, recordKey(kase)).Result()
	if err != nil {
		return nil, fmt.Errorf("people: record: %w", err)
	}
	return s.openAll(ctx, privacy.Case(string(kase)), stored)
}

// UnsendRecord destroys a text that was taken back after 消す, in whichever record
// it stands.
func (s *Store) UnsendRecord(ctx context.Context, text string) error {
	kase, err := s.rdb.HGet(ctx, recordTextsKey, text).Result()
	if errors.Is(err, redis.Nil) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("people: unsend from a record: %w", err)
	}
	if err := s.vault.ShredTexts(ctx, privacy.Case(kase), text); err != nil {
		return fmt.Errorf("people: unsend from a record: %w", err)
	}
	if err := stripMove.Run(ctx, s.rdb, []string{recordKey(flows.CaseID(kase))}, text).Err(); err != nil {
		return fmt.Errorf("people: unsend from a record: %w", err)
	}
	return nil
}

// EndRecord destroys the record of a case whose words have been kept long enough.
// Notes of staff are under the same owner and stay.
func (s *Store) EndRecord(ctx context.Context, kase flows.CaseID) error {
	ids, err := s.rdb.HKeys(ctx, recordKey(kase)).Result()
	if err != nil {
		return fmt.Errorf("people: end record: %w", err)
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.vault.ShredTexts(ctx, privacy.Case(string(kase)), ids...); err != nil {
		return fmt.Errorf("people: end record: %w", err)
	}
	pipe := s.rdb.TxPipeline()
	pipe.HDel(ctx, recordTextsKey, ids...)
	pipe.Del(ctx, recordKey(kase))
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("people: end record: %w", err)
	}
	return nil
}
