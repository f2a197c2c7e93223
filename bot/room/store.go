package room

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/bot/inbox"
	"engawa/flows"
)

var (
	//go:embed lua/redeem.lua
	redeemLua string
	//go:embed lua/sit.lua
	sitLua string
	//go:embed lua/seen.lua
	seenLua string
	//go:embed lua/leave.lua
	leaveLua string
	//go:embed lua/touch.lua
	touchLua string

	redeemMove = redis.NewScript(redeemLua)
	sitMove    = redis.NewScript(sitLua)
	seenMove   = redis.NewScript(seenLua)
	leaveMove  = redis.NewScript(leaveLua)
	touchMove  = redis.NewScript(touchLua)
)

// mostSeats is how many browsers one person may have open.
const mostSeats = 3

// ClosedError says that a browser may not look (any more), and why.
type ClosedError struct{ Why string }

// Error names the reason, which is none of anybody's words.
func (e ClosedError) Error() string { return "room: closed: " + e.Why }

// Why a browser may not look, beside what flows knows.
const (
	whyNone   = "none"
	whyLink   = "link"
	whyIdle   = "idle"
	whyOthers = "others"
	whyQuit   = "quit"
)

// Store knows who may look at whose talk.
type Store struct {
	rdb   redis.UniversalClient
	lanes int

	mu    sync.Mutex
	bells map[flows.PersonID]map[chan struct{}]struct{} // open pages of this process
}

// NewStore makes the store of rooms, for a store with that many lanes.
func NewStore(rdb redis.UniversalClient, lanes int) *Store {
	return &Store{rdb: rdb, lanes: lanes, bells: map[flows.PersonID]map[chan struct{}]struct{}{}}
}

func ms(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// NewSeat makes the secret of a browser that may be bound by a link.
func (s *Store) NewSeat(link string) (string, error) {
	l, ok := laneOf(link, s.lanes)
	if !ok {
		return "", ClosedError{whyLink}
	}
	return newSecret(l), nil
}

// Whose tells whose link it is, also of one that opens nothing any more.
func (s *Store) Whose(ctx context.Context, link string) (flows.PersonID, error) {
	l, ok := laneOf(link, s.lanes)
	if !ok {
		return "", ClosedError{whyLink}
	}
	got, err := s.rdb.HGet(ctx, LinksKey(l), hashOf(link)).Result()
	if errors.Is(err, redis.Nil) {
		return "", ClosedError{whyLink}
	}
	if err != nil {
		return "", fmt.Errorf("room: link: %w", err)
	}
	pid, _, _ := strings.Cut(got, " ")
	return flows.PersonID(pid), nil
}

// Redeem binds a browser by a link: once, or again by the same browser.
func (s *Store) Redeem(ctx context.Context, link, seat string, now time.Time) error {
	pid, err := s.Whose(ctx, link)
	if err != nil {
		return err
	}
	l, _ := laneOf(link, s.lanes)
	if at, ok := laneOf(seat, s.lanes); !ok || at != l {
		return ClosedError{whyLink}
	}
	ok, err := redeemMove.Run(ctx, s.rdb, []string{LinksKey(l), Key(pid), SeatsKey(l)},
		hashOf(link), hashOf(seat), string(pid), ms(now), ms(now.Add(Idle)), ms(now.Add(Whole)), mostSeats, ms(now.Add(WhyFor))).Bool()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("room: redeem: %w", err)
	}
	if !ok {
		return ClosedError{whyLink}
	}
	s.Ring(pid) // a browser that had to go shall see it
	return nil
}

// Guest is a browser that may look.
type Guest struct {
	Person flows.PersonID
	Change int64 // counts what has changed in the talk
	Seats  int   // browsers that may look
	seat   string
}

// Sit finds out whose talk a browser may see. acts says that somebody did something,
// so that their time begins anew.
func (s *Store) Sit(ctx context.Context, seat string, acts bool, now time.Time) (Guest, error) {
	l, ok := laneOf(seat, s.lanes)
	if !ok {
		return Guest{}, ClosedError{whyNone}
	}
	got, err := s.rdb.HGet(ctx, SeatsKey(l), hashOf(seat)).Result()
	if errors.Is(err, redis.Nil) {
		return Guest{}, ClosedError{whyNone}
	}
	if err != nil {
		return Guest{}, fmt.Errorf("room: sit: %w", err)
	}
	pid, _, _ := strings.Cut(got, " ")
	if why, closed := strings.CutPrefix(pid, "!"); closed {
		return Guest{}, ClosedError{why}
	}
	act := 0
	if acts {
		act = 1
	}
	said, err := sitMove.Run(ctx, s.rdb, []string{SeatsKey(l), Key(flows.PersonID(pid))},
		hashOf(seat), pid, ms(now), Idle.Milliseconds(), act, ms(now.Add(WhyFor))).StringSlice()
	if err != nil {
		return Guest{}, fmt.Errorf("room: sit: %w", err)
	}
	if len(said) != 3 {
		return Guest{}, ClosedError{said[0]}
	}
	g := Guest{Person: flows.PersonID(pid), seat: seat}
	g.Change, _ = strconv.ParseInt(said[1], 10, 64)
	g.Seats, _ = strconv.Atoi(said[2])
	return g, nil
}

