package staff

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"engawa/handoff/book"
)

// The limits of signing in. A right password clears the account's own.
const (
	accountEvery, accountMost = 10 * time.Second, 10
	addressEvery, addressMost = 2 * time.Second, 30
	touchEvery                = time.Minute // how exactly "last seen" is kept
	tokenBytes                = 32
	shownID                   = 16 // digits of a session's hash that lists show
)

// Login checks name and password and gives a token for the cookie. It takes as
// long for a name that nobody has.
func (s *Store) Login(ctx context.Context, name, password, addr string) (string, Session, error) {
	name = strings.ToLower(strings.TrimSpace(typed(name)))
	if !nameShape.MatchString(name) {
		name = "-" // nobody can have it, and all such attempts share one limit
	}
	if err := s.limit(ctx, name, addr); err != nil {
		return "", Session{}, err
	}
	r, ok, err := s.record(ctx, name)
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: login: %w", err)
	}
	fits, err := s.hasher.fits(ctx, password, r.hash)
	if err != nil {
		return "", Session{}, err
	}
	if !ok || !fits || r.Disabled {
		return "", Session{}, errors.Join(ErrDenied, s.refused(ctx, r, "password"))
	}
	if r.Second { // and what was counted stands until that is right too
		return "", Session{}, s.halfway(ctx, r)
	}
	if err := s.rdb.Del(ctx, accountLimit(name)).Err(); err != nil {
		return "", Session{}, fmt.Errorf("staff: login: %w", err)
	}
	return s.begin(ctx, r)
}

// refused writes down that somebody did not get in. What was typed as the name of
// an account that nobody has may be anything, and is not kept.
func (s *Store) refused(ctx context.Context, r record, how string) error {
	if r.Name == "" {
		return nil
	}
	return book.New(s.rdb, s.clock).Write(ctx, "", "sign-in-refused", r.Name, how)
}

// Enter begins a session without a password, for `engawa demo`, which opens the
// console signed in.
func (s *Store) Enter(ctx context.Context, name string) (string, Session, error) {
	r, ok, err := s.record(ctx, name)
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: enter: %w", err)
	}
	if !ok {
		return "", Session{}, ErrUnknown
	}
	return s.begin(ctx, r)
}

func (s *Store) begin(ctx context.Context, r record) (string, Session, error) {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // it never fails: crypto/rand ends the process instead
	token := base64.RawURLEncoding.EncodeToString(secret)
	id := idOf(token)
	now := s.clock()
	ends := now.Add(Longest)
	key, line := s.As(r.Name).line("sign-in", id[:shownID], "")
	keys := []string{accountKey(r.Name), sessionKey(id), sessionsKey(r.Name), key}
	args := append([]any{r.Name, r.epoch, now.UnixMilli(), ends.UnixMilli(), Idle.Milliseconds(), id}, line...)
	begun, err := enterScript.Run(ctx, s.rdb, keys, args...).Bool()
	if err != nil {
		return "", Session{}, fmt.Errorf("staff: begin a session: %w", err)
	}
	if !begun {
		return "", Session{}, ErrDenied
	}
	at := moment(fmt.Sprint(now.UnixMilli()))
	return token, Session{Account: r.Account, Must: s.must(r.Account), ID: id[:shownID], Began: at, Seen: at, Ends: at.Add(Longest)}, nil
}

// idOf is how a token stands in the store: who reads the store cannot sign in.
func idOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Session gives the session of a cookie's token and keeps it alive; else ErrSession.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	if token == "" {
		return Session{}, ErrSession
	}
	session, err := s.look(ctx, idOf(token))
	if err != nil {
		return Session{}, err
	}
	now := s.clock()
	if now.Sub(session.Seen) < touchEvery {
		return session, nil
	}
	left := min(Idle, session.Ends.Sub(now))
	alive, err := touchScript.Run(ctx, s.rdb, []string{sessionKey(idOf(token))}, now.UnixMilli(), left.Milliseconds()).Bool()
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	if !alive {
		return Session{}, ErrSession
	}
	return session, nil
}

// look reads a session and its account. One of an older epoch has ended.
func (s *Store) look(ctx context.Context, id string) (Session, error) {
	fields, err := s.rdb.HGetAll(ctx, sessionKey(id)).Result()
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	if fields["name"] == "" {
		return Session{}, ErrSession
	}
	r, ok, err := s.record(ctx, fields["name"])
	if err != nil {
		return Session{}, fmt.Errorf("staff: session: %w", err)
	}
	session := Session{
		Account: r.Account, Must: s.must(r.Account), ID: id[:shownID],
		Began: moment(fields["began"]), Seen: moment(fields["seen"]), Ends: moment(fields["ends"]),
	}
	now := s.clock()
	over := !now.Before(session.Ends) || now.Sub(session.Seen) >= Idle
	if !ok || r.Disabled || over || r.epoch != fields["epoch"] {
		return Session{}, ErrSession
	}
	return session, nil
}

// Logout ends the session of a cookie's token.
func (s *Store) Logout(ctx context.Context, token string) error {
	id := idOf(token)
	session, err := s.look(ctx, id)
	if errors.Is(err, ErrSession) {
		return nil // it has ended already
	}
	if err != nil {
		return err
	}
	return s.As(session.Name).end(ctx, session.Name, id, "sign-out")
}

func (s *Store) end(ctx context.Context, name, id, do string) error {
	pipe := s.rdb.TxPipeline()
	pipe.Del(ctx, sessionKey(id))
	pipe.ZRem(ctx, sessionsKey(name), id)
	book.Entry{At: s.clock(), By: s.by, Do: do, On: name, How: id[:shownID]}.Into(ctx, pipe)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("staff: end a session: %w", err)
	}
	return nil
}

// Sessions lists where an account is signed in, the newest first.
func (s *Store) Sessions(ctx context.Context, name string) ([]Session, error) {
	ids, err := s.rdb.ZRange(ctx, sessionsKey(name), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("staff: sessions: %w", err)
	}
	var all []Session
	for _, id := range ids {
		session, err := s.look(ctx, id)
		if errors.Is(err, ErrSession) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, session)
	}
	slices.SortFunc(all, func(a, b Session) int {
		return cmp.Or(b.Began.Compare(a.Began), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// Revoke ends one session of an account by its ID.
func (s *Store) Revoke(ctx context.Context, name, id string) error {
	ids, err := s.rdb.ZRange(ctx, sessionsKey(name), 0, -1).Result()
	if err != nil {
		return fmt.Errorf("staff: revoke: %w", err)
	}
	for _, full := range ids {
		if len(id) == shownID && strings.HasPrefix(full, id) {
			return s.end(ctx, name, full, "session-end")
		}
	}
	return ErrUnknown
}

func accountLimit(name string) string { return limitKey("account:" + name) }

// limit counts an attempt for the account and for the address it comes from.
// Addresses stand in the store as hashes, for as long as they count.
func (s *Store) limit(ctx context.Context, name, addr string) error {
	keys := []string{accountLimit(name)}
	args := []any{s.clock().UnixMilli(), accountEvery.Milliseconds(), accountMost}
	if addr != "" {
		keys = append(keys, limitKey("address:"+idOf(addr)[:shownID]))
		args = append(args, addressEvery.Milliseconds(), addressMost)
	}
	wait, err := gcraScript.Run(ctx, s.rdb, keys, args...).Int64()
	if err != nil {
		return fmt.Errorf("staff: limit: %w", err)
	}
	if wait > 0 {
		return &LimitedError{After: time.Duration(wait) * time.Millisecond}
	}
	return nil
}
