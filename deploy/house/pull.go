package house

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"engawa/config"
	"engawa/flows/release"
	"engawa/flows/script"
	"engawa/handoff"
)

type contentCmd struct {
	New  newFolderCmd `cmd:"" help:"自分のまちのフォルダーを作る（見本のことばの写しと、エディターの用意） / begin a folder of your own: a copy of the example, ready for an editor"`
	Pull pullCmd      `cmd:"" help:"画面で直したことを、フォルダーのファイルに書きもどす / write what was put right in the console back into a folder"`
}

type pullCmd struct {
	Folder string `arg:"" help:"ことばのフォルダー / content folder" type:"existingdir"`
}

// Run writes what lies over the release in force into the files of a folder.
func (c pullCmd) Run(ctx context.Context) error {
	return withStores(ctx, func(_ config.Config, s stores) error {
		town, err := handoff.NewShifts(s.main, nil, nil, time.Now).Town(ctx)
		if err != nil {
			return err
		}
		return pull(ctx, release.NewStore(s.main), town, c.Folder, os.Stdout)
	})
}

// pull changes the values that were put right and nothing else: remarks, order and
// form of the files stay. Again it changes nothing.
func pull(ctx context.Context, store *release.Store, town handoff.Town, dir string, w io.Writer) error {
	laid, err := store.Laid(ctx)
	if err != nil {
		return err
	}
	folder := os.DirFS(dir)
	over, loose := laid.Over(folder)
	done := 0
	for _, o := range laid.After(folder).Files {
		data, err := fs.ReadFile(over, o.File)
		if err != nil {
			return fmt.Errorf("content pull: %w", err)
		}
		if err := overwrite(filepath.Join(dir, filepath.FromSlash(o.File)), data); err != nil {
			return fmt.Errorf("content pull: %s を書けませんでした / cannot write: %w", o.File, err)
		}
		for _, e := range o.Edits {
			done++
			if _, err := fmt.Fprintln(w, pulled(e)); err != nil {
				return err
			}
		}
	}
	for _, e := range loose {
		if _, err := fmt.Fprintf(w, "書けませんでした(%s): %s\n", script.ErrForm, pulled(e)); err != nil {
			return err
		}
	}
	more, err := pullTown(town, dir, w)
	if err != nil {
		return err
	}
	done += more
	_, err = fmt.Fprintf(w, "%d か所を書きもどしました。check のあと publish すると、画面の直しはフォルダーのことばになります / %d written back\n", done, done)
	return err
}

// pulled is one change in one line.
func pulled(e release.Dated) string {
	value := e.Value
	if value == "" {
		value = "(なくす)"
	}
	return fmt.Sprintf("%s %s: %s(%s, %s)", e.File, strings.Join(e.Key, "・"), value, e.By, e.At.Format("2006-01-02"))
}

// pullTown writes the areas and teams of the console into a folder's house.yaml.
func pullTown(town handoff.Town, dir string, w io.Writer) (int, error) {
	b, faults := script.Load(os.DirFS(dir), script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		return 0, err
	}
	edits := script.HouseEdits(&b.House, town.Over(&b.House))
	if len(edits) == 0 {
		return 0, nil
	}
	name := filepath.Join(dir, "house.yaml")
	data, err := os.ReadFile(name) //#nosec G304 -- the folder that the operator named
	if err != nil {
		return 0, err
	}
	done := 0
	for _, e := range edits {
		next, err := script.Amend(e.File, data, []script.Edit{e})
		line := strings.Join(e.Key, "・") + ": " + cmp.Or(e.Value, "(なくす)")
		if err != nil {
			line, next = "書けませんでした("+script.ErrForm.Error()+"): "+line, data
		} else {
			done++
		}
		data = next
		if _, err := fmt.Fprintf(w, "%s %s(%s, %s)\n", e.File, line, town.By, town.At.Format("2006-01-02")); err != nil {
			return done, err
		}
	}
	if err := overwrite(name, data); err != nil {
		return done, fmt.Errorf("content pull: house.yaml を書けませんでした / cannot write: %w", err)
	}
	return done, nil
}
