package wording

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
func (w *Words) candidate(ctx context.Context) (release.Candidate, error) {
	return w.Said.Candidate(ctx, w.Folder, w.plain)
}

// Standing is what is in force, what could be, and what was done.
func (w *Words) Standing(ctx context.Context) (console.Standing, error) {
	log, err := w.Said.Log(ctx)
	if err != nil {
		return console.Standing{}, err
	}
	try, err := w.Said.LastTry(ctx)
	if err != nil {
		return console.Standing{}, err
	}
	s := console.Standing{}
	if try.State != "done" {
		s.Try = console.Try{By: try.By, At: try.At, State: try.State, Why: try.Why}
	}
	next, err := w.candidate(ctx)
	if err != nil && next.Bundle == nil || next.Over == nil {
		s.Faulty = strings.Split(fmt.Sprint(err), "\n")
	} else if err != nil {
		return s, err
	}
	if s.Hash, err = w.Said.Now(ctx); err != nil {
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
func (w *Words) offered(ctx context.Context, next release.Candidate, s *console.Standing) error {
	if next.Over == nil || next.Seen == next.Bundle.Hash {
		return nil
	}
	s.Next, s.Two = next.Bundle.Hash, next.Two()
	from := next.Old
	if next.Seen == "" {
		g, err := w.ground(ctx)
		if err != nil {
			return err
		}
		if from, err = w.bundle(g); err != nil {
			return err
		}
	}
	if from != nil {
		s.Would = release.Changes(from, next.Over, nil)
	}
	if len(s.Would) == 0 {
		s.Would = []string{"住民から見えるところは変わりません。"}
	}
	asked, err := w.Said.Asked(ctx)
	if err == nil && asked.Hash == s.Next {
		s.Asked = asked.By
	}
	return err
}

// since tells what the release in force has changed, and whether one can go back.
func (w *Words) since(ctx context.Context, hash string) (changes []string, back bool, err error) {
	was, err := w.Said.Before(ctx, hash)
	if err != nil || was == "" {
		return nil, false, err
	}
	read := func(hash string) (*flows.Bundle, error) {
		folder, err := w.Said.Folder(ctx, hash)
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
func (w *Words) Publish(ctx context.Context, hash, by string) error {
	next, err := w.candidate(ctx)
	if err != nil {
		return &console.Refused{Why: strings.Split(err.Error(), "\n")}
	}
	if next.Bundle.Hash != hash {
		return console.ErrTaken
	}
	first, second := by, ""
	if next.Two() {
		asked, err := w.Said.Asked(ctx)
		if err != nil {
			return err
		}
		if asked.Hash != hash {
			return w.Said.Ask(ctx, release.Asked{Hash: hash, By: by, At: w.Now()})
		}
		if asked.By == by {
			return console.ErrSame
		}
		first, second = asked.By, by
	}
	try := release.Try{By: by, At: w.Now(), State: "checking"}
	if err := w.Said.Tried(ctx, try); err != nil {
		return err
	}
	go w.prove(context.WithoutCancel(ctx), next, release.Deed{Hash: hash, By: first, Second: second}, try)
	return nil
}

// prove plays and proves the candidate; if it is good, it is in force.
func (w *Words) prove(ctx context.Context, next release.Candidate, d release.Deed, try release.Try) {
	ctx, stop := context.WithTimeout(ctx, publishTime)
	defer stop()
	try.State, try.Why = "refused", w.Proven(ctx, next.Files)
	if len(try.Why) == 0 {
		d.At = w.Now()
		if err := w.Said.Publish(ctx, next.Files, d, next.Seen); err != nil {
			try.Why = []string{publishTrouble(err)}
		} else {
			try.State = "done"
			err = w.Talks.Look(ctx, w.Now())
			if err != nil {
				w.Log.Error("the release that was just published cannot be read", "err", err)
			}
		}
	}
	if err := w.Said.Tried(ctx, try); err != nil {
		w.Log.Error("what became of a publication cannot be noted", "state", try.State, "err", err)
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
func (w *Words) Recall(ctx context.Context, hash, by string) error {
	_, err := w.Said.Recall(ctx, release.Deed{Hash: hash, By: by, At: w.Now()})
	switch {
	case errors.Is(err, release.ErrMoved):
		return console.ErrTaken
	case errors.Is(err, release.ErrOnly):
		return &console.Refused{Why: []string{"ひとつ前のことばがありません。"}}
	case err != nil:
		return err
	}
	return w.Talks.Look(ctx, w.Now())
}
