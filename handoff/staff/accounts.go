package staff

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/handoff/book"
)

var (
	//go:embed lua/add.lua
	addLua string
	//go:embed lua/lock.lua
	lockLua string
	//go:embed lua/password.lua
	passwordLua string
	//go:embed lua/enter.lua
	enterLua string
	//go:embed lua/touch.lua
	touchLua string
	//go:embed lua/gcra.lua
	gcraLua string

	addScript      = redis.NewScript(addLua)
	lockScript     = redis.NewScript(lockLua)
	passwordScript = redis.NewScript(passwordLua)
	enterScript    = redis.NewScript(enterLua)
	touchScript    = redis.NewScript(touchLua)
	gcraScript     = redis.NewScript(gcraLua)
)

// Keys of the staff. All share the desk's slot.
const (
	namesKey   = "{desk}:staff:names"   // SET
	aliasesKey = "{desk}:staff:aliases" // HASH alias → name
)

func accountKey(name string) string  { return "{desk}:staff:account:" + name }  // HASH
func sessionKey(id string) string    { return "{desk}:staff:session:" + id }    // HASH
func sessionsKey(name string) string { return "{desk}:staff:sessions:" + name } // ZSET
func limitKey(what string) string    { return "{desk}:staff:limit:" + what }    // STRING

// Store keeps accounts and sessions.
type Store struct {
	rdb    redis.UniversalClient
	clock  func() time.Time
	hasher hasher
	second Second
	by     string // in whose name it acts; "" = the command line
}

// New keeps accounts in rdb. now is time.Now if it is nil.
func New(rdb redis.UniversalClient, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{rdb: rdb, clock: now, hasher: newHasher()}
}

// As gives the same store, acting in somebody's name: the book says who did it.
func (s *Store) As(account string) *Store {
	as := *s
	as.by = account
	return &as
}

// line is what the book is told about an act on an account, and where it stands.
func (s *Store) line(do, on, how string) (key string, args []any) {
	e := book.Entry{At: s.clock(), By: s.by, Do: do, On: on, How: how}
	return book.Key(e.At), e.Args()
}

// record is an account with what only this package may know.
type record struct {
	Account
	hash  string
	epoch string
	totp  string // sealed secret of the second factor
}

// Add makes an account and returns its password. An empty one is made up, to be
// printed once and changed at the first sign-in.
func (s *Store) Add(ctx context.Context, a Account, password string) (string, error) {
	if err := a.check(); err != nil {
		return "", err
	}
	password, hash, printed, err := s.choose(ctx, password)
	if err != nil {
		return "", err
	}
	key, line := s.line("account-add", a.Name, joinRoles(a.Roles))
	keys := []string{accountKey(a.Name), namesKey, aliasesKey, key}
	args := append([]any{a.Name, a.Alias, joinRoles(a.Roles), hash, printed, s.clock().UnixMilli(), a.Most}, line...)
	made, err := addScript.Run(ctx, s.rdb, keys, args...).Bool()
	if err != nil {
		return "", fmt.Errorf("staff: add: %w", err)
	}
	if !made {
		return "", ErrExists
	}
	return password, nil
}

// choose takes the given password, or makes one for once.
func (s *Store) choose(ctx context.Context, given string) (password, hash, printed string, err error) {
	password, printed = given, "0"
	if password == "" {
		printed = "1"
		if password, err = once(); err != nil {
			return "", "", "", err
		}
	}
	hash, err = s.hasher.hash(ctx, password)
	return password, hash, printed, err
}

// List gives all accounts by name.
func (s *Store) List(ctx context.Context) ([]Account, error) {
	names, err := s.rdb.SMembers(ctx, namesKey).Result()
	if err != nil {
		return nil, fmt.Errorf("staff: list: %w", err)
	}
	pipe := s.rdb.Pipeline()
	got := make([]*redis.MapStringStringCmd, len(names))
	for i, name := range names {
		got[i] = pipe.HGetAll(ctx, accountKey(name))
	}
	if len(names) > 0 {
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, fmt.Errorf("staff: list: %w", err)
		}
	}
	all := make([]Account, 0, len(names))
	for _, cmd := range got {
		if r, ok := parse(cmd.Val()); ok {
			all = append(all, r.Account)
		}
	}
	slices.SortFunc(all, func(a, b Account) int { return cmp.Compare(a.Name, b.Name) })
	return all, nil
}

// Find gives one account, or ErrUnknown.
func (s *Store) Find(ctx context.Context, name string) (Account, error) {
	r, ok, err := s.record(ctx, name)
	if err != nil {
		return Account{}, fmt.Errorf("staff: find: %w", err)
	}
	if !ok {
		return Account{}, ErrUnknown
	}
	return r.Account, nil
}

