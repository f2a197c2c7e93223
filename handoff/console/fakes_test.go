package console

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"engawa/flows"
	"engawa/handoff"
	"engawa/handoff/alarm"
	"engawa/handoff/staff"
)

// fakeDesk keeps cases in memory; what is allowed is decided by the real Case.
type fakeDesk struct {
	now func() time.Time

	mu       sync.Mutex
	cases    map[flows.CaseID]handoff.Case
	fates    map[flows.CaseID]map[string]handoff.Fate
	notes    map[flows.CaseID][]handoff.Remark
	log      map[flows.CaseID][]handoff.Entry
	notices  map[string][]handoff.Notice
	watchers []chan struct{}
	most     int
	answered []string // what Answer was given, once per act
	said     *fakeWords
	fail     error
	shown    map[string]bool // acts that opened an id
}

func newFakeDesk(now func() time.Time, said *fakeWords) *fakeDesk {
	return &fakeDesk{
		now: now, said: said, most: 5,
		cases: map[flows.CaseID]handoff.Case{}, fates: map[flows.CaseID]map[string]handoff.Fate{},
		notes: map[flows.CaseID][]handoff.Remark{}, log: map[flows.CaseID][]handoff.Entry{},
		notices: map[string][]handoff.Notice{},
	}
}

func (d *fakeDesk) put(c handoff.Case) {
	d.mu.Lock()
	d.cases[c.ID] = c
	d.mu.Unlock()
	d.tick()
}

// hasRead records that somebody has opened all words of a case.
func (h *house) hasRead(id flows.CaseID, by string) {
	h.desk.mu.Lock()
	defer h.desk.mu.Unlock()
	h.desk.log[id] = append(h.desk.log[id], handoff.Entry{At: h.now, By: by, Do: handoff.DoRead})
}

func (d *fakeDesk) tick() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

func (d *fakeDesk) Watch(context.Context) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := make(chan struct{}, 1)
	d.watchers = append(d.watchers, w)
	return w
}

func (d *fakeDesk) rows(keep func(handoff.Case) bool) ([]handoff.Row, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return nil, d.fail
	}
	var out []handoff.Row
	for _, c := range d.cases {
		if keep(c) {
			out = append(out, row(c))
		}
	}
	slices.SortFunc(out, func(a, b handoff.Row) int {
		return cmp.Or(cmp.Compare(a.Rank(), b.Rank()), a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

func row(c handoff.Case) handoff.Row {
	r := handoff.Row{Case: c}
	if c.Level != flows.NoLevel {
		r.Reason = "「消えてしまいたい」に近いことば(きまり life-3)"
	}
	return r
}

func (d *fakeDesk) Queue(context.Context) ([]handoff.Row, error) {
	return d.rows(func(c handoff.Case) bool { return c.State == handoff.Waiting })
}

func (d *fakeDesk) Mine(_ context.Context, name string) ([]handoff.Row, error) {
	return d.rows(func(c handoff.Case) bool { return c.Held() && (name == "" || c.Staff.Name == name) })
}

func (d *fakeDesk) Get(_ context.Context, id flows.CaseID) (handoff.Row, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return handoff.Row{}, d.fail
	}
	c, ok := d.cases[id]
	if !ok {
		return handoff.Row{}, handoff.ErrUnknown
	}
	return row(c), nil
}

func (d *fakeDesk) Of(_ context.Context, person flows.PersonID) (handoff.Row, error) {
	rows, err := d.rows(func(c handoff.Case) bool { return c.Person == person })
	if err != nil || len(rows) == 0 {
		return handoff.Row{}, cmp.Or(err, handoff.ErrUnknown)
	}
	return rows[0], nil
}

func (d *fakeDesk) move(id flows.CaseID, m handoff.Move) (handoff.Case, error) {
	defer d.tick()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return handoff.Case{}, d.fail
	}
	c, ok := d.cases[id]
	if !ok {
		return c, handoff.ErrUnknown
	}
	m.Promise = d.now().Add(24 * time.Hour)
	next, _, err := c.Apply(m, d.now())
	if err != nil {
		return c, err
	}
	d.cases[id] = next
	d.log[id] = append(d.log[id], handoff.Entry{At: d.now(), By: m.By.Name, Do: m.Do})
	return next, nil
}

func (d *fakeDesk) Claim(ctx context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	mine, err := d.Mine(ctx, by.Name)
	if err == nil && len(mine) >= d.most {
		return handoff.Case{}, handoff.ErrFull
	}
	return d.move(id, handoff.Move{Do: handoff.DoClaim, By: by})
}

func (d *fakeDesk) Pull(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoClaim, By: by})
}

