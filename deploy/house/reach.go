package house

import (
	"context"
	"sync/atomic"
	"time"

	"engawa/bot/board"
	"engawa/bot/line"
	"engawa/handoff/alarm/wake"
)

// reach is how those are reached who post for a group.
type reach struct {
	basic   atomic.Pointer[string] // our account in LINE, "@…", once it is known
	looking atomic.Int64           // unix seconds when LINE was asked for it last
}

// lookAgain is how long LINE is left alone when it did not say who we are.
const lookAgain = time.Minute

// opensTalk is a link that opens our talk with a text ready to be sent; "" as long as
// LINE has not said who we are.
func (h *house) opensTalk(text string) string {
	if name := h.reach.basic.Load(); name != nil {
		return line.MessageLink(*name, text)
	}
	return ""
}

// learnLineName asks LINE who we are, until it is known: invitations open our talk by it.
func (h *house) learnLineName(ctx context.Context) {
	now, last := h.clock().Unix(), h.reach.looking.Load()
	if h.reach.basic.Load() != nil || now-last < int64(lookAgain/time.Second) || !h.reach.looking.CompareAndSwap(last, now) {
		return
	}
	a, err := h.line.Account(ctx)
	if err != nil || a.Basic == "" {
		h.log.Debug("LINE has not said who we are; invitations go without its link")
		return
	}
	h.reach.basic.Store(&a.Basic)
}

// deliver sends the letters to members by the house's mail.
func (h *house) deliver(ctx context.Context) error {
	a := h.cfg.Alarm
	if !a.MailServer.Set() {
		return nil
	}
	post := wake.Mail{Server: a.MailServer.Reveal, From: a.MailFrom}
	return h.board.Deliver(ctx, func(ctx context.Context, id string, l board.Letter) error {
		ctx, cancel := context.WithTimeout(ctx, letterTime)
		defer cancel()
		return post.Send(ctx, id, l.To, l.Subject, l.Body)
	})
}

// letterTime is how long a mail server may take for a letter.
const letterTime = 20 * time.Second

// writeLetters sends letters until ctx ends. It waits for a slow mail server by itself:
// news in LINE must not.
func (h *house) writeLetters(ctx context.Context) error {
	return every(ctx, newsEvery, func() {
		h.learnLineName(ctx)
		if err := h.deliver(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("a letter to a group cannot be sent yet", "err", err)
		}
	})
}
