package privacy

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// apart is the shortest time between two rewrites. With [Vault.Tend] every minute
// a destroyed key is out of the append-only file well within an hour.
const apart = 10 * time.Minute

// Compact has the append-only files rewritten if they may still hold keys that were
// destroyed, or, in the main store, the event under which the words arrived (the key
// of its day lives for three days). The shreds of ten minutes share one rewrite. A
// store without BGREWRITEAOF (the embedded one) has no file to rewrite.
func (v *Vault) Compact(ctx context.Context, now time.Time) error {
	r, err := v.rewrites(ctx)
	if err != nil {
		return fmt.Errorf("privacy: compact: %w", err)
	}
	if r.running() {
		done, err := v.finishRewrite(ctx, &r, now)
		if err != nil || !done {
			return err
		}
	}
	if err := v.noteOwed(ctx, r, now); err != nil {
		return err
	}
	if r.owed() == 0 || now.Sub(r.started) < apart {
		return nil
	}
	return v.startRewrite(ctx, r, now)
}

// noteOwed keeps the moment since which a rewrite is owed, so that a late one is seen.
func (v *Vault) noteOwed(ctx context.Context, r rewrites, now time.Time) error {
	switch {
	case r.owed() > 0 && r.since.IsZero():
		return v.note(ctx, "since", now.UnixMilli())
	case r.owed() == 0 && !r.since.IsZero():
		if err := v.keys.HDel(ctx, rewriteKey, "since").Err(); err != nil {
			return fmt.Errorf("privacy: compact: note: %w", err)
		}
	}
	return nil
}

// startRewrite notes what the rewrite covers only after the store agreed to it: the
// counts were read before, so it covers at least those.
func (v *Vault) startRewrite(ctx context.Context, r rewrites, now time.Time) error {
	stores, before, err := v.stores(ctx)
	if err != nil {
		return fmt.Errorf("privacy: compact: %w", err)
	}
	for _, c := range stores {
		err = errors.Join(err, eachNode(ctx, c, func(ctx context.Context, node redis.Cmdable) error {
			return node.BgRewriteAOF(ctx).Err()
		}))
	}
	switch {
	case err == nil:
	case unknownCommand(err):
		return v.note(ctx, "absent", 1)
	case strings.Contains(err.Error(), "in progress"):
		return nil // somebody else's rewrite; it may have begun before our shreds
	default:
		return fmt.Errorf("privacy: compact: rewrite: %w", err)
	}
	fields := []any{"started", now.UnixMilli(), "run", before.run}
	for slot, n := range r.counted {
		fields = append(fields, "running:"+slot, n)
	}
	return v.note(ctx, fields...)
}

// finishRewrite says whether the last rewrite is over, and if it went well, that the
// file has forgotten what it covered. A server restarted meanwhile proves nothing.
func (v *Vault) finishRewrite(ctx context.Context, r *rewrites, now time.Time) (over bool, err error) {
	_, p, err := v.stores(ctx)
	if err != nil {
		return false, fmt.Errorf("privacy: compact: %w", err)
	}
	if p.busy {
		return false, nil
	}
	fields := []any{"done", now.UnixMilli()}
	if p.ok && p.run == r.run {
		for slot, n := range r.began {
			fields = append(fields, "covered:"+slot, n)
			r.covered[slot] = n
		}
	}
	return true, v.note(ctx, fields...)
}

func (v *Vault) note(ctx context.Context, fields ...any) error {
	if err := v.keys.HSet(ctx, rewriteKey, fields...).Err(); err != nil {
		return fmt.Errorf("privacy: compact: note: %w", err)
	}
	return nil
}

// rewrites is what is known about shreds and the append-only file.
type rewrites struct {
	counted       map[string]int64 // shreds so far, by slot
	covered       map[string]int64 // of these, forgotten by the file
	began         map[string]int64 // of these, covered by the rewrite under way
	started, done time.Time
	since         time.Time // a rewrite is owed since
	run           string    // which servers began it
	absent        bool      // the store cannot rewrite
}

func (r rewrites) running() bool { return r.started.After(r.done) }

func (r rewrites) owed() (n int64) {
	for slot, c := range r.counted {
		n += max(0, c-r.covered[slot])
	}
	return n
}

