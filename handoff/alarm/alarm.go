// Package alarm sees to it that a cry for help has been seen: an alarm stands,
// and is raised again, until a person acknowledges it. It never carries content:
// an alias, the kind of danger, and the ids of the rules that fired.
package alarm

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

var (
	//go:embed lua/raise.lua
	raiseLua string
	//go:embed lua/ack.lua
	ackLua string
	//go:embed lua/again.lua
	againLua string
	//go:embed lua/forget.lua
	forgetLua string

	raiseScript  = redis.NewScript(raiseLua)
	ackScript    = redis.NewScript(ackLua)
	againScript  = redis.NewScript(againLua)
	forgetScript = redis.NewScript(forgetLua)
)

// Keys of the alarms. All share the desk's slot.
const (
	openKey   = "{desk}:alarms:open"   // ZSET alarm → rank and time
	untoldKey = "{desk}:alarms:untold" // SET alarms that were acknowledged and whose lane has not heard
	ackedKey  = "{desk}:alarms:acked"  // ZSET alarm → unix ms
	revKey    = "{desk}:rev"           // STRING counts changes of the desk
)

func alarmKey(id string) string          { return "{desk}:alarm:" + id }                 // HASH
func ofKey(person flows.PersonID) string { return "{desk}:alarms:of:" + string(person) } // SET

// Alarm is one cry for help: who (by alias), what kind, which rules, never what was said.
type Alarm struct {
	ID      string
	Person  flows.PersonID // gone after 消す
	Alias   string         // gone after 消す
	Urgency flows.Urgency
	Level   flows.Level
	Rules   []string
	Standby bool // LINE has given the talk to another module: there is no case
	Raised  time.Time
	Again   []time.Time // when it was raised again because nobody had reacted
	Calls   []Call      // how people who were not at the console were called
	Acked   time.Time   // zero: nobody yet
	By      string      // alias of who acknowledged it
}

// ErrUnknown says that there is no such alarm.
var ErrUnknown = errors.New("alarm: no such alarm")

// Teller carries the acknowledgement into the person's lane; idempotent by event id.
type Teller interface {
	Tell(ctx context.Context, person flows.PersonID, eventID string, at time.Time, act flows.DeskAct, sealed []byte) error
}

// Store keeps the alarms.
type Store struct {
	rdb    redis.UniversalClient
	teller Teller
	clock  func() time.Time
	log    *slog.Logger
}

// New keeps alarms in rdb. now is time.Now and log slog.Default if they are nil.
func New(rdb redis.UniversalClient, teller Teller, now func() time.Time, log *slog.Logger) *Store {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.Default()
	}
	return &Store{rdb: rdb, teller: teller, clock: now, log: log}
}

// what is an alarm as it stands in the store.
type what struct {
	Urgency flows.Urgency `json:"u,omitempty"`
	Level   flows.Level   `json:"l,omitempty"`
	Rules   []string      `json:"r,omitempty"`
	Standby bool          `json:"s,omitempty"`
}

// keep is how long an acknowledged alarm can be looked up.
func keep() time.Duration { return privacy.Keep[privacy.Journal] }

// perRank keeps lives in danger before everything else in the list.
const perRank = 10_000_000_000_000

func score(a flows.Alarm, at time.Time) int64 {
	rank := int64(2)
	switch {
	case a.Level == flows.Clear && a.Urgency == flows.Life:
		rank = 0
	case a.Level == flows.Clear:
		rank = 1
	}
	return rank*perRank + at.UnixMilli()
}

// Raise raises an alarm; again with the same id changes nothing.
func (s *Store) Raise(ctx context.Context, id string, person flows.PersonID, alias string, a flows.Alarm) error {
	body, err := json.Marshal(what{Urgency: a.Urgency, Level: a.Level, Rules: a.Rules, Standby: a.Standby})
	if err != nil {
		return fmt.Errorf("alarm: raise: %w", err)
	}
	at := s.clock()
	keys := []string{alarmKey(id), openKey, ofKey(person), revKey}
	err = raiseScript.Run(ctx, s.rdb, keys,
		id, string(person), alias, body, score(a, at), at.UnixMilli(), keep().Milliseconds()).Err()
	if err != nil {
		return fmt.Errorf("alarm: raise: %w", err)
	}
	return nil
}

