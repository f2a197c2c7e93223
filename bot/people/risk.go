package people

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/privacy"
	"engawa/flows"
)

func riskListKey(l inbox.Lane) string { return inbox.LaneKey(l, "risks") }

// KeepID seals the LINE id of somebody in clear danger once more, under a key that
// 消す does not destroy and [Store.Sweep] does, after Keep[RiskID]. It must be done
// before [Store.Purge]; again, or after it, changes nothing.
func (s *Store) KeepID(ctx context.Context, p flows.PersonID, now time.Time) error {
	id, err := s.LINEID(ctx, p)
	if errors.Is(err, privacy.ErrShredded) || errors.Is(err, privacy.ErrBroken) {
		return nil // kept before, or nothing to be read any more: neither may hold 消す up
	}
	if err != nil {
		return err
	}
	sealed, err := s.vault.Seal(ctx, privacy.Risk(string(p)), "line", []byte(id))
	if errors.Is(err, privacy.ErrShredded) {
		return nil // its time is over already
	}
	if err != nil {
		return fmt.Errorf("people: keep id: %w", err)
	}
	l := inbox.LaneOfPerson(p)
	pipe := s.rdb.TxPipeline()
	pipe.ZAddNX(ctx, riskListKey(l), redis.Z{Score: float64(now.UnixMilli()), Member: string(p)})
	pipe.Set(ctx, Key(p, "risk"), sealed, 0) // no expiry of the store's own: the key goes first
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("people: keep id: %w", err)
	}
	return nil
}

// RiskID is the LINE id for a supervisor who must tell the police: the person's
// own, or after 消す the one that [Store.KeepID] kept. Who may ask, and that it is
// written down, is the desk's matter.
func (s *Store) RiskID(ctx context.Context, p flows.PersonID) (string, error) {
	id, err := s.LINEID(ctx, p)
	if !errors.Is(err, privacy.ErrShredded) {
		return id, err
	}
	sealed, err := s.rdb.Get(ctx, Key(p, "risk")).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrNobody
	}
	if err != nil {
		return "", fmt.Errorf("people: risk id: %w", err)
	}
	plain, err := s.vault.Open(ctx, privacy.Risk(string(p)), "line", []byte(sealed))
	if err != nil {
		return "", fmt.Errorf("people: risk id: %w", err)
	}
	return string(plain), nil
}

// endRisks destroys ids whose time is over, keys first.
func (s *Store) endRisks(ctx context.Context, l inbox.Lane, now time.Time) error {
	until := strconv.FormatInt(now.Add(-privacy.Keep[privacy.RiskID]).UnixMilli(), 10)
	over, err := s.rdb.ZRangeByScore(ctx, riskListKey(l), &redis.ZRangeBy{Min: "-inf", Max: until}).Result()
	if err != nil {
		return err
	}
	for _, id := range over {
		if err := s.vault.Shred(ctx, privacy.Risk(id)); err != nil {
			return err
		}
		pipe := s.rdb.TxPipeline()
		pipe.Del(ctx, Key(flows.PersonID(id), "risk"))
		pipe.ZRem(ctx, riskListKey(l), id)
		if _, err := pipe.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
