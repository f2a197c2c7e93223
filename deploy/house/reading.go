package house

import (
	"context"
	"io/fs"
	"os"
	"time"

	"engawa/config"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff/wording"
)

// contentOf is the folder of words that the operator has chosen.
func contentOf(cfg config.Config) fs.FS {
	if cfg.Content != "" {
		return os.DirFS(cfg.Content)
	}
	return content.FS
}

// words reads the bundle that serve may say: with drafts only as far as the
// operator accepts them.
func words(cfg config.Config) (*flows.Bundle, error) { return readWords(cfg, contentOf(cfg)) }

// readWords reads a folder as the operator wants it read.
func readWords(cfg config.Config, from fs.FS) (*flows.Bundle, error) {
	return script.Sound(script.Load(from, readingOf(cfg)))
}

// follower follows the releases, beginning with the words that the house was opened with.
func (h *house) follower(b *flows.Bundle) *release.Follower {
	return release.Follow(h.said, release.First{Folder: contentOf(h.cfg), Bundle: b}, h.read)
}

// read is readWords for the house, which reads much the same folder many times.
func (h *house) read(from fs.FS) (*flows.Bundle, error) {
	b, err := script.Sound(h.shelf.Load(from, readingOf(h.cfg)))
	if err == nil && h.dress != nil {
		b = h.dress(b)
	}
	return b, err
}

func readingOf(cfg config.Config) script.Options {
	opt := script.Options{AcceptDrafts: cfg.AcceptDrafts.All, Now: time.Now()}
	for _, l := range cfg.AcceptDrafts.Langs {
		opt.AcceptLangs = append(opt.AcceptLangs, flows.Lang(l))
	}
	return opt
}

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
	return every(ctx, followEvery, func() {
		was := h.bundle().Hash
		if err := h.talks.Look(ctx, h.clock()); err != nil && ctx.Err() == nil {
			h.log.Error("公開したことばを読めないので、前のことばのままです / the release cannot be read, the old one stays", "err", err)
		}
		if now := h.bundle().Hash; now != was {
			h.log.Info("ことばが変わりました / another release is in force", "bundle", now, "before", was)
		}
	})
}

// wording puts these words into the hands of the console.
func (h *house) wording() *wording.Words {
	return &wording.Words{Said: h.said, Talks: h.talks, Folder: contentOf(h.cfg), Proven: proven, Now: h.clock, Log: h.log,
		Read: func(folder fs.FS) (*flows.Bundle, script.Faults) { return h.shelf.Load(folder, readingOf(h.cfg)) }}
}
