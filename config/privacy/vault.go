package privacy

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/gather"
)

var (
	//go:embed lua/make.lua
	makeLua string
	//go:embed lua/shred.lua
	shredLua string
	//go:embed lua/rewrap.lua
	rewrapLua string

	makeMove   = redis.NewScript(makeLua)
	shredMove  = redis.NewScript(shredLua)
	rewrapMove = redis.NewScript(rewrapLua)
)

// dayCache is how long a process may use a day's key without asking the store.
// No other key is ever kept: another process may destroy it at any moment.
const dayCache = time.Minute

// Vault seals and opens. Any number of processes may have one on the same stores.
type Vault struct {
	keys   redis.UniversalClient // the key store
	trips  *gather.Trips         // to the key store, for what turns ask of it
	main   redis.UniversalClient // everything else; may be the same
	master Master
	index  func() []byte    // key behind Blind; behind a func so that no %+v prints it
	blinds sync.Pool        // of hash.Hash keyed with it: keying costs as much as hashing
	now    func() time.Time // for cache and lists; tests set it
	file   *listFile        // nil unless [Vault.ListShredsIn]

	mu    sync.Mutex
	days  map[Owner]cachedDay
	old   int64     // keys under an older master key, when last counted
	oldAt time.Time // zero = not counted
}

type cachedDay struct {
	aead  func() cipher.AEAD // behind a func so that no %+v prints the key in it
	until time.Time
}

// Open makes the index key if this is the very first start, refuses a wrong master
// key or a key store of other data, and destroys again what a restored backup or a
// fail-over brought back. Both clients may be the same.
func Open(ctx context.Context, keys, main redis.UniversalClient, m Master) (*Vault, error) {
	if !m.Set() {
		return nil, fmt.Errorf("privacy: open: no master key: %w", ErrWrongMaster)
	}
	v := vaultOf(keys, main, m)
	if err := v.openIndex(ctx); err != nil {
		return nil, fmt.Errorf("privacy: open: %w", err)
	}
	if _, err := v.Reapply(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

// vaultOf is a vault that has not been checked yet.
func vaultOf(keys, main redis.UniversalClient, m Master) *Vault {
	return &Vault{keys: keys, trips: gather.New(keys), main: main, master: m, now: time.Now, days: map[Owner]cachedDay{}}
}

func (v *Vault) openIndex(ctx context.Context) error {
	mark, err := v.main.Get(ctx, markKey).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	made, err := v.keys.HExists(ctx, ownerKey(indexOwner), "k").Result()
	if err != nil {
		return err
	}
	if mark != "" && !made {
		return fmt.Errorf("the key store is empty: %w", ErrKeysLost)
	}
	got, err := v.fetch(ctx, []wanted{{owner: indexOwner, create: true}})
	if err != nil {
		return err
	}
	if got[0].err != nil {
		return got[0].err
	}
	secret := derive(got[0].key, nil, indexInfo, keySize)
	v.index = func() []byte { return secret }
	return v.agreeOnIndex(ctx)
}

// agreeOnIndex marks the main store with a fingerprint of the index key, so that a
// key store of other data is noticed before it does harm.
func (v *Vault) agreeOnIndex(ctx context.Context) error {
	mine := string(v.Blind("mark"))
	if err := v.main.SetNX(ctx, markKey, mine, 0).Err(); err != nil {
		return err
	}
	theirs, err := v.main.Get(ctx, markKey).Result()
	if err != nil {
		return err
	}
	if theirs != mine {
		return fmt.Errorf("the key store is of other data: %w", ErrKeysLost)
	}
	return nil
}

// Blind is the name under which a LINE id is found again. Without the index key
// nobody can tell which id it was, not even by trying all of them.
func (v *Vault) Blind(id string) Blind {
	mac, _ := v.blinds.Get().(hash.Hash)
	if mac == nil {
		mac = hmac.New(sha256.New, v.index())
	}
	defer v.blinds.Put(mac)
	mac.Reset()
	_, _ = io.WriteString(mac, id)
	var sum [sha256.Size]byte
	return Blind(hex.EncodeToString(mac.Sum(sum[:0])[:18]))
}
