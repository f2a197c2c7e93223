package assist

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"engawa/bot/assist/redact"
)

// Why there is no answer. None of them is a reason to keep a resident waiting.
var (
	ErrOff     = errors.New("assist: no model is switched on")
	ErrUnsure  = redact.ErrUnsure // the text must not leave the house
	ErrBudget  = errors.New("assist: the day's budget is spent")
	ErrResting = errors.New("assist: the model server failed too often and is left alone for a while")
	ErrBusy    = errors.New("assist: too many questions at once")
	ErrTime    = errors.New("assist: the model server took too long")
	ErrServer  = errors.New("assist: the model server failed")
	ErrAnswer  = errors.New("assist: the answer is none that we take")
	ErrInside  = errors.New("assist: plain http is only for addresses inside the city's network")
)

// Azure says that the server is Azure OpenAI; the model is the deployment's name.
type Azure struct {
	Version string // api-version
	Token   bool   // APIKey gives an Entra ID token, not a key
}

// Options are what an operator may decide. The zero value is off.
type Options struct {
	BaseURL   string                // up to and without /chat/completions; "" = off
	APIKey    func() string         // asked before each call, so that keys can be rotated; nil = none
	Model     string                //
	Azure     *Azure                // or ?api-version=… in BaseURL
	Budget    Budget                // per day; zero = DefaultBudget
	Residents time.Duration         // limit of one question for a resident, 1.5 s
	Staff     time.Duration         // limit of one help for a coordinator, 20 s
	Loose     bool                  // the server knows no JSON schema; the answer is judged all the same
	Redis     redis.UniversalClient // counts the budget for all processes together; nil = for this one
	Clock     func() time.Time      //
	Zone      *time.Location        // where a day ends; nil = UTC
	Audit     *Audit                // keeps what is asked and answered for a week; nil = nowhere (tests)
	Log       *slog.Logger          //
}

// Assist asks a model. A nil one is off. It is safe for concurrent use.
type Assist struct {
	opt     Options
	base    string
	http    *http.Client
	sides   map[side]*gate
	purse   *purse
	calls   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
}

// side is for whom a question is asked.
type side string

const (
	residents side = "resident"
	staff     side = "staff"
)

// Questions that may be under way at the same time.
const (
	manyResidents = 16
	manyStaff     = 8
)

// New checks the options and makes an Assist. It calls nobody.
func New(opt Options) (*Assist, error) {
	if opt.Residents <= 0 {
		opt.Residents = 1500 * time.Millisecond
	}
	if opt.Staff <= 0 {
		opt.Staff = 20 * time.Second
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.Zone == nil {
		opt.Zone = time.UTC
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.APIKey == nil {
		opt.APIKey = func() string { return "" }
	}
	a := &Assist{opt: opt, purse: newPurse(opt)}
	a.sides = map[side]*gate{
		residents: newGate(manyResidents, opt.Residents),
		staff:     newGate(manyStaff, opt.Staff),
	}
	a.calls = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "engawa_assist_calls_total", Help: "Questions to the model by side and how they ended.",
	}, []string{"side", "result"})
	a.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "engawa_assist_seconds", Help: "How long the model took.",
		Buckets: []float64{.1, .25, .5, .75, 1, 1.5, 3, 5, 10, 20},
	}, []string{"side"})
	if opt.BaseURL == "" {
		return a, nil
	}
	if err := a.address(); err != nil {
		return nil, err
	}
	if opt.Model == "" {
		return nil, errors.New("assist: a model must be named")
	}
	a.http = a.client()
	return a, nil
}

// address checks where the texts would go. The error never repeats the address.
func (a *Assist) address() error {
	u, err := url.Parse(a.opt.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("assist: the address must be http(s)://host[:port]/path without a password in it")
	}
	q := u.Query()
	if v := q.Get("api-version"); v != "" && len(q) == 1 && a.opt.Azure == nil {
		a.opt.Azure = &Azure{Version: v}
	} else if len(q) > 0 {
		return errors.New("assist: the address may carry api-version and nothing else")
	}
	if u.Scheme == "http" && !inside(u.Hostname()) {
		return ErrInside
	}
	u.RawQuery = ""
	a.base = strings.TrimRight(u.String(), "/")
	return nil
}

// inside says whether a host can only be a machine of the city's own network.
func inside(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		ip = ip.Unmap()
		return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, end := range []string{".local", ".internal", ".lan", ".home.arpa", ".localhost"} {
		if strings.HasSuffix(host, end) {
			return true
		}
	}
	return host != "" && !strings.Contains(host, ".")
}

