package people

import (
	"cmp"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"engawa/config/privacy"
	"engawa/flows"
)

// Who said something.
const (
	ByResident = "resident"
	ByStaff    = "staff"
	ByMachine  = "machine"
)

// What it was.
const (
	KindText     = "text"
	KindTap      = "tap"
	KindSticker  = "sticker"
	KindMedia    = "media"
	KindLocation = "location"
	KindScene    = "scene" // what the machine showed; Line names it
	KindShown    = "shown" // the same as a room shows it: Text is its own form, and nobody else reads it
)

// Said is one thing that was said in a person's talk.
type Said struct {
	ID    string    // text id: LINE's message id, or the event's
	At    time.Time //
	By    string    // resident, staff, machine
	Kind  string    //
	Text  string    // "" when Gone
	Staff string    // alias of the coordinator
	Line  string    // KindScene: key of the line or scene
	Gone  bool      // taken back or deleted: only that there was something is left
	Event string    // of the event that brought it

	of string // the text that this stands in; "" = it is one itself
}

// Kept is the id of the text under whose key this lies: its own, or that of what a
// machine's answer is kept with. An id may hold any sign, so none of it tells.
func (s Said) Kept() string { return cmp.Or(s.of, s.ID) }

// head is what stays readable to the person's key when a text is taken back:
// staff still see that there was one, and when. It is packed small, for it is kept
// of every text of everybody.
type head struct {
	at    int64 // unix ms
	by    string
	kind  string
	event string
	staff string
}

// The letters that a head uses for who and what.
var (
	letterOfBy   = map[string]byte{ByResident: 'r', ByStaff: 's', ByMachine: 'm'}
	letterOfKind = map[string]byte{
		KindText: 't', KindTap: 'p', KindSticker: 's', KindMedia: 'm', KindLocation: 'l', KindScene: 'c', KindShown: 'o',
	}
	byOfLetter   = reversed(letterOfBy)
	kindOfLetter = reversed(letterOfKind)
)

func reversed(m map[string]byte) map[byte]string {
	out := make(map[byte]string, len(m))
	for name, letter := range m {
		out[letter] = name
	}
	return out
}

// pack: time as a varint, two letters, then event and staff with a zero between.
func (h head) pack() []byte {
	out := binary.AppendVarint(make([]byte, 0, 16+len(h.event)+len(h.staff)), h.at)
	out = append(out, letterOfBy[h.by], letterOfKind[h.kind])
	out = append(out, h.event...)
	if h.staff != "" {
		out = append(append(out, 0), h.staff...)
	}
	return out
}

func unpack(b []byte) (head, bool) {
	at, n := binary.Varint(b)
	if n <= 0 || len(b) < n+2 {
		return head{}, false
	}
	event, staff, _ := strings.Cut(string(b[n+2:]), "\x00")
	return head{at: at, by: byOfLetter[b[n]], kind: kindOfLetter[b[n+1]], event: event, staff: staff}, true
}

// body goes with the text's own key. What the machine answered stands in it too:
// it tells as much as the words do.
type body struct {
	Text    string   `json:"x,omitempty"`
	Answers []string `json:"a,omitempty"`
}

// Sealing is a said thing on its way to the words of a person: seal Items with
// others, then ask for Stored.
type Sealing struct {
	ID    string
	items []privacy.Item
}

// NewSealing prepares what was said, with the lines that the machine answered it
// with. A Gone one keeps its head alone and has no key.
func NewSealing(p flows.PersonID, said Said, answers []string) (Sealing, error) {
	h := head{at: said.At.UnixMilli(), by: said.By, kind: said.Kind, event: said.Event, staff: said.Staff}.pack()
	s := Sealing{ID: said.ID, items: []privacy.Item{{Owner: owner(p), AAD: "said:" + said.ID, Data: h}}}
	if !said.Gone {
		b, err := json.Marshal(body{Text: said.Text, Answers: answers})
		if err != nil {
			return Sealing{}, errors.New("people: seal: a text that cannot be written")
		}
		s.items = append(s.items, privacy.Item{Owner: owner(p), Text: said.ID, AAD: "text", Data: b})
	}
	return s, nil
}

// Items are what the vault must seal.
func (s *Sealing) Items() []privacy.Item { return s.items }

// Take gives the sealed items back, in the order of Items.
func (s *Sealing) Take(sealed []privacy.Item) { copy(s.items, sealed) }

// Stored is the value of the words' hash. A text whose key was destroyed before it
// was kept (an unsend that overtook it) is stored as gone.
func (s *Sealing) Stored() ([]byte, error) {
	if err := s.items[0].Err; err != nil {
		return nil, fmt.Errorf("people: seal: %w", err)
	}
	out := binary.BigEndian.AppendUint16(nil, uint16(len(s.items[0].Data))) //#nosec G115 -- a sealed key and a text id are far shorter than 64 kB
	out = append(out, s.items[0].Data...)
	if len(s.items) == 1 || errors.Is(s.items[1].Err, privacy.ErrShredded) {
		return out, nil
	}
	if err := s.items[1].Err; err != nil {
		return nil, fmt.Errorf("people: seal: %w", err)
	}
	return append(out, s.items[1].Data...), nil
}

