package catalogue

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"engawa/flows"
)

// Kind says what sort of thing is offered.
type Kind string

// The kinds of the one catalogue. They are the words of [flows.Card.Kind].
const (
	Service Kind = "service" // 窓口
	Contact Kind = "contact" // 連絡先
	Ibasho  Kind = "ibasho"  // a place that recurs
	Event   Kind = "event"   // one occurrence
	Role    Kind = "role"    // something to do
)

// Kinds in the order in which people look through them.
var Kinds = []Kind{Ibasho, Event, Role, Service, Contact}

// Tie is whom one meets there. A set of offers tries to hold one of each.
type Tie string

// The three networks.
const (
	Pro       Tie = "pro"   // people whose work it is
	Peer      Tie = "peer"  // people with the same experience
	Neighbour Tie = "local" // neighbours
)

// Ties in the order in which an offer is drawn up: peers first, whom nobody else can replace.
var Ties = []Tie{Peer, Neighbour, Pro}

// For says whom a place is meant for, where that helps to choose it.
type For string

// Who a place may be for. None of them keeps anybody out.
const (
	ForPeers   For = "同じ経験"
	ForFamily  For = "家族"
	ForYoung   For = "若い人"
	ForParents For = "子育て"
	ForOld     For = "年をとった人"
	ForTongues For = "外国から来た人"
)

// Fors is the closed list.
var Fors = []For{ForPeers, ForFamily, ForYoung, ForParents, ForOld, ForTongues}

// Efforts are the tags of something to do, the smallest effort first.
var Efforts = []string{"見るだけ", "座っているだけ", "10分だけ", "家でできる", "30分", "1時間", "半日", "月1回", "週1回2時間"}

// State is where an entry stands on its way to the public.
type State string

// The states of an entry.
const (
	Draft     State = "draft"
	Waiting   State = "waiting" // for somebody who approves it
	Published State = "published"
	Paused    State = "paused"
	Cancelled State = "cancelled" // all of it; single dates are [Change]s
	Recalled  State = "recalled"  // taken back by the house: no text of it is shown again
)

// Point is a place on the map.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Where tells the way there.
type Where struct {
	Area    string       `json:"area,omitempty"`    // 圏域 of the house
	Town    string       `json:"town,omitempty"`    // ひなた町2丁目
	Place   flows.Phrase `json:"place,omitempty"`   // the building, as people call it
	Station string       `json:"station,omitempty"` // ひなた駅
	Way     string       `json:"way,omitempty"`     // 駅から歩いて5分
	Point   *Point       `json:"point,omitempty"`
	Asked   bool         `json:"asked,omitempty"`  // a safe place: told only to who asks, never in a list, page or feed
	Online  string       `json:"online,omitempty"` // the link, shown only after 行ってみたい
}

// Entry is one thing that is offered, wherever it came from: a card of the
// content, a post of a group, a line of a city's list.
type Entry struct {
	ID       string       `json:"id"`
	Kind     Kind         `json:"kind"`
	Title    flows.Phrase `json:"title"`
	Reading  string       `json:"reading,omitempty"` // kana of title, place and station, where known
	Lead     flows.Phrase `json:"lead,omitempty"`
	Arrive   flows.Phrase `json:"arrive,omitempty"` // what happens on arrival
	Group    string       `json:"group,omitempty"`  // id of who posted it
	Host     string       `json:"host,omitempty"`   // its name as the public sees it
	Where    Where        `json:"where"`
	Times    []When       `json:"times,omitempty"`
	Hours    flows.Phrase `json:"hours,omitempty"` // the times in words, where they say more
	Facts    []string     `json:"facts,omitempty"` // of [flows.Facts]
	Effort   string       `json:"effort,omitempty"`
	Tie      Tie          `json:"tie,omitempty"`
	For      []For        `json:"for,omitempty"`
	Tags     []string     `json:"tags,omitempty"`
	Phone    string       `json:"phone,omitempty"`
	OnDay    string       `json:"on_day,omitempty"` // whom to ask for on the day
	URL      string       `json:"url,omitempty"`
	Capacity int          `json:"capacity,omitempty"`
	Langs    []flows.Lang `json:"langs,omitempty"`
	Access   []string     `json:"access,omitempty"` // accessibility, in words
	Picture  string       `json:"picture,omitempty"`
	Source   string       `json:"source,omitempty"`
	Verified time.Time    `json:"verified,omitzero"`
	By       string       `json:"by,omitempty"`
	Expires  time.Time    `json:"expires,omitzero"`
	Instead  string       `json:"instead,omitempty"` // what is shown when this is stale
	Always   bool         `json:"always,omitempty"`  // 110, 119, 189
	State    State        `json:"state"`
	Changed  time.Time    `json:"changed,omitzero"`
}

