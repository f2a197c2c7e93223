package privacy

import (
	"context"
	"crypto/cipher"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// wanted is what one owner's items need.
type wanted struct {
	owner  Owner
	texts  []string
	create bool // make what is missing, unless it was shredded
}

// keyring is what the store said: the owner's key in clear and the texts' secrets.
type keyring struct {
	key     []byte
	day     cipher.AEAD       // made of key already; only of a day
	secrets map[string][]byte // empty = destroyed or never made
	err     error             // ErrShredded, ErrWrongMaster, ErrBroken
}

// fetch asks for the keys of all owners in one round trip.
func (v *Vault) fetch(ctx context.Context, want []wanted) ([]keyring, error) {
	got := make([]keyring, len(want))
	var ask []int
	for i, w := range want {
		if day, ok := v.cachedDay(w); ok {
			got[i] = keyring{day: day}
			continue
		}
		ask = append(ask, i)
	}
	if len(ask) == 0 {
		return got, nil
	}
	read := v.read
	if want[ask[0]].create {
		read = v.create
	}
	if err := read(ctx, want, got, ask); err != nil {
		return nil, err
	}
	for _, i := range ask {
		v.cacheDay(want[i], &got[i])
	}
	return got, nil
}

// read takes what is there.
func (v *Vault) read(ctx context.Context, want []wanted, got []keyring, ask []int) error {
	cmds := make([]*redis.SliceCmd, len(want))
	err := v.trips.Do(ctx, func(pipe redis.Pipeliner) {
		for _, i := range ask {
			fields := []string{"k"}
			for _, text := range want[i].texts {
				fields = append(fields, "t:"+text)
			}
			cmds[i] = pipe.HMGet(ctx, ownerKey(want[i].owner), fields...)
		}
	})
	if err != nil {
		return fmt.Errorf("key store: %w", err)
	}
	for _, i := range ask {
		if err := cmds[i].Err(); err != nil {
			return fmt.Errorf("key store: %w", err)
		}
		got[i] = v.keyring(want[i], cmds[i].Val())
	}
	return nil
}

// create takes what is there and makes the rest. The candidates are drawn before the
// store is asked, so that a new text costs no second round trip.
func (v *Vault) create(ctx context.Context, want []wanted, got []keyring, ask []int) error {
	now := v.now().UnixMilli()
	calls := make([]call, 0, len(ask))
	for _, i := range ask {
		o := want[i].owner
		args := []any{string(o), v.master.wrap(o, random(keySize)), now}
		for _, text := range want[i].texts {
			args = append(args, text, random(keySize))
		}
		calls = append(calls, call{
			keys: []string{ownerKey(o), shredsKey(o.slot()), ownersKey(o.slot())},
			args: args,
		})
	}
	answers, err := runAll(ctx, v.trips.Do, makeMove, calls)
	if err != nil {
		return fmt.Errorf("key store: %w", err)
	}
	for n, i := range ask {
		values, _ := answers[n].([]any)
		got[i] = v.keyring(want[i], values)
	}
	return nil
}

// keyring reads an answer of either kind: the wrapped key, then the secrets in order.
func (v *Vault) keyring(w wanted, values []any) keyring {
	if len(values) != 1+len(w.texts) || values[0] == nil {
		return keyring{err: ErrShredded}
	}
	blob, _ := values[0].(string)
	key, err := v.master.unwrap(w.owner, []byte(blob))
	if err != nil {
		return keyring{err: err}
	}
	secrets := make(map[string][]byte, len(w.texts))
	for i, text := range w.texts {
		secret, _ := values[1+i].(string)
		secrets[text] = []byte(secret)
	}
	return keyring{key: key, secrets: secrets}
}

func (v *Vault) cachedDay(w wanted) (cipher.AEAD, bool) {
	if _, day := w.owner.IsDay(); !day || len(w.texts) > 0 {
		return nil, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ok := v.days[w.owner]
	if !ok || !v.now().Before(c.until) {
		return nil, false
	}
	return c.aead(), true
}

func (v *Vault) cacheDay(w wanted, got *keyring) {
	if _, day := w.owner.IsDay(); !day || got.err != nil {
		return
	}
	got.day = got.whole()
	aead := got.day
	now := v.now()
	v.mu.Lock()
	defer v.mu.Unlock()
	for o, c := range v.days {
		if !now.Before(c.until) {
			delete(v.days, o)
		}
	}
	v.days[w.owner] = cachedDay{aead: func() cipher.AEAD { return aead }, until: now.Add(dayCache)}
}

func (v *Vault) dropDay(o Owner) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.days, o)
}

// call is one run of a script.
type call struct {
	keys []string
	args []any
}

// trip makes one round trip of what is put into it; each command carries its own error.
type trip func(ctx context.Context, put func(redis.Pipeliner)) error

// alone is a trip that nobody shares.
func alone(c redis.UniversalClient) trip {
	return func(ctx context.Context, put func(redis.Pipeliner)) error {
		pipe := c.Pipeline()
		put(pipe)
		_, _ = pipe.Exec(ctx)
		return nil
	}
}

// runAll runs a script many times in one round trip, and once more with its text
// where a node does not know it yet. All our scripts may run twice.
func runAll(ctx context.Context, trip trip, s *redis.Script, calls []call) ([]any, error) {
	answers := make([]any, len(calls))
	todo := make([]int, len(calls))
	for i := range calls {
		todo[i] = i
	}
	for _, whole := range []bool{false, true} {
		cmds := make([]*redis.Cmd, len(calls))
		err := trip(ctx, func(pipe redis.Pipeliner) {
			for _, i := range todo {
				if whole {
					cmds[i] = s.Eval(ctx, pipe, calls[i].keys, calls[i].args...)
				} else {
					cmds[i] = s.EvalSha(ctx, pipe, calls[i].keys, calls[i].args...)
				}
			}
		})
		if err != nil {
			return nil, err
		}
		var unknown []int
		for _, i := range todo {
			answer, err := cmds[i].Result()
			switch {
			case err == nil:
				answers[i] = answer
			case redis.HasErrorPrefix(err, "NOSCRIPT") && !whole:
				unknown = append(unknown, i)
			default:
				return nil, err
			}
		}
		if todo = unknown; len(todo) == 0 {
			break
		}
	}
	return answers, nil
}
