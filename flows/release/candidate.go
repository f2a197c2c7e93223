package release

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"engawa/flows"
)

// Candidate is a folder that could be the next release, beside the one in force.
type Candidate struct {
	Files  fs.FS         // as they were when it was read
	Bundle *flows.Bundle // the folder as serve would read it: drafts only as far as they are accepted
	Over   *flows.Bundle // the same with what the console has put right; nil if that does not fit
	Seen   string        // hash of the release in force; "" = nothing has been published
	Old    *flows.Bundle // the release in force with what lies over it; nil if there is none that can be read
}

// Candidate refuses a folder that cannot be read, also when only what lies over it
// makes it so.
func (s *Store) Candidate(ctx context.Context, folder fs.FS, read Reader) (c Candidate, err error) {
	if folder, err = Snapshot(folder); err != nil {
		return c, err
	}
	c.Files = folder
	if c.Bundle, err = read(folder); err != nil {
		return c, err
	}
	laid, err := s.Laid(ctx)
	if err != nil {
		return c, err
	}
	over, _ := laid.After(folder).Over(folder)
	if c.Over, err = read(over); err != nil {
		return c, fmt.Errorf("画面で直したことが、このフォルダーに合いません(engawa content pull) / what was put right in the console does not fit: %w", err)
	}
	if c.Seen, err = s.Now(ctx); err != nil || c.Seen == "" {
		return c, err
	}
	was, err := s.Folder(ctx, c.Seen)
	if err != nil {
		return c, err
	}
	was, _ = laid.Over(was)
	c.Old, _ = read(was) // one that cannot be read any more is all the more reason to go on
	return c, nil
}

// Two says whether this publication needs two people: a folder cannot free itself of
// what the one in force asks for.
func (c Candidate) Two() bool {
	return c.Bundle.House.Two || c.Old != nil && c.Old.House.Two
}

// Tell writes what the new release does to those who are in the middle of a talk.
func (c Candidate) Tell(ctx context.Context, count Heads, w io.Writer) error {
	switch {
	case c.Seen == "":
		return nil
	case c.Old == nil:
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
	return Tell(w, Fates(c.Old, c.Over, heads))
}

// Heads counts how many people stand in each scene.
type Heads func(context.Context) (map[flows.SceneKey]int, error)
