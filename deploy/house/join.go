package house

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"engawa/bot/assist"
	"engawa/bot/board"
	"engawa/bot/board/pages"
	"engawa/bot/dialogue"
	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/bot/line"
	"engawa/bot/line/icon"
	"engawa/bot/outbox"
	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/bot/webhook"
	"engawa/config"
	"engawa/config/privacy"
	"engawa/config/traces"
	"engawa/flows"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/alarm/own"
	"engawa/handoff/alarm/wake"
	logbook "engawa/handoff/book"
	"engawa/handoff/staff"
)

// house is every part of a running engawa, joined.
type house struct {
	cfg       config.Config
	log       *slog.Logger
	rdb       redis.UniversalClient             // everything but keys
	sure      redis.UniversalClient             // the same, whose writes count when they are copied
	said      *release.Store                    // releases, and what the console puts right in them
	talks     *release.Follower                 // the releases that speak
	shelf     script.Shelf                      // files as they were read: only what has changed is read anew
	dress     func(*flows.Bundle) *flows.Bundle // adds our own pages; demo: and shows what nobody has verified, as examples
	vault     *privacy.Vault                    // seals and destroys
	line      *line.Client                      // LINE
	append    *inbox.Appender                   // puts events into lanes
	reader    *inbox.Reader                     // takes them out again
	people    *people.Store                     // all we keep per person
	ledger    *ledger.Ledger                    // what must add up
	turns     *dialogue.Dialogue                // one turn after the other
	outbox    *outbox.Outbox                    // what leaves
	board     *board.Store                      // what groups post
	posted    *board.Follower                   // the same, in memory
	desk      *handoff.Desk                     // hand-offs
	shifts    *handoff.Shifts                   // who is out, and when somebody reads next
	staff     *staff.Store                      // accounts and sessions
	alarms    *alarm.Store                      // cries for help
	waker     *wake.Waker                       // calls those who do not look at the console
	model     *assist.Assist                    // a language model that may be asked; most often off
	asked     *assist.Audit                     // what it was asked in the last seven days
	door      *webhook.Door                     // where LINE comes in
	trials    *webhook.Trials                   // of LINE's redelivery
	watch     *watch                            // the house's own health
	reg       *prometheus.Registry              // figures for the night
	clock     func() time.Time                  //
	opened    func()                            // what to do when the doors are open: demo prints its links
	traces    *traces.Tracer                    // how long each step takes; most often off
	guest     guest                             // demo: whom the console's link lets in
	office                                      // how staff are reached and held to account
	tidings                                     // what everybody is told just now, and the page of contacts
	pages     *pages.Pages                      // for groups, and for people without LINE
	reach     reach                             // how those are reached who post for groups
	budget    *outbox.Budget                    // what is left of the month
	rooms     *room.Store                       // who may look at their talk on our own server
	roomPages *room.Pages
}

// guest lets demo's console link in without a password.
type guest struct{ code, name string }

// quiet keeps the store's library from writing lines of its own: what it has to
// say comes back as errors, and its lines name addresses.
type quiet struct{}

// Printf says nothing.
func (quiet) Printf(context.Context, string, ...any) {}

// stores are the clients of the stores. Those that must not forget in a fail-over
// what they confirmed are sure; lanes and outbox wait for copies themselves, where it counts.
type stores struct {
	main redis.UniversalClient // everything but keys
	sure redis.UniversalClient // the same store, whose writes count when they are copied
	keys redis.UniversalClient // keys, sure too; may be the same store
}

// alone is one store for everything, without copies.
func alone(rdb redis.UniversalClient) stores { return stores{main: rdb, sure: rdb, keys: rdb} }

func (s stores) close() {
	_ = s.main.Close()
	_ = s.sure.Close()
	_ = s.keys.Close()
}

// openStores opens the stores that the settings name.
func openStores(cfg config.Config) (stores, error) {
	redis.SetLogger(quiet{})
	rdb, err := config.OpenRedis(cfg.RedisURL.Reveal())
	if err != nil {
		return stores{}, err
	}
	s := alone(rdb)
	if cfg.Replicas > 0 {
		if s.sure, err = config.OpenCopied(cfg.RedisURL.Reveal(), cfg.Replicas); err != nil {
			return stores{}, errors.Join(err, rdb.Close())
		}
		s.keys = s.sure
	}
	if cfg.KeysRedisURL.Set() {
		if s.keys, err = openKeys(cfg); err != nil {
			return stores{}, errors.Join(err, rdb.Close(), s.sure.Close())
		}
	}
	return s, nil
}

func openKeys(cfg config.Config) (redis.UniversalClient, error) {
	if cfg.Replicas > 0 {
		return config.OpenCopied(cfg.KeysRedisURL.Reveal(), cfg.Replicas)
	}
	return config.OpenRedis(cfg.KeysRedisURL.Reveal())
}

