package board

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"engawa/config/privacy"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// NewGroup is what a facilitator says about a group.
type NewGroup struct {
	Name, About, Area, Contact string
	Tie                        catalogue.Tie
	For                        []catalogue.For
	Trusted                    bool
}

// most members that a group may have, and lengths of what it says of itself.
const (
	mostMembers, longestName, longestAbout = 200, 40, 400
)

// Register takes a group in. The same act twice is one group: its id is the act's.
func (s *Store) Register(ctx context.Context, act string, in NewGroup, by string) (*Group, error) {
	in.Name = strings.TrimSpace(in.Name)
	if n := utf8.RuneCountInString(in.Name); n == 0 || n > longestName || utf8.RuneCountInString(in.About) > longestAbout {
		return nil, &catalogue.Fault{Field: "name", Text: fmt.Sprintf("会の名前は1字から%d字、説明は%d字までです。", longestName, longestAbout)}
	}
	g := &Group{ID: act, Name: in.Name, About: in.About, Area: in.Area, Tie: in.Tie, For: in.For, Trusted: in.Trusted, State: Open, By: by, Registered: s.now()}
	if in.Contact != "" {
		sealed, err := s.vault.Seal(ctx, owner(g.ID), "board:contact", []byte(in.Contact))
		if err != nil {
			return nil, fmt.Errorf("board: register: %w", err)
		}
		g.Contact = sealed
	}
	g.Log = logged(g.Log, Done{s.now(), by, "register"})
	if _, _, err := s.write(ctx, act, document{groupDoc(g.ID), 0, g}); err != nil {
		return nil, err
	}
	return s.Group(ctx, g.ID)
}

func owner(group string) privacy.Owner { return privacy.Owner("group:" + group) }

// Contact is how the house reaches a group; nobody else sees it.
func (s *Store) Contact(ctx context.Context, g *Group) (string, error) {
	if len(g.Contact) == 0 {
		return "", nil
	}
	plain, err := s.vault.Open(ctx, owner(g.ID), "board:contact", g.Contact)
	if err != nil {
		return "", fmt.Errorf("board: contact: %w", err)
	}
	return string(plain), nil
}

// Set changes the state of a group. Recalling takes back all its posts in this
// one step: a post stands only as long as its group does.
func (s *Store) Set(ctx context.Context, act, id string, to GroupState, by string) (*Group, error) {
	return s.changeGroup(ctx, act, id, func(g *Group) error {
		if g.State == Recalled && to != Recalled {
			return ErrState // for good: its people saw words that were taken back
		}
		g.State, g.Held, g.Quiet = to, to == Paused, time.Time{}
		if to == Open {
			g.Heard = s.now() // somebody knows that it goes on
		}
		g.Log = logged(g.Log, Done{s.now(), by, string(to)})
		return nil
	})
}

// Trust says whether a group's posts need approval.
func (s *Store) Trust(ctx context.Context, act, id string, trusted bool, by string) (*Group, error) {
	return s.changeGroup(ctx, act, id, func(g *Group) error {
		g.Trusted = trusted
		g.Log = logged(g.Log, Done{s.now(), by, fmt.Sprintf("trusted %v", trusted)})
		return nil
	})
}

// Invite is an invitation into a group.
type Invite struct {
	Code    string    `json:"code"`
	Group   string    `json:"group"`
	Left    int       `json:"left"`
	Until   time.Time `json:"until"`
	Revoked bool      `json:"revoked,omitempty"`
	Host    bool      `json:"host,omitempty"` // whoever uses it may hand out invitations
	Mail    []byte    `json:"mail,omitempty"` // it went to this address, sealed
	Mark    string    `json:"mark,omitempty"` // finds the address again
	rev     int64
}

// letters of a code: none that looks or sounds like another.
const letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// CodeLength is how many characters an invitation has.
const CodeLength = 8

func newCode() string {
	b := make([]byte, CodeLength)
	r := make([]byte, 1)
	for i := 0; i < len(b); {
		_, _ = rand.Read(r) // never fails
		if int(r[0]) < 256/len(letters)*len(letters) {
			b[i] = letters[int(r[0])%len(letters)]
			i++
		}
	}
	return string(b)
}

// ReadCode is a code as somebody typed it.
func ReadCode(typed string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "", "　", "").Replace(norm.NFKC.String(typed)))
}

const (
	mostUses    = 50
	longestOpen = 90 * 24 * time.Hour
)

// Invite makes an invitation for so many uses.
func (s *Store) Invite(ctx context.Context, act, group string, uses int, open time.Duration, host bool, by string) (*Invite, error) {
	return s.invited(ctx, act, group, by, &Invite{Left: min(max(uses, 1), mostUses), Until: s.now().Add(min(open, longestOpen)), Host: host})
}

