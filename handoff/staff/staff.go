// Package staff knows who works here: accounts, what they may do, and who is
// signed in on which browser.
//
// An account has a name, with which somebody signs in, and an alias, which is
// all that a resident ever sees. Passwords are kept as argon2id hashes, sessions
// as the hash of a random token; locking an account or changing its password
// ends its sessions in the same moment.
package staff

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
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
	Most     int   // cases at a time; 0 = as many as the house says
	Second   bool  // a code of the telephone is asked for after the password
	Rev      int64 // of what an administrator may change
}

// Is says whether the account has one of the roles.
func (a Account) Is(roles ...Role) bool {
	return slices.ContainsFunc(a.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// Session is one signed-in browser.
type Session struct {
	Account
	Must  bool      // may do nothing before a second factor is set up
	ID    string    // opaque, for lists and Revoke; not the cookie
	Began time.Time //
	Seen  time.Time //
	Ends  time.Time // at the latest
}

// How long somebody stays signed in.
const (
	Idle    = 8 * time.Hour  // without a request
	Longest = 12 * time.Hour // in any case: one long shift
)

// What signing in and managing accounts is refused with.
var (
	ErrDenied   = errors.New("staff: name or password is wrong")
	ErrSession  = errors.New("staff: not signed in")
	ErrExists   = errors.New("staff: this name or alias is taken")
	ErrUnknown  = errors.New("staff: no such account")
	ErrName     = errors.New("staff: a name is 2 to 32 small letters, digits and any of - _ and dot")
	ErrAlias    = errors.New("staff: an alias is 1 to 12 characters")
	ErrRole     = errors.New("staff: no such role")
	ErrSame     = errors.New("staff: this is the password that was printed")
	ErrChosen   = errors.New("staff: a password of one's own has been chosen already")
	ErrPassword = errors.New("staff: a password has 12 to 200 characters")
)

// LimitedError says that there were too many attempts, and when to come again.
type LimitedError struct{ After time.Duration }

// Error names neither the account nor the address.
func (e *LimitedError) Error() string {
	return fmt.Sprintf("staff: too many attempts, wait %s", e.After.Round(time.Second))
}

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{1,31}$`)

const longestAlias = 12

func (a Account) check() error {
	if !nameShape.MatchString(a.Name) {
		return ErrName
	}
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == '<' || r == '>' }
	if n := utf8.RuneCountInString(a.Alias); n < 1 || n > longestAlias ||
		strings.TrimSpace(a.Alias) != a.Alias || strings.ContainsFunc(a.Alias, odd) {
		return ErrAlias
	}
	if len(a.Roles) == 0 {
		return ErrRole
	}
	if a.Most < 0 || a.Most > mostCases {
		return ErrMost
	}
	for _, r := range a.Roles {
		if !slices.Contains(Roles[:], r) {
			return ErrRole
		}
	}
	return nil
}
