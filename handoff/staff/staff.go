// Package staff knows who works here: accounts, what they may do, and who is
// signed in on which browser.
package staff

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Role is something that an account may do.
type Role string

// The roles.
const (
	Coordinator   Role = "coordinator"   // talks with residents
	Supervisor    Role = "supervisor"    // sees every case, second pair of eyes
	Facilitator   Role = "facilitator"   // approves groups and posts
	Administrator Role = "administrator" // accounts, rosters, settings; no content
	Auditor       Role = "auditor"       // reads the log; no content
	AreaLead      Role = "area_lead"     // the line and the board of an area
)

// Roles lists every role once.
var Roles = [...]Role{Coordinator, Supervisor, Facilitator, Administrator, Auditor, AreaLead}

// Account is somebody who works here.
type Account struct {
	Name     string // signs in with it; never shown to residents
	Alias    string // what residents see: 「すずらん」
	Roles    []Role
	Disabled bool
	OneTime  bool // still has the password that was printed once: ask for a new one
	Created  time.Time
}

// Session is one signed-in browser.
type Session struct {
	Account
	ID    string    // opaque, for lists and Revoke; not the cookie
	Began time.Time //
	Seen  time.Time //
	Ends  time.Time // at the latest
}

// What signing in and managing accounts is refused with.
var (
	ErrDenied   = errors.New("staff: name or password is wrong")
	ErrSession  = errors.New("staff: not signed in")
	ErrExists   = errors.New("staff: this name or alias is taken")
	ErrUnknown  = errors.New("staff: no such account")
	ErrName     = errors.New("staff: a name is 2 to 32 small letters, digits, - _ .")
	ErrAlias    = errors.New("staff: an alias is 1 to 12 characters")
	ErrRole     = errors.New("staff: no such role")
	ErrPassword = errors.New("staff: a password has at least 12 characters")
)

// LimitedError says that there were too many attempts, and when to come again.
type LimitedError struct{ After time.Duration }

// Error names neither the account nor the address.
func (e *LimitedError) Error() string {
	return fmt.Sprintf("staff: too many attempts, wait %s", e.After)
}

// Store keeps accounts and sessions.
type Store struct{ rdb redis.UniversalClient }

var errUnbuilt = errors.New("staff: not built yet")

// New keeps accounts in rdb; now may be nil.
func New(rdb redis.UniversalClient, now func() time.Time) *Store { return &Store{rdb: rdb} }

// Add makes an account. An empty password makes one to be printed once; it is returned.
func (s *Store) Add(ctx context.Context, a Account, password string) (string, error) {
	return "", errUnbuilt
}

// List gives all accounts by name.
func (s *Store) List(ctx context.Context) ([]Account, error) { return nil, errUnbuilt }

// Disable locks an account and ends its sessions at once.
func (s *Store) Disable(ctx context.Context, name string) error { return errUnbuilt }

// Reset gives a new password (made if empty), unlocks the account and ends its sessions.
func (s *Store) Reset(ctx context.Context, name, password string) (string, error) {
	return "", errUnbuilt
}

// Change lets somebody choose a new password; every other session ends.
func (s *Store) Change(ctx context.Context, token, old, password string) error { return errUnbuilt }

// Login checks name and password and gives a token for the cookie.
func (s *Store) Login(ctx context.Context, name, password, addr string) (token string, _ Session, _ error) {
	return "", Session{}, errUnbuilt
}

// Enter gives a token without a password: for `demo`, whose console is signed in already.
func (s *Store) Enter(ctx context.Context, name string) (token string, _ Session, _ error) {
	return "", Session{}, errUnbuilt
}

// Session gives the session of a cookie's token and keeps it alive; else ErrSession.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	return Session{}, errUnbuilt
}

// Logout ends the session of a cookie's token.
func (s *Store) Logout(ctx context.Context, token string) error { return errUnbuilt }

// Sessions lists where an account is signed in.
func (s *Store) Sessions(ctx context.Context, name string) ([]Session, error) { return nil, errUnbuilt }

// Revoke ends one session of an account by its ID.
func (s *Store) Revoke(ctx context.Context, name, id string) error { return errUnbuilt }
