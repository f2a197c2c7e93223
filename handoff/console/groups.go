package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"engawa/handoff/staff"
)

// PeerGroup is a group that posts, as its facilitator sees it.
type PeerGroup struct {
	ID, Name, About, Area, Contact string
	State                          string // open, paused, resting, recalled
	Trusted                        bool
	Tie                            string // whom one meets there: peer, local, pro
	Mail                           bool   // members can be invited by mail
	Members                        []PeerMember
	Invites                        []PeerInvite
	Posts                          []PeerPost
}

// PeerMember is somebody who posts for a group.
type PeerMember struct {
	ID, Name string
	Host     bool
}

// PeerInvite is an invitation that still opens.
type PeerInvite struct {
	Code, URL string // URL: the page; Talk: the talk, with the code ready to be sent
	Talk      string
	Left      int
	QR        template.HTML // of Talk, or of URL where LINE has not said who we are
}

// PeerPost is a post that waits, is to be looked at, or stands.
type PeerPost struct {
	ID, Group, GroupID, Title, When string
	State                           string // waits, stands, asked, refused, recalled
	Word                            string // what was asked or answered last
	Version                         int
	Sample, Stands                  bool
	Marks                           []string
	Changes                         []PeerChange
}

// PeerChange is one line of the difference between what stands and what waits.
type PeerChange struct {
	What     string // key of the field: title, when, place …
	Was, Now string
}

// PeerLink is a one-time link for a member who lost theirs.
type PeerLink struct {
	URL string
	QR  template.HTML
}

// Groups are the groups and their posts. Acts have an id: the same one again changes nothing.
type Groups interface {
	All(ctx context.Context) ([]PeerGroup, error)
	One(ctx context.Context, id string) (PeerGroup, error)
	Waiting(ctx context.Context) ([]PeerPost, error)
	Register(ctx context.Context, act string, g PeerGroup, by string) (string, error)
	Invite(ctx context.Context, act, group string, uses int, host bool, by string) error
	InviteByMail(ctx context.Context, act, group, address, by string) error
	Revoke(ctx context.Context, act, code, by string) error
	Link(ctx context.Context, group, member string) (PeerLink, error)
	Remove(ctx context.Context, act, group, member, by string) error
	Set(ctx context.Context, act, group, state, by string) error
	Trust(ctx context.Context, act, group string, trusted bool, by string) error
	Decide(ctx context.Context, act, post string, version int, verdict, words, by string) error
	Looked(ctx context.Context, act, post, by string) error
	Recall(ctx context.Context, act, post, by string) error
	Rechecks
}

// What Groups answers when something may not be.
var (
	ErrNoGroup      = errors.New("console: no such group or post")
	ErrGroupChanged = errors.New("console: the group or post has changed meanwhile")
	ErrGroupWords   = errors.New("console: words are missing")
)

// guides may look after groups and posts.
var guides = []staff.Role{staff.Facilitator, staff.Supervisor}

var groupRoutes = []route{
	{http.MethodGet, "/groups", guides, (*console).groups},
	{http.MethodPost, "/groups", guides, (*console).registerGroup},
	{http.MethodGet, "/group/:id", guides, (*console).group},
	{http.MethodPost, "/group/:id/invite", guides, (*console).inviteGroup},
	{http.MethodPost, "/group/:id/write", guides, (*console).writeInvite},
	{http.MethodPost, "/group/:id/revoke", guides, (*console).revokeInvite},
	{http.MethodPost, "/group/:id/link", guides, (*console).linkMember},
	{http.MethodPost, "/group/:id/remove", guides, (*console).removeMember},
	{http.MethodPost, "/group/:id/set", guides, (*console).setGroup},
	{http.MethodPost, "/group/:id/trust", guides, (*console).trustGroup},
	{http.MethodPost, "/post/:id/decide", guides, (*console).decidePost},
	{http.MethodPost, "/post/:id/looked", guides, (*console).lookedAtPost},
	{http.MethodPost, "/post/:id/recall", guides, (*console).recallPost},
}

