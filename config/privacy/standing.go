package privacy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// Disk says how one store keeps what it was told.
type Disk struct {
	Fsync     string // appendfsync: "always", "everysec", "no"; "off" = no append-only file; "unknown"
	Snapshots bool   // it writes snapshots too, which remember destroyed keys until the next one
	Evicts    bool   // it drops keys when full
	Replicas  int    // connected now
}

// Standing says which of the promises about stores and keys are in force.
// [config.Promises] puts it into words; nothing in it names anybody.
type Standing struct {
	Main, Keys Disk      //
	KeyStore   string    // "own", "shared" with the main store, "unknown"
	Rewrite    string    // of the append-only files: "ok", "owed", "running", "absent" (there is none)
	Owed       int64     // shreds that the append-only files may still remember
	OwedSince  time.Time // zero if nothing is owed, or only since the last [Vault.Compact]
	Rewritten  time.Time // when a rewrite last ended
	ListFile   bool      // shreds are also written to a file beside the stores
	Shreds     int64     // lines in the list of shreds
	OldMaster  int64     // keys under a master key that is not the active one
	Overdue    []string  // inbox days whose key should be gone
}

// Standing asks the stores. OldMaster comes from the last [Vault.Tend] if that was
// recent, so that it may be asked often; else every owner's key is looked at once.
func (v *Vault) Standing(ctx context.Context, now time.Time) (Standing, error) {
	s, err := v.standing(ctx, now)
	if err != nil {
		return s, fmt.Errorf("privacy: standing: %w", err)
	}
	return s, nil
}

func (v *Vault) standing(ctx context.Context, now time.Time) (s Standing, err error) {
	r, err := v.rewrites(ctx)
	if err != nil {
		return s, err
	}
	keys, err := ask(ctx, v.keys)
	if err != nil {
		return s, err
	}
	main, err := ask(ctx, v.main)
	if err != nil {
		return s, err
	}
	s = Standing{
		Main: v.disk(ctx, v.main, main), Keys: v.disk(ctx, v.keys, keys),
		KeyStore: sameStore(keys, main), Rewrite: r.says(), Owed: r.owed(), OwedSince: r.since, Rewritten: r.done,
		ListFile: v.file != nil,
	}
	if v.keys == v.main {
		s.KeyStore = "shared"
	}
	lengths, err := listLengths(ctx, v.keys)
	if err != nil {
		return s, err
	}
	for _, n := range lengths {
		s.Shreds += n
	}
	if s.OldMaster, err = v.oldMaster(ctx, now, 2*recount); err != nil {
		return s, err
	}
	overdue, err := v.overdueDays(ctx, now)
	for _, o := range overdue {
		name, _ := o.IsDay()
		s.Overdue = append(s.Overdue, name)
	}
	return s, err
}

// recount is how often a running house counts the keys under an older master key.
const recount = 10 * time.Minute

// oldMaster counts anew if the last count is older than that.
func (v *Vault) oldMaster(ctx context.Context, now time.Time, patience time.Duration) (int64, error) {
	v.mu.Lock()
	n, at := v.old, v.oldAt
	v.mu.Unlock()
	if !at.IsZero() && now.Sub(at) < patience {
		return n, nil
	}
	n = 0
	if err := v.stale(ctx, func(Owner, string) error { n++; return nil }); err != nil {
		return 0, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.old, v.oldAt = n, now
	return n, nil
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

// sameStore compares the servers' run ids; two databases of one server are one store.
func sameStore(keys, main persistence) string {
	switch {
	case !keys.known || !main.known:
		return "unknown"
	case keys.run == main.run:
		return "shared"
	}
	return "own"
}

// disk asks for settings too, which some operators forbid to ask for.
func (v *Vault) disk(ctx context.Context, c redis.UniversalClient, p persistence) Disk {
	if !p.known {
		return Disk{Fsync: "unknown"}
	}
	d := Disk{Fsync: "off", Replicas: p.replicas}
	if p.aof {
		d.Fsync = "unknown"
	}
	_ = eachNode(ctx, c, func(ctx context.Context, node redis.Cmdable) error {
		setting := func(name string) string { return node.ConfigGet(ctx, name).Val()[name] }
		if fsync := setting("appendfsync"); fsync != "" && p.aof {
			d.Fsync = weaker(d.Fsync, fsync)
		}
		d.Snapshots = d.Snapshots || setting("save") != ""
		policy := setting("maxmemory-policy")
		d.Evicts = d.Evicts || (policy != "" && policy != "noeviction")
		return nil
	})
	return d
}

// weaker keeps the weakest answer of several nodes.
func weaker(a, b string) string {
	order := []string{"unknown", "always", "everysec", "no"}
	if slices.Index(order, a) > slices.Index(order, b) {
		return a
	}
	return b
}