func (d *fakeDesk) Answer(_ context.Context, id flows.CaseID, by handoff.Staff, act, words string) (handoff.Case, error) {
	if words == "" {
		return handoff.Case{}, handoff.ErrEmpty
	}
	if len([]rune(words)) > 5000 {
		return handoff.Case{}, handoff.ErrTooLong
	}
	event := handoff.ActID(id, act)
	d.mu.Lock()
	_, again := d.fates[id][event]
	d.mu.Unlock()
	if again {
		return handoff.Case{}, nil
	}
	c, err := d.move(id, handoff.Move{Do: handoff.DoAnswer, By: by})
	if err != nil {
		return c, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fates[id] == nil {
		d.fates[id] = map[string]handoff.Fate{}
	}
	d.fates[id][event] = handoff.Fate{State: "sent"}
	d.answered = append(d.answered, words)
	d.said.add(c.Person, Line{ID: event, Event: event, At: d.now(), By: "staff", Kind: "text", Staff: by.Alias, Text: words})
	return c, nil
}

func (d *fakeDesk) answers() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.answered)
}

func (d *fakeDesk) Extend(_ context.Context, id flows.CaseID, by handoff.Staff, until time.Time) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoExtend, By: by, Until: until})
}

func (d *fakeDesk) Return(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoReturn, By: by})
}

func (d *fakeDesk) HandBack(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoHandBack, By: by})
}

func (d *fakeDesk) Close(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoClose, By: by})
}

func (d *fakeDesk) Opened(_ context.Context, id flows.CaseID, by handoff.Staff, upTo time.Time) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoRead, By: by, Until: upTo})
}

func (d *fakeDesk) Snooze(_ context.Context, id flows.CaseID, by handoff.Staff, until time.Time) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoSnooze, By: by, Until: until})
}

func (d *fakeDesk) Ask(_ context.Context, id flows.CaseID, by, to handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoAsk, By: by, To: to})
}

func (d *fakeDesk) TakeBack(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoTakeBack, By: by})
}

func (d *fakeDesk) Accept(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoAccept, By: by})
}

func (d *fakeDesk) Decline(_ context.Context, id flows.CaseID, by handoff.Staff) (handoff.Case, error) {
	return d.move(id, handoff.Move{Do: handoff.DoDecline, By: by})
}

func (d *fakeDesk) ReturnAll(ctx context.Context, by handoff.Staff) (int, error) {
	mine, err := d.Mine(ctx, by.Name)
	for _, r := range mine {
		if _, err := d.Return(ctx, r.ID, by); err != nil {
			return 0, err
		}
	}
	return len(mine), err
}

// fakeShifts remember who is out.
type fakeShifts struct {
	mu  sync.Mutex
	out map[string]time.Time
}

func (s *fakeShifts) Out(_ context.Context, name string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out[name] = until
	return nil
}

func (s *fakeShifts) Back(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.out, name)
	return nil
}

func (s *fakeShifts) OutUntil(name string, t time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if until := s.out[name]; until.After(t) {
		return until
	}
	return time.Time{}
}

func (d *fakeDesk) Identify(_ context.Context, id flows.CaseID, by handoff.Staff, act, reason string) (handoff.Case, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cases[id]
	switch {
	case !c.Identifiable():
		return c, handoff.ErrNoDanger
	case reason == "":
		return c, handoff.ErrEmpty
	case d.shown[act]:
		return c, handoff.ErrShown
	}
	if d.shown == nil {
		d.shown = map[string]bool{}
	}
	d.shown[act] = true
	d.log[id] = append(d.log[id], handoff.Entry{At: d.now(), By: by.Name, Do: handoff.DoIdentify, Reason: reason})
	return c, nil
}

func (d *fakeDesk) Note(_ context.Context, id flows.CaseID, by handoff.Staff, act, text string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if text == "" {
		return handoff.ErrEmpty
	}
	if !slices.ContainsFunc(d.notes[id], func(r handoff.Remark) bool { return r.ID == act }) {
		d.notes[id] = append(d.notes[id], handoff.Remark{ID: act, At: d.now(), By: by, Text: text})
	}
	return nil
}

