package house

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"engawa/bot/board"
	"engawa/bot/board/pages"
	"engawa/flows"
	"engawa/flows/catalogue"
	"engawa/handoff/console"
)

// joinBoard builds the board and its pages.
func (h *house) joinBoard() (err error) {
	h.board = board.New(h.sure, h.vault, h.clock)
	h.posted = board.Follow(h.board, h.log)
	h.pages, err = pages.New(pages.Parts{
		Store: h.board, Board: h.posted, Entries: h.entries, Asked: h.askedWords, House: h.houseNow, URL: h.publicURL,
		Secure: strings.HasPrefix(h.cfg.PublicURL, "https://"), Now: h.clock, Log: h.log,
		Talk: h.opensTalk, Mail: h.cfg.Alarm.MailServer.Set(), Rest: func() time.Duration { return h.silence().Rest },
	})
	return err
}

// publicURL is where the world reaches us.
func (h *house) publicURL() string {
	if h.cfg.PublicURL != "" {
		return h.cfg.PublicURL
	}
	return "http://" + h.cfg.PublicAddr
}

// entries are the one catalogue: cards of the content and posts of the groups.
func (h *house) entries() []*catalogue.Entry {
	all, _ := h.offers(h.bundle())
	return all
}

// groupsOf shows the board to the console, in its words.
type groupsOf struct{ h *house }

// says turns the board's answers into the console's.
func says(err error) error {
	switch {
	case errors.Is(err, board.ErrUnknown):
		return console.ErrNoGroup
	case board.Edited(err), errors.Is(err, board.ErrState):
		return console.ErrGroupChanged
	case len(catalogue.Faults(err)) > 0:
		return console.ErrGroupWords
	}
	return err
}

// after lets the change be seen at once in this process.
func (g groupsOf) after(ctx context.Context, err error) error {
	if err != nil {
		return says(err)
	}
	return g.h.posted.Look(ctx)
}

// All gives the groups by name.
func (g groupsOf) All(ctx context.Context) ([]console.PeerGroup, error) {
	if err := g.h.posted.Look(ctx); err != nil {
		return nil, err
	}
	var all []console.PeerGroup
	for _, x := range g.h.posted.Now().ByName() {
		all = append(all, console.PeerGroup{ID: x.ID, Name: x.Name, Area: x.Area, State: string(x.State), Trusted: x.Trusted})
	}
	return all, nil
}

// One gives a group with its members, invitations and posts.
func (g groupsOf) One(ctx context.Context, id string) (console.PeerGroup, error) {
	if err := g.h.posted.Look(ctx); err != nil {
		return console.PeerGroup{}, err
	}
	x, err := g.h.board.Group(ctx, id)
	if err != nil {
		return console.PeerGroup{}, says(err)
	}
	out := console.PeerGroup{ID: x.ID, Name: x.Name, About: x.About, Area: x.Area, State: string(x.State), Trusted: x.Trusted, Mail: g.h.cfg.Alarm.MailServer.Set()}
	if out.Contact, err = g.h.board.Contact(ctx, x); err != nil {
		return out, err
	}
	for _, m := range x.Members {
		out.Members = append(out.Members, console.PeerMember{ID: m.ID, Name: m.Name, Host: m.Host})
	}
	invites, err := g.h.board.Invites(ctx, x)
	if err != nil {
		return out, err
	}
	for _, in := range invites {
		one := console.PeerInvite{Code: in.Code, URL: g.h.publicURL() + "/g/join/" + in.Code, Talk: g.h.opensTalk("会に入る " + in.Code), Left: in.Left}
		if one.QR, err = pages.QR(cmp.Or(one.Talk, one.URL)); err != nil {
			return out, err
		}
		out.Invites = append(out.Invites, one)
	}
	posts := g.h.posted.Now().Of(id)
	for _, p := range posts[:min(len(posts), 50)] {
		out.Posts = append(out.Posts, g.post(p))
	}
	return out, nil
}

// Waiting gives what a facilitator should look at, fifty at a time.
func (g groupsOf) Waiting(ctx context.Context) ([]console.PeerPost, error) {
	if err := g.h.posted.Look(ctx); err != nil {
		return nil, err
	}
	waiting := g.h.posted.Now().Waiting()
	var out []console.PeerPost
	for _, p := range waiting[:min(len(waiting), 50)] {
		out = append(out, g.post(p))
	}
	return out, nil
}

