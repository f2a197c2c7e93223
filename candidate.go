package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"engawa/flows"
	"engawa/flows/prove"
	"engawa/flows/release"
	"engawa/handoff/staff"
)

// candidate is a folder that could be the next release, beside the one in force.
type candidate struct {
	folder fs.FS
	b      *flows.Bundle // the folder as serve would read it: drafts only as far as they are accepted
	over   *flows.Bundle // the same with what the console has put right
	seen   string        // hash of the release in force; "" = nothing has been published
	old    *flows.Bundle // the release in force with what lies over it; nil if there is none that can be read
}

// newCandidate refuses a folder that cannot be read, also when only what lies over it
// makes it so.
func newCandidate(ctx context.Context, store *release.Store, folder fs.FS, read release.Reader) (c candidate, err error) {
	if folder, err = release.Snapshot(folder); err != nil {
		return c, err
	}
	c.folder = folder
	if c.b, err = read(folder); err != nil {
		return c, err
	}
	laid, err := store.Laid(ctx)
	if err != nil {
		return c, err
	}
	over, _ := laid.After(folder).Over(folder)
	if c.over, err = read(over); err != nil {
		return c, fmt.Errorf("画面で直したことが、このフォルダーに合いません(engawa content pull) / what was put right in the console does not fit: %w", err)
	}
	if c.seen, err = store.Now(ctx); err != nil || c.seen == "" {
		return c, err
	}
	was, err := store.Folder(ctx, c.seen)
	if err != nil {
		return c, err
	}
	was, _ = laid.Over(was)
	c.old, _ = read(was) // one that cannot be read any more is all the more reason to go on
	return c, nil
}

// two says whether this publication needs two people: a folder cannot free itself of
// what the one in force asks for.
func (c candidate) two() bool {
	return c.b.House.Two || c.old != nil && c.old.House.Two
}

// tell writes what the new release does to those who are in the middle of a talk.
func (c candidate) tell(ctx context.Context, count counter, w io.Writer) error {
	switch {
	case c.seen == "":
		return nil
	case c.old == nil:
		_, err := fmt.Fprintln(w, "いまのことばは、もう読めないので、くらべられません / the release in force cannot be read any more")
		return err
	}
	var heads map[flows.SceneKey]int
	if count != nil {
		var err error
		if heads, err = count(ctx); err != nil {
			return err
		}
	}
	return release.Tell(w, release.Fates(c.old, c.over, heads))
}

// counter tells how many people stand in each scene.
type counter func(context.Context) (map[flows.SceneKey]int, error)

// proven plays and proves a folder; it gives what has to be put right.
func proven(ctx context.Context, folder fs.FS) (why []string) {
	out, _ := lookAt(ctx, folder)
	for _, f := range out.Faults {
		if !f.Warn {
			why = append(why, f.String())
		}
	}
	for _, f := range prove.Errors(out.Findings) {
		why = append(why, f.String())
	}
	if ctx.Err() != nil {
		why = append(why, "とちゅうで止まりました。")
	}
	return why
}

// twoAccounts wants the names of two different people who work here.
func twoAccounts(ctx context.Context, store *staff.Store, by, second string) error {
	all, err := store.List(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{by, second} {
		if !slices.ContainsFunc(all, func(a staff.Account) bool {
			return a.Name == name && !a.Disabled && a.Is(staff.Supervisor, staff.Administrator)
		}) {
			return errors.New("公開には、ふたりの名前が要ります。--by と --second に、責任者か管理者のアカウントの名前を、ひとりずつ書きます / house.yaml asks for two: name two different accounts (supervisor or administrator)")
		}
	}
	return nil
}
