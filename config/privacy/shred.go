package privacy

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Shred destroys an owner's key and with it every word under it, for good.
func (v *Vault) Shred(ctx context.Context, o Owner) error {
	if o.check() != nil || o == indexOwner {
		return ErrOwner
	}
	v.dropDay(o)
	return v.shred(ctx, []shredding{{owner: o, at: v.now()}})
}

// ShredText destroys one text.
func (v *Vault) ShredText(ctx context.Context, o Owner, text string) error {
	return v.ShredTexts(ctx, o, text)
}

// ShredTexts destroys some texts of an owner. No texts means nothing to do, never
// the owner.
func (v *Vault) ShredTexts(ctx context.Context, o Owner, texts ...string) error {
	if o.check() != nil || o == indexOwner {
		return ErrOwner
	}
	if len(texts) == 0 {
		return nil
	}
	at := v.now()
	var all []shredding
	for _, text := range texts {
		if err := checkText(text); err != nil {
			return err
		}
		all = append(all, shredding{owner: o, text: text, at: at})
	}
	return v.shred(ctx, all)
}

// shredding is one line of the lists.
type shredding struct {
	owner Owner
	text  string // "" = the owner itself
	at    time.Time
}

// shred destroys for good. When it fails half-way, doing it again completes it.
func (v *Vault) shred(ctx context.Context, all []shredding) error {
	if v.file != nil {
		if err := v.file.append(all, v.now()); err != nil {
			return err
		}
	}
	return v.shredInStores(ctx, all)
}

// shredInStores destroys in the key store and then writes the same down in the main
// store. What a crash leaves between the two, [Vault.Reapply] completes.
func (v *Vault) shredInStores(ctx context.Context, all []shredding) error {
	if err := v.destroy(ctx, all); err != nil {
		return fmt.Errorf("privacy: shred: key store: %w", err)
	}
	if err := v.record(ctx, all); err != nil {
		return fmt.Errorf("privacy: shred: main store: %w", err)
	}
	return nil
}

func (v *Vault) destroy(ctx context.Context, all []shredding) error {
	calls := make([]call, 0, len(all))
	for _, s := range all {
		slot := s.owner.slot()
		args := []any{string(s.owner), s.at.UnixMilli()}
		if s.text != "" {
			args = append(args, s.text)
		}
		calls = append(calls, call{
			keys: []string{ownerKey(s.owner), shredsKey(slot), ownersKey(slot), countKey(slot)},
			args: args,
		})
	}
	_, err := runAll(ctx, alone(v.keys), shredMove, calls)
	return err
}

func (v *Vault) record(ctx context.Context, all []shredding) error {
	pipe := v.main.Pipeline()
	for _, s := range all {
		pipe.ZAddNX(ctx, shredsKey(s.owner.slot()), redis.Z{
			Score:  float64(s.at.UnixMilli()),
			Member: shredded(s.owner, s.text),
		})
	}
	_, err := pipe.Exec(ctx)
	return err
}

// reapplyIfUneven is a cheap look, for every minute: the lists grow and shrink
// together, so lists of unlike length have something to tell each other.
func (v *Vault) reapplyIfUneven(ctx context.Context) error {
	inKeys, err := listLengths(ctx, v.keys)
	if err != nil {
		return fmt.Errorf("privacy: compare lists of shreds: key store: %w", err)
	}
	inMain, err := listLengths(ctx, v.main)
	if err != nil {
		return fmt.Errorf("privacy: compare lists of shreds: main store: %w", err)
	}
	if slices.Equal(inKeys, inMain) {
		return nil
	}
	_, err = v.Reapply(ctx)
	return err
}

func listLengths(ctx context.Context, c redis.UniversalClient) ([]int64, error) {
	var cmds []*redis.IntCmd
	pipe := c.Pipeline()
	for _, slot := range slots() {
		cmds = append(cmds, pipe.ZCard(ctx, shredsKey(slot)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var lengths []int64
	for _, cmd := range cmds {
		lengths = append(lengths, cmd.Val())
	}
	return lengths, nil
}

// batch is how many shreds are re-applied in one round trip.
const batch = 500

// Reapply compares the lists of both stores and destroys again, or writes down
// again, what only one of them knows: after a restore of either, after a fail-over
// that lost the last second, after a crash between the two. It says how many.
func (v *Vault) Reapply(ctx context.Context) (n int, err error) {
	for _, slot := range slots() {
		inKeys, err := list(ctx, v.keys, slot)
		if err != nil {
			return n, fmt.Errorf("privacy: re-apply shreds: key store: %w", err)
		}
		inMain, err := list(ctx, v.main, slot)
		if err != nil {
			return n, fmt.Errorf("privacy: re-apply shreds: main store: %w", err)
		}
		missing := difference(inMain, inKeys)
		if err := inBatches(ctx, missing, v.destroy); err != nil {
			return n, fmt.Errorf("privacy: re-apply shreds: key store: %w", err)
		}
		unknown := difference(inKeys, inMain)
		if err := inBatches(ctx, unknown, v.record); err != nil {
			return n, fmt.Errorf("privacy: re-apply shreds: main store: %w", err)
		}
		n += len(missing) + len(unknown)
	}
	return n, nil
}

func list(ctx context.Context, c redis.UniversalClient, slot string) ([]redis.Z, error) {
	return c.ZRangeWithScores(ctx, shredsKey(slot), 0, -1).Result()
}

// difference is what stands in a and not in b.
func difference(a, b []redis.Z) []shredding {
	known := make(map[string]bool, len(b))
	for _, z := range b {
		known[z.Member.(string)] = true
	}
	var out []shredding
	for _, z := range a {
		member := z.Member.(string)
		if known[member] {
			continue
		}
		o, text := splitShredded(member)
		out = append(out, shredding{owner: o, text: text, at: time.UnixMilli(int64(z.Score))})
	}
	return out
}

func inBatches(ctx context.Context, all []shredding, do func(context.Context, []shredding) error) error {
	for len(all) > 0 {
		n := min(batch, len(all))
		if err := do(ctx, all[:n]); err != nil {
			return err
		}
		all = all[n:]
	}
	return nil
}

// forgetShreds drops lines that are older than any backup may be.
func (v *Vault) forgetShreds(ctx context.Context, now time.Time) error {
	until := strconv.FormatInt(now.Add(-Keep[Shreds]).UnixMilli(), 10)
	for _, c := range []redis.UniversalClient{v.keys, v.main} {
		for _, slot := range slots() {
			if err := c.ZRemRangeByScore(ctx, shredsKey(slot), "-inf", "("+until).Err(); err != nil {
				return fmt.Errorf("privacy: forget old shreds: %w", err)
			}
		}
	}
	return nil
}
