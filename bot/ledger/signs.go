package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/flows"
)

// SignsKey is a lane's HASH "<2026-11> <sign>" → how often. The commit of a turn counts
// in it, so that an event that comes twice is one sign.
func SignsKey(l inbox.Lane) string { return inbox.LaneKey(l, "signs") }

// SignFields are the fields that a turn's signs are counted in.
func SignFields(at time.Time, all []flows.Sign) []string {
	var out []string
	for _, s := range all {
		out = append(out, at.Format("2006-01")+" "+string(s))
	}
	return out
}

// Signs are the sums over all lanes: month, as in 2026-11, and sign → how often.
func (g *Ledger) Signs(ctx context.Context) (map[string]map[string]int64, error) {
	pipe := g.rdb.Pipeline()
	got := make([]*redis.MapStringStringCmd, g.lanes)
	for l := range got {
		got[l] = pipe.HGetAll(ctx, SignsKey(inbox.Lane(l)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("ledger: signs: %w", err)
	}
	sum := map[string]map[string]int64{}
	for _, one := range got {
		for field, v := range one.Val() {
			month, sign, ok := strings.Cut(field, " ")
			n, err := strconv.ParseInt(v, 10, 64)
			if !ok || err != nil {
				return nil, fmt.Errorf("ledger: signs: a count that is none")
			}
			if sum[month] == nil {
				sum[month] = map[string]int64{}
			}
			sum[month][sign] += n
		}
	}
	return sum, nil
}
