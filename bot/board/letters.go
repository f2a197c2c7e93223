package board

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"engawa/flows/catalogue"
)

// Members without LINE are reached by mail. An address is sealed like a group's
// contact, found again by a mark that only the house can make, and seen by nobody:
// not by the group, not by its host, not by the facilitator.

const lettersKey, mailAAD, letterAAD = "{board}:letters", "board:mail", "board:letter"

// How many letters there may be: lying there, of one group in a day, of the house in a day.
const (
	mostLetters, lettersPerGroup, lettersPerDay = 1000, 40, 1000
	letterWait                                  = time.Minute // a letter that was not taken is tried again then
)

// Letter is a mail on its way to a member. It names neither the group nor what it is for.
type Letter struct{ To, Subject, Body string }

// sealedLetter is a letter as it lies in the store.
type sealedLetter struct {
	Group  string    `json:"g"`
	Sealed []byte    `json:"s"`
	Until  time.Time `json:"u"` // later it is of no use: its link is dead
}

// ReadAddress reads a mail address as somebody typed it.
func ReadAddress(typed string) (string, error) {
	a, err := mail.ParseAddress(strings.TrimSpace(typed))
	if err != nil || len(a.Address) > 200 || strings.ContainsAny(a.Address, "\r\n<>\"") {
		return "", &catalogue.Fault{Field: "mail", Text: "メールアドレスとして読めませんでした。もう一度たしかめられます。"}
	}
	at := strings.LastIndex(a.Address, "@")
	return a.Address[:at] + strings.ToLower(a.Address[at:]), nil
}

// markOf is how an address is found again.
func (s *Store) markOf(address string) string {
	return string(s.vault.Blind("mail:" + strings.ToLower(address)))
}

// sealAddress reads an address and makes of it what is kept.
func (s *Store) sealAddress(ctx context.Context, group, typed string) (address string, sealed []byte, err error) {
	if address, err = ReadAddress(typed); err != nil {
		return "", nil, err
	}
	sealed, err = s.vault.Seal(ctx, owner(group), mailAAD, []byte(address))
	return address, sealed, wrap("address", err)
}

// Address is where a member is written to; "" nowhere.
func (s *Store) Address(ctx context.Context, group string, m Member) (string, error) {
	if len(m.Mail) == 0 {
		return "", nil
	}
	plain, err := s.vault.Open(ctx, owner(group), mailAAD, m.Mail)
	return string(plain), wrap("address", err)
}

// SetAddress notes where a member may be written to: links when they lost theirs, and,
// if they agree to it, that a question waits or that the house asks after the group.
// An empty address forgets it.
func (s *Store) SetAddress(ctx context.Context, act, group, member, typed string, notices bool) error {
	var sealed []byte
	mark := ""
	if strings.TrimSpace(typed) != "" {
		address, box, err := s.sealAddress(ctx, group, typed)
		if err != nil {
			return err
		}
		sealed, mark = box, s.markOf(address)
	}
	_, err := s.changeGroup(ctx, act, group, func(g *Group) error {
		for i := range g.Members {
			if m := &g.Members[i]; m.ID == member {
				m.Mail, m.Mark, m.Notices = sealed, mark, notices && mark != ""
				return nil
			}
		}
		return ErrMay
	})
	return err
}

// InviteByMail makes an invitation for one, and whoever uses it has that address.
func (s *Store) InviteByMail(ctx context.Context, act, group, typed string, open time.Duration, by string) (*Invite, string, error) {
	address, sealed, err := s.sealAddress(ctx, group, typed)
	if err != nil {
		return nil, "", err
	}
	if err := s.limit(ctx, "mail:"+group, lettersPerGroup, 24*time.Hour); err != nil {
		return nil, "", err
	}
	in, err := s.invited(ctx, act, group, by, &Invite{Left: 1, Until: s.now().Add(min(open, longestOpen)), Mail: sealed, Mark: s.markOf(address)})
	return in, address, err
}

// Lost makes new links for who has lost theirs and writes from where they may be
// written to; none if nobody of this address posts for anybody, which nobody is told.
func (s *Store) Lost(ctx context.Context, f *Follower, typed string) (address string, links []string, group string, err error) {
	if address, err = ReadAddress(typed); err != nil {
		return "", nil, "", err
	}
	mark := s.markOf(address)
	if err := s.limit(ctx, "lost:"+mark, 3, 24*time.Hour); err != nil {
		return address, nil, "", err
	}
	if err := f.Look(ctx); err != nil {
		return address, nil, "", err
	}
	for _, g := range f.Now().ByName() {
		for _, m := range g.Members {
			if m.Mark != mark || g.State == Recalled {
				continue
			}
			link, err := s.NewLink(ctx, g.ID, m.ID)
			if err != nil {
				return address, nil, "", err
			}
			links, group = append(links, link), g.ID
		}
	}
	return address, links, group, nil
}

// Write puts a letter on its way. The same id again is no second letter.
func (s *Store) Write(ctx context.Context, id, group string, l Letter, of time.Duration) error {
	plain, err := json.Marshal(l)
	if err != nil {
		return wrap("letter", err)
	}
	sealed, err := s.vault.Seal(ctx, owner(group), letterAAD, plain)
	if err != nil {
		return wrap("letter", err)
	}
	body, err := json.Marshal(sealedLetter{group, sealed, s.now().Add(of)})
	if err != nil {
		return wrap("letter", err)
	}
	id = hashed(id) // a name that tells nothing, also to the mail server
	act := actPrefix + "letter:" + id
	// Who asks again must not use up the day: news is told until everybody was reached.
	if n, err := s.rdb.Exists(ctx, act).Result(); err != nil || n > 0 {
		return wrap("letter", err)
	}
	if err := s.limit(ctx, "letters", lettersPerDay, 24*time.Hour); err != nil {
		return err
	}
	n, err := letterMove.Run(ctx, s.rdb, []string{lettersKey, act}, id, body, actFor.Milliseconds(), mostLetters).Int()
	if err == nil && n < 0 {
		return ErrOften
	}
	return wrap("letter", err)
}

// Deliver sends what lies there, each letter by one process at a time. A letter that
// cannot be sent stays and is tried again until it is of no use any more.
func (s *Store) Deliver(ctx context.Context, send func(ctx context.Context, id string, l Letter) error) error {
	ids, err := s.rdb.HKeys(ctx, lettersKey).Result()
	if err != nil {
		return wrap("letters", err)
	}
	var failed []error
	for _, id := range ids {
		mine, err := s.rdb.SetNX(ctx, "{board}:posting:"+id, "1", letterWait).Result()
		if err != nil {
			return wrap("letters", err)
		}
		if mine {
			failed = append(failed, s.postOne(ctx, id, send))
		}
	}
	return errors.Join(failed...)
}

func (s *Store) postOne(ctx context.Context, id string, send func(ctx context.Context, id string, l Letter) error) error {
	body, err := s.rdb.HGet(ctx, lettersKey, id).Bytes()
	if err != nil {
		return nil // another process has sent it meanwhile, or the store does not answer: it stays
	}
	var box sealedLetter
	var l Letter
	if err = json.Unmarshal(body, &box); err == nil && s.now().Before(box.Until) {
		var plain []byte
		if plain, err = s.vault.Open(ctx, owner(box.Group), letterAAD, box.Sealed); err == nil {
			err = json.Unmarshal(plain, &l)
		}
		if err == nil {
			err = send(ctx, id, l)
		}
		if err != nil {
			return fmt.Errorf("board: letter: %w", err)
		}
	}
	return wrap("letter", s.rdb.HDel(ctx, lettersKey, id).Err())
}
