package inbox

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// DefaultLanes is how many lanes a new store gets. It is fixed for the life of the data.
const DefaultLanes = 16

// MaxLanes is the most a store can have: a lane's name has two digits.
const MaxLanes = 100

// NoLane is the lane of a person id that is none of ours.
const NoLane Lane = -1

// Lane is one of the streams that residents are spread over.
type Lane int

// LaneOf gives the lane of a person (or group) in a store with n lanes. Who has
// no pseudonym, as a broken event has none, goes to lane 0.
func LaneOf(blind privacy.Blind, n int) Lane {
	if blind == "" || n < 1 {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(blind))
	return Lane(h.Sum32() % uint32(n)) //#nosec G115 -- n is 1 to 100
}

// LaneOfPerson reads the lane that a PersonID begins with.
func LaneOfPerson(person flows.PersonID) Lane {
	head, _, ok := strings.Cut(string(person), "-")
	if !ok {
		return NoLane
	}
	return laneOfDigits(head)
}

func laneOfDigits(s string) Lane {
	if len(s) != 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return NoLane
	}
	return Lane(s[0]-'0')*10 + Lane(s[1]-'0')
}

// String is the lane's two digits.
func (l Lane) String() string { return fmt.Sprintf("%02d", int(l)) }

// LaneKey names a key of a lane: "{lane-03}:person:03-k3v9". The hash tag keeps
// all keys of a lane in one slot, so that one script may move between them.
func LaneKey(l Lane, parts ...string) string {
	var b strings.Builder
	b.Grow(48)
	b.WriteString("{lane-")
	if l < 10 {
		b.WriteByte('0')
	}
	b.WriteString(strconv.Itoa(int(l)))
	b.WriteByte('}')
	for _, p := range parts {
		b.WriteByte(':')
		b.WriteString(p)
	}
	return b.String()
}

// channels begins the name of every lane's channel.
const channels = "engawa:lane:"

// Channel is where other processes hear that a lane has something new.
func (l Lane) Channel() string { return channels + l.String() }

// Keys that belong to no lane.
const (
	lanesKey = "{engawa}:lanes" // STRING how many lanes this store has
	procsKey = "{engawa}:procs" // ZSET process → unix ms of its last sign of life
)

// Settle says how many lanes the store has. A new store gets want; an old one
// keeps what it was made with, whatever the setting says now.
func Settle(ctx context.Context, rdb redis.UniversalClient, want int) (int, error) {
	if want == 0 {
		want = DefaultLanes
	}
	if want < 1 || want > MaxLanes {
		return 0, fmt.Errorf("inbox: settle: %d lanes asked for, 1 to %d are possible", want, MaxLanes)
	}
	if err := rdb.SetNX(ctx, lanesKey, want, 0).Err(); err != nil {
		return 0, fmt.Errorf("inbox: settle: %w", err)
	}
	n, err := rdb.Get(ctx, lanesKey).Int()
	if err != nil {
		return 0, fmt.Errorf("inbox: settle: %w", err)
	}
	if n < 1 || n > MaxLanes {
		return 0, fmt.Errorf("inbox: settle: the store says %d lanes", n)
	}
	return n, nil
}
