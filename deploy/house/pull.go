package house

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"engawa/config"
	"engawa/flows/release"
	"engawa/flows/script"
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
		return pull(ctx, release.NewStore(s.main), c.Folder, os.Stdout)
	})
}

// pull changes the values that were put right and nothing else: remarks, order and
// form of the files stay. Again it changes nothing.
func pull(ctx context.Context, store *release.Store, dir string, w io.Writer) error {
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
