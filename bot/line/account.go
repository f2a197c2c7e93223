package line

import (
	"context"
	"net/http"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// Account is what LINE says about our own official account.
type Account struct {
	UserID string // the destination of every webhook that is ours
	Basic  string // @…: what people search for
	Name   string //
	Chat   bool   // chat in LINE's own manager is on: staff could answer there, unseen by us
}

// Account asks who we are. doctor compares it with what the webhooks say.
func (c *Client) Account(ctx context.Context) (Account, error) {
	var out Account
	err := c.call(ctx, "account", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, b, err := api.GetBotInfoWithHttpInfo()
		if b != nil {
			out = Account{UserID: b.UserId, Basic: b.BasicId, Name: b.DisplayName, Chat: b.ChatMode == messaging_api.BotInfoResponseCHAT_MODE_CHAT}
		}
		return res, err
	})
	return out, err
}

// Webhook says where LINE delivers to, and whether it does.
func (c *Client) Webhook(ctx context.Context) (url string, active bool, err error) {
	err = c.call(ctx, "webhook", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, w, err := api.GetWebhookEndpointWithHttpInfo()
		if w != nil {
			url, active = w.Endpoint, w.Active
		}
		return res, err
	})
	return url, active, err
}

// SetWebhook tells LINE where to deliver to. It may take a minute to be in force.
func (c *Client) SetWebhook(ctx context.Context, url string) error {
	return c.call(ctx, "set_webhook", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, _, err := api.SetWebhookEndpointWithHttpInfo(&messaging_api.SetWebhookEndpointRequest{Endpoint: url})
		return res, err
	})
}

// Delivery is how LINE's own test of the webhook went.
type Delivery struct {
	OK     bool
	Status int    // of our answer; 0 or less: none
	Reason string // OK, COULD_NOT_CONNECT, REQUEST_TIMEOUT, ERROR_STATUS_CODE, UNCLASSIFIED
}

// TestWebhook lets LINE knock at our door once. LINE allows it 60 times an hour.
func (c *Client) TestWebhook(ctx context.Context) (Delivery, error) {
	var out Delivery
	err := c.call(ctx, "test_webhook", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, t, err := api.TestWebhookEndpointWithHttpInfo(&messaging_api.TestWebhookEndpointRequest{})
		if t != nil {
			out = Delivery{OK: t.Success, Status: int(t.StatusCode), Reason: t.Reason}
		}
		return res, err
	})
	return out, err
}

// Quota is this month's budget of pushes. Replies cost nothing.
type Quota struct {
	Limited bool
	Limit   int64
	Used    int64 // about: LINE counts with some delay, and counts what its own manager sends
}

// Quota asks for it.
func (c *Client) Quota(ctx context.Context) (Quota, error) {
	var out Quota
	err := c.call(ctx, "quota", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, q, err := api.GetMessageQuotaWithHttpInfo()
		if q != nil {
			out.Limited, out.Limit = q.Type == messaging_api.QuotaType_LIMITED, q.Value
		}
		return res, err
	})
	if err != nil {
		return out, err
	}
	err = c.call(ctx, "quota_used", func(api *messaging_api.MessagingApiAPI) (*http.Response, error) {
		res, u, err := api.GetMessageQuotaConsumptionWithHttpInfo()
		if u != nil {
			out.Used = u.TotalUsage
		}
		return res, err
	})
	return out, err
}