// Seen notes that a page showed the talk up to a change.
func (s *Store) Seen(ctx context.Context, p flows.PersonID, change int64, now time.Time) error {
	if err := seenMove.Run(ctx, s.rdb, []string{Key(p)}, change, ms(now)).Err(); err != nil {
		return fmt.Errorf("room: seen: %w", err)
	}
	return nil
}

// Leave lets this browser out, Others all but this one.
func (s *Store) Leave(ctx context.Context, g Guest, now time.Time) error {
	return s.out(ctx, g, "me", whyQuit, now)
}

// Others lets all other browsers out.
func (s *Store) Others(ctx context.Context, g Guest, now time.Time) error {
	return s.out(ctx, g, "others", whyOthers, now)
}

func (s *Store) out(ctx context.Context, g Guest, whom, why string, now time.Time) error {
	keys := []string{SeatsKey(inbox.LaneOfPerson(g.Person)), Key(g.Person)}
	if err := leaveMove.Run(ctx, s.rdb, keys, hashOf(g.seat), whom, why, ms(now.Add(WhyFor))).Err(); err != nil {
		return fmt.Errorf("room: leave: %w", err)
	}
	s.Ring(g.Person)
	return nil
}

// Look is what a turn must know of the person's room.
func (s *Store) Look(ctx context.Context, p flows.PersonID, now time.Time) (v flows.RoomView, err error) {
	got, err := s.rdb.HMGet(ctx, Key(p), "h", "seen", "read", "here").Result()
	if err != nil {
		return v, fmt.Errorf("room: look: %w", err)
	}
	number := func(i int) int64 {
		text, _ := got[i].(string)
		n, _ := strconv.ParseInt(text, 10, 64)
		return n
	}
	v.Unread, v.Read = number(0) > number(1), number(2)
	v.Here = now.Sub(time.UnixMilli(number(3))) < here
	return v, nil
}

// Touch lets open pages look again, after words of the talk were destroyed.
func (s *Store) Touch(ctx context.Context, p flows.PersonID) error {
	if err := touchMove.Run(ctx, s.rdb, []string{Key(p)}).Err(); err != nil {
		return fmt.Errorf("room: touch: %w", err)
	}
	s.Ring(p)
	return nil
}

// Ring wakes the open pages of a person in this process. Those of others look by
// themselves, every second.
func (s *Store) Ring(p flows.PersonID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for bell := range s.bells[p] {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

// listen gives a bell for a person's room until stop; nil where too many listen.
func (s *Store) listen(p flows.PersonID, most int) (bell chan struct{}, stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.bells[p]) >= most {
		return nil, func() {}
	}
	bell = make(chan struct{}, 1)
	if s.bells[p] == nil {
		s.bells[p] = map[chan struct{}]struct{}{}
	}
	s.bells[p][bell] = struct{}{}
	return bell, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if delete(s.bells[p], bell); len(s.bells[p]) == 0 {
			delete(s.bells, p)
		}
	}
}

// Sweep takes away links and browsers whose time is over.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	for l := range s.lanes {
		for _, key := range []string{LinksKey(inbox.Lane(l)), SeatsKey(inbox.Lane(l))} {
			if err := s.sweep(ctx, key, now); err != nil {
				return fmt.Errorf("room: sweep: %w", err)
			}
		}
	}
	return nil
}

// sweep goes through one book. The last number of an entry is its end; a browser
// whose time is over stays until nobody would ask why.
func (s *Store) sweep(ctx context.Context, key string, now time.Time) error {
	var cursor uint64
	for {
		all, next, err := s.rdb.HScan(ctx, key, cursor, "", 500).Result()
		if err != nil {
			return err
		}
		for i := 0; i+1 < len(all); i += 2 {
			words := strings.Fields(all[i+1])
			if len(words) == 0 {
				continue
			}
			end, err := strconv.ParseInt(words[len(words)-1], 10, 64)
			if err != nil || now.Sub(time.UnixMilli(end)) > WhyFor {
				if err := s.rdb.HDel(ctx, key, all[i]).Err(); err != nil {
					return err
				}
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}
