// Package traces tells a collector how long each step of the house took, where the
// operator has named one: the door's answer, a turn, a send, a move of the desk.
//
// Nobody can be found in a trace. A [Step] is one of a closed list, [Facts] have
// room for a lane's number, a count and short words of our own code, and [plain]
// lets no id and no sentence through whoever asks. No span knows another one, so
// that a person's way through the house cannot be put together either; what the
// steps of one message are is for the journal, which is sealed.
//
// The collector is never waited for. Spans stand in a bounded line; what does not
// fit is dropped and counted. A nil *Tracer is off and costs nothing.
package traces

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Step is what a span is about.
type Step string

// The steps of the house that can be told.
const (
	Door Step = "webhook" // from LINE's knock to our status
	Turn Step = "turn"    // from the look into the lane to the commit
	Send Step = "send"    // one envelope, handed to LINE
	Hand Step = "hand"    // one parcel, handed to the desk, an alarm or the key store
	Desk Step = "desk"    // one move on a case
)

// Facts are all that a span may say beside its step and its time. What is zero is
// left out.
type Facts struct {
	Lane    fmt.Stringer // number of a lane
	Kind    string       // of what: a way, a destination, a move
	Outcome string       // how it ended
	Count   int          // events, parcels
	Failed  bool
}

// Bounds of the way to the collector.
const (
	room     = 2048            // spans that may wait
	batch    = 512             // spans in one request
	every    = 2 * time.Second // between two requests
	patience = 3 * time.Second // with one request
	parting  = time.Second     // for what is left at the end
)

// Tracer hands spans to the collector. It is safe for concurrent use.
type Tracer struct {
	from   trace.Tracer
	line   *sdk.TracerProvider
	failed prometheus.Counter
}

// Options are what an operator decides.
type Options struct {
	URL     string       // of the collector, without /v1/traces; "" = off
	Version string       // of this program
	Client  *http.Client // tests; nil = one that follows nobody and knows no proxy
}

// New makes a tracer; with no address it is nil, which is off. It calls nobody.
func New(opt Options) (*Tracer, error) {
	if opt.URL == "" {
		return nil, nil
	}
	if opt.Client == nil {
		opt.Client = &http.Client{Timeout: patience, CheckRedirect: stay, Transport: &http.Transport{
			MaxIdleConns: 1, MaxConnsPerHost: 1, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: patience,
		}}
	}
	t := &Tracer{failed: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "engawa_traces_failed_total", Help: "Requests with spans that the collector did not take; the spans are gone.",
	})}
	out, err := otlptracehttp.New(context.Background(),
		otlptracehttp.WithEndpointURL(opt.URL+"/v1/traces"), otlptracehttp.WithHTTPClient(opt.Client),
		otlptracehttp.WithTimeout(patience), otlptracehttp.WithRetry(otlptracehttp.RetryConfig{}))
	if err != nil {
		return nil, errors.New("traces: the collector's address cannot be used") // the cause would name it
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(error) { t.failed.Inc() }))
	t.line = sdk.NewTracerProvider(
		sdk.WithBatcher(out, sdk.WithMaxQueueSize(room), sdk.WithMaxExportBatchSize(batch), sdk.WithBatchTimeout(every), sdk.WithExportTimeout(patience)),
		sdk.WithSampler(sdk.AlwaysSample()), sdk.WithoutPanicRecording(),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "engawa"), attribute.String("service.version", opt.Version))),
	)
	t.from = t.line.Tracer("engawa")
	return t, nil
}

// stay goes nowhere but to the host that is configured.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Collectors are what the tracer counts.
func (t *Tracer) Collectors() []prometheus.Collector {
	if t == nil {
		return nil
	}
	return []prometheus.Collector{t.failed}
}

// Close gives what is waiting a last second to leave.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, parting)
	defer cancel()
	if err := t.line.Shutdown(ctx); err != nil {
		return fmt.Errorf("traces: some spans were left behind: %w", context.Cause(ctx))
	}
	return nil
}

// Span is one step under way; the zero Span tells nobody.
type Span struct{ of trace.Span }

// Begin begins a step now. It knows of no other step, also not of one that LINE or
// a proxy would name.
func (t *Tracer) Begin(s Step) Span {
	if t == nil {
		return Span{}
	}
	_, span := t.from.Start(context.Background(), string(s), trace.WithNewRoot())
	return Span{span}
}

// End ends the step with what may be said of it.
func (s Span) End(f Facts) {
	if s.of == nil {
		return
	}
	told := make([]attribute.KeyValue, 0, 5)
	if f.Lane != nil {
		told = append(told, attribute.String("lane", lane(f.Lane.String())))
	}
	if f.Kind != "" {
		told = append(told, attribute.String("kind", plain(f.Kind)))
	}
	if f.Outcome != "" {
		told = append(told, attribute.String("outcome", plain(f.Outcome)))
	}
	if f.Count != 0 {
		told = append(told, attribute.Int("count", f.Count))
	}
	if f.Failed {
		told = append(told, attribute.Bool("failed", true))
	}
	s.of.SetAttributes(told...)
	s.of.End()
}

// lane lets a lane's number pass, which is two digits and nothing else.
func lane(s string) string {
	if len(s) == 2 && '0' <= s[0] && s[0] <= '9' && '0' <= s[1] && s[1] <= '9' {
		return s
	}
	return "other"
}

// longest is the most letters of a word of ours.
const longest = 20

// plain lets a short word of small letters pass: no digit, so no id, no number and
// no token; no other script, so hardly anybody's words.
func plain(s string) string {
	if len(s) > longest {
		return "other"
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != ' ' && c != '-' && c != '_' {
			return "other"
		}
	}
	return s
}