// On says whether a model is switched on.
func (a *Assist) On() bool { return a != nil && a.http != nil }

// Close lets idle connections go.
func (a *Assist) Close() {
	if a.On() {
		a.http.CloseIdleConnections()
	}
}

// Collectors are what is counted.
func (a *Assist) Collectors() []prometheus.Collector {
	if a == nil {
		return nil
	}
	return []prometheus.Collector{a.calls, a.seconds}
}

// Status is for the console: is there help now, and how much of the day's budget is used.
type Status struct {
	On            bool
	Resting       time.Time // residents' questions are held back until then
	StaffResting  time.Time
	Calls, Tokens int // today, of this process
	Budget        Budget
}

// Status tells how things stand.
func (a *Assist) Status() Status {
	if !a.On() {
		return Status{}
	}
	now := a.opt.Clock()
	s := Status{On: true, Budget: a.purse.limit, Resting: a.sides[residents].until(now), StaffResting: a.sides[staff].until(now)}
	s.Calls, s.Tokens = a.purse.used(now)
	return s
}

// request is one question: what it is about, the rules, and the data.
type request struct {
	op     string // for logs
	side   side
	system string
	data   []byte // JSON; the only place where anybody's words may stand
	schema []byte // of the answer; nil = plain text
	tokens int    // of the answer, at most
	who    string // whose share it comes from; never leaves this process
	about  Source // for the audit; never leaves the house

	// take judges the answer and keeps what it needs of it. An answer that it refuses
	// counts like a failure of the server, so that one that always lies is left alone.
	take func(answer string) error
}

// ask does everything that is the same for all questions: gate, budget, one try, time limit, counting.
func (a *Assist) ask(ctx context.Context, r request) error {
	if !a.On() {
		return ErrOff
	}
	g := a.sides[r.side]
	ctx, cancel := context.WithTimeout(ctx, g.limit)
	defer cancel()
	began := time.Now()
	used, err := a.guarded(ctx, g, r)
	result := code(err)
	a.calls.WithLabelValues(string(r.side), result).Inc()
	level := slog.LevelDebug
	if err != nil && !errors.Is(err, context.Canceled) {
		level = slog.LevelInfo
	}
	a.opt.Log.Log(context.WithoutCancel(ctx), level, "assist", "op", r.op, "side", string(r.side), "result", result,
		"status", used.status, "tokens", used.tokens, "ms", time.Since(began).Milliseconds())
	return err
}

// guarded is ask behind the gate and the purse.
func (a *Assist) guarded(ctx context.Context, g *gate, r request) (usage, error) {
	now := a.opt.Clock()
	if err := g.enter(now); err != nil {
		return usage{}, err
	}
	reserve := r.tokens + (len(r.system)+len(r.data)+len(r.schema))/2
	if err := a.purse.take(ctx, now, r.side, r.who, reserve); err != nil {
		g.leave(now, nil, 0, true)
		return usage{}, err
	}
	record, err := a.noteQuestion(ctx, r)
	if err != nil {
		g.leave(now, nil, 0, true)
		a.purse.giveBack(now, reserve)
		return usage{}, err
	}
	began := time.Now()
	answer, used, err := a.call(ctx, r)
	if err == nil && r.take(answer) != nil {
		err = ErrAnswer
	}
	a.noteAnswer(ctx, record, r, answer, err, time.Since(began))
	a.seconds.WithLabelValues(string(r.side)).Observe(time.Since(began).Seconds())
	g.leave(a.opt.Clock(), err, used.retry, errors.Is(err, context.Canceled))
	if used.tokens > 0 && used.tokens < reserve {
		a.purse.giveBack(now, reserve-used.tokens)
	}
	return used, err
}

// code is an error as one word for logs and counts.
func code(err error) string {
	for _, c := range []struct {
		err  error
		name string
	}{{ErrOff, "off"}, {ErrUnsure, "unsure"}, {ErrBudget, "budget"}, {ErrResting, "resting"}, {ErrBusy, "busy"},
		{ErrTime, "time"}, {ErrAudit, "audit"}, {ErrAnswer, "answer"}, {ErrServer, "server"}, {context.Canceled, "cancelled"}} {
		if errors.Is(err, c.err) {
			return c.name
		}
	}
	if err != nil {
		return "other"
	}
	return "ok"
}
