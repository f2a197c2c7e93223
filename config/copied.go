package config

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
)

// copyTime is what the replicas get to copy a write; less than a client waits for an answer.
const copyTime = 800 * time.Millisecond

// errUncopied means that a write happened and is not on as many replicas as were
// promised: a fail-over may forget it. Whoever asked for it asks again.
type errUncopied struct{}

func (errUncopied) Error() string { return "UNCOPIED the replicas do not have it yet" }

// RedisError makes it an answer of the store, which will be another one later.
func (errUncopied) RedisError() {}

// OpenCopied is [OpenRedis] with a client whose writes count only when that many
// replicas have them too (WAIT, on the connection that wrote): for claims, keys and
// their destruction, and whatever else nobody would do again by themselves.
func OpenCopied(address string, copies int) (redis.UniversalClient, error) {
	return open(address, ioTimeout, func(opt *redis.Options) *redis.Client {
		return copying(redis.NewClient(opt), copies)
	}, copies)
}

func copying(c *redis.Client, copies int) *redis.Client {
	c.AddHook(waiter{client: c, copies: copies})
	return c
}

// waiter puts a WAIT behind every write that leaves on one connection.
type waiter struct {
	client *redis.Client
	copies int
}

// DialHook changes nothing.
func (waiter) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook makes a single write a pipeline, so that the WAIT has its connection.
func (w waiter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if !writes(cmd) {
			return next(ctx, cmd)
		}
		pipe := w.client.Pipeline()
		_ = pipe.Process(ctx, cmd)
		_, _ = pipe.Exec(ctx) // the command carries its own error
		return cmd.Err()
	}
}

// ProcessPipelineHook adds the WAIT and lets the writes fail that it does not cover.
func (w waiter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if !slices.ContainsFunc(cmds, writes) || cmds[0].Name() == "multi" {
			return next(ctx, cmds)
		}
		wait := redis.NewIntCmd(ctx, "wait", w.copies, copyTime.Milliseconds())
		err := next(ctx, append(slices.Clone(cmds), wait))
		if wait.Err() == nil && wait.Val() >= int64(w.copies) {
			return err
		}
		for _, cmd := range cmds {
			if writes(cmd) && cmd.Err() == nil {
				cmd.SetErr(errUncopied{})
			}
		}
		if err == nil {
			err = errUncopied{}
		}
		return err
	}
}

// writes knows the commands that such clients write with: moves, and the few that
// need none.
func writes(cmd redis.Cmder) bool {
	switch cmd.Name() {
	case "eval", "evalsha", "zadd", "set", "setnx", "hset", "hdel", "zrem":
		return true
	}
	return false
}
