package assist

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/flows"
)

// Audit keeps every question as it left the house, and what came back, so that a
// city can look for seven days at what a machine was told and what it made of it.
// A record is sealed twice: for the person, so that 消す, unsend and この話を消す take
// it along, and for the day, whose key is destroyed when its week is over.
type Audit struct {
	rdb   redis.UniversalClient
	vault *privacy.Vault
	clock func() time.Time
}

// Keys of the audit.
const auditKey = "{assist}:audit" // STREAM id record, at unix ms, d day, p person, t text id, o own text id, b sealed

// ErrAudit means that nothing was asked, because nobody could have looked at it later.
var ErrAudit = errors.New("assist: the question could not be noted, so it was not asked")

// NewAudit keeps records in a store, sealed by the house's vault.
func NewAudit(rdb redis.UniversalClient, vault *privacy.Vault, clock func() time.Time) *Audit {
	return &Audit{rdb: rdb, vault: vault, clock: clock}
}

// Record is one question and what came of it.
type Record struct {
	ID       string         `json:"id"`
	At       time.Time      `json:"at"`
	Side     string         `json:"side"` // resident, staff
	Op       string         `json:"op"`   // read, summary, drafts …
	Person   flows.PersonID `json:"person,omitempty"`
	Gone     bool           `json:"gone,omitempty"` // deleted by the person: nothing of it can be read
	Question string         `json:"question,omitempty"`
	Answer   string         `json:"answer,omitempty"`  // "" = none came
	Verdict  string         `json:"verdict,omitempty"` // ok, or why the answer was not taken; "" = nobody knows
	Millis   int64          `json:"ms,omitempty"`
}

// Source is whom a question is about, and by which of their texts it lives.
type Source struct {
	Person flows.PersonID
	Text   string // text id of the message; "" = of no single one
}

type aboutKey struct{}

// About says whose talk a coordinator's questions are about, so that the records of
// them go when that person's words do.
func About(ctx context.Context, p flows.PersonID) context.Context {
	return context.WithValue(ctx, aboutKey{}, Source{Person: p})
}

func aboutOf(ctx context.Context) Source {
	s, _ := ctx.Value(aboutKey{}).(Source)
	return s
}

// half is what is sealed: a question before it leaves, or how it ended.
type half struct {
	Side     string `json:"s,omitempty"`
	Op       string `json:"o,omitempty"`
	Question string `json:"q,omitempty"`
	Answer   string `json:"a,omitempty"`
	Verdict  string `json:"v,omitempty"`
	Millis   int64  `json:"ms,omitempty"`
}

// auditDay is the owner of all records of one day. It is no inbox day: those live shorter.
func auditDay(day string) privacy.Owner { return privacy.Owner("audit:" + day) }

func auditAAD(id string) string { return "assist:" + id }

// note seals one half under an id and appends it.
func (a *Audit) note(ctx context.Context, id string, src Source, h half) error {
	plain, err := json.Marshal(h)
	if err != nil {
		return fmt.Errorf("assist: audit: %w", err)
	}
	text, own := src.Text, src.Text == ""
	if own {
		text = "assist-" + id
	}
	if src.Person != "" {
		if plain, err = a.vault.SealText(ctx, privacy.Person(string(src.Person)), text, auditAAD(id), plain); err != nil {
			return fmt.Errorf("assist: audit: seal: %w", err)
		}
	}
	now := a.clock().UTC()
	day := now.Format(time.DateOnly)
	sealed, err := a.vault.Seal(ctx, auditDay(day), auditAAD(id), plain)
	if err != nil {
		return fmt.Errorf("assist: audit: seal: %w", err)
	}
	err = a.rdb.XAdd(ctx, &redis.XAddArgs{Stream: auditKey, Values: []any{
		"id", id, "at", now.UnixMilli(), "d", day, "p", string(src.Person), "t", text, "o", own, "b", sealed,
	}}).Err()
	if err != nil {
		return fmt.Errorf("assist: audit: append: %w", err)
	}
	return nil
}

// noteQuestion keeps what is about to leave. What cannot be kept does not leave.
func (a *Assist) noteQuestion(ctx context.Context, r request) (record string, err error) {
	if a.opt.Audit == nil {
		return "", nil
	}
	record = rand.Text()[:16]
	if err := a.opt.Audit.note(ctx, record, r.about, half{Side: string(r.side), Op: r.op, Question: string(r.data)}); err != nil {
		a.opt.Log.Warn("assist: not asked", "err", err)
		return "", ErrAudit
	}
	return record, nil
}

// auditTime is for the answer's half, also when the question's time is over.
const auditTime = 2 * time.Second