// Ja makes a text of one language.
func Ja(s string) flows.Phrase {
	if s == "" {
		return nil
	}
	return flows.Phrase{flows.Ja: s}
}

// Name is the title in Japanese.
func (e *Entry) Name() string { s, _ := e.Title.In(flows.Ja); return s }

// Has tells whether a low-hurdle fact is true of the entry.
func (e *Entry) Has(fact string) bool { return slices.Contains(e.Facts, fact) }

// Shown says whether the entry may reach a resident at the moment now: it is
// published, and a person verified it within its shelf life.
func (e *Entry) Shown(now time.Time) bool {
	if e.State != Published {
		return false
	}
	return e.shelf().Fresh(now)
}

// FreshUntil is until when somebody's having looked at it holds; zero if nobody has.
func (e *Entry) FreshUntil() time.Time { return e.shelf().FreshUntil() }

func (e *Entry) shelf() *flows.Card {
	return &flows.Card{Kind: string(e.Kind), Always: e.Always, Verified: e.Verified, By: e.By, Expires: e.Expires}
}

// Limits of what an entry may hold. They keep a card readable, and a store safe.
const (
	MaxTitle, MaxText, MaxTimes, MaxChanges = 40, 400, 31, 10_000
)

// Check tells everything that is wrong with an entry, each error naming its field.
func (e *Entry) Check() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, &Fault{Field: field, Text: fmt.Sprintf(format, args...)})
	}
	if e.ID == "" {
		bad("id", "番号（id）がありません。")
	}
	if !slices.Contains(Kinds, e.Kind) {
		bad("kind", "種類「%s」は知りません。%s のどれかです。", e.Kind, joined(Kinds))
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(e.Name())); n == 0 || n > MaxTitle {
		bad("title", "名前は1字から%d字までです。いまは%d字です。", MaxTitle, n)
	}
	for field, p := range map[string]flows.Phrase{"lead": e.Lead, "arrive": e.Arrive, "hours": e.Hours, "place": e.Where.Place} {
		if s, _ := p.In(flows.Ja); utf8.RuneCountInString(s) > MaxText {
			bad(field, "%d字までにしてください。", MaxText)
		}
	}
	e.checkLists(bad)
	if e.Capacity < 0 {
		bad("capacity", "定員は0より小さくできません。")
	}
	if p := e.Where.Point; p != nil && (p.Lat < -90 || p.Lat > 90 || p.Lon < -180 || p.Lon > 180) {
		bad("point", "緯度と経度が入れかわっているかもしれません。")
	}
	if len(e.Times) > MaxTimes {
		bad("times", "日時は%dこまでです。", MaxTimes)
	}
	for i := range e.Times {
		if err := e.Times[i].Check(); err != nil {
			bad("times", "%d番目の日時: %v", i+1, err)
		}
	}
	return errors.Join(errs...)
}

// checkLists holds the tags to their closed lists.
func (e *Entry) checkLists(bad func(field, format string, args ...any)) {
	for _, f := range e.Facts {
		if !slices.Contains(flows.Facts, f) {
			bad("facts", "「%s」は気軽さの一覧にありません。", f)
		}
	}
	for _, f := range e.For {
		if !slices.Contains(Fors, f) {
			bad("for", "「%s」は「だれのための」の一覧にありません。", f)
		}
	}
	if e.Effort != "" && !slices.Contains(Efforts, e.Effort) {
		bad("effort", "「%s」は手間の一覧にありません。", e.Effort)
	}
	if e.Tie != "" && !slices.Contains(Ties, e.Tie) {
		bad("tie", "つながり「%s」は %s のどれかです。", e.Tie, joined(Ties))
	}
}

// Fault is what is wrong with one field, in words for who wrote it.
type Fault struct{ Field, Text string }

func (f *Fault) Error() string { return f.Field + ": " + f.Text }

// Faults takes the single faults out of an error of [Entry.Check].
func Faults(err error) (all []*Fault) {
	var one *Fault
	if joint, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joint.Unwrap() {
			all = append(all, Faults(e)...)
		}
	} else if errors.As(err, &one) {
		all = append(all, one)
	}
	return all
}

func joined[T ~string](words []T) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = string(w)
	}
	return strings.Join(s, "・")
}
