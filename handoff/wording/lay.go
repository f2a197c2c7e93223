package wording

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff/console"
)

// anySeen: the change does not rest on what was there before.
const anySeen = -1

// layTries is how often a change is checked again because something else has changed
// meanwhile.
const layTries = 5

// lay puts edits over the release in force, after reading the whole folder with them
// as serve would. Whoever saw an older state of the same file is told; what makes the
// folder faulty is refused with the reasons.
func (w *Words) lay(ctx context.Context, by string, seen int64, edits ...script.Edit) error {
	for range layTries {
		g, err := w.ground(ctx)
		if err != nil {
			return err
		}
		dated, err := w.fresh(g, by, seen, edits)
		if err != nil || len(dated) == 0 {
			return err
		}
		if dated, err = w.fits(g, by, dated); err != nil {
			return err
		}
		if err := w.Said.Lay(ctx, g.seen, g.laid, dated...); !errors.Is(err, release.ErrMoved) {
			if err == nil {
				err = w.Talks.Look(ctx, w.Now()) // the others follow within seconds
			}
			return err
		}
	}
	return console.ErrTaken
}

// fresh leaves out what stands there already, and refuses what rests on an older state.
func (w *Words) fresh(g ground, by string, seen int64, edits []script.Edit) (dated []release.Dated, err error) {
	for _, e := range edits {
		if seen != anySeen && g.laid.Of(e.File).Seen != seen {
			return nil, console.ErrTaken
		}
		dated = append(dated, release.Dated{Edit: e, By: by, At: w.Now()})
	}
	return dated, nil
}

// fits reads the folder as it would be. A file whose sentences were confirmed stays
// confirmed, by those who did it and by who changed a sentence of it now.
func (w *Words) fits(g ground, by string, dated []release.Dated) ([]release.Dated, error) {
	over, loose := g.laid.With(dated...).Over(g.folder)
	for _, l := range loose {
		if slices.ContainsFunc(dated, func(d release.Dated) bool { return d.File == l.File && slices.Equal(d.Key, l.Key) }) {
			return nil, &console.Refused{Why: []string{"「" + strings.Join(l.Key, "・") + "」: " + script.ErrForm.Error() + "。"}}
		}
	}
	was := map[string]script.Mark{}
	for _, m := range script.Marks(g.over) {
		was[m.File] = m
	}
	for _, m := range script.Marks(over) {
		if before := was[m.File]; before.Confirmed && !m.Confirmed {
			name := before.By
			if !slices.Contains(strings.Split(name, "・"), by) {
				name += "・" + by
			}
			dated = append(dated, release.Dated{Edit: m.Confirmation(name, w.Now().Format(time.DateOnly)), By: by, At: w.Now()})
		}
	}
	over, _ = g.laid.With(dated...).Over(g.folder)
	_, faults := w.Read(over)
	var why []string
	for _, f := range faults {
		if !f.Warn {
			why = append(why, f.Text)
		}
	}
	if len(why) > 0 {
		return nil, &console.Refused{Why: why}
	}
	return dated, nil
}
