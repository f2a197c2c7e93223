// Package board keeps what peer groups and family groups post: who may post for
// which group, drafts, approval, changes and recalls. Whoever posts has no staff
// and little time; whoever reads fears the first visit; so posting is short, and
// nothing that is posted tells anything about who reads it.
//
//	board.go    groups, posts and the moves between their states (pure)
//	rules.go    house rules for posts, as far as a rule can check them (pure)
//	store.go    documents in the store: read, decide, write if nobody was quicker
//	groups.go   registering, inviting, joining, leaving, recalling
//	life.go     pausing, falling silent, going on
//	letters.go  members without LINE: their address, letters to them
//	posts.go    submitting, approving, changing, cancelling
//	keys.go     one-time links, browsers bound by them, limits, drafts, counts
//	follow.go   all groups and posts in memory, in every process
//
// Who saved what is kept with the resident, sealed; here are counts, and none
// below ten is ever told.
package board

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"engawa/flows"
	"engawa/flows/catalogue"
)

// What the board answers when something may not be.
var (
	ErrUnknown = errors.New("board: no such group or post")
	ErrEdited  = errors.New("board: somebody else has changed this meanwhile")
	ErrMay     = errors.New("board: this member may not do that")
	ErrState   = errors.New("board: this cannot be done in its present state")
	ErrCode    = errors.New("board: this invitation does not open")
	ErrLink    = errors.New("board: this link does not open any more")
	ErrOften   = errors.New("board: too often, later again")
	ErrFull    = errors.New("board: as many as there may be")
)

// GroupState is whether a group's posts stand.
type GroupState string

// The states of a group.
const (
	Open     GroupState = "open"
	Paused   GroupState = "paused"
	Resting  GroupState = "resting"  // fell silent and did not answer; one tap brings it back
	Recalled GroupState = "recalled" // turned bad: none of its posts is shown again
)

// Group is one that posts.
type Group struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"`  // as the public sees it
	About      string          `json:"about"` // what it is for
	Area       string          `json:"area,omitempty"`
	Contact    []byte          `json:"contact,omitempty"` // sealed
	Tie        catalogue.Tie   `json:"tie,omitempty"`
	For        []catalogue.For `json:"for,omitempty"`
	Trusted    bool            `json:"trusted"` // publishes at once and is sampled
	State      GroupState      `json:"state"`
	Members    []Member        `json:"members,omitempty"` // never public
	Invites    []string        `json:"invites,omitempty"` // codes that may still open
	Registered time.Time       `json:"registered"`
	By         string          `json:"by"` // account of the facilitator
	Log        []Done          `json:"log,omitempty"`
	LastPost   time.Time       `json:"last_post,omitzero"`
	Held       bool            `json:"held,omitempty"` // paused by the house: its members cannot go on by themselves
	Heard      time.Time       `json:"heard,omitzero"` // last said that it goes on
	Quiet      time.Time       `json:"quiet,omitzero"` // since when the house waits for it to say so
	rev        int64
}

// Rev is the version of the document that was read.
func (g *Group) Rev() int64 { return g.rev }

