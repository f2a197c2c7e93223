package emulator

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"slices"
	"time"
)

//go:embed static
var static embed.FS

var page = template.Must(template.ParseFS(static, "static/phone.html"))

// phoneCookie remembers which made-up resident a browser is.
const phoneCookie = "engawa-phone"

var nickname = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// phonePolicy: everything comes from this server, and nothing is written inside the page.
const phonePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"manifest-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

func (e *Emulator) phoneRoutes(mux *http.ServeMux) {
	guard := http.NewCrossOriginProtection() // no other site may act as a resident
	mux.HandleFunc("GET /phone", e.phonePage)
	mux.HandleFunc("GET /phone/new", e.phoneFresh)
	mux.HandleFunc("GET /phone/static/{file}", e.phoneFile)
	mux.HandleFunc("GET /phone/events", e.phoneEvents)
	mux.HandleFunc("GET /phone/media/{id}", e.phoneMedia)
	mux.HandleFunc("GET /phone/menu/{id}", e.phoneMenu)
	mux.Handle("POST /phone/act", guard.Handler(http.HandlerFunc(e.phoneAct)))
	mux.Handle("POST /phone/photo", guard.Handler(http.HandlerFunc(e.phonePhoto)))
}

// PhoneUser is the LINE user id behind /phone?user=name: the same name is the same resident.
func (e *Emulator) PhoneUser(name string) string {
	if userLike.MatchString(name) {
		return name
	}
	sum := sha256.Sum256([]byte("phone:" + e.opt.ChannelSecret + ":" + name))
	return "U" + hex.EncodeToString(sum[:16])
}

// phoneUser reads who holds this phone; "" if nobody we can name.
func (e *Emulator) phoneUser(r *http.Request) string {
	name := r.URL.Query().Get("user")
	if !nickname.MatchString(name) {
		return ""
	}
	return e.PhoneUser(name)
}

// meetOnPhone makes sure that a resident exists. Who comes by the phone has not added the account yet.
func (e *Emulator) meetOnPhone(user string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.talks[user] == nil {
		e.talk(user).friend = false
	}
}

func (e *Emulator) phonePage(w http.ResponseWriter, r *http.Request) {
	user := e.phoneUser(r)
	if user == "" {
		user = "U" + hexDigits(32)
		if c, err := r.Cookie(phoneCookie); err == nil && userLike.MatchString(c.Value) {
			user = c.Value
		}
		//#nosec G124 -- the demo's phone page on this machine, no https
		http.SetCookie(w, &http.Cookie{
			Name: phoneCookie, Value: user, Path: "/phone", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 30 * 24 * 3600,
		})
	}
	e.meetOnPhone(user)
	guardHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = page.Execute(w, map[string]string{"Name": e.opt.BotName, "User": user})
}

// phoneFresh opens the page as somebody new, in a tab of their own.
func (e *Emulator) phoneFresh(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Location", "../phone?user=hito-"+hexDigits(8)) // the phone may be a part of another page's tree
	w.WriteHeader(http.StatusSeeOther)
}

func guardHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", phonePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

var fileKinds = map[string]string{
	"phone.css": "text/css; charset=utf-8", "phone.js": "text/javascript; charset=utf-8", "flex.js": "text/javascript; charset=utf-8",
}

func (e *Emulator) phoneFile(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	raw, err := static.ReadFile("static/" + name)
	if err != nil || fileKinds[name] == "" {
		http.NotFound(w, r)
		return
	}
	guardHeaders(w)
	w.Header().Set("Content-Type", fileKinds[name])
	_, _ = w.Write(raw) //#nosec G705 -- a picture of a kind that browsers only draw (fileKinds)
}

// drawable are the kinds of picture that a browser shows without running anything.
var drawable = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

func (e *Emulator) phoneMedia(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	var data []byte
	if m := e.media[r.PathValue("id")]; m != nil && slices.Contains(drawable, m.kind) {
		data = m.data
		w.Header().Set("Content-Type", m.kind)
	}
	e.mu.Unlock()
	if data == nil {
		http.NotFound(w, r)
		return
	}
	guardHeaders(w)
	_, _ = w.Write(data)
}

