package privacy

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Standing says which of the promises about keys are in force. `engawa doctor`
// shows it; nothing in it names anybody.
type Standing struct {
	KeyStore  string    // "own", "shared" with the main store, "unknown"
	AOF       string    // the key store's appendfsync; "off", "unknown"
	Snapshots bool      // the key store also writes snapshots, which remember destroyed keys until the next one
	Rewrite   string    // "ok", "owed", "running", "absent" (the store has no file to rewrite)
	Owed      int64     // shreds that the append-only file still remembers
	Rewritten time.Time // when a rewrite last ended
	ListFile  bool      // shreds are also written to a file beside the stores
	Shreds    int64     // lines in the list of shreds
	OldMaster int64     // keys under a master key that is not the active one
	Overdue   []string  // inbox days whose key should be gone
}

// Standing asks the stores. It reads every owner's key once to count OldMaster.
func (v *Vault) Standing(ctx context.Context, now time.Time) (Standing, error) {
	var s Standing
	r, err := v.rewrites(ctx)
	if err != nil {
		return s, fmt.Errorf("privacy: standing: %w", err)
	}
	p, err := v.persistence(ctx)
	if err != nil {
		return s, fmt.Errorf("privacy: standing: %w", err)
	}
	s.Owed, s.Rewritten = r.owed(), r.done
	s.Rewrite = r.says()
	s.KeyStore = v.keyStore(ctx, p)
	s.AOF, s.Snapshots = v.durability(ctx, p)
	s.ListFile = v.file != nil
	for _, slot := range slots() {
		n, err := v.keys.ZCard(ctx, shredsKey(slot)).Result()
		if err != nil {
			return s, fmt.Errorf("privacy: standing: %w", err)
		}
		s.Shreds += n
	}
	if err := v.stale(ctx, func(Owner, string) error { s.OldMaster++; return nil }); err != nil {
		return s, fmt.Errorf("privacy: standing: %w", err)
	}
	overdue, err := v.overdueDays(ctx, now)
	for _, o := range overdue {
		name, _ := o.IsDay()
		s.Overdue = append(s.Overdue, name)
	}
	return s, err
}

func (r rewrites) says() string {
	switch {
	case r.absent:
		return "absent"
	case r.running():
		return "running"
	case r.owed() > 0:
		return "owed"
	}
	return "ok"
}

// keyStore compares the servers' run ids; two databases of one server are one store.
func (v *Vault) keyStore(ctx context.Context, p persistence) string {
	if v.keys == v.main {
		return "shared"
	}
	other, err := (&Vault{keys: v.main}).persistence(ctx)
	switch {
	case err != nil || !p.known || !other.known:
		return "unknown"
	case other.run == p.run:
		return "shared"
	}
	return "own"
}

// durability asks for settings that some operators forbid to ask for.
func (v *Vault) durability(ctx context.Context, p persistence) (aof string, snapshots bool) {
	if !p.known {
		return "unknown", false
	}
	aof = "off"
	if p.aof {
		aof = "unknown"
	}
	_ = eachNode(ctx, v.keys, func(ctx context.Context, node redis.Cmdable) error {
		if fsync, err := node.ConfigGet(ctx, "appendfsync").Result(); err == nil && p.aof {
			aof = fsync["appendfsync"]
		}
		if save, err := node.ConfigGet(ctx, "save").Result(); err == nil && save["save"] != "" {
			snapshots = true
		}
		return nil
	})
	return aof, snapshots
}
