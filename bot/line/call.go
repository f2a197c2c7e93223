package line

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// maxAnswer is how much of an answer is read. LINE's are far smaller, except for
// the list of a thousand rich menus.
const (
	maxAnswer    = 64 << 10
	maxMenuList  = 16 << 20
	menuListPath = "/richmenu/list"
	maxContent   = 16 << 20
	contentPath  = "/content"
)

// call makes one call and says what is known about its outcome.
func (c *Client) call(ctx context.Context, op string, do func(*messaging_api.MessagingApiAPI) (*http.Response, error)) error {
	return c.through(ctx, op, func(ctx context.Context) (*http.Response, error) {
		mine := *c.api // the SDK's WithContext writes into its receiver, which is shared
		return do(mine.WithContext(ctx))
	})
}

// picture is call for what lies on LINE's other host.
func (c *Client) picture(ctx context.Context, op string, do func(*messaging_api.MessagingApiBlobAPI) (*http.Response, error)) error {
	return c.through(ctx, op, func(ctx context.Context) (*http.Response, error) {
		mine := *c.blob
		return do(mine.WithContext(ctx))
	})
}

func (c *Client) through(ctx context.Context, op string, do func(context.Context) (*http.Response, error)) error {
	var reached atomic.Bool // a connection was handed to us: from here on bytes may have left
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { reached.Store(true) }})
	begun := time.Now()
	res, err := do(ctx)
	fail := outcome(op, res, err, reached.Load())
	c.note(ctx, op, res, fail, time.Since(begun))
	if fail == nil {
		return nil
	}
	return fail
}

func outcome(op string, res *http.Response, err error, reached bool) *Error {
	switch {
	case res != nil && res.StatusCode/100 == 2, res != nil && res.StatusCode == http.StatusConflict && op == opPush:
		return nil // whatever became of the body: LINE has taken it
	case res != nil:
		body, _ := io.ReadAll(res.Body) // the SDK has read it already and left a copy
		return classify(op, res, body)
	}
	var ours *Error
	if errors.As(err, &ours) { // no access token could be had
		return &Error{Op: op, Kind: ours.Kind, Status: ours.Status, RetryAfter: ours.RetryAfter, RequestID: ours.RequestID, cause: ours}
	}
	kind := KindUnavailable
	if reached {
		kind = KindUnknown
	}
	return &Error{Op: op, Kind: kind, cause: err}
}

// note logs the call as LINE advises: they keep no logs for us.
func (c *Client) note(ctx context.Context, op string, res *http.Response, fail *Error, took time.Duration) {
	level, status, id := slog.LevelDebug, 0, ""
	if fail != nil {
		level = slog.LevelWarn
	}
	if res != nil {
		status, id = res.StatusCode, res.Header.Get("X-Line-Request-Id")
	}
	if !c.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{slog.String("op", op), slog.Int("status", status), slog.String("request", id), slog.Duration("took", took)}
	if fail != nil {
		attrs = append(attrs, slog.String("kind", string(fail.Kind)))
	}
	c.log.LogAttrs(ctx, level, "line: call", attrs...)
}

// signIn puts the access token of the moment on every request and bounds what is
// read of an answer.
type signIn struct {
	next   http.RoundTripper
	tokens TokenSource
}

func (s *signIn) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := s.tokens.Token(req.Context())
	if err != nil {
		return nil, err
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode == http.StatusUnauthorized {
		s.tokens.Refused(token)
	}
	most := int64(maxAnswer)
	if strings.HasSuffix(req.URL.Path, menuListPath) {
		most = maxMenuList
	}
	if strings.HasSuffix(req.URL.Path, contentPath) {
		most = maxContent
	}
	res.Body = bounded{io.LimitReader(res.Body, most), res.Body}
	return res, nil
}

// CloseIdleConnections is what http.Client looks for.
func (s *signIn) CloseIdleConnections() { closeIdle(s.next) }

func closeIdle(rt http.RoundTripper) {
	if c, ok := rt.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// bounded is an answer of which only the beginning is read.
type bounded struct {
	io.Reader
	io.Closer
}
