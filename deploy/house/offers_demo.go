package house

import (
	"context"
	"crypto/rand"
	"time"

	"engawa/bot/board"
	"engawa/flows/catalogue"
	"engawa/handoff/staff"
)

// demoGroup makes a group up, with one member, and gives the link that binds
// their browser. A facilitator has an account too.
func (h *house) demoGroup(ctx context.Context) (string, error) {
	who := staff.Account{Name: "himawari", Alias: "ひまわり", Roles: []staff.Role{staff.Facilitator}}
	if _, err := h.staff.Add(ctx, who, rand.Text()); err != nil {
		return "", err
	}
	g, err := h.board.Register(ctx, "demo-group", board.NewGroup{
		Name: "ひだまりの会", About: "外に出にくい時期があった人どうしで、お茶を飲む会です。", Area: "ひなた", Tie: catalogue.Peer, For: []catalogue.For{catalogue.ForPeers},
	}, who.Name)
	if err != nil {
		return "", err
	}
	in, err := h.board.Invite(ctx, "demo-invite", g.ID, 1, time.Hour, true, who.Name)
	if err != nil {
		return "", err
	}
	_, m, err := h.board.Join(ctx, "demo-member", in.Code, "たんぽぽ", "demo", "")
	if err != nil {
		return "", err
	}
	link, err := h.board.NewLink(ctx, g.ID, m.ID)
	return h.publicURL() + "/g/in/" + link, err
}
