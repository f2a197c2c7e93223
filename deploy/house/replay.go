package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"engawa/bot/inbox"
	"engawa/bot/ledger"
	"engawa/flows"
	"engawa/flows/release"
)

type replayCmd struct {
	contentFlags
	File string `arg:"" help:"書き出した日誌（1行に1回の応答）。なければ REDIS_URL の日誌 / a journal that was written out; without one, that of the store" type:"existingfile" optional:""`
	Out  string `help:"日誌をこのファイルに書き出すだけ / only write the journal into this file"`
}

// Run takes every turn of a journal again and says whether it comes out as it had.
func (c replayCmd) Run(ctx context.Context) error {
	from, words, stop, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if c.Out != "" {
		return c.write(from)
	}
	began := time.Now()
	sum, err := ledger.Replay(from, words, runtime.GOMAXPROCS(0))
	if err != nil {
		return err
	}
	tellReplay(os.Stdout, sum)
	fmt.Fprintf(os.Stderr, "%.1f秒 / s\n", time.Since(began).Seconds())
	if sum.Apart > 0 {
		return errSaid
	}
	return nil
}

// tellReplay writes the same bytes for the same journal.
func tellReplay(w io.Writer, sum ledger.Replayed) {
	_, _ = fmt.Fprintf(w, "応答 / turns %d  人 / people %d  同じ / same %d  ちがう / apart %d  はじめが分からない / unknown %d\n指紋 / digest %s\n",
		sum.Turns, sum.People, sum.Same, sum.Apart, sum.Unknown, sum.Digest)
	for _, l := range sum.First {
		_, _ = fmt.Fprintf(w, "ちがう / apart: %s  %s  %s\n", time.UnixMilli(l.At).UTC().Format(time.RFC3339), l.Bundle, strings.Join(l.Events, " "))
	}
}

// open finds the journal and the words that were spoken: of the store with all its
// releases, or of one folder for a journal in a file.
func (c replayCmd) open(ctx context.Context) (from io.Reader, words func(string) *flows.Bundle, stop func(), err error) {
	if c.File != "" {
		b, err := c.load()
		if err != nil {
			return nil, nil, nil, err
		}
		f, err := os.Open(c.File)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("replay: %w", err)
		}
		return f, only(b), func() { _ = f.Close() }, nil
	}
	cfg, err := settings()
	if err != nil {
		return nil, nil, nil, err
	}
	s, err := openStores(cfg)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := awaitStores(ctx, s.main); err != nil {
		s.close()
		return nil, nil, nil, err
	}
	lanes, err := inbox.Settle(ctx, s.main, cfg.Lanes)
	if err != nil {
		s.close()
		return nil, nil, nil, err
	}
	h := &house{cfg: cfg, said: release.NewStore(s.main)}
	r, w := io.Pipe()
	go func() { _ = w.CloseWithError(ledger.New(s.main, lanes).WriteJournal(ctx, w)) }()
	return r, h.spokenIn(ctx), func() { _ = r.Close(); s.close() }, nil
}

func (c replayCmd) write(from io.Reader) error {
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	_, err = io.Copy(f, from)
	return errors.Join(err, f.Close())
}

// only is one bundle by its name. What the console had laid over it is not in a
// folder: only the words of cards and hours differ, and no turn goes another way by them.
func only(b *flows.Bundle) func(string) *flows.Bundle {
	return func(hash string) *flows.Bundle {
		if hash == b.Hash || strings.HasPrefix(hash, b.Hash+"+") {
			return named(b, hash)
		}
		return nil
	}
}

// named is a bundle under another name: states bear it.
func named(b *flows.Bundle, hash string) *flows.Bundle {
	if b.Hash == hash {
		return b
	}
	out := *b
	out.Hash = hash
	return &out
}

// spokenIn finds bundles by the name that the journal has for them, each read once.
func (h *house) spokenIn(ctx context.Context) func(string) *flows.Bundle {
	var mu sync.Mutex
	known := map[string]*flows.Bundle{}
	return func(hash string) *flows.Bundle {
		mu.Lock()
		defer mu.Unlock()
		b, ok := known[hash]
		if !ok {
			b = h.spokenAs(ctx, hash)
			known[hash] = b
		}
		return b
	}
}

// spokenAs reads the release whose words are called so; the words before any release too.
func (h *house) spokenAs(ctx context.Context, hash string) *flows.Bundle {
	if b, err := h.read(contentOf(h.cfg)); err == nil {
		if b := only(b)(hash); b != nil {
			return b
		}
	}
	log, err := h.said.Log(ctx)
	if err != nil {
		return nil
	}
	for _, d := range log {
		if d.Do != "publish" {
			continue
		}
		folder, err := h.said.Folder(ctx, d.Hash)
		if err != nil {
			continue
		}
		if b, err := h.read(folder); err == nil {
			if b := only(b)(hash); b != nil {
				return b
			}
		}
	}
	return nil
}
