package staff

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/edit.lua
var editLua string

var editScript = redis.NewScript(editLua)

// What changing an account is refused with.
var (
	ErrStale = errors.New("staff: somebody has changed this account meanwhile")
	ErrMost  = errors.New("staff: at most 50 cases at a time")
	ErrLast  = errors.New("staff: the last administrator stays one")
)

// mostCases is more than anybody could look after.
const mostCases = 50

// Edit gives an account another alias, other roles and another number of cases. a
// is the account as it was looked at, with what is to be changed; roles hold from
// the next request on.
func (s *Store) Edit(ctx context.Context, a Account) error {
	if err := a.check(); err != nil {
		return err
	}
	key, line := s.line("account-edit", a.Name, joinRoles(a.Roles))
	others, stays, err := s.others(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("staff: edit: %w", err)
	}
	keys := slices.Concat([]string{accountKey(a.Name), aliasesKey}, others, []string{key})
	args := append([]any{a.Rev, a.Name, a.Alias, joinRoles(a.Roles), a.Most}, line...)
	args = append(args, stays)
	said, err := editScript.Run(ctx, s.rdb, keys, args...).Text()
	if err != nil {
		return fmt.Errorf("staff: edit: %w", err)
	}
	return map[string]error{"none": ErrUnknown, "stale": ErrStale, "taken": ErrExists, "last": ErrLast}[said]
}

// others gives the accounts beside one, among which a script looks for an
// administrator who stays, and whether it must. The command line may do without:
// whoever has it is not locked out.
func (s *Store) others(ctx context.Context, name string) (keys []string, stays string, err error) {
	if s.by == "" {
		return nil, "0", nil
	}
	names, err := s.rdb.SMembers(ctx, namesKey).Result()
	for _, n := range names {
		if n != name {
			keys = append(keys, accountKey(n))
		}
	}
	return keys, "1", err
}
