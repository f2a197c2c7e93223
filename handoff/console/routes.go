package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"engawa/handoff/staff"
)

// Who may open an address. An empty list is a mistake that a test finds.
var (
	anyone    = []staff.Role{"anyone"}
	signedIn  = staff.Roles[:]
	reads     = []staff.Role{staff.Coordinator, staff.Supervisor, staff.AreaLead}
	speaks    = []staff.Role{staff.Coordinator, staff.Supervisor}
	counts    = []staff.Role{staff.Coordinator, staff.Supervisor, staff.AreaLead, staff.Administrator, staff.Auditor}
	opens     = []staff.Role{staff.Supervisor}
	publishes = []staff.Role{staff.Supervisor, staff.Administrator}
	repairs   = []staff.Role{staff.Coordinator, staff.Supervisor, staff.Administrator}
)

// route is one address: its way in, who may take it, and what it does.
type route struct {
	method, path string
	roles        []staff.Role
	do           func(*console, *visit) error
}

// routes are all addresses of the console: those of the desk, and of each room beside it.
var routes = slices.Concat(deskRoutes, undoRoutes, readyRoutes, eyesRoutes, searchRoutes, pickRoutes, bellRoutes, hourRoutes, noticeRoutes, taskRoutes, doctorRoutes, contentRoutes, previewRoutes, groupRoutes, recheckRoutes, overviewRoutes, peopleRoutes, secondRoutes, placeRoutes, keepRoutes, restRoutes, auditRoutes, heardRoutes, practiceRoutes, areaRoutes, ownRoutes, voiceRoutes, eraseRoutes)

var deskRoutes = []route{
	{http.MethodGet, "/sign-in", anyone, (*console).door},
	{http.MethodPost, "/sign-in", anyone, (*console).signIn},
	{http.MethodPost, "/look", anyone, (*console).look},
	{http.MethodGet, "/static/:version/:file", anyone, (*console).static},
	{http.MethodGet, "/enter/:code", anyone, (*console).guest},

	{http.MethodGet, "/", reads, (*console).line},
	{http.MethodGet, "/case/:id", reads, (*console).talk},
	{http.MethodGet, "/live", reads, (*console).live},
	{http.MethodGet, "/pieces", reads, (*console).piecesOf},
	{http.MethodPost, "/case/:id/open", reads, (*console).open},
	{http.MethodPost, "/case/:id/claim", speaks, (*console).claim},
	{http.MethodPost, "/case/:id/answer", speaks, (*console).answer},
	{http.MethodPost, "/case/:id/extend", speaks, (*console).extend},
	{http.MethodPost, "/case/:id/return", speaks, (*console).giveBack},
	{http.MethodPost, "/case/:id/handback", speaks, (*console).handBack},
	{http.MethodPost, "/case/:id/close", speaks, (*console).closeCase},
	{http.MethodGet, "/case/:id/model", speaks, (*console).modelPage},
	{http.MethodPost, "/case/:id/model", speaks, (*console).askModel},
	{http.MethodPost, "/case/:id/snooze", speaks, (*console).snooze},
	{http.MethodPost, "/case/:id/ask", speaks, (*console).ask},
	{http.MethodPost, "/case/:id/askgroup", speaks, (*console).askGroup},
	{http.MethodPost, "/case/:id/unask", speaks, (*console).takeBack},
	{http.MethodPost, "/case/:id/accept", speaks, (*console).accept},
	{http.MethodPost, "/case/:id/decline", speaks, (*console).decline},
	{http.MethodPost, "/case/:id/note", reads, (*console).note},
	{http.MethodPost, "/case/:id/identify", opens, (*console).identify},
	{http.MethodPost, "/alarm/ack", reads, (*console).ack},
	{http.MethodPost, "/noticed", reads, (*console).noticed},

	{http.MethodGet, "/handover", reads, (*console).handover},
	{http.MethodPost, "/handover/return", speaks, (*console).returnAll},
	{http.MethodPost, "/out", speaks, (*console).goOut},
	{http.MethodPost, "/back", speaks, (*console).comeBack},

	{http.MethodGet, "/ledger", counts, (*console).ledger},
	{http.MethodPost, "/letter/resend", repairs, (*console).resend},
	{http.MethodPost, "/letter/drop", repairs, (*console).drop},

	{http.MethodGet, "/me", signedIn, (*console).me},
	{http.MethodPost, "/me/password", signedIn, (*console).password},
	{http.MethodPost, "/me/sessions/:id/end", signedIn, (*console).endSession},
	{http.MethodGet, "/first", signedIn, (*console).first},
	{http.MethodPost, "/first", signedIn, (*console).choose},
	{http.MethodPost, "/sign-out", signedIn, (*console).signOut},
	{http.MethodGet, "/help", signedIn, (*console).help},
}

// RolesOf tells who may open an address: for the page on threats, and whoever audits.
func RolesOf(method, path string) []staff.Role {
	for _, r := range routes {
		if r.method == method && r.path == path {
			return r.roles
		}
	}
	return nil
}

func (c *console) install(e *echo.Echo) {
	c.table = routes
	for _, r := range routes {
		e.Add(r.method, r.path, func(ec echo.Context) error {
			v, err := c.enter(ec, r)
			if err != nil || v == nil {
				return err
			}
			if err := c.inView(v, r); err != nil {
				return err
			}
			if err := r.do(c, v); err != nil {
				return err
			}
			return c.wrote(v, r)
		})
	}
}