// Disable locks an account and ends its sessions at once. Its name and alias
// stay taken: the log speaks of them. The caller gives its cases back.
func (s *Store) Disable(ctx context.Context, name string) error {
	return s.lock(ctx, name, "1", "account-disable")
}

// Enable lets a locked account in again, with the password that it had.
func (s *Store) Enable(ctx context.Context, name string) error {
	return s.lock(ctx, name, "0", "account-enable")
}

func (s *Store) lock(ctx context.Context, name, off, do string) error {
	key, line := s.line(do, name, "")
	others, stays, err := s.others(ctx, name)
	if err != nil {
		return fmt.Errorf("staff: %s: %w", do, err)
	}
	keys := slices.Concat([]string{accountKey(name)}, others, []string{key})
	done, err := lockScript.Run(ctx, s.rdb, keys, append(append([]any{off}, line...), stays)...).Int()
	if err != nil {
		return fmt.Errorf("staff: %s: %w", do, err)
	}
	return map[int]error{0: ErrUnknown, -1: ErrLast}[done]
}

// Reset gives a new password (made up if empty), unlocks the account and ends
// its sessions.
func (s *Store) Reset(ctx context.Context, name, password string) (string, error) {
	password, hash, printed, err := s.choose(ctx, password)
	if err != nil {
		return "", err
	}
	done, err := s.setPassword(ctx, name, "password-reset", hash, printed, "", "")
	if err != nil {
		return "", fmt.Errorf("staff: reset: %w", err)
	}
	if !done {
		return "", ErrUnknown
	}
	return password, nil
}

// Change lets somebody who is signed in choose a new password. Their other
// sessions end.
func (s *Store) Change(ctx context.Context, token, old, password string) error {
	session, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	if err := s.limit(ctx, session.Name, ""); err != nil {
		return err
	}
	r, ok, err := s.record(ctx, session.Name)
	if err != nil {
		return fmt.Errorf("staff: change: %w", err)
	}
	fits, err := s.hasher.fits(ctx, old, r.hash)
	if err != nil {
		return err
	}
	if !ok || !fits {
		return ErrDenied
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	done, err := s.As(session.Name).setPassword(ctx, session.Name, "password-own", hash, "0", r.hash, idOf(token))
	if err != nil {
		return fmt.Errorf("staff: change: %w", err)
	}
	if !done {
		return ErrDenied
	}
	return nil
}

// Choose lets somebody who has just come in with the printed password take one of
// their own. It asks for the printed one no second time, and works but once.
func (s *Store) Choose(ctx context.Context, token, password string) error {
	session, err := s.Session(ctx, token)
	if err != nil {
		return err
	}
	if !session.OneTime {
		return ErrChosen
	}
	if err := s.limit(ctx, session.Name, ""); err != nil {
		return err
	}
	r, ok, err := s.record(ctx, session.Name)
	if err != nil {
		return fmt.Errorf("staff: choose: %w", err)
	}
	same, err := s.hasher.fits(ctx, password, r.hash)
	switch {
	case err != nil:
		return err
	case !ok || !r.OneTime:
		return ErrChosen
	case same:
		return ErrSame
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	done, err := s.As(session.Name).setPassword(ctx, session.Name, "password-own", hash, "0", r.hash, idOf(token))
	if err != nil {
		return fmt.Errorf("staff: choose: %w", err)
	}
	if !done {
		return ErrChosen
	}
	return nil
}

func (s *Store) setPassword(ctx context.Context, name, do, hash, printed, was, keep string) (bool, error) {
	key, line := s.line(do, name, "")
	keys := []string{accountKey(name), sessionKey(keep), key}
	return passwordScript.Run(ctx, s.rdb, keys, append([]any{hash, printed, was}, line...)...).Bool()
}

func (s *Store) record(ctx context.Context, name string) (record, bool, error) {
	fields, err := s.rdb.HGetAll(ctx, accountKey(name)).Result()
	if err != nil {
		return record{}, false, err
	}
	r, ok := parse(fields)
	return r, ok, nil
}

func parse(fields map[string]string) (record, bool) {
	if fields["name"] == "" {
		return record{}, false
	}
	r := record{hash: fields["hash"], epoch: fields["epoch"], totp: fields["totp"]}
	r.Account = Account{
		Name: fields["name"], Alias: fields["alias"], Disabled: fields["off"] == "1",
		OneTime: fields["once"] == "1", Created: moment(fields["created"]),
	}
	r.Second = r.totp != ""
	r.Most, _ = strconv.Atoi(fields["most"]) // an account of long ago has none
	r.Rev, _ = strconv.ParseInt(fields["rev"], 10, 64)
	for _, role := range strings.Fields(fields["roles"]) {
		r.Roles = append(r.Roles, Role(role))
	}
	return r, true
}

func joinRoles(roles []Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

func moment(ms string) time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}
