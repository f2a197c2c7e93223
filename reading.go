package main

import (
	"fmt"
	"io/fs"
	"os"
	"time"

	"engawa/config"
	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/release"
	"engawa/flows/script"
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
	return told(script.Load(from, readingOf(cfg)))
}

// follower follows the releases, beginning with the words that the house was opened with.
func (h *house) follower(b *flows.Bundle) *release.Follower {
	return release.Follow(h.said, release.First{Folder: contentOf(h.cfg), Bundle: b}, h.read)
}

// read is readWords for the house, which reads much the same folder many times.
func (h *house) read(from fs.FS) (*flows.Bundle, error) {
	b, err := told(h.shelf.Load(from, readingOf(h.cfg)))
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

func told(b *flows.Bundle, faults script.Faults) (*flows.Bundle, error) {
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("ことばに直すところがあります / the content has faults:\n%w", err)
	}
	return b, nil
}