// ties are whom one may meet at a group's: people with the same experience, neighbours,
// people whose work it is.
var ties = []string{"peer", "local", "pro"}

// groupDid are the notices that may follow a form of this room.
var groupDid = []string{"registered", "invited", "written", "revoked", "removed", "groupset", "accept", "ask", "refuse", "postlooked", "postrecalled"}

type groupsView struct {
	Page    page
	Alarms  []alarmView
	Waiting []PeerPost
	Groups  []PeerGroup
	Act     string
	Trouble string
}

type groupView struct {
	Page    page
	Alarms  []alarmView
	G       PeerGroup
	Link    *PeerLink
	Act     string
	Trouble string
}

func (c *console) groups(v *visit) error { return c.groupsPage(v, http.StatusOK, "") }

func (c *console) groupsPage(v *visit, status int, trouble string) error {
	if c.Groups == nil {
		return errMissing
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view := groupsView{Act: newAct(), Trouble: trouble}
	var err error
	if view.Waiting, err = c.Groups.Waiting(ctx); err != nil {
		return err
	}
	if view.Groups, err = c.Groups.All(ctx); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "groups", say("groups.title"))
	return c.render(v, status, "groups", view)
}

func (c *console) group(v *visit) error { return c.groupPage(v, http.StatusOK, nil, "") }

func (c *console) groupPage(v *visit, status int, link *PeerLink, trouble string) error {
	if c.Groups == nil {
		return errMissing
	}
	id, err := v.id()
	if err != nil {
		return err
	}
	ctx, say := v.Request().Context(), c.pages.say(v.Taste.Lang)
	view := groupView{Act: newAct(), Link: link, Trouble: trouble}
	if view.G, err = c.Groups.One(ctx, id); err != nil {
		return err
	}
	if view.Alarms, err = c.alarmsFor(ctx, v, say); err != nil {
		return err
	}
	view.Page = c.fullPage(v, "groups", view.G.Name)
	return c.render(v, status, "group", view)
}

// groupAct reads the id of the address and the act of the form.
func (c *console) groupAct(v *visit) (id, act string, err error) {
	if c.Groups == nil {
		return "", "", errMissing
	}
	if id, err = v.id(); err != nil {
		return "", "", err
	}
	act, err = formAct(v)
	return id, act, err
}

func formAct(v *visit) (string, error) {
	if err := v.Request().ParseForm(); err != nil {
		return "", badForm(err)
	}
	act := v.form("act")
	if !actShape.MatchString(act) {
		return "", errBad
	}
	return act, nil
}

func (c *console) registerGroup(v *visit) error {
	if c.Groups == nil {
		return errMissing
	}
	act, err := formAct(v)
	if err != nil {
		return err
	}
	g := PeerGroup{Name: strings.TrimSpace(v.form("name")), About: v.form("about"), Area: strings.TrimSpace(v.form("area")), Contact: v.form("contact"), Tie: v.form("tie"), Trusted: v.form("trusted") != ""}
	if !slices.Contains(ties, g.Tie) {
		g.Tie = ties[0]
	}
	if n := len([]rune(g.Name)); n == 0 || n > 40 {
		return c.groupsPage(v, http.StatusUnprocessableEntity, c.pages.say(v.Taste.Lang)("groups.needname"))
	}
	id, err := c.Groups.Register(v.Request().Context(), act, g, v.Name)
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/group/"+id+"?did=registered")
}

// onGroup does one thing to a group and goes back to its page.
func (c *console) onGroup(v *visit, did string, do func(ctx context.Context, id, act string) error) error {
	id, act, err := c.groupAct(v)
	if err != nil {
		return err
	}
	if err := do(v.Request().Context(), id, act); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/group/"+id+"?did="+did)
}

