package line

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// DefaultEndpoint is where LINE answers.
const DefaultEndpoint = "https://api.line.me"

// DefaultData is where LINE keeps pictures.
const DefaultData = "https://api-data.line.me"

// Names of the calls, as errors and logs show them.
const (
	opReply   = "reply"
	opPush    = "push"
	opLoading = "loading"
	opRead    = "mark_read"
)

// Options are the knobs of a [Client]; zero values are good ones.
type Options struct {
	Endpoint string        // LINE_API_ENDPOINT; "" = LINE
	Data     string        // LINE_DATA_ENDPOINT: pictures; "" = LINE
	Timeout  time.Duration // of one call, 10 s
	Log      *slog.Logger  // one line per call: name, status, LINE's request id, time
}

// Client talks to LINE's Messaging API. It is safe for many goroutines.
type Client struct {
	api  *messaging_api.MessagingApiAPI     // copied for each call: see call
	blob *messaging_api.MessagingApiBlobAPI // the same, for pictures
	http *http.Client
	log  *slog.Logger
}

// NewClient makes a client that signs in with what tokens gives.
func NewClient(tokens TokenSource, opt Options) (*Client, error) {
	if opt.Endpoint == "" {
		opt.Endpoint = DefaultEndpoint
	}
	if opt.Timeout <= 0 {
		opt.Timeout = 10 * time.Second
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	hc := newHTTP(opt.Timeout)
	hc.Transport = &signIn{next: hc.Transport, tokens: tokens}
	api, err := messaging_api.NewMessagingApiAPI("set for each call",
		messaging_api.WithHTTPClient(hc), messaging_api.WithEndpoint(strings.TrimRight(opt.Endpoint, "/")))
	if err != nil {
		return nil, fmt.Errorf("line: client: %w", err)
	}
	if opt.Data == "" {
		opt.Data = DefaultData
	}
	blob, err := messaging_api.NewMessagingApiBlobAPI("set for each call",
		messaging_api.WithBlobHTTPClient(hc), messaging_api.WithBlobEndpoint(strings.TrimRight(opt.Data, "/")))
	if err != nil {
		return nil, fmt.Errorf("line: client: %w", err)
	}
	return &Client{api: api, blob: blob, http: hc, log: opt.Log}, nil
}

// newHTTP is an http.Client that never waits for ever, never follows anybody
// elsewhere with our token, and keeps enough connections for a busy evening.
func newHTTP(timeout time.Duration) *http.Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost, t.MaxIdleConns = 256, 256
	return &http.Client{
		Transport: t, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Close lets idle connections go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Reply answers with a reply token: free, once, for about a minute.
func (c *Client) Reply(ctx context.Context, token string, msgs []json.RawMessage) error {
	list, err := objects(opReply, msgs)
	if err != nil {
		return err
	}
	if token == "" {
		return &Error{Op: opReply, Kind: KindToken}
	}
	return c.call(ctx, opReply, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.ReplyMessageWithHttpInfo(&messaging_api.ReplyMessageRequest{ReplyToken: token, Messages: list})
		return res, err
	})
}

// Push sends without being asked: counted, and safe to repeat with the same key for 24 hours.
// A push that LINE has accepted before (409) is a success.
func (c *Client) Push(ctx context.Context, to, retryKey string, msgs []json.RawMessage) error {
	list, err := objects(opPush, msgs)
	if err != nil {
		return err
	}
	if err := person(opPush, to); err != nil {
		return err
	}
	if _, err := uuid.Parse(retryKey); err != nil { // without one a lost answer could never be asked again
		return &Error{Op: opPush, Kind: KindBad, cause: errors.New("retry key is no UUID")}
	}
	return c.call(ctx, opPush, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.PushMessageWithHttpInfo(&messaging_api.PushMessageRequest{To: to, Messages: list, CustomAggregationUnits: []string{}}, retryKey)
		return res, err
	})
}

// Loading shows the moving dots in the person's talk, for up to so many seconds.
func (c *Client) Loading(ctx context.Context, to string, seconds int) error {
	if err := person(opLoading, to); err != nil {
		return err
	}
	seconds = min(60, max(5, (seconds+4)/5*5)) // LINE takes 5, 10, … 60
	return c.call(ctx, opLoading, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.ShowLoadingAnimationWithHttpInfo(
			&messaging_api.ShowLoadingAnimationRequest{ChatId: to, LoadingSeconds: int32(seconds)}) //#nosec G115 -- seconds is 5 to 60
		return res, err
	})
}

// MarkRead shows 既読 on the message that a token came with and on all before it, where
// the account's chat is on; without chat LINE marks everything by itself.
func (c *Client) MarkRead(ctx context.Context, token string) error {
	return c.call(ctx, opRead, func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.MarkMessagesAsReadByTokenWithHttpInfo(&messaging_api.MarkMessagesAsReadByTokenRequest{MarkAsReadToken: token})
		return res, err
	})
}

// ready is a message object that was rendered before: it goes out byte for byte.
type ready json.RawMessage

// GetType belongs to the SDK's idea of a message.
func (ready) GetType() string { return "" }

// MarshalJSON hands over what was rendered.
func (r ready) MarshalJSON() ([]byte, error) { return r, nil }

func objects(op string, msgs []json.RawMessage) ([]messaging_api.MessageInterface, error) {
	if len(msgs) == 0 || len(msgs) > maxObjects {
		return nil, &Error{Op: op, Kind: KindBad, cause: fmt.Errorf("%d message objects", len(msgs))}
	}
	list := make([]messaging_api.MessageInterface, len(msgs))
	for i, m := range msgs {
		if !json.Valid(m) {
			return nil, &Error{Op: op, Kind: KindBad, cause: errors.New("a message object is no JSON")}
		}
		list[i] = ready(m)
	}
	return list, nil
}

// IsUserID tells whether s is a LINE user id. The SDK puts ids into paths as they are.
func IsUserID(s string) bool {
	return len(s) == 33 && s[0] == 'U' && strings.Trim(s[1:], "0123456789abcdef") == ""
}

func person(op, to string) error {
	if IsUserID(to) {
		return nil
	}
	return &Error{Op: op, Kind: KindBad, cause: errors.New("not a LINE user id")}
}
