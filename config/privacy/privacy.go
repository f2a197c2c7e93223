// Package privacy keeps people's words unreadable to all but the house, for as
// long as the house plan says, and makes "delete" mean that nobody can read them.
//
// Every word we keep is sealed. The keys live in a small key store (a Redis of
// their own, if the operator likes) and are themselves wrapped by the master key,
// which is in no store:
//
//	master key (operator) ── wraps ──▶ owner's key ── with the text's secret ──▶ key of one text
//	                         wraps ──▶ index key   (HMAC of LINE ids; made once, never rotated)
//
// An [Owner] is whatever is deleted as one: a person, a day of the inbox, a case, a
// dead letter. Destroying the owner's key (消す) makes all that was sealed for it
// noise; destroying a text's secret (unsend) does so for that text. What was
// destroyed is written to a list in the key store and in the main store, so that
// neither a second process nor a restored backup brings it back. See [Vault].
//
// In the key store:
//
//	{k-NN}:owner:<owner>  HASH    k → wrapped key; t:<text id> → secret
//	{k-NN}:owners         ZSET    owner → unix ms of making
//	{k-NN}:shreds         ZSET    owner, or owner and text id → unix ms (in the main store too)
//	{k-NN}:shredded       STRING  counts shreds
//	{k-aof}:rewrite       HASH    which shreds the append-only files have forgotten
//	{k-index}:mark        STRING  in the main store: which index key it was built with
package privacy

import (
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"time"
)

// What callers decide on.
var (
	// ErrShredded means that the key is gone, and with it the words. It is not a fault.
	ErrShredded = errors.New("privacy: the key was destroyed")
	// ErrWrongMaster means that a key is wrapped by a master key that we were not given.
	ErrWrongMaster = errors.New("privacy: wrapped by a master key that is not in ENGAWA_MASTER_KEY")
	// ErrKeysLost means that the main store knows people but the key store is empty
	// or belongs to other data. Going on would make everybody a stranger.
	ErrKeysLost = errors.New("privacy: the key store does not belong to the main store")
	// ErrBroken means that sealed bytes were changed, cut, or opened under another name.
	ErrBroken = errors.New("privacy: the seal does not fit")
	// ErrOwner means that an owner or a text id is empty or has characters that no id of ours has.
	ErrOwner = errors.New("privacy: not an owner or text id")
)

// Owner is whatever is destroyed as one.
type Owner string

// Blind finds a person (or group) without saying who: a keyed hash of a LINE id, 36 hex digits.
type Blind string

// Staff owns what belongs to the desk itself and to no resident.
const Staff Owner = "staff"

// indexOwner holds the key behind every [Blind]. It is never shredded.
const indexOwner Owner = "index"

const dayPrefix = "day:"

// Person owns all that we keep of one resident.
func Person(id string) Owner { return Owner("person:" + id) }

// Risk owns the sealed LINE id of one who said 消す while their life was in clear
// danger, and nothing else. It lives for Keep[RiskID].
func Risk(id string) Owner { return Owner("risk:" + id) }

// Case owns what belongs to a hand-off and outlives the talk: staff's own notes, and
// what a city keeps as a record.
func Case(id string) Owner { return Owner("case:" + id) }

// Dead owns one dead letter.
func Dead(id string) Owner { return Owner("dead:" + id) }

// Day owns the inbox of one day (UTC): raw events as LINE sent them.
func Day(t time.Time) Owner { return Owner(dayPrefix + t.UTC().Format(time.DateOnly)) }

// IsDay says which day an owner is, if it is one.
func (o Owner) IsDay() (day string, ok bool) { return strings.CutPrefix(string(o), dayPrefix) }

// check keeps ids out of the store that could be mistaken for others.
func (o Owner) check() error {
	if o == "" || strings.ContainsAny(string(o), "\n\t{}") {
		return ErrOwner
	}
	return nil
}

func checkText(id string) error {
	if id == "" || strings.ContainsAny(id, "\n\t") {
		return ErrOwner
	}
	return nil
}

// Shards spread the owners over the slots of a cluster. Days have a slot of their
// own: they are few, and the sweep wants them together.
const shards = 16

// slots lists the hash tag of every shard.
func slots() []string {
	all := []string{"days", "index"}
	for n := range shards {
		all = append(all, fmt.Sprintf("%02d", n))
	}
	return all
}

func (o Owner) slot() string {
	if _, day := o.IsDay(); day {
		return "days"
	}
	if o == indexOwner {
		return "index"
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(o))
	return fmt.Sprintf("%02d", h.Sum32()%shards)
}

func ownerKey(o Owner) string      { return "{k-" + o.slot() + "}:owner:" + string(o) }
func ownersKey(slot string) string { return "{k-" + slot + "}:owners" }
func shredsKey(slot string) string { return "{k-" + slot + "}:shreds" }
func countKey(slot string) string  { return "{k-" + slot + "}:shredded" }

const (
	markKey    = "{k-index}:mark"
	rewriteKey = "{k-aof}:rewrite"
)

// shredded is how an owner or a text stands in the lists.
func shredded(o Owner, text string) string {
	if text == "" {
		return string(o)
	}
	return string(o) + "\n" + text
}

func splitShredded(member string) (o Owner, text string) {
	owner, text, _ := strings.Cut(member, "\n")
	return Owner(owner), text
}
