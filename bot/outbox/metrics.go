package outbox

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"engawa/bot/line"
)

// redAfter is how long something for the desk, an alarm or the key store may stand
// before it is shown red.
const redAfter = 10 * time.Second

// Metrics counts what leaves. Each answers a question of the night: does LINE take
// what we send, what does it cost, and how long does the oldest wait.
type Metrics struct {
	reg     prometheus.Registerer
	sends   *prometheus.CounterVec
	parcels *prometheus.CounterVec
	faults  prometheus.Counter
}

// NewMetrics registers the counters; reg may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		reg: reg,
		sends: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "engawa_line_sends_total", Help: "Envelopes handed to LINE, by way (reply, push, final) and outcome. Pushes that were accepted count for the plan.",
		}, []string{"via", "outcome"}),
		parcels: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "engawa_parcels_total", Help: "Parcels that left a queue, by destination and what became of them.",
		}, []string{"dest", "outcome"}),
		faults: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "engawa_outbox_faults_total", Help: "Tries that our own side could not carry out.",
		}),
	}
	if reg != nil {
		reg.MustRegister(m.sends, m.parcels, m.faults)
	}
	return m
}

// watch adds the gauges that look into a running outbox.
func (m *Metrics) watch(o *Outbox) {
	if m.reg == nil {
		return
	}
	for _, d := range Dests {
		m.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "engawa_outbox_oldest_seconds", Help: "Age of the oldest parcel that stands still.",
			ConstLabels: prometheus.Labels{"dest": string(d)},
		}, func() float64 { return o.Oldest(d).Seconds() }))
	}
}

func (m *Metrics) sent(via string, kind line.Kind) {
	m.sends.WithLabelValues(via, outcome(kind)).Inc()
}

// outcome is the kind of LINE's answer in a word.
func outcome(kind line.Kind) string {
	if kind == "" {
		return "accepted"
	}
	return string(kind)
}

func (m *Metrics) settled(d Dest, verdict string) {
	m.parcels.WithLabelValues(string(d), verdict).Inc()
}

// Oldest is how long the oldest parcel to a destination stands still, in the lanes
// of this process; 0 when everything moves.
func (o *Outbox) Oldest(d Dest) time.Duration {
	now := o.now()
	oldest := time.Duration(0)
	o.mu.Lock()
	defer o.mu.Unlock()
	for e, w := range o.waiting {
		if e.dest == d {
			oldest = max(oldest, now.Sub(w.since))
		}
	}
	for at, score := range o.backlog {
		if at.dest == d && score > 0 {
			oldest = max(oldest, now.Sub(time.UnixMilli(int64(score))))
		}
	}
	return oldest
}

// Status is what readyz and the console show of the outbox.
type Status struct {
	Oldest map[Dest]time.Duration // 0 = everything moves
	Red    []Dest                 // desk, alarm or keys that stand still for more than 10 s
	Auth   time.Time              // since when LINE does not take our access token; zero = it does
	Quota  time.Time              // since when this month's pushes are used up; zero = they are not
}

// Status looks at the lanes of this process.
func (o *Outbox) Status() Status {
	s := Status{Oldest: map[Dest]time.Duration{}}
	for _, d := range Dests {
		s.Oldest[d] = o.Oldest(d)
		if d != ToLINE && d != ToRead && s.Oldest[d] > redAfter {
			s.Red = append(s.Red, d)
		}
	}
	s.Auth, s.Quota = o.gate.trouble()
	return s
}