func (g groupsOf) post(p *board.Post) console.PeerPost {
	e := p.Newest()
	out := console.PeerPost{
		ID: p.ID, GroupID: p.Group, Title: e.Name(), State: string(p.State), Word: p.Word, Version: p.Version, Sample: p.Sample && p.State == board.Stands,
		Stands: p.Live != nil && p.Live.State != catalogue.Recalled,
	}
	if x := g.h.posted.Now().Groups[p.Group]; x != nil {
		out.Group = x.Name
	}
	if p.State == board.Stands && p.Live.State != catalogue.Published {
		out.State = string(p.Live.State)
	}
	out.When = whenWords(e, g.h.clock().In(catalogue.Tokyo), g.h.houseNow())
	for _, b := range p.Marks {
		out.Marks = append(out.Marks, "「"+b.Word+"」: "+b.Says())
	}
	was := p.Live
	if p.Next == nil {
		was = nil
	}
	for _, d := range catalogue.Differences(was, e) {
		out.Changes = append(out.Changes, console.PeerChange{What: d.What, Was: d.Was, Now: d.Now})
	}
	return out
}

func whenWords(e *catalogue.Entry, now time.Time, house *flows.House) string {
	if o, ok := e.Next(now, catalogue.Closed(house.Closed)); ok {
		return o.Words(now)
	}
	return ""
}

// Register takes a group in.
func (g groupsOf) Register(ctx context.Context, act string, in console.PeerGroup, by string) (string, error) {
	x, err := g.h.board.Register(ctx, act, board.NewGroup{Name: in.Name, About: in.About, Area: in.Area, Contact: in.Contact, Tie: catalogue.Tie(in.Tie), Trusted: in.Trusted}, by)
	if err != nil {
		return "", says(err)
	}
	return x.ID, g.after(ctx, nil)
}

// invitesOpen is how long an invitation opens.
const invitesOpen = 30 * 24 * time.Hour

// Invite makes an invitation.
func (g groupsOf) Invite(ctx context.Context, act, group string, uses int, host bool, by string) error {
	_, err := g.h.board.Invite(ctx, act, group, uses, invitesOpen, host, by)
	return g.after(ctx, err)
}

// InviteByMail makes one and writes it to somebody.
func (g groupsOf) InviteByMail(ctx context.Context, act, group, address, by string) error {
	return g.after(ctx, g.h.pages.InviteByMail(ctx, act, group, address, by))
}

// Revoke stops one.
func (g groupsOf) Revoke(ctx context.Context, act, code, by string) error {
	return g.after(ctx, g.h.board.Revoke(ctx, act, code, by))
}

// Link makes a one-time link for a member.
func (g groupsOf) Link(ctx context.Context, group, member string) (console.PeerLink, error) {
	secret, err := g.h.board.NewLink(ctx, group, member)
	if err != nil {
		return console.PeerLink{}, says(err)
	}
	url := g.h.publicURL() + "/g/in/" + secret
	code, err := pages.QR(url)
	if err != nil {
		return console.PeerLink{}, fmt.Errorf("link: %w", err)
	}
	return console.PeerLink{URL: url, QR: code}, nil
}

// Remove takes a member out of a group.
func (g groupsOf) Remove(ctx context.Context, act, group, member, by string) error {
	return g.after(ctx, g.h.board.Leave(ctx, act, group, member, by))
}

// Set pauses, opens or recalls a group.
func (g groupsOf) Set(ctx context.Context, act, group, state, by string) error {
	_, err := g.h.board.Set(ctx, act, group, board.GroupState(state), by)
	return g.after(ctx, err)
}

// Trust says whether its posts stand at once.
func (g groupsOf) Trust(ctx context.Context, act, group string, trusted bool, by string) error {
	_, err := g.h.board.Trust(ctx, act, group, trusted, by)
	return g.after(ctx, err)
}

// Decide carries out a verdict.
func (g groupsOf) Decide(ctx context.Context, act, post string, version int, verdict, words, by string) error {
	_, err := g.h.board.Decide(ctx, act, post, version, board.Verdict(verdict), words, by)
	return g.after(ctx, err)
}

// Looked notes that a sample was looked at.
func (g groupsOf) Looked(ctx context.Context, act, post, by string) error {
	_, err := g.h.board.Looked(ctx, act, post, by)
	return g.after(ctx, err)
}

// Recall takes a post back.
func (g groupsOf) Recall(ctx context.Context, act, post, by string) error {
	_, err := g.h.board.Recall(ctx, act, post, by)
	return g.after(ctx, err)
}
