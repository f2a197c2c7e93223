// Package own keeps what each person who works here has said of being reached: the
// hours in which neither a browser nor a mail nor a sound may, and an address for
// mail about what they are asked. It is sealed: an address is nobody else's.
package own

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

// Keys share the desk's slot.
const (
	reachKey = "{desk}:own"      // HASH account → what they said, sealed
	toldKey  = "{desk}:own:told" // ZSET what somebody was written to about → unix ms
)

// toldFor is how long we remember what we wrote about.
const toldFor = 30 * 24 * time.Hour

const dayMinutes = 24 * 60

// What a person's wish is refused with.
var (
	ErrTime = errors.New("own: these are no hours of a day")
	ErrMail = errors.New("own: this is no address for mail")
)

// Reach is what one person has said.
type Reach struct {
	From int    `json:"f,omitempty"` // quiet from this minute of the day …
	To   int    `json:"t,omitempty"` // … to this one; the same: never quiet
	Mail string `json:"m,omitempty"` // "" = no mail
}

// Quiet says whether nothing may reach them at t, in the zone of the house.
func (r Reach) Quiet(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	if r.From <= r.To {
		return r.From <= m && m < r.To
	}
	return m >= r.From || m < r.To
}

// Check says whether it can be meant.
func (r Reach) Check() error {
	if r.From < 0 || r.To < 0 || r.From >= dayMinutes || r.To >= dayMinutes {
		return ErrTime
	}
	if r.Mail == "" {
		return nil
	}
	if a, err := mail.ParseAddress(r.Mail); err != nil || a.Address != r.Mail || len(r.Mail) > 200 || strings.ContainsAny(r.Mail, "\r\n") {
		return ErrMail
	}
	return nil
}

// Vault seals what people said.
type Vault interface {
	Seal(ctx context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error)
}

// Store keeps it.
type Store struct {
	rdb   redis.UniversalClient
	vault Vault
	zone  func() *time.Location
	now   func() time.Time
}

// New keeps what people said in rdb; zone is the one of the house.
func New(rdb redis.UniversalClient, vault Vault, zone func() *time.Location, now func() time.Time) *Store {
	return &Store{rdb: rdb, vault: vault, zone: zone, now: now}
}

// Of is what one person has said; the zero value: nothing.
func (s *Store) Of(ctx context.Context, account string) (Reach, error) {
	sealed, err := s.rdb.HGet(ctx, reachKey, account).Bytes()
	if errors.Is(err, redis.Nil) {
		return Reach{}, nil
	}
	if err != nil {
		return Reach{}, fmt.Errorf("own: read: %w", err)
	}
	return s.open(ctx, account, sealed)
}

func (s *Store) open(ctx context.Context, account string, sealed []byte) (r Reach, err error) {
	plain, err := s.vault.Open(ctx, privacy.Staff, reachKey+":"+account, sealed)
	if err != nil {
		return r, fmt.Errorf("own: open: %w", err)
	}
	if json.Unmarshal(plain, &r) != nil {
		return Reach{}, errors.New("own: what was sealed cannot be read")
	}
	return r, nil
}

// Set replaces what a person has said.
func (s *Store) Set(ctx context.Context, account string, r Reach) error {
	if err := r.Check(); err != nil {
		return err
	}
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("own: set: %w", err)
	}
	sealed, err := s.vault.Seal(ctx, privacy.Staff, reachKey+":"+account, plain)
	if err != nil {
		return fmt.Errorf("own: set: %w", err)
	}
	if err := s.rdb.HSet(ctx, reachKey, account, sealed).Err(); err != nil {
		return fmt.Errorf("own: set: %w", err)
	}
	return nil
}

// All is what everybody has said. What cannot be opened is as if nothing had been
// said: rather a call too many than none.
func (s *Store) All(ctx context.Context) (map[string]Reach, error) {
	got, err := s.rdb.HGetAll(ctx, reachKey).Result()
	if err != nil {
		return nil, fmt.Errorf("own: read: %w", err)
	}
	all := map[string]Reach{}
	for account, sealed := range got {
		if r, err := s.open(ctx, account, []byte(sealed)); err == nil {
			all[account] = r
		}
	}
	return all, nil
}

// QuietAccount gives who may not be reached now, by account; a store that does not
// answer silences nobody.
func (s *Store) QuietAccount(ctx context.Context) func(account string) bool {
	all, now := s.everybody(ctx)
	return func(account string) bool { return all[account].Quiet(now) }
}

// QuietAddress is the same by address: one that is nobody's own is never quiet.
func (s *Store) QuietAddress(ctx context.Context) func(address string) bool {
	all, now := s.everybody(ctx)
	return func(address string) bool {
		for _, r := range all {
			if r.Mail != "" && strings.EqualFold(r.Mail, address) {
				return r.Quiet(now)
			}
		}
		return false
	}
}

func (s *Store) everybody(ctx context.Context) (map[string]Reach, time.Time) {
	all, err := s.All(ctx)
	if err != nil {
		all = nil
	}
	return all, s.now().In(s.zone())
}

// Once does something about one thing at most once, however many processes try, and
// again after a failure. Who dies in the middle has it not done: a page shows it too.
func (s *Store) Once(ctx context.Context, what string, do func() error) error {
	now := s.now()
	first, err := s.rdb.ZAddNX(ctx, toldKey, redis.Z{Score: float64(now.UnixMilli()), Member: what}).Result()
	if err != nil || first == 0 {
		return wrap(err)
	}
	if err := do(); err != nil {
		return errors.Join(err, wrap(s.rdb.ZRem(context.WithoutCancel(ctx), toldKey, what).Err()))
	}
	before := fmt.Sprint(now.Add(-toldFor).UnixMilli())
	return wrap(s.rdb.ZRemRangeByScore(ctx, toldKey, "-inf", before).Err())
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("own: told: %w", err)
}