func (d *fakeDesk) Notes(_ context.Context, id flows.CaseID) ([]handoff.Remark, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.notes[id]), nil
}

func (d *fakeDesk) Log(_ context.Context, id flows.CaseID) ([]handoff.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.log[id]), nil
}

func (d *fakeDesk) Fates(_ context.Context, id flows.CaseID) (map[string]handoff.Fate, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.fates[id]), nil
}

func (d *fakeDesk) Notices(_ context.Context, name string) ([]handoff.Notice, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.notices[name]), nil
}

func (d *fakeDesk) Noticed(_ context.Context, name string, _ time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.notices, name)
	return nil
}

// fakeWords are the talks.
type fakeWords struct {
	mu   sync.Mutex
	said map[flows.PersonID][]Line
}

func (w *fakeWords) add(p flows.PersonID, lines ...Line) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said[p] = append(w.said[p], lines...)
}

// unsend takes the words of one text away.
func (w *fakeWords) unsend(p flows.PersonID, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.said[p] {
		if w.said[p][i].ID == id {
			w.said[p][i].Text, w.said[p][i].Gone = "", true
		}
	}
}

func (w *fakeWords) Talk(_ context.Context, p flows.PersonID, since time.Time) ([]Line, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []Line
	for _, l := range w.said[p] {
		if !l.At.Before(since) {
			out = append(out, l)
		}
	}
	return out, nil
}

// fakeStaff knows two coordinators, an administrator and an auditor; all with the same password.
type fakeStaff struct {
	now func() time.Time

	mu       sync.Mutex
	accounts map[string]staff.Account
	open     map[string]staff.Session // token → session
	next     int
	limited  time.Duration
	changed  string
}

const password = "縁側でお茶を飲む時間です"

func newFakeStaff(now func() time.Time) *fakeStaff {
	s := &fakeStaff{now: now, accounts: map[string]staff.Account{}, open: map[string]staff.Session{}}
	for _, a := range []staff.Account{
		{Name: "suzu", Alias: "すずらん", Roles: []staff.Role{staff.Coordinator}},
		{Name: "kaede", Alias: "かえで", Roles: []staff.Role{staff.Coordinator, staff.Supervisor}},
		{Name: "admin", Alias: "事務局", Roles: []staff.Role{staff.Administrator}},
		{Name: "audit", Alias: "監査", Roles: []staff.Role{staff.Auditor}},
		{Name: "group", Alias: "世話人", Roles: []staff.Role{staff.Facilitator}},
	} {
		s.accounts[a.Name] = a
	}
	return s
}

func (s *fakeStaff) Login(_ context.Context, name, pw, _ string) (string, staff.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limited > 0 {
		return "", staff.Session{}, &staff.LimitedError{After: s.limited}
	}
	if _, ok := s.accounts[name]; !ok || pw != password {
		return "", staff.Session{}, staff.ErrDenied
	}
	token, one := s.start(name)
	return token, one, nil
}

func (s *fakeStaff) start(name string) (string, staff.Session) {
	s.next++
	id := strconv.Itoa(s.next)
	one := staff.Session{Account: s.accounts[name], ID: "s" + id, Began: s.now(), Seen: s.now(), Ends: s.now().Add(12 * time.Hour)}
	s.open["token-"+id] = one
	return "token-" + id, one
}

func (s *fakeStaff) Enter(_ context.Context, name string) (string, staff.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	token, one := s.start(name)
	return token, one, nil
}

func (s *fakeStaff) Session(_ context.Context, token string) (staff.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.open[token]
	if !ok {
		return staff.Session{}, staff.ErrSession
	}
	return one, nil
}

func (s *fakeStaff) Logout(_ context.Context, token string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, token)
	return nil
}