// SealWords seals a coordinator's words for a person. The result names its text,
// so that the person's lane can keep it and draw it; see [Store.OpenWords].
func (s *Store) SealWords(ctx context.Context, p flows.PersonID, textID, staff, words string, at time.Time) ([]byte, error) {
	said := Said{ID: textID, At: at, By: ByStaff, Kind: KindText, Text: words, Staff: staff, Event: textID}
	sealing, err := NewSealing(p, said, nil)
	if err != nil {
		return nil, err
	}
	if err := s.vault.SealMany(ctx, sealing.Items()); err != nil {
		return nil, fmt.Errorf("people: seal: %w", err)
	}
	for _, it := range sealing.items {
		if it.Err != nil {
			return nil, fmt.Errorf("people: seal: %w", it.Err)
		}
	}
	stored, err := sealing.Stored()
	if err != nil {
		return nil, err
	}
	out := binary.BigEndian.AppendUint16(nil, uint16(len(textID))) //#nosec G115 -- a sealed key and a text id are far shorter than 64 kB
	return append(append(out, textID...), stored...), nil
}

// OpenWords opens what [Store.SealWords] sealed: the words, and the form in which
// they are kept among the person's.
func (s *Store) OpenWords(ctx context.Context, p flows.PersonID, sealed []byte) (said Said, stored []byte, err error) {
	id, stored, ok := cut(sealed)
	if !ok {
		return Said{}, nil, errWords
	}
	all, err := s.openAll(ctx, owner(p), map[string]string{string(id): string(stored)})
	if err != nil {
		return Said{}, nil, err
	}
	if len(all) == 0 {
		return Said{}, nil, ErrNobody
	}
	return all[0], stored, nil
}

// errWords is a stored text that is not one of ours.
var errWords = errors.New("people: words that cannot be read")

// cut takes a length and so many bytes off the front.
func cut(b []byte) (first, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	if len(b) < 2+n {
		return nil, nil, false
	}
	return b[2 : 2+n], b[2+n:], true
}

// Talk lists what was said in a person's talk since a time, in order. What was
// taken back stands there as Gone.
func (s *Store) Talk(ctx context.Context, p flows.PersonID, since time.Time) ([]Said, error) {
	all, err := s.rdb.HGetAll(ctx, Key(p, "words")).Result()
	if err != nil {
		return nil, fmt.Errorf("people: talk: %w", err)
	}
	said, err := s.openAll(ctx, owner(p), all)
	if err != nil {
		return nil, err
	}
	said = slices.DeleteFunc(said, func(s Said) bool { return s.At.Before(since) })
	return said, nil
}

// One opens a single thing that was said; false if it is not there.
func (s *Store) One(ctx context.Context, p flows.PersonID, textID string) (Said, bool, error) {
	stored, err := s.rdb.HMGet(ctx, Key(p, "words"), textID).Result()
	if err != nil {
		return Said{}, false, fmt.Errorf("people: talk: %w", err)
	}
	v, there := stored[0].(string)
	if !there {
		return Said{}, false, nil
	}
	said, err := s.openAll(ctx, owner(p), map[string]string{textID: v})
	if err != nil || len(said) == 0 {
		return Said{}, false, err
	}
	return said[0], true, nil
}

// openAll opens stored words in one round trip and puts them in order.
func (s *Store) openAll(ctx context.Context, o privacy.Owner, stored map[string]string) ([]Said, error) {
	ids, items, err := s.openParts(ctx, o, stored)
	if err != nil {
		return nil, fmt.Errorf("people: talk: %w", err)
	}
	var all []Said
	for i, id := range ids {
		all = append(all, read(id, items[2*i], items[2*i+1])...)
	}
	slices.SortStableFunc(all, inOrder)
	return all, nil
}

// openParts opens stored words into two items each: the head, and what goes with
// the text's own key.
func (s *Store) openParts(ctx context.Context, o privacy.Owner, stored map[string]string) (ids []string, items []privacy.Item, err error) {
	for id, v := range stored {
		h, b, ok := cut([]byte(v))
		if !ok {
			continue
		}
		ids = append(ids, id)
		items = append(items,
			privacy.Item{Owner: o, AAD: "said:" + id, Data: h},
			privacy.Item{Owner: o, Text: id, AAD: "text", Data: b})
	}
	if len(items) == 0 {
		return nil, nil, nil
	}
	return ids, items, s.vault.OpenMany(ctx, items)
}

// read makes of one stored value what was said, and after it what the machine answered.
func read(id string, h, b privacy.Item) []Said {
	of, ok := unpack(h.Data)
	if h.Err != nil || !ok {
		return nil // the person's key is gone, and with it everything
	}
	said := Said{ID: id, At: time.UnixMilli(of.at).UTC(), By: of.by, Kind: of.kind, Event: of.event, Staff: of.staff}
	var with body
	if b.Err != nil || json.Unmarshal(b.Data, &with) != nil {
		said.Gone = true
		return []Said{said}
	}
	said.Text = with.Text
	var all []Said
	if said.By != ByMachine || said.Kind == KindShown {
		all = append(all, said)
	}
	for n, line := range with.Answers {
		all = append(all, Said{ID: id + "/" + strconv.Itoa(n+1), of: id, At: said.At, By: ByMachine, Kind: KindScene, Line: line, Event: said.Event})
	}
	return all
}

// inOrder sorts by time; at the same instant LINE's message ids count upwards, and
// what the machine answered comes after what it answers.
func inOrder(a, b Said) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	x, y := a.Kept(), b.Kept()
	return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)) // of one id: as read
}
