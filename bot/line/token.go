package line

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/channel_access_token"
)

// TokenSource gives the channel access token of the moment.
type TokenSource interface {
	// Token gives a token, or an *Error of kind KindAuth or KindUnavailable.
	Token(ctx context.Context) (string, error)
	// Refused tells that LINE did not take this token.
	Refused(token string)
}

// Fixed is a long-lived token from the settings. reveal is asked each time, so
// that the token lies in no struct that could be printed.
func Fixed(reveal func() string) TokenSource { return fixed{reveal} }

type fixed struct{ reveal func() string }

func (f fixed) Token(context.Context) (string, error) {
	if t := f.reveal(); t != "" {
		return t, nil
	}
	return "", &Error{Op: opToken, Kind: KindAuth, cause: errors.New("no access token is set")}
}

func (fixed) Refused(string) {}

const (
	opToken = "token"
	early   = time.Minute      // a token is replaced so long before it ends
	soonest = 10 * time.Second // a refused new token is not asked for again at once
)

// Stateless makes tokens of 15 minutes from the channel's id and secret: nothing
// long-lived that could leak. They are kept until a minute before their end.
type Stateless struct {
	api    *channel_access_token.ChannelAccessTokenAPI
	http   *http.Client
	id     string
	secret func() string
	now    func() time.Time

	turn chan struct{} // one asks, the others wait for what it gets

	mu    sync.Mutex
	token string
	made  time.Time
	ends  time.Time
}

// NewStateless asks the same endpoint as the client. secret is asked each time.
func NewStateless(id string, secret func() string, opt Options) (*Stateless, error) {
	if opt.Endpoint == "" {
		opt.Endpoint = DefaultEndpoint
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 5 * time.Second
	}
	hc := newHTTP(opt.Timeout)
	api, err := channel_access_token.NewChannelAccessTokenAPI(
		channel_access_token.WithHTTPClient(hc), channel_access_token.WithEndpoint(strings.TrimRight(opt.Endpoint, "/")))
	if err != nil {
		return nil, fmt.Errorf("line: stateless tokens: %w", err)
	}
	return &Stateless{api: api, http: hc, id: id, secret: secret, now: time.Now, turn: make(chan struct{}, 1)}, nil
}

// Token gives the kept token or asks for a new one.
func (s *Stateless) Token(ctx context.Context) (string, error) {
	if t := s.kept(); t != "" {
		return t, nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return "", &Error{Op: opToken, Kind: KindUnavailable, cause: ctx.Err()}
	}
	if t := s.kept(); t != "" { // somebody else got one while we waited
		return t, nil
	}
	return s.issue(ctx)
}

func (s *Stateless) kept() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now().Before(s.ends) {
		return s.token
	}
	return ""
}

func (s *Stateless) issue(ctx context.Context) (string, error) {
	asked := s.now()
	mine := *s.api // WithContext writes into its receiver
	res, got, err := mine.WithContext(ctx).IssueStatelessChannelTokenByClientSecretWithHttpInfo(s.id, s.secret())
	switch {
	case res != nil && res.StatusCode/100 == 2 && err == nil && got.AccessToken != "":
	case res != nil && res.StatusCode/100 == 4 && res.StatusCode != http.StatusTooManyRequests:
		return "", &Error{Op: opToken, Kind: KindAuth, Status: res.StatusCode, RequestID: res.Header.Get("X-Line-Request-Id")}
	case res != nil:
		return "", &Error{Op: opToken, Kind: KindUnavailable, Status: res.StatusCode, RetryAfter: retryAfter(res.Header.Get("Retry-After"))}
	default:
		return "", &Error{Op: opToken, Kind: KindUnavailable, cause: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token, s.made = got.AccessToken, asked
	s.ends = asked.Add(max(time.Duration(got.ExpiresIn)*time.Second-early, soonest))
	return s.token, nil
}

// Refused forgets the token, unless it is so new that asking again would only
// knock at LINE's door: then the fault is elsewhere.
func (s *Stateless) Refused(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if token == s.token && s.now().Sub(s.made) >= soonest {
		s.ends = time.Time{}
	}
}

// Close lets idle connections go.
func (s *Stateless) Close() { s.http.CloseIdleConnections() }
