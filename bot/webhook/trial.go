package webhook

import (
	"bytes"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// LINE brings again what was not answered with 200, if somebody has switched that on
// by hand; no API shows the switch. A trial proves it once: a person sends the house a
// message with a mark that setup shows, the door stores it as ever, answers 503 the
// first time, and waits for LINE to bring that very event again. Nothing can be lost
// by it, whatever the switch says, because the event lies in its lane before the 503.

//go:embed lua/trial.lua
var trialLua string

var trialMove = redis.NewScript(trialLua)

// Keys of a trial. They share one slot.
const (
	trialKey  = "{watch}:trial"
	provedKey = "{watch}:proved"
)

// TrialTime bounds a trial: LINE does not tell when it comes again.
const TrialTime = 15 * time.Minute

// trialWord stands before the digits, so that nobody writes a mark by chance.
const trialWord = "再送テスト"

// Trials are the trials of redelivery, of which there is one at a time.
type Trials struct {
	rdb  redis.UniversalClient
	mark atomic.Pointer[string] // of the open trial, as last looked up; nil = none
}

// NewTrials makes the trials of a store.
func NewTrials(rdb redis.UniversalClient) *Trials { return &Trials{rdb: rdb} }

// Begin opens a trial in place of any other and gives the words that a person shall
// send. Every process must have looked before they do: see [LookEvery].
func (t *Trials) Begin(ctx context.Context) (mark string, err error) {
	n, err := rand.Int(rand.Reader, big.NewInt(10_000))
	if err != nil {
		return "", fmt.Errorf("webhook: trial: %w", err)
	}
	mark = fmt.Sprintf("%s%04d", trialWord, n)
	pipe := t.rdb.TxPipeline()
	pipe.Del(ctx, trialKey)
	pipe.HSet(ctx, trialKey, "mark", mark)
	pipe.Expire(ctx, trialKey, TrialTime)
	if _, err := pipe.Exec(ctx); err != nil {
		return "", fmt.Errorf("webhook: trial: %w", err)
	}
	return mark, nil
}

// End closes the trial: from now on every message is an ordinary one again.
func (t *Trials) End(ctx context.Context) error {
	if err := t.rdb.Del(ctx, trialKey).Err(); err != nil {
		return fmt.Errorf("webhook: trial: %w", err)
	}
	return nil
}

// Standing says how far the open trial is: whether the message came and was refused,
// and whether LINE has brought it again.
func (t *Trials) Standing(ctx context.Context) (came, again bool, err error) {
	got, err := t.rdb.HMGet(ctx, trialKey, "event", "proved").Result()
	if err != nil {
		return false, false, fmt.Errorf("webhook: trial: %w", err)
	}
	return got[0] != nil, got[1] != nil, nil
}

// Proved says when a redelivery last came in a trial; zero if never.
func (t *Trials) Proved(ctx context.Context) (time.Time, error) {
	ms, err := t.rdb.Get(ctx, provedKey).Int64()
	if errors.Is(err, redis.Nil) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("webhook: trial: %w", err)
	}
	return time.UnixMilli(ms), nil
}

// LookEvery is how often a process looks whether a trial is open.
const LookEvery = 2 * time.Second

// Look looks once. The door itself never asks the store about trials unless one is
// open and a message carries its mark.
func (t *Trials) Look(ctx context.Context) error {
	mark, err := t.rdb.HGet(ctx, trialKey, "mark").Result()
	switch {
	case errors.Is(err, redis.Nil):
		t.mark.Store(nil)
	case err != nil:
		t.mark.Store(nil) // a store that hangs must not make the door ask it more
		return fmt.Errorf("webhook: trial: %w", err)
	default:
		t.mark.Store(&mark)
	}
	return nil
}

// trialTime is what a trial may add to the door's own patience.
const trialTime = 100 * time.Millisecond

// marked is the little that a trial reads of an event.
type marked struct {
	ID      string `json:"webhookEventId"`
	Context struct {
		Again bool `json:"isRedelivery"`
	} `json:"deliveryContext"`
	Message struct {
		Text string `json:"text"`
	} `json:"message"`
}

// refuses says whether this body, whose events are stored, shall be answered with 503.
// When in doubt it says no.
func (t *Trials) refuses(ctx context.Context, body []byte, now time.Time) bool {
	if t == nil {
		return false
	}
	mark := t.mark.Load()
	if mark == nil || !bytes.Contains(body, []byte(trialWord)) && !bytes.Contains(body, []byte(`\u518d`)) {
		return false
	}
	var all struct {
		Events []json.RawMessage `json:"events"`
	}
	if json.Unmarshal(body, &all) != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	refuse := false
	for _, raw := range all.Events {
		var e marked
		if json.Unmarshal(raw, &e) != nil || strings.TrimSpace(e.Message.Text) != *mark || !plain(e.ID) {
			continue
		}
		again := "0"
		if e.Context.Again {
			again = "1"
		}
		said, err := trialMove.Run(ctx, t.rdb, []string{trialKey, provedKey}, *mark, e.ID, again, strconv.FormatInt(now.UnixMilli(), 10)).Text()
		refuse = refuse || err == nil && said == "refuse"
	}
	return refuse
}
