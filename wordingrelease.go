package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"engawa/flows"
	"engawa/flows/release"
	"engawa/handoff/console"
)

const (
	publishTime = 3 * time.Minute // to read, play and prove a folder
	logShown    = 60              // lines of what was done
)

// candidate is the folder on this machine beside what is in force.
func (w wording) candidate(ctx context.Context) (candidate, error) {
	return newCandidate(ctx, w.h.said, contentOf(w.h.cfg), w.plain)
}

// Standing is what is in force, what could be, and what was done.
func (w wording) Standing(ctx context.Context) (console.Standing, error) {
	log, err := w.h.said.Log(ctx)
	if err != nil {
		return console.Standing{}, err
	}
	try, err := w.h.said.LastTry(ctx)
	if err != nil {
		return console.Standing{}, err
	}
	s := console.Standing{}
	if try.State != "done" {
		s.Try = console.Try{By: try.By, At: try.At, State: try.State, Why: try.Why}
	}
	next, err := w.candidate(ctx)
	if err != nil && next.b == nil || next.over == nil {
		s.Faulty = strings.Split(fmt.Sprint(err), "\n")
	} else if err != nil {
		return s, err
	}
	if s.Hash, err = w.h.said.Now(ctx); err != nil {
		return s, err
	}
	for _, d := range log {
		if d.Do == "publish" && d.Hash == s.Hash {
			s.By, s.Second, s.At = d.By, d.Second, d.At
		}
		s.Log = append([]console.Done{doneOf(d)}, s.Log[:min(len(s.Log), logShown-1)]...)
	}
	if s.Hash != "" {
		if s.Since, s.Back, err = w.since(ctx, s.Hash); err != nil {
			return s, err
		}
	}
	return s, w.offered(ctx, next, &s)
}

// offered fills in what the folder on this machine would change.
func (w wording) offered(ctx context.Context, next candidate, s *console.Standing) error {
	if next.over == nil || next.seen == next.b.Hash {
		return nil
	}
	s.Next, s.Two = next.b.Hash, next.two()
	from := next.old
	if next.seen == "" {
		g, err := w.ground(ctx)
		if err != nil {
			return err
		}
		if from, err = w.bundle(g); err != nil {
			return err
		}
	}
	if from != nil {
		s.Would = release.Changes(from, next.over, nil)
	}
	if len(s.Would) == 0 {
		s.Would = []string{"住民から見えるところは変わりません。"}
	}
	asked, err := w.h.said.Asked(ctx)
	if err == nil && asked.Hash == s.Next {
		s.Asked = asked.By
	}
	return err
}

// since tells what the release in force has changed, and whether one can go back.
func (w wording) since(ctx context.Context, hash string) (changes []string, back bool, err error) {
	was, err := w.h.said.Before(ctx, hash)
	if err != nil || was == "" {
		return nil, false, err
	}
	read := func(hash string) (*flows.Bundle, error) {
		folder, err := w.h.said.Folder(ctx, hash)
		if err != nil {
			return nil, err
		}
		return w.plain(folder)
	}
	old, err := read(was)
	if err != nil {
		return nil, true, nil // it cannot be compared any more, and may still come back
	}
	now, err := read(hash)
	if err != nil {
		return nil, true, nil
	}
	return release.Changes(old, now, nil), true, nil
}

func doneOf(d release.Deed) console.Done {
	out := console.Done{At: d.At, Do: d.Do, By: d.By, Second: d.Second, What: d.Hash}
	if d.Edit != nil {
		value := d.Edit.Value
		if value == "" {
			value = "(なくす)"
		}
		out.What = d.Edit.File + " " + strings.Join(d.Edit.Key, "・") + ": " + value
	}
	return out
}

// Publish checks the folder that somebody has seen and puts it in force. The check
// takes longer than a page may: it goes on behind it, and the page tells what came of it.
func (w wording) Publish(ctx context.Context, hash, by string) error {
	next, err := w.candidate(ctx)
	if err != nil {
		return &console.Refused{Why: strings.Split(err.Error(), "\n")}
	}
	if next.b.Hash != hash {
		return console.ErrTaken
	}
	first, second := by, ""
	if next.two() {
		asked, err := w.h.said.Asked(ctx)
		if err != nil {
			return err
		}
		if asked.Hash != hash {
			return w.h.said.Ask(ctx, release.Asked{Hash: hash, By: by, At: w.h.clock()})
		}
		if asked.By == by {
			return console.ErrSame
		}
		first, second = asked.By, by
	}
	try := release.Try{By: by, At: w.h.clock(), State: "checking"}
	if err := w.h.said.Tried(ctx, try); err != nil {
		return err
	}
	go w.prove(context.WithoutCancel(ctx), next, release.Deed{Hash: hash, By: first, Second: second}, try)
	return nil
}

// prove plays and proves the candidate; if it is good, it is in force.
func (w wording) prove(ctx context.Context, next candidate, d release.Deed, try release.Try) {
	ctx, stop := context.WithTimeout(ctx, publishTime)
	defer stop()
	try.State, try.Why = "refused", proven(ctx, next.folder)
	if len(try.Why) == 0 {
		d.At = w.h.clock()
		if err := w.h.said.Publish(ctx, next.folder, d, next.seen); err != nil {
			try.Why = []string{publishTrouble(err)}
		} else {
			try.State = "done"
			err = w.h.talks.Look(ctx, w.h.clock())
			if err != nil {
				w.h.log.Error("the release that was just published cannot be read", "err", err)
			}
		}
	}
	if err := w.h.said.Tried(ctx, try); err != nil {
		w.h.log.Error("what became of a publication cannot be noted", "state", try.State, "err", err)
	}
}

func publishTrouble(err error) string {
	switch {
	case errors.Is(err, release.ErrMoved):
		return "少し前に、ほかの人が公開したか、画面で直しました。もう一度どうぞ。"
	case errors.Is(err, release.ErrRecalled):
		return "取り消したことばは、もう一度は公開できません。直したことばを公開します。"
	case errors.Is(err, release.ErrTooBig):
		return "フォルダーが大きすぎます。"
	}
	return "データの置き場所が答えませんでした。少し待って、もう一度どうぞ。"
}

// Recall takes back the release that somebody has seen in force.
func (w wording) Recall(ctx context.Context, hash, by string) error {
	_, err := w.h.said.Recall(ctx, release.Deed{Hash: hash, By: by, At: w.h.clock()})
	switch {
	case errors.Is(err, release.ErrMoved):
		return console.ErrTaken
	case errors.Is(err, release.ErrOnly):
		return &console.Refused{Why: []string{"ひとつ前のことばがありません。"}}
	case err != nil:
		return err
	}
	return w.h.talks.Look(ctx, w.h.clock())
}