// noteAnswer keeps how it ended. Should that fail, the record says that nobody knows.
func (a *Assist) noteAnswer(ctx context.Context, record string, r request, answer string, err error, took time.Duration) {
	if record == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTime)
	defer cancel()
	err = a.opt.Audit.note(ctx, record, r.about, half{Answer: answer, Verdict: code(err), Millis: took.Milliseconds()})
	if err != nil && !errors.Is(err, privacy.ErrShredded) { // gone meanwhile: so is the question
		a.opt.Log.Warn("assist: how it ended was not noted", "err", err)
	}
}

// List gives the records of a day (UTC), oldest first.
func (a *Audit) List(ctx context.Context, day time.Time) ([]Record, error) {
	got, err := a.rdb.XRange(ctx, auditKey, "-", "+").Result()
	if err != nil {
		return nil, fmt.Errorf("assist: audit: list: %w", err)
	}
	var out []Record
	for _, m := range got {
		f := fieldsOf(m)
		if f.day != day.UTC().Format(time.DateOnly) {
			continue
		}
		h, err := a.open(ctx, f)
		gone := errors.Is(err, privacy.ErrShredded)
		if err != nil && !gone {
			return nil, err
		}
		at := slices.IndexFunc(out, func(r Record) bool { return r.ID == f.id })
		if at < 0 {
			out = append(out, Record{ID: f.id, At: f.at, Person: f.src.Person})
			at = len(out) - 1
		}
		out[at].take(h, gone)
	}
	return out, nil
}

// take adds one half.
func (r *Record) take(h half, gone bool) {
	if gone {
		*r = Record{ID: r.ID, At: r.At, Gone: true}
		return
	}
	if h.Question != "" {
		r.Side, r.Op, r.Question = h.Side, h.Op, h.Question
		return
	}
	r.Answer, r.Verdict, r.Millis = h.Answer, h.Verdict, h.Millis
}

// fields are a record's half as it lies in the store.
type fields struct {
	id, day string
	at      time.Time
	src     Source
	own     bool
	sealed  []byte
}

func fieldsOf(m redis.XMessage) fields {
	get := func(name string) string {
		s, _ := m.Values[name].(string)
		return s
	}
	ms, _ := strconv.ParseInt(get("at"), 10, 64) // what is no number was not written by us, and shows as 1970
	return fields{id: get("id"), day: get("d"), at: time.UnixMilli(ms).UTC(), own: get("o") == "1",
		src: Source{Person: flows.PersonID(get("p")), Text: get("t")}, sealed: []byte(get("b"))}
}

// open reads one half: the day's seal first, then the person's.
func (a *Audit) open(ctx context.Context, f fields) (h half, err error) {
	plain, err := a.vault.Open(ctx, auditDay(f.day), auditAAD(f.id), f.sealed)
	if err == nil && f.src.Person != "" {
		plain, err = a.vault.OpenText(ctx, privacy.Person(string(f.src.Person)), f.src.Text, auditAAD(f.id), plain)
	}
	if err != nil {
		return half{}, fmt.Errorf("assist: audit: open: %w", err)
	}
	if json.Unmarshal(plain, &h) != nil {
		return half{}, errors.New("assist: audit: a record that cannot be read")
	}
	return h, nil
}

// Withdraw destroys what rests on several of a person's words at once (a summary,
// drafts), because one of them has been taken back. Questions about a single text
// go with that text's own key.
func (a *Audit) Withdraw(ctx context.Context, p flows.PersonID) error {
	got, err := a.rdb.XRange(ctx, auditKey, "-", "+").Result()
	if err != nil {
		return fmt.Errorf("assist: audit: withdraw: %w", err)
	}
	var texts []string
	for _, m := range got {
		if f := fieldsOf(m); f.src.Person == p && f.own {
			texts = append(texts, f.src.Text)
		}
	}
	slices.Sort(texts)
	if texts = slices.Compact(texts); len(texts) == 0 {
		return nil
	}
	return a.vault.ShredTexts(ctx, privacy.Person(string(p)), texts...)
}

// Sweep destroys the keys of the days whose week is over, and then their records.
func (a *Audit) Sweep(ctx context.Context) error {
	living := a.clock().UTC().Add(-privacy.Keep[privacy.Asked]).Format(time.DateOnly)
	got, err := a.rdb.XRange(ctx, auditKey, "-", "+").Result()
	if err != nil {
		return fmt.Errorf("assist: audit: sweep: %w", err)
	}
	shredded := map[string]bool{}
	var old []string
	for _, m := range got {
		day := fieldsOf(m).day
		if day >= living {
			continue
		}
		if !shredded[day] {
			if err := a.vault.Shred(ctx, auditDay(day)); err != nil {
				return fmt.Errorf("assist: audit: sweep: %w", err)
			}
			shredded[day] = true
		}
		old = append(old, m.ID)
	}
	if len(old) == 0 {
		return nil
	}
	if err := a.rdb.XDel(ctx, auditKey, old...).Err(); err != nil {
		return fmt.Errorf("assist: audit: sweep: %w", err)
	}
	return nil
}