func (s *Store) invited(ctx context.Context, act, group, by string, in *Invite) (*Invite, error) {
	in.Code, in.Group = newCode(), group
	err := again(func() error {
		g, err := s.Group(ctx, group)
		if err != nil {
			return err
		}
		if g.State == Recalled {
			return ErrState
		}
		g.Invites = append(g.Invites, in.Code)
		g.Invites = g.Invites[max(0, len(g.Invites)-20):]
		g.Log = logged(g.Log, Done{s.now(), by, "invite"})
		_, done, err := s.write(ctx, act, document{groupDoc(group), g.rev, g}, document{inviteDoc(in.Code), 0, in})
		if done && len(g.Invites) > 1 { // the act made one before: it is the newest but ours
			in, err = s.invite(ctx, g.Invites[len(g.Invites)-2])
		}
		return err
	})
	return in, err
}

func (s *Store) invite(ctx context.Context, code string) (*Invite, error) {
	in := &Invite{}
	rev, err := s.read(ctx, inviteDoc(code), in)
	if err != nil {
		return nil, err
	}
	in.rev = rev
	return in, nil
}

// Invites are the invitations of a group that still open.
func (s *Store) Invites(ctx context.Context, g *Group) (all []*Invite, err error) {
	for _, code := range g.Invites {
		in, err := s.invite(ctx, code)
		if err != nil {
			return nil, err
		}
		if in.opens(s.now()) {
			all = append(all, in)
		}
	}
	return all, nil
}

func (in *Invite) opens(now time.Time) bool {
	return !in.Revoked && in.Left > 0 && now.Before(in.Until)
}

// Revoke closes an invitation, as when it was leaked.
func (s *Store) Revoke(ctx context.Context, act, code, by string) error {
	return again(func() error {
		in, err := s.invite(ctx, code)
		if err != nil {
			return err
		}
		in.Revoked = true
		_, _, err = s.write(ctx, act, document{inviteDoc(code), in.rev, in})
		return err
	})
}

// Join lets somebody into a group by an invitation, from LINE (with person) or
// from a page (without). from is who tries: too many tries close the door.
func (s *Store) Join(ctx context.Context, act, code, name, from string, person flows.PersonID) (g *Group, m Member, err error) {
	if err := s.limit(ctx, "join:"+from, 10, 10*time.Minute); err != nil {
		return nil, m, err
	}
	code = ReadCode(code)
	m = Member{ID: act, Name: clip(strings.TrimSpace(name), 20), Person: person, Joined: s.now()}
	err = again(func() error {
		in, err := s.invite(ctx, code)
		if err != nil {
			return ErrCode // which codes exist is nobody's business
		}
		if g, err = s.Group(ctx, in.Group); err != nil {
			return err
		}
		if old := slices.IndexFunc(g.Members, func(o Member) bool { return o.ID == m.ID || person != "" && o.Person == person }); old >= 0 {
			if m = g.Members[old]; person != "" && m.Person != person { // met anew: the turn that let them in was not committed
				g.Members[old].Person, m.Person = person, person
				_, _, err = s.write(ctx, act+":"+string(person), document{groupDoc(g.ID), g.rev, g})
			}
			return err
		}
		if !in.opens(s.now()) || g.State == Recalled {
			return ErrCode
		}
		if len(g.Members) >= mostMembers {
			return ErrFull
		}
		in.Left--
		m.Host, m.Mail, m.Mark = in.Host, in.Mail, in.Mark
		g.Members = append(g.Members, m)
		g.Log = logged(g.Log, Done{s.now(), m.ID, "join"})
		_, _, err = s.write(ctx, act, document{groupDoc(g.ID), g.rev, g}, document{inviteDoc(code), in.rev, in})
		return err
	})
	return g, m, err
}

func clip(s string, n int) string {
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n])
	}
	return s
}

// Leave takes a member out: themselves, a host, or the house. Their browsers
// open nothing from then on. Where the last host goes, who has been there longest
// becomes host: a group that nobody may invite into would die of it.
func (s *Store) Leave(ctx context.Context, act, group, member, by string) error {
	_, err := s.changeGroup(ctx, act, group, func(g *Group) error {
		was, _ := g.Member(member)
		g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return m.ID == member })
		if was.Host && len(g.Members) > 0 && !slices.ContainsFunc(g.Members, func(m Member) bool { return m.Host }) {
			g.Members[0].Host = true // members stand in the order in which they came
		}
		g.Log = logged(g.Log, Done{s.now(), by, "leave"})
		return nil
	})
	return err
}

// HandOver makes another member the host.
func (s *Store) HandOver(ctx context.Context, act, group, from, to string) error {
	_, err := s.changeGroup(ctx, act, group, func(g *Group) error {
		if m, ok := g.Member(from); !ok || !m.Host {
			return ErrMay
		}
		if _, ok := g.Member(to); !ok {
			return ErrUnknown
		}
		for i := range g.Members {
			switch g.Members[i].ID {
			case from:
				g.Members[i].Host = false
			case to:
				g.Members[i].Host = true
			}
		}
		g.Log = logged(g.Log, Done{s.now(), from, "hand over"})
		return nil
	})
	return err
}
