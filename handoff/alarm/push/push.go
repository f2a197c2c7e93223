// Package push rings the browsers of those who work here: by web push (RFC 8030,
// 8291, 8292), for alarms and, if somebody likes, for people who wait.
//
// What is sent says that there is something to look at and nothing more, and it is
// sealed for the browser: the push service in between reads neither. Which push
// services may be called at all is the operator's decision ([Allowed]); a browser
// that names another is not taken on.
package push

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/SherClockHolmes/webpush-go"
	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

var (
	//go:embed lua/put.lua
	putLua string
	//go:embed lua/told.lua
	toldLua string

	putScript  = redis.NewScript(putLua)
	toldScript = redis.NewScript(toldLua)
)

// Keys of the browsers. All share the desk's slot.
const (
	vapidKey    = "{desk}:push:vapid"    // STRING our key pair, sealed; made once
	browsersKey = "{desk}:push:browsers" // HASH browser → account, a space, the rest sealed
	toldKey     = "{desk}:push:told"     // ZSET who waits and was told of → unix ms
)

// What a browser is refused with.
var (
	ErrHost    = errors.New("push: this push service is not among those that may be called")
	ErrBrowser = errors.New("push: this is no subscription of a browser")
	ErrMany    = errors.New("push: this account has as many browsers as it may have")
	ErrUnknown = errors.New("push: no such browser")
)

// Vault seals what would let somebody else ring, or tell whose browser it is.
type Vault interface {
	Seal(ctx context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error)
}

// Options say who is rung and what may be called.
type Options struct {
	Hosts   []string                                // see [Allowed]
	Subject string                                  // where a push service finds us: https://… or an address
	May     func(context.Context) ([]string, error) // accounts that may know of alarms at all
	On      func(account string, at time.Time) bool // who is on shift
	Zone    func() *time.Location                   // of quiet hours
	Quiet   func(context.Context) func(string) bool // accounts that nothing may reach now; nil = none
	Must    func(time.Time) bool                    // a cry for help must reach somebody now, quiet or not; nil = never
	Now     func() time.Time                        //
	Client  *http.Client                            // nil = one that follows no redirect
	Log     *slog.Logger                            //
}

// Store keeps browsers and rings them.
type Store struct {
	rdb   redis.UniversalClient
	vault Vault
	Options
}

// New keeps browsers in rdb.
func New(rdb redis.UniversalClient, vault Vault, o Options) *Store {
	if o.Client == nil {
		o.Client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Store{rdb: rdb, vault: vault, Options: o}
}

// pair is how we prove to a push service that it is always the same house that rings.
type pair struct{ Public, Private string }

// Key is what a browser needs to take pushes from this house and no other.
func (s *Store) Key(ctx context.Context) (string, error) {
	p, err := s.pair(ctx)
	return p.Public, err
}

// pair reads our key pair, or makes it. Of several processes that make one at the
// same time, one is first and all use hers.
func (s *Store) pair(ctx context.Context) (p pair, err error) {
	sealed, err := s.rdb.Get(ctx, vapidKey).Bytes()
	if errors.Is(err, redis.Nil) {
		if p.Private, p.Public, err = webpush.GenerateVAPIDKeys(); err != nil {
			return p, fmt.Errorf("push: make keys: %w", err)
		}
		if sealed, err = s.seal(ctx, vapidKey, p); err != nil {
			return p, err
		}
		if err = s.rdb.SetNX(ctx, vapidKey, sealed, 0).Err(); err != nil {
			return p, fmt.Errorf("push: keys: %w", err)
		}
		sealed, err = s.rdb.Get(ctx, vapidKey).Bytes()
	}
	if err != nil {
		return p, fmt.Errorf("push: keys: %w", err)
	}
	return p, s.open(ctx, vapidKey, sealed, &p)
}

func (s *Store) seal(ctx context.Context, name string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("push: seal: %w", err)
	}
	sealed, err := s.vault.Seal(ctx, privacy.Staff, name, plain)
	if err != nil {
		return nil, fmt.Errorf("push: seal: %w", err)
	}
	return sealed, nil
}

func (s *Store) open(ctx context.Context, name string, sealed []byte, into any) error {
	plain, err := s.vault.Open(ctx, privacy.Staff, name, sealed)
	if err != nil {
		return fmt.Errorf("push: open: %w", err)
	}
	if err := json.Unmarshal(plain, into); err != nil {
		return errors.New("push: open: what was sealed cannot be read")
	}
	return nil
}
