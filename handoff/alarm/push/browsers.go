package push

import (
	"cmp"
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
)

// WellKnown are the push services of the browsers in use. A dot in front stands for
// every host below.
var WellKnown = []string{
	"fcm.googleapis.com",                // Chrome, Edge on phones, Brave, Opera
	"updates.push.services.mozilla.com", // Firefox
	"web.push.apple.com",                // Safari
	".notify.windows.com",               // Edge
}

// Browser is one that somebody has switched on.
type Browser struct {
	ID      string    `json:"-"`
	Account string    `json:"-"`
	Lang    string    `json:"l"` // of what it shows
	Waiting bool      `json:"w"` // also when somebody waits
	From    int       `json:"f"` // quiet from this minute of the day …
	To      int       `json:"t"` // … to this one; the same: never quiet
	Since   time.Time `json:"s"`

	Endpoint string `json:"e"` // of its push service
	P256dh   string `json:"p"` // its public key, base64url
	Auth     string `json:"a"` // its secret, base64url
}

// most is how many browsers an account may have.
const most = 10

const dayMinutes = 24 * 60

// IDOf is how a browser stands in lists: its address, which lets one ring it, cannot be told from it.
func IDOf(endpoint string) string {
	sum := sha256.Sum256([]byte(endpoint))
	return hex.EncodeToString(sum[:8])
}

// Allowed says whether a push service may be called: over https and among hosts;
// over plain http only on this machine, named with its port.
func Allowed(endpoint string, hosts []string) bool {
	u, err := url.Parse(endpoint)
	if err != nil || u.User != nil || u.Hostname() == "" {
		return false
	}
	if ip := net.ParseIP(u.Hostname()); ip != nil || u.Scheme != "https" {
		return ip != nil && ip.IsLoopback() && slices.Contains(hosts, u.Host)
	}
	if p := u.Port(); p != "" && p != "443" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return slices.ContainsFunc(hosts, func(h string) bool {
		return host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h)
	})
}

func (b Browser) check(hosts []string) error {
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(b.P256dh, "="))
	if err != nil {
		return ErrBrowser
	}
	if _, err := ecdh.P256().NewPublicKey(key); err != nil {
		return ErrBrowser
	}
	secret, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(b.Auth, "="))
	if err != nil || len(secret) != 16 || len(b.Endpoint) > 2000 || b.From < 0 || b.To < 0 || b.From >= dayMinutes || b.To >= dayMinutes {
		return ErrBrowser
	}
	if !Allowed(b.Endpoint, hosts) {
		return ErrHost
	}
	return nil
}

// quiet says whether somebody wants no ring at t.
func (b Browser) quiet(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	if b.From <= b.To {
		return b.From <= m && m < b.To
	}
	return m >= b.From || m < b.To
}

// Put switches a browser on for an account, or changes how. One that somebody else
// had switched on before is theirs no longer: a browser rings for who sits at it.
func (s *Store) Put(ctx context.Context, account string, b Browser) error {
	if err := b.check(s.Hosts); err != nil {
		return err
	}
	id := IDOf(b.Endpoint)
	if b.Since.IsZero() {
		b.Since = s.Now()
	}
	sealed, err := s.seal(ctx, browsersKey+":"+id, b)
	if err != nil {
		return err
	}
	fits, err := putScript.Run(ctx, s.rdb, []string{browsersKey}, id, account, sealed, most).Bool()
	if err != nil {
		return fmt.Errorf("push: put: %w", err)
	}
	if !fits {
		return ErrMany
	}
	return nil
}

// Change sets when one of an account's browsers rings.
func (s *Store) Change(ctx context.Context, account, id string, waiting bool, from, to int) error {
	b, err := s.one(ctx, account, id)
	if err != nil {
		return err
	}
	b.Waiting, b.From, b.To = waiting, from, to
	return s.Put(ctx, account, b)
}

// Drop switches a browser of an account off.
func (s *Store) Drop(ctx context.Context, account, id string) error {
	if _, err := s.one(ctx, account, id); err != nil {
		return err
	}
	return s.drop(ctx, id)
}

func (s *Store) drop(ctx context.Context, id string) error {
	if err := s.rdb.HDel(ctx, browsersKey, id).Err(); err != nil {
		return fmt.Errorf("push: drop: %w", err)
	}
	return nil
}

func (s *Store) one(ctx context.Context, account, id string) (Browser, error) {
	mine, err := s.Of(ctx, account)
	if err != nil {
		return Browser{}, err
	}
	for _, b := range mine {
		if b.ID == id {
			return b, nil
		}
	}
	return Browser{}, ErrUnknown
}

// Of lists the browsers of an account, the oldest first.
func (s *Store) Of(ctx context.Context, account string) ([]Browser, error) {
	all, err := s.all(ctx)
	return slices.DeleteFunc(all, func(b Browser) bool { return b.Account != account }), err
}

func (s *Store) all(ctx context.Context) ([]Browser, error) {
	got, err := s.rdb.HGetAll(ctx, browsersKey).Result()
	if err != nil {
		return nil, fmt.Errorf("push: browsers: %w", err)
	}
	all := make([]Browser, 0, len(got))
	for id, value := range got {
		account, sealed, _ := strings.Cut(value, " ")
		b := Browser{}
		if err := s.open(ctx, browsersKey+":"+id, []byte(sealed), &b); err != nil {
			return nil, err
		}
		b.ID, b.Account = id, account
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b Browser) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}
