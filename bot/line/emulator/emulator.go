package emulator

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Options say which channel is played. Only ChannelSecret is needed.
type Options struct {
	ChannelSecret string // signs webhooks
	AccessToken   string // the long-lived bearer token; "" = only stateless tokens are taken
	ChannelID     string // client_id of /oauth2/v3/token; "" = that endpoint refuses
	WebhookURL    string // where events go; may be set later by SetWebhook or over the API
	BotUserID     string // destination of webhooks; "" = made from the secret
	BotName       string // the account's name on the phone; "" = 縁側

	Clock      func() time.Time // "" = time.Now; rules of time (tokens, retry keys, quota) follow it
	Chat       bool             // the account's chat is on: 既読 comes with markAsRead, not by itself
	Redelivery bool             // the console's switch: bring again what was not answered 2xx
	Pauses     []time.Duration  // between redeliveries; LINE does not tell, nil = 1 s, 5 s, 30 s, 1 min, 5 min
	Patience   time.Duration    // how long a webhook may take; 0 = LINE's 2 s
	Quota      int64            // pushes per month; 0 = no limit
	Remember   int              // requests and webhook events kept for inspection; 0 = 20000

	Deliver func(body []byte) (status int) // takes webhooks inside this program; nil = they go to WebhookURL
}

// Emulator is one channel of LINE with its residents. It is an http.Handler:
// the API under /v2 and /oauth2, the phone under /phone.
type Emulator struct {
	opt    Options
	mux    *http.ServeMux
	client *http.Client
	ctx    context.Context // ends with Close
	stop   context.CancelFunc
	work   sync.WaitGroup // redeliveries under way

	mu         sync.Mutex
	webhook    string
	redelivery bool
	talks      map[string]*talk           // by user or group id
	events     map[string]*event          // by webhookEventId
	order      []string                   // event ids, oldest first
	tokens     map[string]*token          // reply tokens
	owners     map[string]*entry          // message id → what was sent, ours and theirs
	markers    map[string]*entry          // markAsReadTokens: the message each came with
	keys       map[string]accepted        // retry keys, by endpoint and key
	bearers    map[string]time.Time       // stateless access tokens → end
	requests   []*Request                 //
	complaints []string                   //
	faults     []*fault                   //
	windows    map[string]*window         // rate limits
	media      map[string]*content        // message id → bytes
	menus      map[string]*richMenu       //
	aliases    map[string]string          // rich menu alias → id
	batches    map[string]time.Time       // request id of a rich menu batch → when
	menu       string                     // default rich menu
	quota      int64                      //
	used       map[string]int64           // month → pushes
	lastID     int64                      // of messages
	seq        int64                      // of talk entries
	watchers   map[chan struct{}]struct{} // woken whenever anything in a talk changes
}

// New starts an emulator. Close it when done.
func New(opt Options) *Emulator {
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	if opt.BotUserID == "" {
		sum := sha256.Sum256([]byte("bot:" + opt.ChannelSecret))
		opt.BotUserID = "U" + hex.EncodeToString(sum[:16])
	}
	if opt.BotName == "" {
		opt.BotName = "縁側"
	}
	if opt.Pauses == nil {
		opt.Pauses = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute}
	}
	if opt.Patience == 0 {
		opt.Patience = 2 * time.Second
	}
	if opt.Remember == 0 {
		opt.Remember = 20000
	}
	ctx, stop := context.WithCancel(context.Background())
	e := &Emulator{
		opt: opt, ctx: ctx, stop: stop, webhook: opt.WebhookURL, redelivery: opt.Redelivery, quota: opt.Quota,
		client: &http.Client{Timeout: opt.Patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
		talks:  map[string]*talk{}, events: map[string]*event{}, tokens: map[string]*token{}, owners: map[string]*entry{},
		markers: map[string]*entry{}, keys: map[string]accepted{}, bearers: map[string]time.Time{}, windows: map[string]*window{},
		media: map[string]*content{}, menus: map[string]*richMenu{}, aliases: map[string]string{}, batches: map[string]time.Time{}, used: map[string]int64{},
		watchers: map[chan struct{}]struct{}{},
		// 18 digits and up: more than a JavaScript number holds exactly.
		lastID: 560_000_000_000_000_000 + number64(1<<50),
	}
	e.mux = e.routes()
	return e
}

// Close ends redeliveries and open phone pages, and waits for them.
func (e *Emulator) Close() {
	e.mu.Lock() // no redelivery begins while we count them
	e.stop()
	e.mu.Unlock()
	e.work.Wait()
	e.client.CloseIdleConnections()
}

// ServeHTTP answers the API and the phone page.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.mux.ServeHTTP(w, r) }

// BotUserID is the destination that webhooks carry.
func (e *Emulator) BotUserID() string { return e.opt.BotUserID }

// SetWebhook changes where events go. "" = nowhere.
func (e *Emulator) SetWebhook(address string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.webhook = address
}

// SetRedelivery is the console's redelivery switch.
func (e *Emulator) SetRedelivery(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.redelivery = on
}

// SetQuota sets the month's limit (0 = none) and what is used of it.
func (e *Emulator) SetQuota(limit, used int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.quota = limit
	e.used[e.month()] = used
}

// NewUser makes up a resident: a friend of the account who has not written yet.
func (e *Emulator) NewUser() string {
	id := "U" + hexDigits(32)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.talk(id)
	return id
}

func (e *Emulator) now() time.Time { return e.opt.Clock() }

// month is the calendar month in Japan: quotas begin anew with it.
func (e *Emulator) month() string { return e.now().In(japan).Format("2006-01") }

var japan = time.FixedZone("JST", 9*60*60)

// messageID gives the next message id; mu is held.
func (e *Emulator) messageID() string {
	e.lastID += 1 + number64(1<<20)
	return strconv.FormatInt(e.lastID, 10)
}

func hexDigits(n int) string {
	b := make([]byte, (n+1)/2)
	_, _ = rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)[:n]
}

func random64(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

func number64(below int64) int64 {
	n, _ := rand.Int(rand.Reader, big.NewInt(below))
	return n.Int64()
}

// ulid is a webhookEventId: 48 bits of milliseconds and 80 bits of chance, in Crockford's base 32.
func ulid(at time.Time) string {
	const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var b [16]byte
	_, _ = rand.Read(b[6:])
	ms := at.UnixMilli()
	for i := range 6 {
		b[5-i] = byte(ms >> (8 * i)) //#nosec G115 -- the last eight bits are meant
	}
	n := new(big.Int).SetBytes(b[:])
	out := make([]byte, 26)
	low := new(big.Int)
	for i := 25; i >= 0; i-- {
		n.DivMod(n, big.NewInt(32), low)
		out[i] = digits[low.Int64()]
	}
	return string(out)
}
