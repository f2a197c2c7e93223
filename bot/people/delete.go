package people

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/flows"
)

var (
	//go:embed lua/strip.lua
	stripLua string
	//go:embed lua/erase.lua
	eraseLua string
	//go:embed lua/leave.lua
	leaveLua string

	stripMove = redis.NewScript(stripLua)
	eraseMove = redis.NewScript(eraseLua)
	leaveMove = redis.NewScript(leaveLua)
)

// Purge is 消す: the person's key, then everything under it. It may be done again
// at any time, also when it broke off half-way. What must outlive it has been kept
// before: see [Store.KeepID] and [Store.KeepRecord].
func (s *Store) Purge(ctx context.Context, p flows.PersonID) error {
	if err := s.vault.Shred(ctx, owner(p)); err != nil {
		return fmt.Errorf("people: purge: %w", err)
	}
	return s.Erase(ctx, p)
}

// Erase removes what is kept of a person. Their key must have been destroyed.
func (s *Store) Erase(ctx context.Context, p flows.PersonID) error {
	blind, err := s.Blind(ctx, p)
	if err != nil {
		return err
	}
	l := inbox.LaneOfPerson(p)
	err = eraseMove.Run(ctx, s.rdb, []string{
		Key(p, "person"), WhoKey(l, blind), Key(p, "words"), ListKey(l), Key(p, "timer"), inbox.LaneKey(l, "due"), Key(p, "room"),
	}, string(p)).Err()
	if err != nil {
		return fmt.Errorf("people: erase: %w", err)
	}
	return nil
}

// Unsend destroys texts that were taken back.
func (s *Store) Unsend(ctx context.Context, p flows.PersonID, texts []string) error {
	if len(texts) == 0 {
		return nil
	}
	if err := s.vault.ShredTexts(ctx, owner(p), texts...); err != nil {
		return fmt.Errorf("people: unsend: %w", err)
	}
	args := make([]any, len(texts))
	for i, id := range texts {
		args[i] = id
	}
	if err := stripMove.Run(ctx, s.rdb, []string{Key(p, "words")}, args...).Err(); err != nil {
		return fmt.Errorf("people: unsend: %w", err)
	}
	return nil
}

// Forget is この話を消す. It differs from [Store.Unsend] only in who asked for it.
func (s *Store) Forget(ctx context.Context, p flows.PersonID, texts []string) error {
	return s.Unsend(ctx, p, texts)
}

// left ends the state of somebody silent; false if they came back meanwhile.
func (s *Store) left(ctx context.Context, p flows.PersonID, before, now string) (bool, error) {
	blind, err := s.Blind(ctx, p)
	if err != nil {
		return false, err
	}
	l := inbox.LaneOfPerson(p)
	ok, err := leaveMove.Run(ctx, s.rdb, []string{Key(p, "person"), WhoKey(l, blind), ListKey(l)}, string(p), before, now).Bool()
	if err != nil && !errors.Is(err, redis.Nil) {
		return false, fmt.Errorf("people: leave: %w", err)
	}
	return ok, nil
}