func (c *console) inviteGroup(v *visit) error {
	return c.onGroup(v, "invited", func(ctx context.Context, id, act string) error {
		uses, err := strconv.Atoi(v.form("uses"))
		if err != nil || uses < 1 || uses > 50 {
			uses = 1
		}
		return c.Groups.Invite(ctx, act, id, uses, v.form("host") != "", v.Name)
	})
}

// writeInvite invites somebody by mail.
func (c *console) writeInvite(v *visit) error {
	id, act, err := c.groupAct(v)
	if err != nil {
		return err
	}
	err = c.Groups.InviteByMail(v.Request().Context(), act, id, v.form("mail"), v.Name)
	if errors.Is(err, ErrGroupWords) {
		return c.groupPage(v, http.StatusUnprocessableEntity, nil, c.pages.say(v.Taste.Lang)("groups.needmail"))
	}
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/group/"+id+"?did=written")
}

func (c *console) revokeInvite(v *visit) error {
	return c.onGroup(v, "revoked", func(ctx context.Context, _, act string) error {
		return c.Groups.Revoke(ctx, act, v.form("code"), v.Name)
	})
}

func (c *console) removeMember(v *visit) error {
	return c.onGroup(v, "removed", func(ctx context.Context, id, act string) error {
		return c.Groups.Remove(ctx, act, id, v.form("member"), v.Name)
	})
}

func (c *console) setGroup(v *visit) error {
	return c.onGroup(v, "groupset", func(ctx context.Context, id, act string) error {
		to := v.form("to")
		if !slices.Contains([]string{"open", "paused", "recalled"}, to) {
			return errBad
		}
		return c.Groups.Set(ctx, act, id, to, v.Name)
	})
}

func (c *console) trustGroup(v *visit) error {
	return c.onGroup(v, "groupset", func(ctx context.Context, id, act string) error {
		return c.Groups.Trust(ctx, act, id, v.form("trusted") != "", v.Name)
	})
}

// linkMember shows a new one-time link, this once.
func (c *console) linkMember(v *visit) error {
	id, _, err := c.groupAct(v)
	if err != nil {
		return err
	}
	link, err := c.Groups.Link(v.Request().Context(), id, v.form("member"))
	if err != nil {
		return err
	}
	return c.groupPage(v, http.StatusOK, &link, "")
}

// decidePost accepts, asks back or refuses. The last two need words for the group.
func (c *console) decidePost(v *visit) error {
	id, act, err := c.groupAct(v)
	if err != nil {
		return err
	}
	verdict := v.form("verdict")
	version, err := strconv.Atoi(v.form("version"))
	if err != nil || !slices.Contains([]string{"accept", "ask", "refuse"}, verdict) {
		return errBad
	}
	words := strings.TrimSpace(v.form("words"))
	if verdict != "accept" && words == "" {
		return c.groupsPage(v, http.StatusUnprocessableEntity, c.pages.say(v.Taste.Lang)("groups.needwords"))
	}
	err = c.Groups.Decide(v.Request().Context(), act, id, version, verdict, words, v.Name)
	if errors.Is(err, ErrGroupChanged) {
		return c.groupsPage(v, http.StatusConflict, c.pages.say(v.Taste.Lang)("groups.changed"))
	}
	if err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/groups?did="+verdict)
}

func (c *console) lookedAtPost(v *visit) error {
	return c.onPost(v, "postlooked", func(ctx context.Context, id, act string) error { return c.Groups.Looked(ctx, act, id, v.Name) })
}

func (c *console) recallPost(v *visit) error {
	return c.onPost(v, "postrecalled", func(ctx context.Context, id, act string) error { return c.Groups.Recall(ctx, act, id, v.Name) })
}

func (c *console) onPost(v *visit, did string, do func(ctx context.Context, id, act string) error) error {
	id, act, err := c.groupAct(v)
	if err != nil {
		return err
	}
	if err := do(v.Request().Context(), id, act); err != nil {
		return err
	}
	return v.Redirect(http.StatusSeeOther, "/groups?did="+did)
}
