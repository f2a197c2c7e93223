// Package config is what an operator may change: settings come from the
// environment, all faults are told at once, each with what to do about it.
//
// [Settings] is the whole list; deploy/example.env and the help text come from it.
// A setting that holds a secret may also be given as NAME_FILE, the path of a file
// that holds the value, as systemd credentials and container secrets do.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"engawa/config/privacy"
)

// Config is what the operator decided. Values are checked; secrets are hidden.
type Config struct {
	PublicAddr  string // webhook, later rooms and group pages
	ConsoleAddr string // the coordinators' pages
	OpsAddr     string // healthz, readyz, metrics

	PublicURL      string         // where residents reach us: https://…, no slash at the end; "" = unknown
	RoomExit       string         // where the quick way out of a resident's room leads; "" = a page of our own
	ConsoleURL     string         // where coordinators reach the console; "" = on ConsoleAddr
	ConsoleCert    string         // PEM files; both or neither
	ConsoleCertKey string         //
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed

	RedisURL     Secret // may hold a password; for OpenRedis
	KeysRedisURL Secret // not set = the keys live in RedisURL too
	ShredDir     string // a list of shreds beside the stores; "" = none

	Master privacy.Master

	ChannelSecrets []Secret // the active one first, then the old one while rotating
	AccessToken    Secret   // long-lived token; not set = stateless tokens by ChannelID
	ChannelID      string   //
	APIEndpoint    string   //
	DataEndpoint   string   //
	BotUserID      string   // our own LINE id, "" = not checked

	Content      string // folder that replaces the embedded content
	AcceptDrafts Drafts //

	Assist  Assist        // an optional language model
	Alarm   Alarm         // how people are called who are not at the console
	Silence time.Duration // of LINE in opening hours, from which they are called; 0 = never

	SecondFactor []string // roles that must give a code after the password

	Traces string // collector of OpenTelemetry traces; "" = none

	Lanes      int           // only for a store that is new
	Replicas   int           // copies that a write must have before it counts
	BubbleWait time.Duration // how long a plain text waits for the next one
	ClosedView time.Duration // how long after its closing a coordinator may open a talk; 0 = as long as its words stay
	Undo       time.Duration // how long a coordinator's answer may be taken back; 0 = not at all
	Reserve    Reserve       // of the month's messages
	LogLevel   slog.Level    //
	LogJSON    bool          //

	Effective []Line    // every setting as it is in force, secrets hidden
	Warnings  []Message // what is allowed but weakens a promise
}

// Assist says which language model may help; the zero value is none.
type Assist struct {
	URL    string // of a server with the OpenAI wire format; "" = off
	Key    Secret //
	Model  string //
	Budget string // calls a day, or calls/tokens; "" = the house's own
}

// Alarm says how people are called who are not at the console; all of it may be empty.
type Alarm struct {
	MailServer Secret   // smtp://user:password@host:587 or smtps://…
	MailFrom   string   //
	MailFirst  []string // at once
	MailSecond []string // after three minutes
	MailDuty   []string // after six
	Command    string   // a program of the city's own
	Hook       string   // an https address of the city's own
	HookSecret Secret   // signs what is sent there
	Push       []string // hosts of push services that may be called; "yes" alone = the well-known ones; none = off
}

// Line is one setting as it is in force.
type Line struct {
	Name, Value string
	Default     bool
}

// Message is a sentence for the operator, Japanese first.
type Message struct {
	Name string // the setting it is about
	Ja   string
	En   string
}

func (m Message) String() string { return m.Name + ": " + m.Ja + " / " + m.En }

// Fault is something wrong with one setting and what to do about it. It never
// repeats a value that may be secret.
type Fault struct{ Message }

func (f Fault) Error() string { return f.String() }

// Faults takes apart what [Load] returned.
func Faults(err error) []Fault {
	var f Fault
	if errors.As(err, &f) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			var all []Fault
			for _, e := range many.Unwrap() {
				all = append(all, Faults(e)...)
			}
			return all
		}
		return []Fault{f}
	}
	return nil
}

