package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"engawa/config"
	"engawa/flows"
	"engawa/flows/prove"
	"engawa/flows/release"
)

// followEvery is how soon serve speaks from a new release, and stops speaking from a
// recalled one.
const followEvery = 5 * time.Second

// bundle is the release in force.
func (h *house) bundle() *flows.Bundle { return h.talks.Rack().Now() }

// bundleFor is the release that speaks to somebody.
func (h *house) bundleFor(s *flows.State) *flows.Bundle { return h.talks.Rack().For(s, h.clock()) }

// followReleases follows the pointer. A release that cannot be read leaves the one
// before in force, and says so until it is put right.
func (h *house) followReleases(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		was := h.bundle().Hash
		if err := h.talks.Look(ctx, h.clock()); err != nil && ctx.Err() == nil {
			h.log.Error("公開したことばを読めないので、前のことばのままです / the release cannot be read, the old one stays", "err", err)
		}
		if now := h.bundle().Hash; now != was {
			h.log.Info("ことばが変わりました / another release is in force", "bundle", now, "before", was)
		}
	}
}

type publishCmd struct {
	contentFlags
	By     string `help:"公開する人の名前 / who publishes" required:""`
	Second string `help:"いっしょに確かめた人の名前 / who has looked at it too"`
	Recall bool   `help:"いまのことばを取り消し、ひとつ前にもどす / take the release in force back"`
}

// Run checks a folder and puts it in force, or takes the release in force back.
func (c publishCmd) Run(ctx context.Context) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	s, err := openStores(cfg)
	if err != nil {
		return err
	}
	defer s.close()
	if err := awaitStores(ctx, s.main); err != nil {
		return err
	}
	if c.Recall {
		return c.recall(ctx, s.sure, os.Stdout)
	}
	return c.publish(ctx, cfg, s.sure, os.Stdout)
}

// publish refuses a faulty folder with every reason; what is in force stays.
func (c publishCmd) publish(ctx context.Context, cfg config.Config, rdb redis.UniversalClient, w io.Writer) error {
	if strings.TrimSpace(c.By) == "" || c.By == c.Second {
		return errors.New("--by と --second には、べつの人の名前を書きます / two different names")
	}
	b, err := readWords(cfg, c.fs()) // as serve would: drafts only as far as they are accepted
	if err != nil {
		return fmt.Errorf("公開しません。前のことばのままです / refused; the old release stays\n%w", err)
	}
	if out, _ := (checkCmd{contentFlags: c.contentFlags}).look(ctx); !out.OK {
		for _, f := range out.Faults {
			if !f.Warn {
				_, _ = fmt.Fprintln(w, f)
			}
		}
		for _, f := range prove.Errors(out.Findings) {
			_, _ = fmt.Fprintln(w, f)
		}
		return errors.New("直すところがあるので、公開しません。前のことばのままです / refused; the old release stays")
	}
	store := release.NewStore(rdb)
	seen, err := store.Now(ctx)
	if err != nil {
		return err
	}
	if seen != "" {
		if err := c.tellChange(ctx, cfg, store, seen, b, w); err != nil {
			return err
		}
	}
	d := release.Deed{Hash: b.Hash, By: c.By, Second: c.Second, At: time.Now()}
	if err := store.Publish(ctx, c.fs(), d, seen); err != nil {
		return fmt.Errorf("公開できませんでした。前のことばのままです / not published: %w", err)
	}
	_, err = fmt.Fprintf(w, "公開しました / published: %s（前 / before: %s）\n", b.Hash, seen)
	return err
}

// tellChange tells what the new release does to those who are in the middle of a talk.
func (c publishCmd) tellChange(ctx context.Context, cfg config.Config, store *release.Store, seen string, b *flows.Bundle, w io.Writer) error {
	folder, err := store.Folder(ctx, seen)
	if err != nil {
		return err
	}
	old, err := readWords(cfg, folder)
	if err != nil { // all the more reason to go on
		_, err = fmt.Fprintln(w, "いまのことばは、もう読めないので、くらべられません / the release in force cannot be read any more")
		return err
	}
	return release.Tell(w, release.Fates(old, b, nil))
}

func (c publishCmd) recall(ctx context.Context, rdb redis.UniversalClient, w io.Writer) error {
	store := release.NewStore(rdb)
	seen, err := store.Now(ctx)
	if err != nil {
		return err
	}
	now, err := store.Recall(ctx, release.Deed{Hash: seen, By: c.By, At: time.Now()})
	switch {
	case errors.Is(err, release.ErrOnly):
		return errors.New("ひとつ前がないので、もどせません。直したことばを公開してください / there is no earlier release; publish a corrected one")
	case err != nil:
		return fmt.Errorf("取り消せませんでした / not recalled: %w", err)
	}
	_, err = fmt.Fprintf(w, "取り消しました / recalled: %s。いまは / now: %s\n", seen, now)
	return err
}
