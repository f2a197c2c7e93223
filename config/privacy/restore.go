package privacy

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/redis/go-redis/v9"
)

// Stamp begins the authentication of a file that leaves the stores, and names the
// master key that does it.
func (m Master) Stamp() (id string, mac hash.Hash) {
	k := m.keys()[0]
	return hex.EncodeToString(k.id[:]), hmac.New(sha256.New, k.stamp)
}

// StampOf is [Master.Stamp] by the key of that name; ErrWrongMaster if it is not
// among ours.
func (m Master) StampOf(id string) (hash.Hash, error) {
	for _, k := range m.keys() {
		if hex.EncodeToString(k.id[:]) == id {
			return hmac.New(sha256.New, k.stamp), nil
		}
	}
	return nil, ErrWrongMaster
}

// Mark is the fingerprint of the index key that a main store was built with; "" if
// there is no house in it.
func Mark(ctx context.Context, main redis.UniversalClient) (string, error) {
	mark, err := main.Get(ctx, markKey).Result()
	if err != nil && err != redis.Nil {
		return "", fmt.Errorf("privacy: mark: %w", err)
	}
	return mark, nil
}

// Belongs says, without changing anything, whether a key store is the one of the main
// store with this mark: before a restore, that is, while there is no main store yet.
func Belongs(ctx context.Context, keys redis.UniversalClient, m Master, mark string) error {
	v := vaultOf(keys, nil, m)
	got, err := v.fetch(ctx, []wanted{{owner: indexOwner}})
	if err != nil {
		return fmt.Errorf("privacy: belongs: %w", err)
	}
	switch err := got[0].err; err {
	case nil:
	case ErrShredded:
		return fmt.Errorf("the key store is empty: %w", ErrKeysLost)
	default:
		return err
	}
	secret := derive(got[0].key, nil, indexInfo, keySize)
	v.index = func() []byte { return secret }
	if string(v.Blind("mark")) != mark {
		return fmt.Errorf("the key store is of other data: %w", ErrKeysLost)
	}
	return nil
}

// Holds says whether a store has keys in it: those of this or of an earlier setting.
func Holds(ctx context.Context, main redis.UniversalClient) (bool, error) {
	n, err := main.Exists(ctx, ownerKey(indexOwner)).Result()
	if err != nil {
		return false, fmt.Errorf("privacy: look for keys: %w", err)
	}
	return n > 0, nil
}

// HoldsKey says whether a key of a store is somebody's key, which a backup of the
// data must not hold.
func HoldsKey(name string) bool {
	return strings.HasPrefix(name, "{k-") && strings.Contains(name, "}:owner:")
}

// Shredded lists the persons on the list of shreds, by the ids that [Person] was given.
func (v *Vault) Shredded(ctx context.Context) (persons []string, err error) {
	for _, slot := range slots() {
		lines, err := list(ctx, v.main, slot)
		if err != nil {
			return nil, fmt.Errorf("privacy: list of shreds: %w", err)
		}
		for _, z := range lines {
			o, text := splitShredded(z.Member.(string))
			if id, ok := strings.CutPrefix(string(o), string(Person(""))); ok && text == "" {
				persons = append(persons, id)
			}
		}
	}
	return persons, nil
}
