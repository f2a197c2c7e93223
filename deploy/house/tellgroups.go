package house

import (
	"context"
	"errors"
	"time"

	"engawa/bot/board"
	"engawa/bot/board/pages"
	"engawa/flows"
	"engawa/flows/catalogue"
)

// silence is how long a group may be silent, by the content in force.
func (h *house) silence() board.Silence {
	of := h.houseNow()
	return board.Silence{Ask: time.Duration(of.GroupAsk) * 24 * time.Hour, Rest: time.Duration(of.GroupRest) * 24 * time.Hour}
}

// tellGroups asks groups that fell silent, lets rest what nobody answered for, and tells
// members what concerns their group. Every process does it; whatever is told twice has
// one name, and reaches a lane or a mailbox once.
func (h *house) tellGroups(ctx context.Context) error {
	if err := h.board.Tend(ctx, h.posted, h.silence(), catalogue.Closed(h.houseNow().Closed)); err != nil {
		return err
	}
	all, err := h.board.Notices(ctx, h.posted.Now())
	if err != nil {
		return err
	}
	var failed []error
	for _, n := range all {
		failed = append(failed, h.tellNotice(ctx, n))
	}
	return errors.Join(failed...)
}

// tellNotice tells every member. One whose address cannot be read keeps the notice open,
// and keeps nobody else from hearing it.
func (h *house) tellNotice(ctx context.Context, n board.Notice) error {
	if err := h.board.Begin(ctx, n); err != nil {
		return err
	}
	g, err := h.board.Group(ctx, n.Group)
	if err != nil {
		return err
	}
	var failed []error
	for _, m := range g.Members {
		failed = append(failed, h.tellMember(ctx, n, m))
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return h.board.Done(ctx, n)
}

// tellMember tells one member, in LINE or by a letter. In LINE Step decides whether they
// agreed to it; for a letter they have said so where they left their address.
func (h *house) tellMember(ctx context.Context, n board.Notice, m board.Member) error {
	name := "group-" + n.ID + "-" + m.ID
	if m.Person != "" {
		return h.turns.TellGroup(ctx, m.Person, name, h.clock(), flows.GroupNews{ID: flows.GroupID(n.Group), What: n.What})
	}
	if !m.Notices || len(m.Mail) == 0 || !h.cfg.Alarm.MailServer.Set() {
		return nil
	}
	to, err := h.board.Address(ctx, n.Group, m)
	if err != nil {
		return err
	}
	rest := max(h.silence().Rest, board.LinkFor)
	link, err := h.board.LinkFor(ctx, n.Group, m.ID, rest)
	if err != nil {
		return err
	}
	url, house := h.publicURL()+"/g/in/"+link, h.houseNow().Name
	l := pages.AskedLetter(to, house, url)
	if n.What == flows.GroupSilent {
		l = pages.StillLetter(to, house, url+"?still=1", rest)
	}
	if err = h.board.Write(ctx, name, n.Group, l, rest); errors.Is(err, board.ErrOften) {
		h.log.Warn("too many letters for one day: a member hears on the group's page only")
		return nil
	}
	return err
}
