package console

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/staff"
)

// visit is one request: who asks, and how they like to see things.
type visit struct {
	echo.Context
	staff.Session        // empty on pages for anyone
	Token         string // of the session
	Taste         taste
	Teams         []string // and areas; see readTeams
}

// enter lets a request in, or answers it: with the sign-in page that keeps what
// was typed, or with nothing but the status for what a script asks for.
func (c *console) enter(ec echo.Context, r route) (*visit, error) {
	v := &visit{Context: ec, Taste: tasteOf(ec)}
	if slices.Equal(r.roles, anyone) {
		return v, nil
	}
	v.Token = c.token(ec)
	var err error
	if v.Session, err = c.Staff.Session(ec.Request().Context(), v.Token); errors.Is(err, staff.ErrSession) {
		return nil, c.askIn(v, r)
	} else if err != nil {
		return nil, err
	}
	if v.OneTime && !slices.Contains(beforeOwn, r.path) {
		return nil, c.toFirst(v, r)
	}
	if v.Must && !slices.Contains(beforeSecond, r.path) {
		return nil, c.toSecond(v, r)
	}
	if !v.has(r.roles) {
		if r.path == "/" {
			return nil, v.Redirect(http.StatusSeeOther, v.home())
		}
		return nil, errForbidden
	}
	return v, nil
}

func (v *visit) has(roles []staff.Role) bool {
	return slices.ContainsFunc(v.Roles, func(r staff.Role) bool { return slices.Contains(roles, r) })
}

// home is where somebody with these roles begins.
func (v *visit) home() string {
	switch {
	case v.has(reads):
		return "/"
	case v.has(guides):
		return "/groups"
	case v.has(counts):
		return "/ledger"
	}
	return "/me"
}

// asked says whether this visitor may take over a talk that is with somebody else.
func (v *visit) asked(k handoff.Case) bool {
	switch {
	case !k.Held() || k.Staff.Name == v.Name:
		return false
	case k.Asks == handoff.AskColleague:
		return k.Asked.Name == v.Name
	}
	return slices.Contains(v.Teams, k.Asked.Alias)
}

// readTeams looks once to which teams and areas this visitor belongs.
func (c *console) readTeams(ctx context.Context, v *visit) (err error) {
	if c.Teams != nil && v.Teams == nil {
		v.Teams, err = c.Teams.TeamsOf(ctx, v.Name)
	}
	return err
}

func (v *visit) by() handoff.Staff { return handoff.Staff{Name: v.Name, Alias: v.Alias} }

var idShape = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,128}$`)

// id gives the id of the address. What does not look like one is not looked up.
func (v *visit) id() (string, error) {
	id, err := url.PathUnescape(v.Param("id"))
	if err != nil || !idShape.MatchString(id) || strings.Trim(id, ".") == "" {
		return "", errMissing
	}
	return id, nil
}

// named gives the id in a form: of an alarm or a letter, whose ids are made
// elsewhere and may hold any sign.
func (v *visit) named() (string, error) {
	if err := v.Request().ParseForm(); err != nil {
		return "", badForm(err)
	}
	id := v.form("id")
	if id == "" || len(id) > 512 || strings.ContainsFunc(id, unicode.IsControl) {
		return "", errBad
	}
	return id, nil
}

func (v *visit) caseID() (flows.CaseID, error) {
	id, err := v.id()
	return flows.CaseID(id), err
}

// form gives one field, with line ends as they are counted and sent.
func (v *visit) form(name string) string {
	return strings.ReplaceAll(v.Request().PostFormValue(name), "\r\n", "\n")
}

// askIn answers somebody who is not, or no longer, signed in.
func (c *console) askIn(v *visit, r route) error {
	if v.script(r) {
		return v.NoContent(http.StatusUnauthorized)
	}
	in := doorView{Next: nextOf(v.Request().URL.Path), Trouble: "door.needed"}
	if r.method == http.MethodPost {
		// A sentence is not lost because an hour was over: it goes through the
		// door with its writer and comes back into its box.
		if err := v.Request().ParseForm(); err != nil {
			return badForm(err)
		}
		in.Kept = keep(v, r)
		if in.Next == "/" {
			in.Next = homeOf(v.Request().URL.Path)
		}
		id := v.Param("id")
		if room, _, ok := strings.Cut(r.path, ":id"); ok && idShape.MatchString(id) && (room == "/case/" || room == "/task/") {
			in.Next = room + id
			if slices.Contains(ownBox, r.path) {
				in.Draft, in.DraftFor = v.form("words"), "answer"
				if in.Draft == "" {
					in.Draft, in.DraftFor = cmp.Or(v.form("note"), v.form("reason")), "note"
				}
			}
		}
		return c.doorPage(v, http.StatusUnauthorized, in)
	}
	if in.Next == "/" && v.Token == "" {
		return v.Redirect(http.StatusSeeOther, "/sign-in")
	}
	return v.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(in.Next))
}

var nextShape = regexp.MustCompile(`^/(case/[A-Za-z0-9_.:-]{1,128}|task/[A-Za-z0-9_.:-]{1,128}|tasks|groups|group/[A-Za-z0-9_.:-]{1,128}|overview|ready|handover|ledger|content|content/releases|hours|areas|people|people/[a-z0-9._-]{2,32}|book|me|help)?$`)

// nextOf gives a page of ours to go on to; anything else leads home.
func nextOf(path string) string {
	if nextShape.MatchString(path) {
		return path
	}
	return "/"
}

// The cookie's name binds it to this very host where the browser can promise
// that: over https. Plain http exists on loopback only.
func (c *console) cookieName() string {
	if c.Loopback {
		return "engawa_console"
	}
	return "__Host-engawa"
}

func (c *console) token(ec echo.Context) string {
	if k, err := ec.Cookie(c.cookieName()); err == nil {
		return k.Value
	}
	return ""
}

func (c *console) setCookie(ec echo.Context, token string) {
	//#nosec G124 -- Secure everywhere but on this machine (demo)
	k := &http.Cookie{
		Name: c.cookieName(), Value: token, Path: "/",
		Secure: !c.Loopback, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
	if token == "" {
		k.MaxAge = -1
	}
	ec.SetCookie(k)
}

// begin makes the session of a signed-in visit; an older one of this browser ends.
func (c *console) begin(v *visit, token string, s staff.Session) {
	if old := c.token(v.Context); old != "" && subtle.ConstantTimeCompare([]byte(old), []byte(token)) == 0 {
		if err := c.Staff.Logout(v.Request().Context(), old); err != nil && !errors.Is(err, staff.ErrSession) {
			c.Log.Warn("console: old session not ended")
		}
	}
	c.setCookie(v.Context, token)
	v.Session, v.Token = s, token
}

func (c *console) now() time.Time { return c.Now().In(c.zone()) }

var japan = time.FixedZone("JST", 9*60*60)

// zone is the house's own; times are told in it, wherever the server stands.
func (c *console) zone() *time.Location {
	if h := c.House(); h != nil && h.Zone != nil {
		return h.Zone
	}
	return japan
}