// Member posts for a group.
type Member struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`             // as they want to be called in the group
	Person flows.PersonID `json:"person,omitempty"` // who joined from LINE
	Host   bool           `json:"host,omitempty"`
	Joined time.Time      `json:"joined"`

	Mail    []byte `json:"mail,omitempty"`    // address, sealed
	Mark    string `json:"mark,omitempty"`    // finds the address again
	Notices bool   `json:"notices,omitempty"` // they agreed to be written to, not only on asking
}

// Member finds a member of the group.
func (g *Group) Member(id string) (Member, bool) {
	i := slices.IndexFunc(g.Members, func(m Member) bool { return m.ID == id })
	if i < 0 {
		return Member{}, false
	}
	return g.Members[i], true
}

// Done is one line of what was done, without words of the post.
type Done struct {
	At time.Time `json:"at"`
	By string    `json:"by"`
	Do string    `json:"do"`
}

const longestLog = 50

func logged(log []Done, d Done) []Done {
	log = append(log, d)
	return log[max(0, len(log)-longestLog):]
}

// PostState is what becomes of the newest version of a post.
type PostState string

// The states of a post's newest version.
const (
	Waits   PostState = "waits"   // for the facilitator
	Stands  PostState = "stands"  // Live is the newest
	Asked   PostState = "asked"   // the facilitator has a question; see Post.Word
	Refused PostState = "refused" // with a reason; see Post.Word
)

// Post is what a group offers. Live is what residents see, Next what waits beside it.
type Post struct {
	ID      string           `json:"id"`
	Group   string           `json:"group"`
	Author  string           `json:"author"` // member id
	State   PostState        `json:"state"`
	Live    *catalogue.Entry `json:"live,omitempty"`
	Next    *catalogue.Entry `json:"next,omitempty"`
	Word    string           `json:"word,omitempty"` // question or reason, to the group
	Marks   []Breach         `json:"marks,omitempty"`
	Sample  bool             `json:"sample,omitempty"` // published at once; a facilitator looks after it
	Version int              `json:"version"`
	Created time.Time        `json:"created"`
	Changed time.Time        `json:"changed"`
	Log     []Done           `json:"log,omitempty"`
	rev     int64
}

// Rev is the version of the document that was read: who changes it says what they saw.
func (p *Post) Rev() int64 { return p.rev }

// Newest is what its group sees of it.
func (p *Post) Newest() *catalogue.Entry {
	if p.Next != nil {
		return p.Next
	}
	return p.Live
}

// sampled is one of so many posts of trusted groups that a facilitator looks at.
const sampled = 5

// submit puts a new version forward. House rules that are broken always wait for
// a person, whoever posts.
func (p *Post) submit(g *Group, e *catalogue.Entry, by string, now time.Time) {
	e.ID, e.Changed = p.ID, now
	g.Fill(e)
	p.Version++
	p.Author, p.Changed, p.Word, p.Marks = by, now, "", Check(e)
	p.Log = logged(p.Log, Done{now, by, "submit"})
	e.State = catalogue.Waiting
	p.Next, p.State = e, Waits
	if g.Trusted && len(p.Marks) == 0 {
		p.publish(g.Name, now)
		p.Sample = p.chosen()
	}
}

// Fill puts in what is true of every post of the group.
func (g *Group) Fill(e *catalogue.Entry) {
	e.Group, e.Host = g.ID, g.Name
	if e.Tie == "" {
		e.Tie = g.Tie
	}
	if e.Where.Area == "" {
		e.Where.Area = g.Area
	}
	e.For = union(e.For, g.For)
}

// chosen picks versions by their names: evenly, and the same however often it is asked.
func (p *Post) chosen() bool {
	h := fnv.New32a()
	_, _ = fmt.Fprint(h, p.ID, p.Version)
	return h.Sum32()%sampled == 0
}

func union(a, b []catalogue.For) []catalogue.For {
	out := slices.Clone(a)
	for _, f := range b {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// publish makes the version that waits the one that residents see.
func (p *Post) publish(by string, now time.Time) {
	p.Live, p.Next, p.State, p.Word = p.Next, nil, Stands, ""
	p.Live.State, p.Live.Verified, p.Live.By = catalogue.Published, now, by
}

// Shown is the entry as the public may know it, or nil: what is recalled or
// cancelled is known only to calendars, without words.
func (p *Post) Shown(g *Group) *catalogue.Entry {
	if p.Live == nil || g == nil {
		return nil
	}
	switch g.State {
	case Open:
		if g.Trusted && g.Heard.After(p.Live.Verified) && p.Live.State == catalogue.Published {
			e := *p.Live // whose word is enough to publish is enough to say that it still is so
			e.Verified, e.By = g.Heard, g.Name
			return &e
		}
		return p.Live
	case Recalled:
		e := bare(p.Live)
		e.State = catalogue.Recalled
		return e
	}
	e := *p.Live
	if e.State == catalogue.Published {
		e.State = catalogue.Paused
	}
	return &e
}

// bare is an entry of which only the dates are left.
func bare(e *catalogue.Entry) *catalogue.Entry {
	return &catalogue.Entry{ID: e.ID, Kind: e.Kind, Times: e.Times, State: e.State, Changed: e.Changed, Where: catalogue.Where{Area: e.Where.Area}, Tags: e.Tags}
}
