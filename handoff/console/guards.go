package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	maxBody    = 64 << 10         // a reply is at most some kilobytes
	patience   = 10 * time.Second // for one page; live streams are not bound by it
	writeLimit = 30 * time.Second
)

// policy lets the browser load and send to this house only, and run nothing
// that stands inside a page: each part is a door that stays shut.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

func limitServer(s *http.Server) {
	s.ReadHeaderTimeout = 5 * time.Second
	s.ReadTimeout = 15 * time.Second
	s.WriteTimeout = writeLimit
	s.IdleTimeout = time.Minute
	s.MaxHeaderBytes = 16 << 10
}

// AddressOf decides whose word is taken for where a request comes from: the
// connection itself, or what a named proxy says. Sign-in attempts are counted by it.
func AddressOf(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

func (c *console) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		h := ec.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("Cache-Control", "no-store")
		if !c.Loopback {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(ec)
	}
}

// sameHost refuses other names for this machine while the console speaks plain
// http: a page elsewhere could point its own name here and read along.
func (c *console) sameHost(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		if c.Loopback && !loopbackHost(ec.Request().Host) {
			return errOrigin
		}
		return next(ec)
	}
}

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// sameOrigin refuses forms that another site sends in a coordinator's name.
func (c *console) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	guard := http.NewCrossOriginProtection()
	return func(ec echo.Context) error {
		if guard.Check(ec.Request()) != nil {
			return errOrigin
		}
		return next(ec)
	}
}

// patienceFor is how long a page may take. A model gets its twenty seconds, and so does
// a change of the words, for which all of them are read and checked anew.
func patienceFor(path string) time.Duration {
	if path == "/case/:id/model" || strings.HasPrefix(path, "/content/") {
		return 25 * time.Second
	}
	return patience
}

func (c *console) limits(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) error {
		r := ec.Request()
		if r.ContentLength > maxBody {
			return errBig
		}
		r.Body = http.MaxBytesReader(ec.Response(), r.Body, maxBody)
		if !streams(ec) {
			// Whoever reads a page drop by drop does not hold a connection for ever.
			_ = http.NewResponseController(ec.Response()).SetWriteDeadline(time.Now().Add(writeLimit))
			ctx, stop := context.WithTimeout(r.Context(), patienceFor(ec.Path()))
			defer stop()
			r = r.WithContext(ctx)
		}
		ec.SetRequest(r)
		return next(ec)
	}
}

// recovers turns a panic into a plain page. What panicked may hold a person's
// words, so only its type is logged.
func (c *console) recovers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(ec echo.Context) (err error) {
		defer func() {
			if p := recover(); p != nil {
				if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
					panic(p)
				}
				err = fmt.Errorf("console: panic of type %T", p)
			}
		}()
		return next(ec)
	}
}