func (e *Emulator) phoneMenu(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	var data []byte
	if m := e.menus[r.PathValue("id")]; m != nil {
		data = m.image
		w.Header().Set("Content-Type", m.kind)
	}
	e.mu.Unlock()
	if data == nil {
		http.NotFound(w, r)
		return
	}
	guardHeaders(w)
	_, _ = w.Write(data)
}

// screen is what a phone shows besides the talk.
type screen struct {
	Friend  bool            `json:"friend"`
	Blocked bool            `json:"blocked"`
	Loading int64           `json:"loading"` // ms that the three dots stay
	until   time.Time       // end of the three dots: what tells whether they are news
	Menu    string          `json:"menu"` // id of the rich menu
	Spec    json.RawMessage `json:"spec,omitempty"`
}

// phoneEvents streams the talk. The browser tells with Last-Event-ID what it has.
func (e *Emulator) phoneEvents(w http.ResponseWriter, r *http.Request) {
	user := e.phoneUser(r)
	if user == "" {
		http.Error(w, "だれの画面か分かりません", http.StatusBadRequest)
		return
	}
	e.meetOnPhone(user)
	var seen int64
	_, _ = fmt.Sscan(r.Header.Get("Last-Event-ID"), &seen)
	changed, done := e.watch()
	defer done()
	guardHeaders(w)
	w.Header().Set("Content-Type", "text/event-stream")
	if e.younger(seen) {
		_, _ = io.WriteString(w, "event: restart\ndata: {}\n\n") // another emulator than the page knew
		return
	}
	out := &stream{w: w, to: http.NewResponseController(w), seen: seen}
	for {
		entries, state := e.news(user, out.seen)
		if out.send(entries, state) != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-e.ctx.Done():
			return
		}
	}
}

// stream is one open page: what it was told so far.
type stream struct {
	w    io.Writer
	to   *http.ResponseController
	seen int64
	last string // the state it knows
}

func (s *stream) send(entries []entry, state screen) error {
	_ = s.to.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a page that hangs is let go
	for i, n := range entries {
		raw, _ := json.Marshal(n)
		s.seen = max(s.seen, n.Seq)
		id := ""
		if i == len(entries)-1 { // only who has all of them knows so far
			id = fmt.Sprintf("id: %d\n", s.seen)
		}
		if _, err := fmt.Fprintf(s.w, "%sevent: entry\ndata: %s\n\n", id, raw); err != nil {
			return err
		}
	}
	if now := fmt.Sprint(state.Friend, state.Blocked, state.Menu, len(state.Spec), state.until.UnixMilli()); now != s.last {
		s.last = now
		raw, _ := json.Marshal(state)
		if _, err := fmt.Fprintf(s.w, "event: state\ndata: %s\n\n", raw); err != nil {
			return err
		}
	}
	return s.to.Flush()
}

// younger tells that a page knows more than ever happened here.
func (e *Emulator) younger(seen int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return seen > e.seq
}

// news is what changed on a screen since seq, in the order in which it stands there.
func (e *Emulator) news(user string, seq int64) ([]entry, screen) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t := e.talk(user)
	var out []entry
	for _, n := range t.entries {
		if n.Seq > seq {
			out = append(out, *n)
		}
	}
	slices.SortFunc(out, func(a, b entry) int { return int(a.Key - b.Key) })
	s := screen{Friend: t.friend, Blocked: t.blocked, Menu: e.menu, until: t.loading}
	if left := t.loading.Sub(e.now()); left > 0 {
		s.Loading = left.Milliseconds()
	}
	if t.menu != "" {
		s.Menu = t.menu
	}
	if m := e.menus[s.Menu]; m != nil {
		s.Spec = m.spec
	}
	return out, s
}

// phonePhoto takes a picture from the phone's album: the bytes are the body.
func (e *Emulator) phonePhoto(w http.ResponseWriter, r *http.Request) {
	user, kind := e.phoneUser(r), r.Header.Get("Content-Type")
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 10<<20))
	if user == "" || err != nil || !slices.Contains(drawable, kind) {
		http.Error(w, "この写真は送れません", http.StatusBadRequest)
		return
	}
	e.Do(Image(user, data, kind))
	w.WriteHeader(http.StatusNoContent)
}
