package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/SherClockHolmes/webpush-go"

	"engawa/handoff/alarm/wake"
)

const (
	patience = 10 * time.Second // for one browser's push service
	atOnce   = 16               // browsers that are rung side by side
	urgentIn = 15 * time.Minute // an alarm that no push service could hand on by then has rung elsewhere
	toldFor  = 48 * time.Hour   // how long we remember whom we told of
)

// note is all that a browser is told. Its tag lets a later one stand in its place.
type note struct {
	Title string `json:"title"`
	Tag   string `json:"tag"`
	Lang  string `json:"lang"`
}

// titles are the only sentences that are ever pushed.
var titles = map[string]map[string]string{
	"urgent":  {"ja": "縁側: 急ぎの知らせがあります", "en": "Engawa: there is an urgent alarm"},
	"waiting": {"ja": "縁側: 待っている人がいます", "en": "Engawa: somebody is waiting"},
	"asked":   {"ja": "縁側: 引き継ぎを頼まれています", "en": "Engawa: you are asked to take a talk over"},
	"silence": {"ja": "縁側: LINE から何も届いていません", "en": "Engawa: nothing comes from LINE"},
	"trial":   {"ja": "縁側: 試しの知らせです", "en": "Engawa: this is a trial"},
}

// Name is how this way is called in the notes of an alarm.
func (*Store) Name() string { return "push" }

// Call rings for an alarm: first those who are on shift, then everybody who has
// switched it on. It says whose browsers took it. A service that hangs keeps only
// its own browser waiting.
func (s *Store) Call(ctx context.Context, r wake.Ring) (reached []string, err error) {
	now, tag := s.Now(), "urgent"
	switch {
	case r.Test:
		tag = "trial"
	case r.About == wake.Silence:
		tag = wake.Silence
	}
	whom, hushed, err := s.either(ctx, func(b Browser) bool { return r.For() != wake.First || s.On(b.Account, now) })
	if err == nil && len(whom) == 0 && len(hushed) > 0 && r.For() == wake.First { // all on duty want quiet: the next at once
		whom, hushed, err = s.either(ctx, func(Browser) bool { return true })
	}
	if len(whom) == 0 && r.For() == wake.Duty && s.Must != nil && s.Must(now) {
		whom = hushed // nobody else is left
	}
	if err != nil || len(whom) == 0 {
		return nil, err
	}
	reached = s.ring(ctx, whom, tag)
	if len(reached) == 0 {
		return nil, errors.New("push: no push service took it")
	}
	return reached, nil
}

// Waiting tells those on shift who asked for it that somebody waits. ids are all who
// wait; each is told of once, by one process.
func (s *Store) Waiting(ctx context.Context, ids []string) error {
	now := s.Now()
	if len(ids) == 0 {
		return nil
	}
	whom, err := s.whom(ctx, func(b Browser) bool { return b.Waiting && s.On(b.Account, now) })
	if err != nil || len(whom) == 0 {
		return err // told as soon as somebody is there to be told
	}
	args := []any{now.UnixMilli(), now.Add(-toldFor).UnixMilli()}
	for _, id := range ids {
		args = append(args, id)
	}
	fresh, err := toldScript.Run(ctx, s.rdb, []string{toldKey}, args...).Int()
	if err != nil {
		return fmt.Errorf("push: waiting: %w", err)
	}
	if fresh > 0 {
		s.ring(ctx, whom, "waiting")
	}
	return nil
}

// Asked tells people that they are asked to take something over: once for each
// asking, by one process, whether they are on shift or not. Their quiet hours hold.
func (s *Store) Asked(ctx context.Context, id string, accounts []string) error {
	whom, err := s.whom(ctx, func(b Browser) bool { return slices.Contains(accounts, b.Account) })
	if err != nil || len(whom) == 0 {
		return err // told as soon as one of them can be
	}
	now := s.Now()
	fresh, err := toldScript.Run(ctx, s.rdb, []string{toldKey}, now.UnixMilli(), now.Add(-toldFor).UnixMilli(), "asked/"+id).Int()
	if err != nil {
		return fmt.Errorf("push: asked: %w", err)
	}
	if fresh > 0 {
		s.ring(ctx, whom, "asked")
	}
	return nil
}

// Try rings one browser of an account, to show that it works.
func (s *Store) Try(ctx context.Context, account, id string) error {
	b, err := s.one(ctx, account, id)
	if err != nil {
		return err
	}
	return s.send(ctx, b, "trial")
}

// whom lists the browsers that want to ring now, of accounts that may know.
func (s *Store) whom(ctx context.Context, wants func(Browser) bool) ([]Browser, error) {
	whom, _, err := s.either(ctx, wants)
	return whom, err
}

// either lists them, and apart from them those that would ring but for quiet hours.
func (s *Store) either(ctx context.Context, wants func(Browser) bool) (whom, hushed []Browser, err error) {
	all, err := s.all(ctx)
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	may, err := s.May(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("push: who may know: %w", err)
	}
	now, quiet := s.Now().In(s.Zone()), func(string) bool { return false }
	if s.Quiet != nil {
		quiet = s.Quiet(ctx)
	}
	for _, b := range all {
		switch {
		case !slices.Contains(may, b.Account) || !wants(b):
		case b.quiet(now) || quiet(b.Account):
			hushed = append(hushed, b)
		default:
			whom = append(whom, b)
		}
	}
	return whom, hushed, nil
}

// ring rings browsers side by side and says whose took it.
func (s *Store) ring(ctx context.Context, whom []Browser, tag string) []string {
	var (
		mu      sync.Mutex
		reached []string
		all     sync.WaitGroup
		seats   = make(chan struct{}, atOnce)
	)
	for _, b := range whom {
		all.Go(func() {
			seats <- struct{}{}
			defer func() { <-seats }()
			if err := s.send(ctx, b, tag); err != nil {
				s.Log.Warn("push: a browser was not rung", "account", b.Account, "err", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			reached = append(reached, b.Account)
		})
	}
	all.Wait()
	slices.Sort(reached)
	return slices.Compact(reached)
}

// send rings one browser. One that its service knows no longer is dropped.
func (s *Store) send(ctx context.Context, b Browser, tag string) error {
	if !Allowed(b.Endpoint, s.Hosts) {
		return ErrHost // it was allowed when it was switched on
	}
	keys, err := s.pair(ctx)
	if err != nil {
		return err
	}
	title := titles[tag][b.Lang]
	if title == "" {
		title = titles[tag]["ja"]
	}
	body, err := json.Marshal(note{Title: title, Tag: tag, Lang: b.Lang})
	if err != nil {
		return fmt.Errorf("push: send: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	opt := &webpush.Options{
		HTTPClient: s.Client, Subscriber: s.Subject, Topic: tag, TTL: int(urgentIn.Seconds()), Urgency: webpush.UrgencyHigh,
		VAPIDPublicKey: keys.Public, VAPIDPrivateKey: keys.Private,
	}
	res, err := webpush.SendNotificationWithContext(limited, body,
		&webpush.Subscription{Endpoint: b.Endpoint, Keys: webpush.Keys{Auth: b.Auth, P256dh: b.P256dh}}, opt)
	if err != nil {
		return errors.New("push: the push service did not answer") // the error would name the browser's address
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotFound || res.StatusCode == http.StatusGone:
		if err := s.drop(context.WithoutCancel(ctx), b.ID); err != nil {
			return err
		}
		return errors.New("push: the browser has switched it off")
	case res.StatusCode/100 != 2:
		return fmt.Errorf("push: the push service answered %d", res.StatusCode)
	}
	return nil
}
