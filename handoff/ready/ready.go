// Package ready keeps the texts that coordinators have at hand: of their own, of
// a team, or of the whole desk. A text may hold blanks that the desk fills in, and
// is held against the rules for residents' texts before it is kept.
package ready

import (
	"cmp"
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"engawa/handoff/find"
)

// Text is one text that is kept ready.
type Text struct {
	ID    string    `json:"-"`
	Owner string    `json:"o,omitempty"` // account whose own it is
	Team  string    `json:"e,omitempty"` // team whose it is; with neither it is the whole desk's
	Title string    `json:"t"`
	Words string    `json:"w"`
	By    string    `json:"b"` // account that wrote it last
	At    time.Time `json:"a"`
	Rev   int64     `json:"r"`
}

// Blanks are what the desk can fill in, by the name that stands in {}.
var Blanks = []string{"alias", "相談員", "開く時間", "約束", "話のこと", "きょう"}

// What a text is refused with.
var (
	ErrEmpty = errors.New("ready: a text has a name and words")
	ErrLong  = errors.New("ready: a name holds 40 letters, a text 1000")
	ErrMany  = errors.New("ready: there are as many texts as can be kept")
	ErrOther = errors.New("ready: somebody has changed this text meanwhile")
)

// BlankError names something in {} that nobody could fill in.
type BlankError struct{ Name string }

func (e *BlankError) Error() string { return "ready: there is no such blank" }

const (
	longestTitle = 40
	longestWords = 1000
	most         = 500
)

var blank = regexp.MustCompile(`\{([^{}]*)\}`)

// Check says what keeps a text from being kept.
func (t Text) Check() error {
	switch {
	case strings.TrimSpace(t.Title) == "" || strings.TrimSpace(t.Words) == "":
		return ErrEmpty
	case utf8.RuneCountInString(t.Title) > longestTitle || utf8.RuneCountInString(t.Words) > longestWords:
		return ErrLong
	}
	for _, m := range blank.FindAllStringSubmatch(t.Words, -1) {
		if !slices.Contains(Blanks, m[1]) {
			return &BlankError{m[1]}
		}
	}
	return nil
}

// Fill puts what is known into the blanks. One that nothing is known for is left
// out, never shown to a resident.
func Fill(words string, known map[string]string) string {
	return blank.ReplaceAllStringFunc(words, func(b string) string {
		name := strings.Trim(b, "{}")
		if !slices.Contains(Blanks, name) {
			return b
		}
		return known[name]
	})
}

// For says whether somebody sees the text: who they are, and their teams.
func (t Text) For(account string, teams []string) bool {
	switch {
	case t.Owner != "":
		return t.Owner == account
	case t.Team != "":
		return slices.Contains(teams, t.Team)
	}
	return true
}

// Store keeps texts in the store of the desk.
type Store struct {
	rdb redis.UniversalClient
	now func() time.Time
}

// New is a store of texts.
func New(rdb redis.UniversalClient, now func() time.Time) *Store { return &Store{rdb: rdb, now: now} }

const textsKey = "{ready}:texts" // HASH id → JSON

//go:embed lua/put.lua
var putLua string

var putScript = redis.NewScript(putLua)

// All gives the texts that somebody sees: their own first, then their teams', then
// the desk's, each by name.
func (s *Store) All(ctx context.Context, account string, teams []string) ([]Text, error) {
	got, err := s.rdb.HGetAll(ctx, textsKey).Result()
	if err != nil {
		return nil, fmt.Errorf("ready: %w", err)
	}
	var all []Text
	for id, body := range got {
		t := Text{ID: id}
		if err := json.Unmarshal([]byte(body), &t); err != nil {
			return nil, errors.New("ready: a text cannot be read")
		}
		if t.For(account, teams) {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b Text) int {
		return cmp.Or(cmp.Compare(near(a), near(b)), cmp.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

func near(t Text) int {
	switch {
	case t.Owner != "":
		return 0
	case t.Team != "":
		return 1
	}
	return 2
}

// Matching leaves the texts in whose name or words all words of a query stand.
func Matching(all []Text, q find.Query) []Text {
	return slices.DeleteFunc(slices.Clone(all), func(t Text) bool { return !q.In(t.Title + " " + t.Words) })
}

// Put keeps a text: a new one without an ID, else the one that was looked at, by its
// Rev. Whoever was slower gets ErrOther. Again with the same new text gives a second
// one; its form has an act for that.
func (s *Store) Put(ctx context.Context, t Text, act string) error {
	t.Title, t.Words = strings.TrimSpace(t.Title), strings.TrimSpace(strings.ReplaceAll(t.Words, "\r\n", "\n"))
	if err := t.Check(); err != nil {
		return err
	}
	rev := t.Rev
	t.At, t.Rev = s.now().UTC(), rev+1
	if t.ID == "" {
		t.ID = cmp.Or(act, strings.ToLower(rand.Text()[:12]))
	}
	body, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	return s.put(ctx, t.ID, rev, string(body))
}

// Drop lets go of a text that was looked at.
func (s *Store) Drop(ctx context.Context, id string, rev int64) error { return s.put(ctx, id, rev, "") }

func (s *Store) put(ctx context.Context, id string, rev int64, body string) error {
	said, err := putScript.Run(ctx, s.rdb, []string{textsKey}, id, rev, body, most).Text()
	switch {
	case err != nil:
		return fmt.Errorf("ready: %w", err)
	case said == "other":
		return ErrOther
	case said == "full":
		return ErrMany
	}
	return nil
}
