package board

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
)

//go:embed lua/*.lua
var scripts embed.FS

func script(name string) *redis.Script {
	src, err := scripts.ReadFile("lua/" + name + ".lua")
	if err != nil {
		panic(err) // embedded: a build without it does not exist
	}
	return redis.NewScript(string(src))
}

var writeMove, redeemMove, limitMove, countMove, questionMove, letterMove = script("write"), script("redeem"), script("limit"), script("count"), script("question"), script("letter")

const (
	docsKey    = "{board}:docs"
	movedKey   = "{board}:moved"
	versionKey = "{board}:version"
	countsKey  = "{board}:counts"
	actPrefix  = "{board}:act:"
)

// acts are remembered as long as somebody may send them again.
const actFor = 72 * time.Hour

// Ids in the one hash: what kind of document it is stands before the name.
func groupDoc(id string) string  { return "g:" + id }
func postDoc(id string) string   { return "p:" + id }
func inviteDoc(id string) string { return "i:" + id }

// Vault seals the contact of a group; *privacy.Vault is one.
type Vault interface {
	Seal(ctx context.Context, o privacy.Owner, aad string, plain []byte) ([]byte, error)
	Open(ctx context.Context, o privacy.Owner, aad string, sealed []byte) ([]byte, error)
	Blind(id string) privacy.Blind
}

// Store keeps groups and posts. It is safe for concurrent use.
type Store struct {
	rdb   redis.UniversalClient
	vault Vault
	now   func() time.Time
}

// New opens the board in a store.
func New(rdb redis.UniversalClient, vault Vault, now func() time.Time) *Store {
	return &Store{rdb: rdb, vault: vault, now: now}
}

// NewID is a name that nobody can guess.
func NewID() string { return strings.ToLower(rand.Text()[:16]) }

// document is anything that is written with the change that was seen.
type document struct {
	id   string
	seen int64
	body any
}

// write writes documents together; done says that the act was done before.
func (s *Store) write(ctx context.Context, act string, docs ...document) (n int64, done bool, err error) {
	args := []any{actFor.Milliseconds()}
	for _, d := range docs {
		body, err := json.Marshal(d.body)
		if err != nil {
			return 0, false, fmt.Errorf("board: write: %w", err)
		}
		args = append(args, d.id, d.seen, body)
	}
	n, err = writeMove.Run(ctx, s.rdb, []string{docsKey, movedKey, versionKey, actPrefix + act}, args...).Int64()
	switch {
	case err != nil:
		return 0, false, fmt.Errorf("board: write: %w", err)
	case n == 0:
		return 0, true, nil
	case n < 0:
		return 0, false, ErrEdited
	}
	return n, false, nil
}

// read reads one document with the change that wrote it. The change is read
// first: if a writer comes between, it is too old and the write will fail, which is safe.
func (s *Store) read(ctx context.Context, id string, into any) (int64, error) {
	rev, err := s.rdb.ZScore(ctx, movedKey, id).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("board: read: %w", err)
	}
	body, err := s.rdb.HGet(ctx, docsKey, id).Bytes()
	if errors.Is(err, redis.Nil) {
		return 0, ErrUnknown
	}
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	if err != nil {
		return 0, fmt.Errorf("board: read: %w", err)
	}
	return int64(rev), nil
}

// Group reads a group.
func (s *Store) Group(ctx context.Context, id string) (*Group, error) {
	g := &Group{}
	rev, err := s.read(ctx, groupDoc(id), g)
	if err != nil {
		return nil, err
	}
	g.rev = rev
	return g, nil
}

// Post reads a post.
func (s *Store) Post(ctx context.Context, id string) (*Post, error) {
	p := &Post{}
	rev, err := s.read(ctx, postDoc(id), p)
	if err != nil {
		return nil, err
	}
	p.rev = rev
	return p, nil
}

// tries is how often a decision is made anew when somebody was quicker. Whoever
// changes the same group so often at once is no person.
const tries = 8

// again decides and writes until nobody was quicker in between.
func again(do func() error) error {
	err := do()
	for n := 1; n < tries && errors.Is(err, ErrEdited); n++ {
		err = do()
	}
	return err
}

// changeGroup reads a group, lets change decide, and writes it.
func (s *Store) changeGroup(ctx context.Context, act, id string, change func(g *Group) error) (g *Group, err error) {
	err = again(func() error {
		if g, err = s.Group(ctx, id); err != nil {
			return err
		}
		if err := change(g); err != nil {
			return s.unless(ctx, act, err)
		}
		n, done, err := s.write(ctx, act, document{groupDoc(id), g.rev, g})
		if done {
			g, err = s.Group(ctx, id)
			return err
		}
		g.rev = n
		return err
	})
	return g, err
}

// unless forgives a refusal when the act was done before: then it stands in its own way.
func (s *Store) unless(ctx context.Context, act string, refused error) error {
	n, err := s.rdb.Exists(ctx, actPrefix+act).Result()
	if err != nil {
		return fmt.Errorf("board: act: %w", err)
	}
	if n == 1 {
		return nil
	}
	return refused
}
