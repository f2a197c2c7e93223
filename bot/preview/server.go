package preview

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"engawa/flows/prove"
)

//go:embed static
var static embed.FS

var page = template.Must(template.ParseFS(static, "static/preview.html"))

// mostTalks are open at a time; the one that rested longest gives way.
const mostTalks = 16

// Server shows a book. It is an http.Handler whose pages name each other by
// relative addresses, so that it can stand under any prefix ending in "/".
type Server struct {
	Book *Book
	opt  Options
	mux  *http.ServeMux
	stop context.CancelFunc
	done chan struct{}

	mu    sync.Mutex
	talks map[string]*Talk
}

// Options say where the pages stand.
type Options struct {
	Folder string        // what is followed, as it is shown; "" = the words in force, nothing to edit
	Back   string        // a link out, "" = none
	Before func()        // called before each page: brings the book up to date where nothing else does
	Find   Find          // places to be and events; nil = none
	Beat   time.Duration // a silent stream says something now and then; 0 = 20 s

	English func(*http.Request) bool // whose page speaks English; nil = nobody's
}

// New serves a book. Close it when done.
func New(b *Book, opt Options) *Server {
	if opt.Beat == 0 {
		opt.Beat = 20 * time.Second
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{Book: b, opt: opt, mux: http.NewServeMux(), stop: stop, done: make(chan struct{}), talks: map[string]*Talk{}}
	guard := http.NewCrossOriginProtection() // no other site may act here
	s.mux.HandleFunc("GET /{$}", s.page)
	s.mux.HandleFunc("GET /static/{file}", s.file)
	s.mux.HandleFunc("GET /t/{talk}/live", s.live)
	s.mux.HandleFunc("GET /t/{talk}/file", s.sheet)
	s.mux.HandleFunc("GET /t/{talk}/map.svg", s.drawMap)
	s.mux.Handle("POST /t/{talk}/do", guard.Handler(http.HandlerFunc(s.do)))
	s.mux.HandleFunc("/t/{talk}/phone", s.phone)
	s.mux.HandleFunc("/t/{talk}/phone/", s.phone)
	go s.follow(ctx)
	return s
}

// Close ends every talk and every open page.
func (s *Server) Close() {
	s.stop()
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.talks {
		t.close()
		delete(s.talks, id)
	}
}

// ServeHTTP answers one page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// follow brings new words to every phone.
func (s *Server) follow(ctx context.Context) {
	defer close(s.done)
	changed, done := s.Book.watch()
	defer done()
	for {
		s.mu.Lock()
		talks := make([]*Talk, 0, len(s.talks))
		for _, t := range s.talks {
			talks = append(talks, t)
		}
		s.mu.Unlock()
		for _, t := range talks {
			t.renew()
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

var talkName = regexp.MustCompile(`^[A-Z0-9]{8,40}$`)

func (s *Server) talk(r *http.Request) *Talk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.talks[r.PathValue("talk")]
}

// open finds a talk again, or begins one under that name.
func (s *Server) open(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talks[name] != nil {
		return
	}
	if len(s.talks) >= mostTalks {
		oldest := ""
		for id, t := range s.talks {
			if oldest == "" || t.rested().Before(s.talks[oldest].rested()) {
				oldest = id
			}
		}
		s.talks[oldest].close()
		delete(s.talks, oldest)
	}
	s.talks[name] = newTalk(s.Book, s.opt.Find)
}

// pagePolicy: everything comes from here, and nothing is written inside the page.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

func guardHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	if s.opt.Before != nil {
		s.opt.Before()
	}
	name := r.URL.Query().Get("talk")
	if !talkName.MatchString(name) {
		w.Header().Set("Location", "?talk="+rand.Text()) // a name of its own, so that a reload finds the talk again
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	s.open(name)
	guardHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	say := said(s.opt.English != nil && s.opt.English(r))
	told, _ := json.Marshal(say) // plain text always encodes
	_ = page.Execute(w, map[string]any{"Talk": name, "Folder": s.opt.Folder, "Back": s.opt.Back, "Langs": languages, "Say": say, "Told": string(told)})
}

// languages as they call themselves.
var languages = []struct{ ID, Name string }{
	{"ja", "日本語"}, {"ja-easy", "やさしい日本語"}, {"en", "English"}, {"zh", "中文"}, {"ko", "한국어"}, {"vi", "Tiếng Việt"},
	{"ne", "नेपाली"}, {"tl", "Tagalog"}, {"pt", "Português"},
}

var kinds = map[string]string{"preview.css": "text/css; charset=utf-8", "preview.js": "text/javascript; charset=utf-8"}

func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	raw, err := static.ReadFile("static/" + name)
	if err != nil || kinds[name] == "" {
		http.NotFound(w, r)
		return
	}
	guardHeaders(w)
	w.Header().Set("Content-Type", kinds[name])
	_, _ = w.Write(raw) //#nosec G705 -- a file of our own, of a kind in the table above
}

// phone hands on to the talk's own emulator; only its phone is within reach, not its API.
func (s *Server) phone(w http.ResponseWriter, r *http.Request) {
	t := s.talk(r)
	if t == nil {
		http.NotFound(w, r)
		return
	}
	http.StripPrefix("/t/"+r.PathValue("talk"), t.screen()).ServeHTTP(w, r)
}

func (s *Server) do(w http.ResponseWriter, r *http.Request) {
	var wish struct{ Do, Value string }
	t := s.talk(r)
	if t == nil {
		http.NotFound(w, r)
		return
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<12)).Decode(&wish) != nil || !t.Do(wish.Do, wish.Value) {
		http.Error(w, "できませんでした", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) sheet(w http.ResponseWriter, r *http.Request) {
	t := s.talk(r)
	if t == nil {
		http.NotFound(w, r)
		return
	}
	got, ok := sheet(s.Book.Now(), r.URL.Query().Get("name"), t.place(), s.Book.Proof().Talks)
	if !ok {
		http.NotFound(w, r)
		return
	}
	answer(w, got)
}

func (s *Server) drawMap(w http.ResponseWriter, r *http.Request) {
	v := s.Book.Now()
	if v.Bundle == nil || s.talk(r) == nil {
		http.NotFound(w, r)
		return
	}
	findings := s.Book.Proof().Findings
	svg := prove.Map(v.Bundle, findings)
	if id := r.URL.Query().Get("flow"); id != "" {
		svg = prove.MapFlow(v.Bundle, findings, id)
	}
	guardHeaders(w)
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	_, _ = w.Write(svg) //#nosec G705 -- drawn by prove, which escapes; on this machine only
}

func answer(w http.ResponseWriter, v any) {
	guardHeaders(w)
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// live tells a page how things stand, whenever they change.
func (s *Server) live(w http.ResponseWriter, r *http.Request) {
	t := s.talk(r)
	if t == nil {
		http.NotFound(w, r)
		return
	}
	news, done := t.watch()
	defer done()
	proofs, over := s.Book.watch()
	defer over()
	guardHeaders(w)
	w.Header().Set("Content-Type", "text/event-stream")
	to := http.NewResponseController(w)
	beat := time.NewTicker(s.opt.Beat)
	defer beat.Stop()
	var last []byte
	for {
		now, _ := json.Marshal(t.tell())
		_ = to.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if err := send(w, now, last); err != nil || to.Flush() != nil {
			return
		}
		last = now
		select {
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		case <-beat.C:
		case <-news:
		case <-proofs:
		}
		if t.over() {
			return
		}
	}
}

func send(w io.Writer, now, last []byte) error {
	if slices.Equal(now, last) {
		_, err := io.WriteString(w, ": .\n\n")
		return err
	}
	_, err := io.WriteString(w, "event: now\ndata: "+string(now)+"\n\n")
	return err
}