// newHouse joins the parts. Nothing moves before run.
func newHouse(ctx context.Context, cfg config.Config, in stores, b *flows.Bundle, log *slog.Logger) (*house, error) {
	rdb := in.main
	h := &house{cfg: cfg, log: log, rdb: rdb, sure: in.sure, reg: prometheus.NewRegistry(), clock: wallClock, opened: func() {}}
	h.said = release.NewStore(in.sure)
	h.dress, h.talks = h.withPages, h.follower(h.withPages(b))
	var err error
	if h.vault, err = privacy.Open(ctx, in.keys, in.sure, cfg.Master); err != nil {
		return nil, err
	}
	if cfg.ShredDir != "" {
		if err := h.vault.ListShredsIn(ctx, cfg.ShredDir); err != nil {
			return nil, err
		}
	}
	lanes, err := inbox.Settle(ctx, rdb, cfg.Lanes)
	if err != nil {
		return nil, err
	}
	if h.line, err = lineClient(cfg, log); err != nil {
		return nil, err
	}
	h.people = people.New(rdb, h.vault, lanes)
	h.append, h.ledger = inbox.NewAppender(rdb, lanes), ledger.New(rdb, lanes)
	h.append.Replicas = cfg.Replicas
	h.book = logbook.New(h.sure, h.clock)
	h.staff = staff.New(h.sure, h.clock).With(h.secondFactor())
	if err := errors.Join(h.joinTraces(), h.joinAssist(), h.joinBoard()); err != nil {
		return nil, err
	}
	h.joinDesk()
	if err := h.joinTalk(lanes); err != nil {
		return nil, err
	}
	secrets := make([]string, len(cfg.ChannelSecrets))
	for i, s := range cfg.ChannelSecrets {
		secrets[i] = s.Reveal()
	}
	if h.door, err = webhook.New(h.vault, h.append, secrets, cfg.BotUserID, log); err != nil {
		return nil, err
	}
	h.watch = newWatch(h)
	h.door.Trials, h.door.Now, h.door.Traces = h.trials, h.clock, h.traces
	h.measure()
	return h, nil
}

// joinTraces tells a collector how long things take, if the city has named one.
func (h *house) joinTraces() (err error) {
	if h.traces, err = traces.New(traces.Options{URL: h.cfg.Traces, Version: version()}); err != nil {
		return err
	}
	h.reg.MustRegister(h.traces.Collectors()...)
	return nil
}

// joinDesk builds what the coordinators work with. What the desk does reaches a
// resident only as an event in their lane, which Tell appends.
func (h *house) joinDesk() {
	tell := teller{h}
	h.shifts = handoff.NewShifts(h.rdb, h.houseNow, h.answering, h.clock)
	h.alarms = alarm.New(h.sure, tell, h.clock, h.log)
	h.own = own.New(h.sure, h.vault, func() *time.Location { return h.bundle().House.Zone }, h.clock)
	h.waker = wake.New(h.alarms, append(h.ways(h.cfg.Alarm), h.joinBells()...), h.consoleURL(), h.clock, h.log)
	h.reg.MustRegister(h.waker.Collectors()...)
	h.desk = handoff.New(h.sure, h.shifts, h.people, tell, handoff.Options{
		Notes: h.vault, Forget: h.forgetAtDesk, Traces: h.traces, Over: h.people.EndRecord, Reason: h.reason, Steps: h.steps, House: h.shifts.InForce, Town: h.shifts.TownNow, Most: h.most, Now: h.clock, Log: h.log,
		Undo: cmp.Or(h.cfg.Undo, -1), // 0 s is what an operator writes who wants none
	})
}

// answering lists the accounts that may answer residents.
func (h *house) answering(ctx context.Context) ([]string, error) {
	all, err := h.staff.List(ctx)
	var names []string
	for _, a := range all {
		if !a.Disabled && a.Is(staff.Coordinator, staff.Supervisor) {
			names = append(names, a.Name)
		}
	}
	return names, err
}

// ways are how people are called who are not at the console.
func (h *house) ways(a config.Alarm) (all []wake.Way) {
	if a.MailServer.Set() {
		all = append(all, wake.Mail{Server: a.MailServer.Reveal, From: a.MailFrom, Quiet: h.own.QuietAddress, Must: func() bool { return h.must(h.clock()) },
			To: map[wake.For][]string{wake.First: a.MailFirst, wake.Second: a.MailSecond, wake.Duty: a.MailDuty}})
	}
	if a.Hook != "" {
		all = append(all, wake.Hook{URL: a.Hook, Secret: a.HookSecret.Reveal})
	}
	if a.Command != "" {
		all = append(all, wake.Command(a.Command))
	}
	return all
}

// consoleURL is where people reach the console.
func (h *house) consoleURL() string {
	if h.cfg.ConsoleURL != "" {
		return h.cfg.ConsoleURL
	}
	return "http://" + h.cfg.ConsoleAddr
}

