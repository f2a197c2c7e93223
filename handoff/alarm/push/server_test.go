package push

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config/privacy"
	"engawa/config/redistest"
	"engawa/handoff/alarm/wake"
)

// service is a push service: it checks who rings, and hands what is sealed on to
// the browsers that live with it.
type service struct {
	*httptest.Server
	t    *testing.T
	hang chan struct{} // browsers named "slow" answer when it is closed

	mu    sync.Mutex
	has   map[string]*browser
	shown []shown
	codes map[string]int // answers other than 201
}

// shown is what a browser showed.
type shown struct {
	Name, Title, Tag, Lang string
	Sub, Urgency           string
}

// browser has the keys that a push is sealed for.
type browser struct {
	name string
	key  *ecdh.PrivateKey
	auth []byte
	Browser
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{t: t, hang: make(chan struct{}), has: map[string]*browser{}, codes: map[string]int{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.take))
	t.Cleanup(s.Close)
	return s
}

func (s *service) host() string { return strings.TrimPrefix(s.URL, "http://") }

// newBrowser asks for a subscription, as a page does.
func (s *service) newBrowser(name string) *browser {
	s.t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	b := &browser{name: name, key: key, auth: []byte(rand.Text()[:16])}
	b.Endpoint = s.URL + "/push/" + name
	b.P256dh = base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes())
	b.Auth = base64.RawURLEncoding.EncodeToString(b.auth)
	b.Lang = "ja"
	s.mu.Lock()
	defer s.mu.Unlock()
	s.has[name] = b
	return b
}

func (s *service) take(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/push/")
	if strings.HasPrefix(name, "slow") {
		select {
		case <-s.hang:
		case <-r.Context().Done():
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, code := s.has[name], s.codes[name]
	switch {
	case code != 0:
		w.WriteHeader(code)
		return
	case b == nil:
		w.WriteHeader(http.StatusGone)
		return
	}
	body, _ := io.ReadAll(r.Body)
	got := shown{Name: name, Sub: s.vapid(r), Urgency: r.Header.Get("Urgency")}
	if err := json.Unmarshal(b.open(s.t, body), &got); err != nil {
		s.t.Errorf("what was pushed is no JSON: %v", err)
	}
	s.shown = append(s.shown, got)
	w.WriteHeader(http.StatusCreated)
}

// vapid checks the signature of who rings (RFC 8292) and says who they say they are.
func (s *service) vapid(r *http.Request) string {
	fields := map[string]string{}
	for _, part := range strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "vapid "), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	point, err := base64.RawURLEncoding.DecodeString(fields["k"])
	if err != nil || len(point) != 65 {
		s.t.Errorf("no public key in %v", fields)
		return ""
	}
	token := strings.Split(fields["t"], ".")
	if len(token) != 3 {
		s.t.Errorf("no token in %v", fields)
		return ""
	}
	sum := sha256.Sum256([]byte(token[0] + "." + token[1]))
	sig, _ := base64.RawURLEncoding.DecodeString(token[2])
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		s.t.Errorf("no public key: %v", err)
		return ""
	}
	if len(sig) != 64 || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		s.t.Error("the signature of who rings does not fit")
	}
	claims, _ := base64.RawURLEncoding.DecodeString(token[1])
	var c struct{ Aud, Sub string }
	if err := json.Unmarshal(claims, &c); err != nil || c.Aud != s.URL {
		s.t.Errorf("claims %s (%v), want them for %s", claims, err, s.URL)
	}
	return c.Sub
}

// open unseals a push as a browser does (RFC 8188 and 8291).
func (b *browser) open(t *testing.T, body []byte) []byte {
	t.Helper()
	must := func(out []byte, err error) []byte {
		if err != nil {
			t.Fatalf("unsealing: %v", err)
		}
		return out
	}
	salt, n := body[:16], int(body[20])
	theirs, sealed := body[21:21+n], body[21+n:]
	pub, err := ecdh.P256().NewPublicKey(theirs)
	if err != nil {
		t.Fatal(err)
	}
	info := slices.Concat([]byte("WebPush: info\x00"), b.key.PublicKey().Bytes(), theirs)
	ikm := must(hkdf.Key(sha256.New, must(b.key.ECDH(pub)), b.auth, string(info), 32))
	cek := must(hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	nonce := must(hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12))
	block, err := aes.NewCipher(cek)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.TrimRight(must(gcm.Open(nil, nonce, sealed, nil)), "\x00")
	return bytes.TrimSuffix(plain, []byte{2})
}

func (s *service) answers(name string, code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.codes[name] = code
}

// rang lists "browser: title" of what was shown since the last time.
func (s *service) rang() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.shown {
		all = append(all, x.Name+": "+x.Title)
	}
	s.shown = nil
	slices.Sort(all)
	return all
}

// office is where people with browsers work.
type office struct {
	*testing.T
	*service
	rdb  redis.UniversalClient
	push *Store
	now  time.Time
	may  []string
	on   []string
}

var tokyo = time.FixedZone("JST", 9*60*60)

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, service: newService(t), rdb: redistest.Client(t), now: time.Date(2026, 11, 25, 14, 0, 0, 0, tokyo)}
	o.may, o.on = []string{"sato", "mori"}, []string{"sato"}
	o.push = o.open()
	return o
}

// open makes one process of the house.
func (o *office) open() *Store {
	o.Helper()
	m, err := privacy.ParseMaster(privacyKey)
	if err != nil {
		o.Fatal(err)
	}
	vault, err := privacy.Open(o.Context(), o.rdb, o.rdb, m)
	if err != nil {
		o.Fatal(err)
	}
	return New(o.rdb, vault, Options{
		Hosts: []string{o.host()}, Subject: "https://engawa.example.lg.jp",
		May:  func(context.Context) ([]string, error) { return o.may, nil },
		On:   func(account string, _ time.Time) bool { return slices.Contains(o.on, account) },
		Zone: func() *time.Location { return tokyo }, Now: func() time.Time { return o.now },
		Log: slog.New(slog.DiscardHandler),
	})
}

var privacyKey = privacy.NewMasterKey()

// switchOn takes a browser on for an account.
func (o *office) switchOn(account, name string, change ...func(*Browser)) *browser {
	o.Helper()
	b := o.newBrowser(name)
	for _, c := range change {
		c(&b.Browser)
	}
	if err := o.push.Put(o.Context(), account, b.Browser); err != nil {
		o.Fatal(err)
	}
	return b
}

// alarm makes the call of one step.
func (o *office) alarm(step int) ([]string, error) {
	return o.push.Call(o.Context(), wake.Ring{ID: "a1", Step: step})
}

func (o *office) wants(got []string, want ...string) {
	o.Helper()
	if !slices.Equal(got, want) {
		o.Errorf("got %q, want %q", got, want)
	}
}
