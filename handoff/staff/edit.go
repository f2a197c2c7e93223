package staff

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

//go:embed lua/edit.lua
var editLua string

var editScript = redis.NewScript(editLua)

// What changing an account is refused with.
var (
	ErrStale = errors.New("staff: somebody has changed this account meanwhile")
	ErrMost  = errors.New("staff: at most 50 cases at a time")
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
	keys := []string{accountKey(a.Name), aliasesKey, key}
	args := append([]any{a.Rev, a.Name, a.Alias, joinRoles(a.Roles), a.Most}, line...)
	said, err := editScript.Run(ctx, s.rdb, keys, args...).Text()
	if err != nil {
		return fmt.Errorf("staff: edit: %w", err)
	}
	return map[string]error{"none": ErrUnknown, "stale": ErrStale, "taken": ErrExists}[said]
}