// joinTalk builds the way of a message: lane, turn, outbox.
func (h *house) joinTalk(lanes int) error {
	h.rooms = room.NewStore(h.sure, lanes)
	h.budget = &outbox.Budget{}
	h.outbox = outbox.New(outbox.Parts{
		Redis: h.rdb, Vault: h.vault, LINE: h.line, People: h.people, Desk: deskAndBoard{h}, Alarm: h.alarms, Keys: keysOf{h}, Board: groupTalk{h}, Outlive: h.outlive,
	}, outbox.Options{Lanes: lanes, Replicas: h.cfg.Replicas, Now: h.clock, Metrics: outbox.NewMetrics(h.reg), Traces: h.traces, Log: h.log, NudgeHours: nudgeHours(h.bundle().House.Zone), Budget: h.budget})
	parts := dialogue.Parts{
		Redis: h.rdb, Vault: h.vault, People: h.people, Inbox: h.append,
		Bundle: h.bundle, For: h.bundleFor, Around: around{h}, Opening: h.shifts.OpenAt,
		Loading: h.outbox.Loading, Wake: h.outbox.Wake, Posts: (&shelf{house: h}).posts,
	}
	parts.Notice, parts.Groups = h.noticeNow, groupTalk{h}
	parts.Reads, parts.Team = h.shifts.Reads, h.teamOf
	parts.Rooms, parts.RoomURL = h.rooms, h.cfg.PublicURL
	if h.model.On() {
		parts.Second = h.second
	}
	h.turns = dialogue.New(parts, dialogue.Options{BubbleWait: h.cfg.BubbleWait, Icons: h.icons(), Traces: h.traces, Now: h.clock, Log: h.log})
	h.reader = inbox.NewReader(h.rdb, lanes, h.turns, inbox.Options{
		Log: h.log, Now: h.clock, While: []func(context.Context, inbox.Lease){h.outbox.Run},
	})
	h.append.Readers = h.reader
	return h.joinRooms()
}

// icons is where LINE finds the pictures of the two mouths; it takes them over https only.
func (h *house) icons() string {
	if strings.HasPrefix(h.cfg.PublicURL, "https://") {
		return h.cfg.PublicURL + icon.Path
	}
	return ""
}

func lineClient(cfg config.Config, log *slog.Logger) (*line.Client, error) {
	opt := line.Options{Endpoint: cfg.APIEndpoint, Data: cfg.DataEndpoint, Log: log}
	if cfg.AccessToken.Set() {
		return line.NewClient(line.Fixed(cfg.AccessToken.Reveal), opt)
	}
	tokens, err := line.NewStateless(cfg.ChannelID, cfg.ChannelSecrets[0].Reveal, opt)
	if err != nil {
		return nil, err
	}
	return line.NewClient(tokens, opt)
}

// nudgeHours: what we begin ourselves arrives between 9 and 20 o'clock.
func nudgeHours(zone *time.Location) func(time.Time) bool {
	return func(t time.Time) bool {
		hour := t.In(zone).Hour()
		return hour >= 9 && hour < 20
	}
}

func (h *house) houseNow() *flows.House { return &h.bundle().House }

// reason is a risk in the words of the rule that a supervisor can read.
func (h *house) reason(_ flows.Urgency, _ flows.Level, rules []string) string {
	for _, r := range h.bundle().Words.Urgent {
		if slices.Contains(rules, r.ID) && r.Reason != "" {
			return r.Reason
		}
	}
	for _, rule := range rules {
		if why := assist.Reason(rule); why != "" {
			return why
		}
	}
	return ""
}

// steps is the checklist of a task, as the house has it now.
func (h *house) steps(kind flows.TaskKind) []string { return h.houseNow().Steps[kind] }

// teller appends what the desk did to the person's lane.
type teller struct{ h *house }

// Tell carries one act; again with the same id changes nothing.
func (t teller) Tell(ctx context.Context, p flows.PersonID, event string, at time.Time, act flows.DeskAct, sealed []byte) error {
	return t.h.turns.Tell(ctx, p, event, at, act, sealed)
}

// around tells a turn what it cannot know by itself.
type around struct{ h *house }

// Ahead is how many wait before this person, if they wait.
func (a around) Ahead(ctx context.Context, p flows.PersonID) (int, error) {
	row, err := a.h.desk.Of(ctx, p)
	if errors.Is(err, handoff.ErrUnknown) {
		return 0, nil
	}
	return row.Ahead, err
}

// Alarmed tells whether somebody has acknowledged this person's alarms.
func (a around) Alarmed(ctx context.Context, p flows.PersonID) (bool, error) {
	open, err := a.h.alarms.Open(ctx)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(open, func(x alarm.Alarm) bool { return x.Person == p }), nil
}
