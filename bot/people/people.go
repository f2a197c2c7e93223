// Package people is all that the house keeps of a resident: a pseudonym, their
// sealed LINE id, what the dialogue remembers, and their words for as long as they
// may be needed. Nothing in it says who somebody is.
//
// Reading is done here; what changes with a turn is written by the turn's commit
// (package dialogue), from the sealed forms that are made here. 消す and unsend
// destroy keys first and data second, so that a crash in between leaves noise.
//
// In the person's lane:
//
//	{lane-NN}:who:<blind>   STRING  PersonID
//	{lane-NN}:person:<pid>  HASH    see the Field constants
//	{lane-NN}:words:<pid>   HASH    text id → sealed Said
//	{lane-NN}:people        ZSET    pid → unix ms of their last event
//	{lane-NN}:timer:<pid>   HASH    key → member of {lane-NN}:due
//	{lane-NN}:risk:<pid>    STRING  LINE id of one in clear danger who said 消す
//	{lane-NN}:risks         ZSET    pid → unix ms of keeping it
//
// Where a city keeps records (see [Store.KeepRecord]):
//
//	{record}:words:<case>   HASH    text id → sealed Said, under the case's key
//	{record}:texts          HASH    text id → case
package people

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/config/gather"
	"engawa/config/privacy"
	"engawa/flows"
)

// ErrNobody means that there is no such person (any more). It is a
// [privacy.ErrShredded], for to a caller it is all the same.
var ErrNobody = fmt.Errorf("people: nobody by that name: %w", privacy.ErrShredded)

// errState is a state that opened well and is not one of ours.
var errState = errors.New("people: a state that cannot be read")

// Fields of a person's hash. The outbox reads "h" by a constant of its own.
const (
	FieldBlind  = "b" // pseudonym, to find the index entry again
	FieldLINE   = "u" // sealed LINE user id
	FieldState  = "s" // sealed flows.State
	FieldAlias  = "a" // what coordinators call them
	FieldHold   = "h" // what must not be sent any more
	FieldFriend = "f" // 1 follows the account, 0 does not
	FieldCase   = "o" // 1 while a case is open: nothing is swept
	FieldClosed = "c" // unix ms when the last case was closed
	FieldMarks  = "r" // sealed tokens that show 既読, where a human's reading is what shows it
	FieldGone   = "x" // unix ms of 消す: keys are being destroyed, nobody is here
)

// Person is one resident as a turn finds them.
type Person struct {
	ID     flows.PersonID
	Lane   inbox.Lane
	Blind  privacy.Blind
	Alias  string
	State  flows.State
	Friend bool
	New    bool   // not in the store yet
	Marks  []Mark // of texts that no human has read yet
}

// Store reads and seals what is kept of people.
type Store struct {
	rdb   redis.UniversalClient
	trips *gather.Trips // to the same store, for what turns ask of it
	vault *privacy.Vault
	lanes int
	swept atomic.Int64 // unix ms of this process's last look through the people
}

// New makes the store of people for a store with that many lanes.
func New(rdb redis.UniversalClient, vault *privacy.Vault, lanes int) *Store {
	return &Store{rdb: rdb, trips: gather.New(rdb), vault: vault, lanes: lanes}
}

// WhoKey is the index entry of a pseudonym.
func WhoKey(l inbox.Lane, blind privacy.Blind) string {
	return inbox.LaneKey(l, "who", string(blind))
}

// Key names what is kept of one person: person, words, timer, …
func Key(p flows.PersonID, kind string) string {
	return inbox.LaneKey(inbox.LaneOfPerson(p), kind, string(p))
}

// ListKey is the ZSET of a lane's people by their last event.
func ListKey(l inbox.Lane) string { return inbox.LaneKey(l, "people") }

func owner(p flows.PersonID) privacy.Owner { return privacy.Person(string(p)) }

var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Stranger makes a person whom nobody has met: an id of 80 random bits behind the
// lane's digits, and an alias.
func Stranger(l inbox.Lane, blind privacy.Blind) Person {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails
	id := flows.PersonID(l.String() + "-" + encoding.EncodeToString(b[:]))
	return Person{ID: id, Lane: l, Blind: blind, Alias: newAlias(), New: true}
}

// Known finds who is behind a pseudonym; "" if nobody is.
func (s *Store) Known(ctx context.Context, l inbox.Lane, blind privacy.Blind) (flows.PersonID, error) {
	id, err := s.rdb.Get(ctx, WhoKey(l, blind)).Result()
	if errors.Is(err, redis.Nil) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("people: find: %w", err)
	}
	return flows.PersonID(id), nil
}

// Load finds the person behind a pseudonym; ErrNobody if there is none.
func (s *Store) Load(ctx context.Context, l inbox.Lane, blind privacy.Blind) (Person, error) {
	id, err := s.Known(ctx, l, blind)
	if err != nil {
		return Person{}, err
	}
	if id == "" {
		return Person{}, ErrNobody
	}
	return s.Get(ctx, id)
}