func (s *fakeStaff) Sessions(_ context.Context, name string) ([]staff.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []staff.Session
	for _, one := range s.open {
		if one.Name == name {
			out = append(out, one)
		}
	}
	slices.SortFunc(out, func(a, b staff.Session) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

func (s *fakeStaff) Revoke(_ context.Context, name, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for token, one := range s.open {
		if one.Name == name && one.ID == id {
			delete(s.open, token)
			return nil
		}
	}
	return staff.ErrUnknown
}

func (s *fakeStaff) Change(_ context.Context, _, old, pw string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case old != password:
		return staff.ErrDenied
	case len([]rune(pw)) < 12:
		return staff.ErrPassword
	}
	s.changed = pw
	return nil
}

func (s *fakeStaff) Choose(_ context.Context, token, pw string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one := s.open[token]
	switch {
	case !one.OneTime:
		return staff.ErrChosen
	case s.limited > 0:
		return &staff.LimitedError{After: s.limited}
	case pw == password:
		return staff.ErrSame
	case len([]rune(pw)) < 12:
		return staff.ErrPassword
	}
	one.OneTime = false
	s.open[token] = one
	s.changed = pw
	return nil
}

func (s *fakeStaff) List(context.Context) ([]staff.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(maps.Values(s.accounts), func(a, b staff.Account) int { return cmp.Compare(b.Name, a.Name) }), nil
}

// endAll is what an hour that is over does.
func (s *fakeStaff) endAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.open)
}

// fakeAlarms stand until acknowledged.
type fakeAlarms struct {
	mu   sync.Mutex
	open []alarm.Alarm
	seen []alarm.Alarm
	by   string
}

func (a *fakeAlarms) raise(one alarm.Alarm) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = append(a.open, one)
}

func (a *fakeAlarms) Of(_ context.Context, person flows.PersonID) (all []alarm.Alarm, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range slices.Concat(a.seen, a.open) {
		if one.Person == person {
			all = append(all, one)
		}
	}
	return all, nil
}

func (a *fakeAlarms) Seen(context.Context, int64) ([]alarm.Alarm, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.seen), nil
}

func (a *fakeAlarms) Open(context.Context) ([]alarm.Alarm, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.open), nil
}

func (a *fakeAlarms) Ack(_ context.Context, id, alias string) (alarm.Alarm, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.open, func(o alarm.Alarm) bool { return o.ID == id })
	if i < 0 {
		return alarm.Alarm{}, alarm.ErrUnknown
	}
	one := a.open[i]
	one.By, one.Acked = alias, one.Raised.Add(5*time.Minute)
	a.open = slices.Delete(a.open, i, i+1)
	a.seen = append(a.seen, one)
	a.by = alias
	return one, nil
}

// fakeLetters could not be delivered.
type fakeLetters struct {
	mu      sync.Mutex
	letters []Letter
	did     []string
}

func (f *fakeLetters) List(context.Context) ([]Letter, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.letters), nil
}

func (f *fakeLetters) take(id string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := len(f.letters)
	f.letters = slices.DeleteFunc(f.letters, func(l Letter) bool { return l.ID == id })
	if len(f.letters) == before {
		return ErrNoLetter
	}
	return nil
}

func (f *fakeLetters) Resend(_ context.Context, id, reason, by string) error {
	f.did = append(f.did, "resend "+id+" "+reason+" "+by)
	return f.take(id)
}

func (f *fakeLetters) Drop(_ context.Context, id, reason, by string) error {
	f.did = append(f.did, "drop "+id+" "+reason+" "+by)
	return f.take(id)
}

type fakeLedger map[string]int64

func (f fakeLedger) Signs(context.Context) (map[string]map[string]int64, error) {
	return map[string]map[string]int64{
		"2026-10": {"offered": 9, "taken": 7},
		"2026-11": {"offered": 210, "taken": 140, "card": 61, "step": 12, "looked": 33, "human": 18, "again": 25, "wenton": 11},
	}, nil
}

func (f fakeLedger) Counts(context.Context) (map[string]int64, int64, error) {
	return f, f["waiting"], nil
}

// fakeRoster is open on weekdays from 9 to 17.
type fakeRoster struct{}

func (fakeRoster) OpenAt(t time.Time) (bool, time.Time) {
	t = t.In(japan)
	weekday := t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
	if weekday && t.Hour() >= 9 && t.Hour() < 17 {
		return true, time.Date(t.Year(), t.Month(), t.Day(), 17, 0, 0, 0, japan)
	}
	next := time.Date(t.Year(), t.Month(), t.Day(), 9, 0, 0, 0, japan)
	for !next.After(t) || next.Weekday() == time.Saturday || next.Weekday() == time.Sunday {
		next = next.AddDate(0, 0, 1)
	}
	return false, next
}

func (fakeRoster) Promise(t time.Time) time.Time {
	t = t.In(japan).AddDate(0, 0, 1)
	return time.Date(t.Year(), t.Month(), t.Day(), 17, 0, 0, 0, japan)
}

func (fakeRoster) On(name string, _ time.Time) bool { return name == "suzu" || name == "kaede" }
