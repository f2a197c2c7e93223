package outbox

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/flows"
)

// The moves. Each file says what it needs and what it answers.
var (
	//go:embed lua/freeze.lua
	freezeLua string
	//go:embed lua/settle.lua
	settleLua string
	//go:embed lua/later.lua
	laterLua string
	//go:embed lua/head.lua
	headLua string
	//go:embed lua/done.lua
	doneLua string
	//go:embed lua/postpone.lua
	postponeLua string
	//go:embed lua/purge.lua
	purgeLua string
	//go:embed lua/resend.lua
	resendLua string

	freezeMove   = redis.NewScript(freezeLua)
	settleMove   = redis.NewScript(settleLua)
	laterMove    = redis.NewScript(laterLua)
	headMove     = redis.NewScript(headLua)
	doneMove     = redis.NewScript(doneLua)
	postponeMove = redis.NewScript(postponeLua)
	purgeMove    = redis.NewScript(purgeLua)
	resendMove   = redis.NewScript(resendLua)
)

// errReplicas means that the store has not copied a move to as many replicas as
// was promised. What depends on the move must not happen yet.
var errReplicas = errors.New("outbox: not copied to the replicas yet")

// copyWait is how long the replicas get to copy a move; less than a client waits for an answer.
const copyWait = 800 * time.Millisecond

// durable runs a move and, where replicas are promised, waits on the same
// connection until they have it.
func (o *Outbox) durable(ctx context.Context, s *redis.Script, keys []string, args ...any) (any, error) {
	if o.opt.Replicas <= 0 {
		return s.Run(ctx, o.rdb, keys, args...).Result()
	}
	node := redis.Cmdable(o.rdb)
	if cluster, ok := o.rdb.(*redis.ClusterClient); ok {
		master, err := cluster.MasterForKey(ctx, keys[0])
		if err != nil {
			return nil, err
		}
		node = master
	}
	got, copies, err := o.moveAndWait(ctx, node, s.EvalSha, keys, args)
	if redis.HasErrorPrefix(err, "NOSCRIPT") {
		got, copies, err = o.moveAndWait(ctx, node, s.Eval, keys, args)
	}
	if err == nil && copies < int64(o.opt.Replicas) {
		err = errReplicas
	}
	return got, err
}

type evaluate func(ctx context.Context, c redis.Scripter, keys []string, args ...any) *redis.Cmd

func (o *Outbox) moveAndWait(ctx context.Context, node redis.Cmdable, run evaluate, keys []string, args []any) (any, int64, error) {
	pipe := node.Pipeline()
	move := run(ctx, pipe, keys, args...)
	wait := redis.NewIntCmd(ctx, "wait", o.opt.Replicas, copyWait.Milliseconds())
	_ = pipe.Process(ctx, wait)
	_, _ = pipe.Exec(ctx) // each command carries its own error
	if err := move.Err(); err != nil {
		return nil, 0, err
	}
	return move.Val(), wait.Val(), wait.Err()
}

// frozen is an envelope as the store has it, or why there is none.
type frozen struct {
	state  string // stolen, idle, wait, gather, refuse, open
	id     string
	via    string
	try    int
	first  int64 // unix ms when it was frozen
	token  string
	failed int // tries in a row that were certainly not accepted, before this envelope
	why    string
	blobs  []string
}

func (o *Outbox) freeze(ctx context.Context, lease inbox.Lease, p flows.PersonID) (frozen, error) {
	now := o.now()
	got, err := o.durable(ctx, freezeMove,
		[]string{
			leaseKey(lease.Lane), envKey(p), QueueKey(ToLINE, p), ParcelsKey(p), TokenKey(p), personKey(p), DueKey(lease.Lane, ToLINE),
		},
		lease.Value, string(p), now.UnixMilli(), maxObjects, tokenTrust.Milliseconds(), stale.Milliseconds(),
		o.gate.pushesFrom(now), bit(o.opt.NudgeHours(now)), nudgeLate.Milliseconds(), o.budget.begin(now))
	f, err := readFrozen(got, err)
	if f.state != "open" || f.via != viaPush || f.try != 1 {
		o.budget.undo()
	}
	return f, err
}

func readFrozen(got any, err error) (frozen, error) {
	if err != nil && !errors.Is(err, errReplicas) {
		return frozen{}, fmt.Errorf("outbox: freeze: %w", err)
	}
	list := texts(got)
	if len(list) == 0 {
		return frozen{}, fmt.Errorf("outbox: freeze: unexpected answer %T", got)
	}
	f := frozen{state: list[0]}
	switch {
	case f.state == "wait" && len(list) == 3:
		f.first, _ = strconv.ParseInt(list[1], 10, 64)
		f.why = list[2]
	case f.state == "refuse" && len(list) == 3:
		f.why, f.blobs = list[1], list[2:]
	case f.state == "open" && len(list) >= 7:
		f.id, f.via, f.token, f.blobs = list[1], list[2], list[5], list[7:]
		f.try, _ = strconv.Atoi(list[3])
		f.first, _ = strconv.ParseInt(list[4], 10, 64)
		f.failed, _ = strconv.Atoi(list[6])
	}
	return f, err
}

// move is what settle does with one parcel.
type move struct {
	parcel  Parcel
	verdict string // accepted, failed, quiet, deleted, again
	more    string // see settle.lua
}

func (o *Outbox) settle(ctx context.Context, lease inbox.Lease, p flows.PersonID, f frozen, moves []move, notes []Parcel) (left int64, err error) {
	args := []any{lease.Value, string(p), o.now().UnixMilli(), f.id, f.try, len(moves)}
	for _, m := range moves {
		args = append(args, m.parcel.ID, m.parcel.events(), m.verdict, m.more)
	}
	args = append(args, len(notes))
	for _, n := range notes {
		blob, err := n.Encode()
		if err != nil {
			return 0, fmt.Errorf("outbox: settle: %w", err)
		}
		args = append(args, n.ID, blob)
	}
	got, err := settleMove.Run(ctx, o.rdb, []string{
		leaseKey(lease.Lane), envKey(p), QueueKey(ToLINE, p), ParcelsKey(p), DueKey(lease.Lane, ToLINE),
		owedKey(p), ledgerKey(lease.Lane), LettersKey(lease.Lane), QueueKey(ToDesk, p), DueKey(lease.Lane, ToDesk),
	}, args...).Int64Slice()
	switch {
	case err != nil:
		return 0, fmt.Errorf("outbox: settle: %w", err)
	case len(got) != 2:
		return 0, errStolen
	}
	return got[1], nil
}

// later puts the next try off. back is the reply token to give back, if any.
func (o *Outbox) later(ctx context.Context, lease inbox.Lease, p flows.PersonID, f frozen, r ruling, wait time.Duration, back string, alone int) error {
	how := "apart"
	if r == keep {
		how = "keep"
	}
	now := o.now()
	ok, err := laterMove.Run(ctx, o.rdb,
		[]string{leaseKey(lease.Lane), envKey(p), DueKey(lease.Lane, ToLINE), TokenKey(p)},
		lease.Value, string(p), now.UnixMilli(), f.id, f.try, now.Add(wait).UnixMilli(), how, back,
		tokenTrust.Milliseconds(), alone).Bool()
	switch {
	case err != nil && !errors.Is(err, redis.Nil):
		return fmt.Errorf("outbox: later: %w", err)
	case !ok:
		return errStolen
	}
	return nil
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// texts reads a script's list of strings.
func texts(v any) []string {
	list, _ := v.([]any)
	out := make([]string, len(list))
	for i, x := range list {
		out[i], _ = x.(string)
	}
	return out
}