// Load reads the environment ("NAME=value" lines, as os.Environ gives). Empty
// values count as not set. All faults come back together; then Config is empty.
func Load(environ []string) (Config, error) {
	l := newLoader(environ)
	for _, s := range Settings {
		l.take(s)
	}
	l.unknown()
	l.together()
	if len(l.faults) > 0 {
		return Config{}, errors.Join(l.faults...)
	}
	return l.config, nil
}

// ConsoleAllows says whether the console may answer this peer. On loopback and
// with a certificate of our own it answers everybody; behind a proxy only the proxy.
func (c Config) ConsoleAllows(remoteAddr string) bool {
	if c.ConsoleCert != "" || loopback(c.ConsoleAddr) {
		return true
	}
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(c.TrustedProxies, func(p netip.Prefix) bool {
		return p.Contains(peer.Addr().Unmap())
	})
}

// loader gathers values and faults.
type loader struct {
	values map[string]string
	order  []string // names as given, for faults in a steady order
	config Config
	faults []error
	failed map[string]bool // settings that are present but faulty
}

func newLoader(environ []string) *loader {
	l := &loader{values: map[string]string{}, failed: map[string]bool{}}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		if value = strings.TrimSpace(value); value != "" {
			l.values[name] = value
			l.order = append(l.order, name)
		}
	}
	return l
}

func (l *loader) fault(name, ja, en string) {
	l.failed[name] = true
	l.faults = append(l.faults, Fault{Message{Name: name, Ja: ja, En: en}})
}

func (l *loader) warn(name, ja, en string) {
	l.config.Warnings = append(l.config.Warnings, Message{Name: name, Ja: ja, En: en})
}

// take reads one setting into the config.
func (l *loader) take(s Setting) {
	value, given := l.value(s)
	show := value
	if s.Secret && show != "" {
		show = "***"
	}
	l.config.Effective = append(l.config.Effective, Line{Name: s.Name, Value: show, Default: !given})
	if value == "" || l.failed[s.Name] {
		return
	}
	if ja, en := s.read(&l.config, value); ja != "" {
		l.fault(s.Name, ja, en)
	}
}

// value finds a setting in the environment, in the file that NAME_FILE names, or in
// its default.
func (l *loader) value(s Setting) (value string, given bool) {
	value = l.values[s.Name]
	file := l.values[s.Name+"_FILE"]
	switch {
	case !s.Secret || file == "":
	case value != "":
		l.fault(s.Name, s.Name+" と "+s.Name+"_FILE の両方があります。どちらか一つにしてください",
			"both "+s.Name+" and "+s.Name+"_FILE are set; keep one")
	default:
		b, err := os.ReadFile(file) //#nosec G304 -- the operator names the file
		if value = strings.TrimSpace(string(b)); err != nil || value == "" {
			l.fault(s.Name, s.Name+"_FILE のファイルが読めないか、空です。場所と読む権限を確かめてください",
				"the file of "+s.Name+"_FILE cannot be read or is empty; check path and permissions")
		}
	}
	if n := len(value); n > 1 && (value[0] == '"' || value[0] == '\'') && value[n-1] == value[0] {
		l.fault(s.Name, "値が引用符で囲まれています。引用符を外してください", "the value is in quotes; remove them")
	}
	if value == "" {
		return s.Default, false
	}
	return value, true
}

// unknown names settings that we do not know: a slip of the pen must not be silent.
func (l *loader) unknown() {
	for _, name := range l.order {
		if !strings.HasPrefix(name, "ENGAWA_") && !strings.HasPrefix(name, "LINE_CHANNEL_") {
			continue
		}
		plain := strings.TrimSuffix(name, "_FILE")
		known := slices.ContainsFunc(Settings, func(s Setting) bool {
			return s.Name == name || (s.Secret && s.Name == plain)
		})
		if known {
			continue
		}
		ja, en := "この名前の設定はありません。", "there is no such setting;"
		if near := nearest(name); near != "" {
			ja, en = ja+near+" のことなら直してください", fmt.Sprintf("%s did you mean %s?", en, near)
		} else {
			ja, en = ja+"消すか、deploy/example.env の名前に直してください", en+" remove it or see deploy/example.env"
		}
		l.fault(name, ja, en)
	}
}

// loopback says whether only this machine can reach an address.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
