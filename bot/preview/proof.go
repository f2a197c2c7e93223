package preview

import (
	"context"
	"time"

	"engawa/flows"
	"engawa/flows/prove"
	"engawa/flows/script"
	"engawa/flows/understand"
)

// breath is how long nothing is saved before the words are proved: it takes the machine for a while.
// The reader of texts is made ready in half of it.
const breath = 700 * time.Millisecond

// proveAll plays tests/ and proves the words, beside the talking, after every save.
// A new save breaks it off at once: what is written goes first.
func (f *Follower) proveAll(ctx context.Context) {
	var p prove.Prover
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.saved:
		}
		for again := true; again && ctx.Err() == nil; {
			again = f.proveOne(ctx, &p)
		}
	}
}

// proveOne says whether something was saved meanwhile.
func (f *Follower) proveOne(ctx context.Context, p *prove.Prover) (again bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	select {
	case <-ctx.Done():
		return false
	case <-f.saved:
		return true
	case <-time.After(breath):
	}
	select {
	case <-f.stirs: // old news
	default:
	}
	v := f.Book.Now()
	if v.Bundle == nil || v.Faults.Err() != nil {
		return false
	}
	old := f.Book.Proof()
	old.Running = true
	f.Book.prove(old)
	done := make(chan Proof, 1)
	go func() { done <- proofOf(ctx, p, v) }()
	select {
	case now := <-done:
		if ctx.Err() == nil {
			f.Book.prove(now)
		}
		return false
	case <-f.stirs:
		stop()
		<-done
		select {
		case <-f.saved:
		case <-time.After(time.Second): // nothing of the words after all
		}
		return true
	}
}

func proofOf(ctx context.Context, p *prove.Prover, v Version) Proof {
	out := Proof{Of: v.Bundle.Hash, Talks: played(ctx, v)}
	out.Findings, _ = p.Check(ctx, v.plain, prove.Options{Banned: v.plain.House.Banned})
	return out
}

// played plays the talks of tests/ and tells what came otherwise.
func played(ctx context.Context, v Version) script.Faults {
	talks, faults := script.Talks(v.Files)
	reader := v.reader()
	for i := range talks {
		if ctx.Err() != nil {
			break
		}
		faults = append(faults, talks[i].Play(v.Bundle, func(text string, lang flows.Lang, offered []string) flows.Reading {
			return reader.Read(text, understand.Here{Lang: lang, Offered: offered})
		})...)
	}
	return faults
}