// Get reads a person by id; ErrNobody if they have gone.
func (s *Store) Get(ctx context.Context, id flows.PersonID) (Person, error) {
	var got *redis.SliceCmd
	err := s.trips.Do(ctx, func(pipe redis.Pipeliner) {
		got = pipe.HMGet(ctx, Key(id, "person"), FieldBlind, FieldState, FieldAlias, FieldFriend, FieldGone, FieldMarks)
	})
	if err == nil {
		err = got.Err()
	}
	if err != nil {
		return Person{}, fmt.Errorf("people: load: %w", err)
	}
	all := got.Val()
	field := func(n int) string { v, _ := all[n].(string); return v }
	if field(1) == "" || field(4) != "" {
		return Person{}, ErrNobody
	}
	p := Person{
		ID: id, Lane: inbox.LaneOfPerson(id), Blind: privacy.Blind(field(0)),
		Alias: field(2), Friend: field(3) == "1",
	}
	plain, err := s.vault.Open(ctx, owner(id), "state", []byte(field(1)))
	if errors.Is(err, privacy.ErrShredded) {
		return Person{}, ErrNobody
	}
	if err != nil {
		return Person{}, fmt.Errorf("people: load: %w", err)
	}
	if err := json.Unmarshal(plain, &p.State); err != nil {
		return Person{}, errState // the decoder's own words might quote the state
	}
	p.Marks, err = s.marks(ctx, id, field(5))
	return p, err
}

// StateItem is the person's state, to be sealed and then put into FieldState.
func StateItem(p flows.PersonID, st flows.State) (privacy.Item, error) {
	plain, err := json.Marshal(st)
	if err != nil {
		return privacy.Item{}, errState
	}
	return privacy.Item{Owner: owner(p), AAD: "state", Data: plain}, nil
}

// LINEItem is the person's LINE id, to be sealed and then put into FieldLINE.
func LINEItem(p flows.PersonID, lineID string) privacy.Item {
	return privacy.Item{Owner: owner(p), AAD: "line", Data: []byte(lineID)}
}

// LINEID opens the person's LINE id. Only the outbox may ask, and [Store.RiskID].
func (s *Store) LINEID(ctx context.Context, p flows.PersonID) (string, error) {
	sealed, err := s.rdb.HGet(ctx, Key(p, "person"), FieldLINE).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrNobody
	}
	if err != nil {
		return "", fmt.Errorf("people: line id: %w", err)
	}
	plain, err := s.vault.Open(ctx, owner(p), "line", []byte(sealed))
	if err != nil {
		return "", fmt.Errorf("people: line id: %w", err)
	}
	return string(plain), nil
}

// Alias is what coordinators call the person.
func (s *Store) Alias(ctx context.Context, p flows.PersonID) (string, error) {
	a, err := s.rdb.HGet(ctx, Key(p, "person"), FieldAlias).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrNobody
	}
	if err != nil {
		return "", fmt.Errorf("people: alias: %w", err)
	}
	return a, nil
}

// Blind is the pseudonym that the person's events are queued by; "" if they have gone.
func (s *Store) Blind(ctx context.Context, p flows.PersonID) (privacy.Blind, error) {
	b, err := s.rdb.HGet(ctx, Key(p, "person"), FieldBlind).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("people: pseudonym: %w", err)
	}
	return privacy.Blind(b), nil
}

// Count is how many people the house knows.
func (s *Store) Count(ctx context.Context) (int64, error) {
	pipe := s.rdb.Pipeline()
	all := make([]*redis.IntCmd, s.lanes)
	for l := range all {
		all[l] = pipe.ZCard(ctx, ListKey(inbox.Lane(l)))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, fmt.Errorf("people: count: %w", err)
	}
	var sum int64
	for _, n := range all {
		sum += n.Val()
	}
	return sum, nil
}

// Find lists who goes by an alias: nearly always one, but an alias is not a key.
func (s *Store) Find(ctx context.Context, alias string) ([]flows.PersonID, error) {
	var found []flows.PersonID
	err := s.each(ctx, "-inf", "+inf", func(ids []flows.PersonID) error {
		pipe := s.rdb.Pipeline()
		got := make([]*redis.StringCmd, len(ids))
		for i, id := range ids {
			got[i] = pipe.HGet(ctx, Key(id, "person"), FieldAlias)
		}
		if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
		for i, g := range got {
			if strings.TrimSpace(alias) == g.Val() {
				found = append(found, ids[i])
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("people: find: %w", err)
	}
	return found, nil
}

// chunk is how many people are looked at in one round trip.
const chunk = 500

// each visits people whose last event lies between two scores, lane by lane.
func (s *Store) each(ctx context.Context, from, to string, visit func([]flows.PersonID) error) error {
	for l := range inbox.Lane(s.lanes) {
		var all []flows.PersonID
		for offset := int64(0); ; offset += chunk {
			got, err := s.rdb.ZRangeByScore(ctx, ListKey(l), &redis.ZRangeBy{Min: from, Max: to, Offset: offset, Count: chunk}).Result()
			if err != nil {
				return err
			}
			for _, id := range got {
				all = append(all, flows.PersonID(id))
			}
			if len(got) < chunk {
				break
			}
		}
		for len(all) > 0 { // after listing: a visit may take people off the list
			n := min(chunk, len(all))
			if err := visit(all[:n]); err != nil {
				return err
			}
			all = all[n:]
		}
	}
	return nil
}

// MS is a time as it stands in the store.
func MS(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
