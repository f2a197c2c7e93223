package house

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/redis/go-redis/v9"

	"engawa/bot/line/icon"
	"engawa/config"
	"engawa/handoff/console"
)

type serveCmd struct{}

// Run serves until a signal comes. It begins by saying everything that is wrong.
func (serveCmd) Run(ctx context.Context) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	log := logger(cfg)
	b, err := words(cfg)
	if err != nil {
		return err
	}
	s, err := openStores(cfg)
	if err != nil {
		return err
	}
	defer s.close()
	if err := awaitStores(ctx, s.main, s.keys); err != nil {
		return err
	}
	h, err := newHouse(ctx, cfg, s, b, log)
	if err != nil {
		return err
	}
	if err := h.talks.Look(ctx, h.clock()); err != nil {
		return fmt.Errorf("公開したことばを読めませんでした / the release in force cannot be read: %w", err)
	}
	for _, w := range cfg.Warnings {
		log.Warn(w.String())
	}
	for _, p := range h.chosen().Promises() {
		if p.Weight != config.Holds {
			log.Warn(p.String())
		}
	}
	return h.run(ctx)
}

// awaitStores turns a store that does not answer, or holds half a restore, into a
// sentence that tells what to do.
func awaitStores(ctx context.Context, main redis.UniversalClient, keys ...redis.UniversalClient) error {
	if main.Ping(ctx).Err() != nil {
		return errors.New("REDIS_URL: データの置き場所が答えません。Redis が動いているか、アドレスとパスワードを確かめてください / the store does not answer")
	}
	for _, k := range keys {
		if k.Ping(ctx).Err() != nil {
			return errors.New("ENGAWA_KEYS_REDIS_URL: 鍵の置き場所が答えません / the key store does not answer")
		}
	}
	return restored(ctx, main)
}

func logger(cfg config.Config) *slog.Logger {
	opt := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(os.Stderr, opt))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, opt))
}

// Time that a browser or LINE gets for each part of a request. Slow ones are cut:
// whoever drips bytes must not hold the door open.
const (
	headTime = 5 * time.Second
	bodyTime = 15 * time.Second
	idleTime = 75 * time.Second
	stopTime = 5 * time.Second // graceful stop, all parts together
)

// run opens the listeners and moves all parts until ctx ends; then it lets what
// is under way end, within five seconds.
func (h *house) run(ctx context.Context) error {
	console, err := h.console(ctx)
	if err != nil {
		return err
	}
	h.turns.Prepare(h.bundle()) // the first to write shall not wait for it
	servers := []*listener{
		{name: "public", addr: h.cfg.PublicAddr, handler: h.public()},
		{name: "console", addr: h.cfg.ConsoleAddr, handler: h.consoleGate(console), cert: h.cfg.ConsoleCert, key: h.cfg.ConsoleCertKey, closing: console.Server},
		{name: "ops", addr: h.cfg.OpsAddr, handler: h.ops()},
	}
	for _, s := range servers {
		if err := s.open(h.log); err != nil {
			return err
		}
	}
	h.opened()
	var parts sync.WaitGroup
	for name, part := range h.parts() {
		parts.Go(func() {
			if err := part(ctx); err != nil && ctx.Err() == nil {
				h.log.Error("a part of the house stopped", "part", name, "err", err)
			}
		})
	}
	h.log.Info("縁側がひらきました / open", "public", h.cfg.PublicAddr, "console", h.cfg.ConsoleAddr, "ops", h.cfg.OpsAddr, "bundle", h.bundle().Hash)
	debug.FreeOSMemory() // reading the words and the model took several times what is kept of them
	<-ctx.Done()
	h.log.Info("閉じています / closing")
	over, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	for _, s := range servers {
		s.shut(over)
	}
	parts.Wait()
	h.line.Close()
	h.model.Close()
	if err := h.traces.Close(over); err != nil {
		h.log.Warn("closing", "err", err)
	}
	return nil
}

// parts are what moves by itself while the house is open.
func (h *house) parts() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"reader":   func(ctx context.Context) error { h.reader.Run(ctx); return nil },
		"releases": h.followReleases,
		"notices":  h.followNotices,
		"desk":     h.desk.Run,
		"alarms":   h.alarms.Run,
		"waker":    h.waker.Run,
		"bells":    h.ringForWaiting,
		"care":     h.care,
		"watch":    h.watch.Run,
		"board":    h.posted.Run,
		"news":     h.tellNews,
		"letters":  h.writeLetters,
		"rooms":    h.roomPages.Run,
		"budget":   h.followBudget,
	}
}

// listener is one address that we answer at.
type listener struct {
	name, addr string
	handler    http.Handler
	cert, key  string
	closing    *http.Server // Echo's own server: its shutdown hooks end the streams
	server     *http.Server
}

func (l *listener) open(log *slog.Logger) error {
	ln, err := net.Listen("tcp", l.addr)
	if err != nil {
		return fmt.Errorf("%s を開けません。ほかのプログラムが使っていないか確かめてください / cannot listen: %w", l.addr, err)
	}
	l.server = &http.Server{
		Handler: l.handler, ReadHeaderTimeout: headTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		var err error
		if l.cert != "" {
			err = l.server.ServeTLS(ln, l.cert, l.key)
		} else {
			err = l.server.Serve(ln)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			log.Error("a listener ended", "listener", l.name, "err", err)
		}
	}()
	return nil
}

func (l *listener) shut(ctx context.Context) {
	if l.closing != nil {
		_ = l.closing.Shutdown(ctx)
	}
	if err := l.server.Shutdown(ctx); err != nil {
		_ = l.server.Close()
	}
}

// public is what the world may reach: LINE's webhook, and the two pictures beside its bubbles.
func (h *house) public() http.Handler {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = console.AddressOf(h.cfg.TrustedProxies)
	e.HTTPErrorHandler = func(err error, c echo.Context) {
		status := http.StatusInternalServerError
		var he *echo.HTTPError
		if errors.As(err, &he) {
			status = he.Code
		}
		_ = c.NoContent(status)
	}
	h.door.Register(e)
	icon.Register(e)
	e.GET(contactsPath, h.serveContacts)
	e.GET(privacyPath, h.servePrivacy)
	h.pages.Register(e)
	h.roomPages.Register(e)
	return e
}

// consoleGate keeps peers out that the operator has not let in.
func (h *house) consoleGate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !h.cfg.ConsoleAllows(r.RemoteAddr) {
			http.Error(w, "https only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
