// Package console is where coordinators read and answer: the line of people who
// wait, one talk with what helps beside it, the ledger, and one's own page.
//
// Pages are made on the server and work without a script; scripts only add what
// a page cannot do by itself (live news, drafts that survive, keys, sound).
// routes.go is the table of all addresses with who may open them. Reading is
// GET and changes nothing; whatever changes something is a form.
package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/staff"
)

// Desk is what the console asks of the desk; *handoff.Desk is one.
type Desk interface {
	Reader
	Mover
}

// Reader is the desk as it is read.
type Reader interface {
	Queue(ctx context.Context) ([]handoff.Row, error)
	Mine(ctx context.Context, staff string) ([]handoff.Row, error)
	Get(ctx context.Context, id flows.CaseID) (handoff.Row, error)
	Of(ctx context.Context, person flows.PersonID) (handoff.Row, error)
	Fates(ctx context.Context, id flows.CaseID) (map[string]handoff.Fate, error)
	Notes(ctx context.Context, id flows.CaseID) ([]handoff.Remark, error)
	Log(ctx context.Context, id flows.CaseID) ([]handoff.Entry, error)
	Notices(ctx context.Context, staff string) ([]handoff.Notice, error)
	Watch(ctx context.Context) <-chan struct{}
}

// Mover is what a coordinator may do.
type Mover interface {
	Claim(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Pull(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Answer(ctx context.Context, id flows.CaseID, by handoff.Staff, act, words string) (handoff.Case, error)
	Extend(ctx context.Context, id flows.CaseID, by handoff.Staff, until time.Time) (handoff.Case, error)
	Return(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	HandBack(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Close(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Opened(ctx context.Context, id flows.CaseID, by handoff.Staff, upTo time.Time) (handoff.Case, error)
	Note(ctx context.Context, id flows.CaseID, by handoff.Staff, act, text string) error
	Snooze(ctx context.Context, id flows.CaseID, by handoff.Staff, until time.Time) (handoff.Case, error)
	Ask(ctx context.Context, id flows.CaseID, by, to handoff.Staff) (handoff.Case, error)
	TakeBack(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Accept(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	Decline(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error)
	ReturnAll(ctx context.Context, by handoff.Staff) (int, error)
	Identify(ctx context.Context, id flows.CaseID, by handoff.Staff, act, reason string) (handoff.Case, error)
	Noticed(ctx context.Context, staff string, at time.Time) error
}

// Door is who may come in; *staff.Store is one.
type Door interface {
	Login(ctx context.Context, name, password, addr string) (string, staff.Session, error)
	Enter(ctx context.Context, name string) (string, staff.Session, error)
	Session(ctx context.Context, token string) (staff.Session, error)
	Logout(ctx context.Context, token string) error
	Sessions(ctx context.Context, name string) ([]staff.Session, error)
	Revoke(ctx context.Context, name, id string) error
	Change(ctx context.Context, token, old, password string) error
	Choose(ctx context.Context, token, password string) error
	List(ctx context.Context) ([]staff.Account, error)
}

// Shifts is who is out and when they come back; *handoff.Shifts is one.
type Shifts interface {
	Out(ctx context.Context, staff string, until time.Time) error
	Back(ctx context.Context, staff string) error
	OutUntil(staff string, t time.Time) time.Time // zero: they are in
}

// Alarms are the cries for help, and who was called for them; *alarm.Store is one.
type Alarms interface {
	Open(ctx context.Context) ([]alarm.Alarm, error)
	Ack(ctx context.Context, id, alias string) (alarm.Alarm, error)
	Of(ctx context.Context, person flows.PersonID) ([]alarm.Alarm, error)
	Seen(ctx context.Context, most int64) ([]alarm.Alarm, error)
}

// Line is one thing that was said in a talk, by the resident, a coordinator or the machine.
type Line struct {
	ID    string
	At    time.Time
	By    string // resident, staff, machine
	Kind  string // text, tap, sticker, media, location, scene
	Text  string
	Staff string // alias, when By is staff
	Line  string // fixed line or scene, when By is machine
	Gone  bool   // the words were withdrawn: there is no Text
	Event string // what it belongs to: the machine's part of one turn has one
}

// Words gives a person's talk in order of time; withdrawn words come as Gone.
type Words interface {
	Talk(ctx context.Context, person flows.PersonID, since time.Time) ([]Line, error)
}

// Letter is something that could not be delivered or read. It shows no words.
type Letter struct {
	ID    string
	State string // dead, or uncertain: nobody knows whether it arrived
	Class string // human, answer, nudge: on its way out; in: it came and could not be read
	Alias string // of the resident, if known
	At    time.Time
	Why   string // blocked, failed, uncertain, or "" for anything else
}

// Letters are listed in the ledger, to be sent again or let go of with a reason.
type Letters interface {
	List(ctx context.Context) ([]Letter, error)
	Resend(ctx context.Context, id, reason, staff string) error
	Drop(ctx context.Context, id, reason, staff string) error
}

// ErrNoLetter is what Letters answers when somebody has dealt with it already.
var ErrNoLetter = errors.New("console: no such letter")

// ErrNoID is what LINEID answers when nobody has the id any more.
var ErrNoID = errors.New("console: no id is left")

// Ledger gives the counts that must add up, and how many events wait for their turn;
// and how often, by month ("2026-11"), there was a sign that help could be taken.
type Ledger interface {
	Counts(ctx context.Context) (counts map[string]int64, waiting int64, err error)
	Signs(ctx context.Context) (months map[string]map[string]int64, err error)
}

// Card is an offer as plain words, to be dropped into a reply.
type Card struct{ Title, Text string }

// Cost says what a reply costs just now.
type Cost string

// What a reply may cost.
const (
	Free    Cost = "free"    // a reply token is fresh
	Counted Cost = "counted" // a push
	Room    Cost = "room"    // it goes to the room on our own server

	Reserved  Cost = "reserved"  // a push, of those that are kept for it
	Spent     Cost = "spent"     // none is left: it waits for the person's next word
	QuietRoom Cost = "quietroom" // it goes to the room, and LINE cannot tell
)

// Guest lets the demo's link in without a password. It is never set by serve.
type Guest struct {
	Code string // in the link
	Name string // of the account
}

// Parts is what the console is put together from. The fields below the gap may stay empty.
type Parts struct {
	Desk    Desk
	Staff   Door
	Alarms  Alarms
	Roster  handoff.Roster
	Words   Words
	Letters Letters
	Ledger  Ledger
	Shifts  Shifts
	House   func() *flows.House // the house in force now

	Search    *Search                                                     // words among cases; nil = cannot be looked for
	Erases    Erases                                                      // one line of a talk may be deleted; nil = none
	Rests     Rests                                                       // pauses of a talk; nil = none
	Keeps     Keeps                                                       // what comes of a talk that was passed on; nil = nothing
	Eyes      Eyes                                                        // a second person beside a talk; nil = none
	Ready     Ready                                                       // texts at hand; nil = none
	Plain     func(words string) (faults, advice []string)                // what speaks against such a text; nil = nothing does
	Places    Place                                                       // places to be and events; nil = none
	Undo      Undo                                                        // answers may be taken back; nil = they leave at once
	Teams     Teams                                                       // teams and areas
	Voices    Voices                                                      // what people said after a talk, as sums; nil = no such page
	Overview  Overview                                                    // numbers for somebody on duty
	Tasks     Tasks                                                       // what people ask for beside their talk
	Entry     func(id flows.CardID, lang flows.Lang) string               // what the catalogue calls an entry
	Record    func(context.Context, flows.CaseID) ([]Line, error)         // what the city keeps of a case after 消す
	LINEID    func(context.Context, flows.PersonID) (string, error)       // for the police; ErrNoID
	Cards     func(topic string, lang flows.Lang) []Card                  // what can be offered for a topic
	RoomOffer RoomOffer                                                   // nil: residents have no room
	Cost      func(context.Context, flows.PersonID) Cost                  // default: Counted, or Room by the case's place
	Pushes    func(context.Context) (Budget, error)                       // this month; nil: nobody knows
	Reason    func(u flows.Urgency, l flows.Level, rules []string) string // of an alarm, in words
	Heard     func() []Heard                                              // what is taken for a cry for help, by the words in force; nil = no such page
	Scene     func(flow flows.FlowID, scene flows.SceneKey) string        // what somebody had chosen, in words
	Spoken    func(line string, lang flows.Lang) string                   // the machine's text of a line or scene, as it stands now
	Harsh     func(text string) bool                                      // words that are hard to read: marked and folded; nil = none are
	Opening   Opening                                                     // when somebody reads; nil = only house.yaml says
	Notices   Notices                                                     // nobody is there today, a disaster; nil = no such switches
	Office    *Office                                                     // who works here, and the log; nil = no such pages
	Own       Own                                                         // people's own quiet hours; nil = none
	Mails     bool                                                        // mail can be sent to those who are asked
	Bells     Bells                                                       // browsers that ring; nil = none
	Content   Content                                                     // words and contacts; nil = no such page
	Preview   http.Handler                                                // the words, tried out on a phone that nobody real holds, under /preview/; nil = no such page
	Groups    Groups                                                      // groups and their posts; nil = none
	Model     Model                                                       // a language model that drafts; nil = none
	Drafts    bool                                                        // sentences are served that nobody has confirmed
	Checkup   func(context.Context) (Checkup, error)                      // the last daily examination of the house; nil = none is made
	Looked    func(ctx context.Context, what string, now time.Time) error // somebody has seen what no program can see
	Guest     Guest                                                       // demo only
	Loopback  bool                                                        // plain http on this machine: cookies without Secure
	ViewFor   time.Duration                                               // how long after its closing whoever is no supervisor may read a talk; 0 = as long as its words stay
	Proxies   []netip.Prefix                                              // whose X-Forwarded-For is believed
	Long      time.Duration                                               // from when a wait is long; default 15 min
	Now       func() time.Time                                            // default time.Now
	Log       *slog.Logger                                                // default slog.Default
}

type console struct {
	Parts
	pages *pages
	hub   *hub
	table []route
}

// New builds the console. Its streams end with ctx, or when the server that
// Echo itself starts is shut down.
func New(ctx context.Context, p Parts) (*echo.Echo, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Long == 0 {
		p.Long = 15 * time.Minute
	}
	if p.House == nil {
		p.House = func() *flows.House { return nil }
	}
	pages, err := newPages()
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	c := &console{Parts: p, pages: pages, hub: newHub(p.Desk, p.Alarms, p.Log)}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = AddressOf(p.Proxies)
	e.HTTPErrorHandler = c.fault
	limitServer(e.Server)
	limitServer(e.TLSServer)
	e.Server.RegisterOnShutdown(stop)
	e.TLSServer.RegisterOnShutdown(stop)
	e.Use(c.recovers, c.headers, c.sameHost, c.sameOrigin, c.limits)
	c.install(e)
	go c.hub.run(ctx)
	return e, nil
}
