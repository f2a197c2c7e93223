package board

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

// How long a link waits for its first tap, a browser stays bound, and a used link is remembered.
const (
	LinkFor    = 48 * time.Hour
	BrowserFor = 180 * 24 * time.Hour // from its last visit: a group that was silent for a season is not shut out
	usedFor    = 10 * time.Minute
)

// keyOf is where a key lies: under its hash, so that the store opens nothing by itself.
func keyOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return "{board}:key:" + hex.EncodeToString(sum[:])
}

// Holder is who a link or a browser belongs to.
type Holder struct {
	Group  string `json:"g"`
	Member string `json:"m"`
}

// NewLink makes a one-time link for a member. Who lost theirs gets another; the
// old one dies of itself.
func (s *Store) NewLink(ctx context.Context, group, member string) (string, error) {
	return s.LinkFor(ctx, group, member, LinkFor)
}

// LinkFor is NewLink that waits so long.
func (s *Store) LinkFor(ctx context.Context, group, member string, long time.Duration) (string, error) {
	g, err := s.Group(ctx, group)
	if err != nil {
		return "", err
	}
	if _, ok := g.Member(member); !ok {
		return "", ErrUnknown
	}
	secret := rand.Text()
	body, err := json.Marshal(Holder{group, member})
	if err == nil {
		err = s.rdb.Set(ctx, keyOf(secret), body, long).Err()
	}
	if err != nil {
		return "", fmt.Errorf("board: link: %w", err)
	}
	return secret, nil
}

// Redeem binds a browser by a link. The browser's secret is made before, so that
// a double tap binds once.
func (s *Store) Redeem(ctx context.Context, link, browser string) error {
	got, err := redeemMove.Run(ctx, s.rdb, []string{keyOf(link), keyOf(browser)}, keyOf(browser), BrowserFor.Milliseconds(), usedFor.Milliseconds()).Text()
	if err != nil {
		return fmt.Errorf("board: redeem: %w", err)
	}
	if got == "" {
		return ErrLink
	}
	return nil
}

// browserSecret is how long a browser's secret is at least.
const browserSecret = 40

// Browser tells who posts from a browser, as long as they are a member.
func (s *Store) Browser(ctx context.Context, secret string) (*Group, Member, error) {
	if len(secret) < browserSecret { // also keeps a link from being one: they lie side by side
		return nil, Member{}, ErrLink
	}
	body, err := s.rdb.GetEx(ctx, keyOf(secret), BrowserFor).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, Member{}, ErrLink
	}
	var h Holder
	if err == nil {
		err = json.Unmarshal(body, &h)
	}
	if err != nil {
		return nil, Member{}, ErrLink
	}
	g, err := s.Group(ctx, h.Group)
	if err != nil {
		return nil, Member{}, err
	}
	m, ok := g.Member(h.Member)
	if !ok || g.State == Recalled {
		return nil, Member{}, ErrLink
	}
	return g, m, nil
}

// Unbind forgets a browser.
func (s *Store) Unbind(ctx context.Context, secret string) error {
	if err := s.rdb.Del(ctx, keyOf(secret)).Err(); err != nil {
		return fmt.Errorf("board: unbind: %w", err)
	}
	return nil
}

// limit lets so many tries through in a stretch of time.
func (s *Store) limit(ctx context.Context, who string, n int, during time.Duration) error {
	ok, err := limitMove.Run(ctx, s.rdb, []string{"{board}:often:" + hashed(who)}, n, during.Milliseconds()).Bool()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("board: limit: %w", err)
	}
	if !ok {
		return ErrOften
	}
	return nil
}

// Limit is limit for the pages.
func (s *Store) Limit(ctx context.Context, who string, n int, during time.Duration) error {
	return s.limit(ctx, who, n, during)
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// SaveDraft keeps what somebody is writing for a week.
func (s *Store) SaveDraft(ctx context.Context, member string, draft any) error {
	body, err := json.Marshal(draft)
	if err == nil {
		err = s.rdb.Set(ctx, "{board}:draft:"+member, body, privacy.Keep[privacy.Drafts]).Err()
	}
	if err != nil {
		return fmt.Errorf("board: draft: %w", err)
	}
	return nil
}

// Draft reads it again; ErrUnknown if there is none.
func (s *Store) Draft(ctx context.Context, member string, into any) error {
	body, err := s.rdb.Get(ctx, "{board}:draft:"+member).Bytes()
	if errors.Is(err, redis.Nil) {
		return ErrUnknown
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return fmt.Errorf("board: draft: %w", err)
	}
	return nil
}

// DropDraft forgets it.
func (s *Store) DropDraft(ctx context.Context, member string) error {
	if err := s.rdb.Del(ctx, "{board}:draft:"+member).Err(); err != nil {
		return fmt.Errorf("board: draft: %w", err)
	}
	return nil
}

// SavePicture keeps a cleaned picture under its own hash.
func (s *Store) SavePicture(ctx context.Context, clean []byte) (string, error) {
	name := hashed(string(clean))
	if err := s.rdb.Set(ctx, pictureKey(name), clean, pictureFor).Err(); err != nil {
		return "", fmt.Errorf("board: picture: %w", err)
	}
	return name, nil
}

// pictureFor is how long a flyer stays: about as long as a verified place.
const pictureFor = 400 * 24 * time.Hour

// Picture gives a picture.
func (s *Store) Picture(ctx context.Context, name string) ([]byte, error) {
	b, err := s.rdb.Get(ctx, pictureKey(name)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("board: picture: %w", err)
	}
	return b, nil
}

// Count notes that something happened to a post (saved, visited, liked), once
// for each act, and not who did it.
func (s *Store) Count(ctx context.Context, act, post, what string, by int) error {
	if err := countMove.Run(ctx, s.rdb, []string{countsKey, actPrefix + act}, post+" "+what, by, actFor.Milliseconds()).Err(); err != nil {
		return fmt.Errorf("board: count: %w", err)
	}
	return nil
}

// fewest is the smallest count that is told: fewer could be pointed at.
const fewest = 10

// Counted tells a count, or that it is too small to be told.
func (s *Store) Counted(ctx context.Context, post, what string) (n int, told bool, err error) {
	n, err = s.rdb.HGet(ctx, countsKey, post+" "+what).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, false, fmt.Errorf("board: counted: %w", err)
	}
	if n < fewest {
		return 0, false, nil
	}
	return n, true, nil
}

func pictureKey(name string) string { return "{board}:picture:" + name }

// wrap says which work it was that failed.
func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("board: %s: %w", what, err)
	}
	return nil
}
