package house

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"engawa/handoff/alarm/wake"
)

// atConsole is how lately somebody must have looked at the console to need no mail.
const atConsole = 5 * time.Minute

// writeToAsked sends one mail to each who is asked to take a talk over, who has given
// an address, is not at the console and has no quiet hours just now. The mail says
// that they are asked, and nothing else.
func (h *house) writeToAsked(ctx context.Context, id string, accounts []string) error {
	if !h.cfg.Alarm.MailServer.Set() {
		return nil
	}
	all, err := h.own.All(ctx)
	if err != nil {
		return err
	}
	now := h.clock().In(h.bundle().House.Zone)
	post := wake.Mail{Server: h.cfg.Alarm.MailServer.Reveal, From: h.cfg.Alarm.MailFrom}
	var faults []error
	for _, account := range accounts {
		r := all[account]
		if r.Mail == "" || r.Quiet(now) {
			continue
		}
		here, err := h.atConsole(ctx, account, now)
		if err != nil || here {
			faults = append(faults, err)
			continue
		}
		faults = append(faults, h.own.Once(ctx, id+"/"+account, func() error {
			limited, cancel := context.WithTimeout(ctx, letterTime)
			defer cancel()
			subject, body := askedLetter(h.consoleURL())
			return post.Send(limited, fmt.Sprintf("%x", sha256.Sum256([]byte(id+"/"+account)))[:24], r.Mail, subject, body)
		}))
	}
	return errors.Join(faults...)
}

// atConsole says whether somebody has the console open.
func (h *house) atConsole(ctx context.Context, account string, now time.Time) (bool, error) {
	open, err := h.staff.Sessions(ctx, account)
	for _, s := range open {
		if now.Sub(s.Seen) < atConsole {
			return true, nil
		}
	}
	return false, err
}

func askedLetter(link string) (subject, body string) {
	return "縁側: 引き継ぎを頼まれています", "引き継ぎを頼まれています。引き受けるかどうかは、相談員の画面で決められます。\n\n" + link +
		"\n\nこのメールは、この頼みについて一度だけ送ります。静かな時間と宛先は、画面の自分のページで変えられます。\n\nYou are asked to take a talk over. You can decide in the console. This mail comes once.\n"
}
