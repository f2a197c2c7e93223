package outbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// Fresh tells whether an answer that leaves now would ride on a reply token, free
// of charge. A moment later it may not: it is for showing, not for deciding.
func (o *Outbox) Fresh(ctx context.Context, p flows.PersonID) (bool, error) {
	s, err := o.rdb.Get(ctx, TokenKey(p)).Result()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("outbox: fresh: %w", err)
	}
	arrived, _, ok := parseToken(s)
	return ok && o.now().Sub(arrived) <= tokenTrust, nil
}