// Open lists the alarms that nobody has acknowledged, the gravest and oldest first.
func (s *Store) Open(ctx context.Context) ([]Alarm, error) {
	ids, err := s.rdb.ZRange(ctx, openKey, 0, -1).Result()
	if err != nil || len(ids) == 0 {
		return nil, wrap("open", err)
	}
	pipe := s.rdb.Pipeline()
	got := make([]*redis.MapStringStringCmd, len(ids))
	for i, id := range ids {
		got[i] = pipe.HGetAll(ctx, alarmKey(id))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, wrap("open", err)
	}
	all := make([]Alarm, 0, len(ids))
	for _, cmd := range got {
		a, err := parse(cmd.Val())
		if err == nil && a.Acked.IsZero() {
			all = append(all, a)
		}
	}
	return all, nil
}

// Get gives one alarm, or ErrUnknown.
func (s *Store) Get(ctx context.Context, id string) (Alarm, error) {
	fields, err := s.rdb.HGetAll(ctx, alarmKey(id)).Result()
	if err != nil {
		return Alarm{}, wrap("get", err)
	}
	return parse(fields)
}

// Ack records who has seen it and tells the person's lane. Who was first stays.
func (s *Store) Ack(ctx context.Context, id, alias string) (Alarm, error) {
	keys := []string{alarmKey(id), openKey, untoldKey, ackedKey, revKey}
	said, err := ackScript.Run(ctx, s.rdb, keys, id, s.clock().UnixMilli(), alias).Int()
	if err != nil {
		return Alarm{}, wrap("ack", err)
	}
	if said < 0 {
		return Alarm{}, ErrUnknown
	}
	a, err := s.Get(ctx, id)
	if err != nil {
		return Alarm{}, err
	}
	if err := s.tell(ctx, a); err != nil {
		s.log.Warn("alarm: an acknowledgement waits for its lane", "id", id, "err", err)
	}
	return a, nil
}

// tell lets the lane hear of an acknowledgement; Sweep does it again until it works.
func (s *Store) tell(ctx context.Context, a Alarm) error {
	if a.Person != "" {
		act := flows.DeskAct{Do: flows.DeskAlarmed, Staff: a.By}
		if err := s.teller.Tell(ctx, a.Person, "alarm/"+a.ID, a.Acked, act, nil); err != nil {
			return err
		}
	}
	return s.rdb.SRem(ctx, untoldKey, a.ID).Err()
}

// Forget takes a person off all alarms after 消す. The alarms themselves stay.
func (s *Store) Forget(ctx context.Context, person flows.PersonID) error {
	ids, err := s.rdb.SMembers(ctx, ofKey(person)).Result()
	if err != nil {
		return wrap("forget", err)
	}
	for _, id := range ids {
		if err := forgetScript.Run(ctx, s.rdb, []string{alarmKey(id)}).Err(); err != nil {
			return wrap("forget", err)
		}
	}
	return wrap("forget", s.rdb.Del(ctx, ofKey(person)).Err())
}

func parse(fields map[string]string) (Alarm, error) {
	if fields["id"] == "" {
		return Alarm{}, ErrUnknown
	}
	var w what
	if err := json.Unmarshal([]byte(fields["what"]), &w); err != nil {
		return Alarm{}, errors.New("alarm: an alarm cannot be read")
	}
	a := Alarm{
		ID: fields["id"], Person: flows.PersonID(fields["person"]), Alias: fields["alias"],
		Urgency: w.Urgency, Level: w.Level, Rules: w.Rules, Standby: w.Standby,
		Raised: moment(fields["raised"]), Acked: moment(fields["acked"]), By: fields["by"],
	}
	for _, ms := range strings.Fields(fields["again"]) {
		a.Again = append(a.Again, moment(ms))
	}
	a.Calls = parseCalls(fields["calls"])
	return a, nil
}

func moment(ms string) time.Time {
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("alarm: %s: %w", doing, err)
}