func (v *Vault) rewrites(ctx context.Context) (rewrites, error) {
	r := rewrites{counted: map[string]int64{}, covered: map[string]int64{}, began: map[string]int64{}}
	counts := map[string]*redis.StringCmd{}
	pipe := v.keys.Pipeline()
	for _, slot := range slots() {
		counts[slot] = pipe.Get(ctx, countKey(slot))
	}
	noted := pipe.HGetAll(ctx, rewriteKey)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return r, err
	}
	for slot, cmd := range counts {
		r.counted[slot], _ = cmd.Int64()
	}
	for field, value := range noted.Val() {
		n, _ := strconv.ParseInt(value, 10, 64)
		name, slot, _ := strings.Cut(field, ":")
		switch name {
		case "covered":
			r.covered[slot] = n
		case "running":
			r.began[slot] = n
		case "started":
			r.started = time.UnixMilli(n)
		case "done":
			r.done = time.UnixMilli(n)
		case "since":
			r.since = time.UnixMilli(n)
		case "run":
			r.run = value
		case "absent":
			r.absent = n == 1
		}
	}
	return r, nil
}

// persistence is what a store's nodes say about their files.
type persistence struct {
	busy, ok bool   // a rewrite runs; the last one went well
	run      string // the run ids of all nodes
	known    bool   // the store tells at all
	aof      bool
	replicas int
}

// stores are the one or two stores that there are, and what they say together.
func (v *Vault) stores(ctx context.Context) ([]redis.UniversalClient, persistence, error) {
	keys, err := ask(ctx, v.keys)
	if err != nil || v.keys == v.main {
		return []redis.UniversalClient{v.keys}, keys, err
	}
	main, err := ask(ctx, v.main)
	if err != nil || sameStore(keys, main) == "shared" {
		return []redis.UniversalClient{v.keys}, keys, err
	}
	return []redis.UniversalClient{v.keys, v.main}, persistence{
		busy: keys.busy || main.busy,
		ok:   keys.ok && main.ok,
		run:  keys.run + " " + main.run,
	}, nil
}

func ask(ctx context.Context, c redis.UniversalClient) (persistence, error) {
	p := persistence{ok: true, known: true, aof: true, replicas: math.MaxInt}
	var runs []string
	err := eachNode(ctx, c, func(ctx context.Context, node redis.Cmdable) error {
		text, err := node.Info(ctx).Result()
		if err != nil {
			return err
		}
		info := parseInfo(text)
		p.busy = p.busy || info["aof_rewrite_in_progress"] == "1" || info["aof_rewrite_scheduled"] == "1"
		p.ok = p.ok && info["aof_last_bgrewrite_status"] == "ok" && info["aof_last_rewrite_time_sec"] != "-1"
		p.aof = p.aof && info["aof_enabled"] == "1"
		p.known = p.known && info["run_id"] != "" && info["aof_enabled"] != ""
		if n, err := strconv.Atoi(info["connected_slaves"]); err == nil && info["role"] == "master" {
			p.replicas = min(p.replicas, n) // a promise holds as far as it does for every part of a cluster
		}
		runs = append(runs, info["run_id"])
		return nil
	})
	if p.replicas == math.MaxInt {
		p.replicas = 0
	}
	sort.Strings(runs)
	p.run = strings.Join(runs, " ")
	return p, err
}

func parseInfo(text string) map[string]string {
	info := map[string]string{}
	for _, line := range strings.Split(text, "\n") {
		if k, val, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			info[k] = val
		}
	}
	return info
}

// eachNode visits one after the other every node that has a file: in a cluster
// replicas too, since each writes its own.
func eachNode(ctx context.Context, c redis.UniversalClient, visit func(context.Context, redis.Cmdable) error) error {
	cluster, ok := c.(*redis.ClusterClient)
	if !ok {
		return visit(ctx, c)
	}
	turn := make(chan struct{}, 1) // ForEachShard visits them all at once
	return cluster.ForEachShard(ctx, func(ctx context.Context, node *redis.Client) error {
		turn <- struct{}{}
		defer func() { <-turn }()
		return visit(ctx, node)
	})
}

func unknownCommand(err error) bool {
	return strings.Contains(strings.ToLower(err.Error()), "unknown command")
}
