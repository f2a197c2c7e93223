package outbox

import (
	"context"
	"errors"
	"net/http"
	"time"

	"engawa/bot/line"
)

// markFor is how long a mark of reading is tried. One that comes a day later tells
// nobody anything, and the next one marks everything before it anyway.
const markFor = 24 * time.Hour

// marked sets LINE's 既読 up to the text that a token came with. An error means: once
// more. Nothing hangs on it: what LINE will never take is dropped, and its refusals
// tell the gate nothing, because LINE may refuse marks alone (chat is off) and must not
// thereby hold back anybody's answer.
func (o *Outbox) marked(ctx context.Context, p Parcel, token string) error {
	if token == "" { // sealed under a key that is gone: so are the person's words
		return nil
	}
	err := o.LINE.MarkRead(ctx, token)
	if err == nil || o.now().Sub(time.UnixMilli(p.At)) > markFor {
		return nil
	}
	var said *line.Error
	if errors.As(err, &said) && said.Status/100 == 4 && said.Status != http.StatusUnauthorized && said.Status != http.StatusTooManyRequests {
		o.log.Warn("outbox: LINE does not take a mark of reading", "status", said.Status)
		return nil
	}
	return err
}
