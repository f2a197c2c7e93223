package line

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/line/line-bot-sdk-go/v8/linebot/messaging_api"
)

// ErrContent is a picture that LINE does not give: taken back, too old, too big.
var ErrContent = errors.New("line: content is not to be had")

// readyPause is how long we wait for LINE to have a picture ready; it says 202 until then.
const readyPause = 300 * time.Millisecond

// Content fetches what a person attached, up to most bytes.
func (c *Client) Content(ctx context.Context, message string, most int64) ([]byte, error) {
	const op = "content"
	if message == "" || strings.Trim(message, "0123456789") != "" { // the SDK puts ids into paths as they are
		return nil, ErrContent
	}
	for {
		var body []byte
		waits := false
		err := c.picture(ctx, op, func(api *messaging_api.MessagingApiBlobAPI) (*http.Response, error) {
			_, res, err := api.GetMessageContentWithHttpInfo(message)
			if err != nil || res == nil {
				return res, err
			}
			defer func() { _ = res.Body.Close() }()
			waits = res.StatusCode == http.StatusAccepted
			body, err = io.ReadAll(io.LimitReader(res.Body, most+1))
			return res, err
		})
		switch {
		case err != nil:
			return nil, err
		case !waits && int64(len(body)) > most:
			return nil, ErrContent
		case !waits:
			return body, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(readyPause):
		}
	}
}
