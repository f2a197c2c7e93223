package house

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"engawa/flows/content"
	"engawa/flows/script"
)

// newFolderCmd begins a city's own folder of words.
type newFolderCmd struct {
	Folder string `arg:"" help:"作るフォルダーの名前 / the folder to make" type:"path"`
}

// Run writes the shipped words into a new folder, ready to be edited.
func (c newFolderCmd) Run() error { return newFolder(c.Folder, os.Stdout) }

// newFolder writes the words, how to write them, and what an editor wants to know.
// A folder that is there already is never touched: somebody may have written in it.
func newFolder(dir string, out io.Writer) error {
	switch err := os.Mkdir(dir, 0o755); { //#nosec G301 -- a city's own words, for everybody in the office to read
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("「%s」は、もうあります。ほかの名前にします / it is there already", filepath.Base(dir))
	case err != nil:
		return fmt.Errorf("フォルダーを作れませんでした / cannot make the folder: %w", err)
	}
	if err := os.CopyFS(dir, content.FS); err != nil {
		return fmt.Errorf("ことばを写せませんでした / cannot copy the words: %w", err)
	}
	if err := writeSchemas(filepath.Join(dir, "schema")); err != nil {
		return err
	}
	if err := writeNew(filepath.Join(dir, ".vscode", "settings.json"), script.EditorSettings("schema")); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "「%s」を作りました。書き方は、その中の README.md にあります / made, with how to write in its README.md\n", dir)
	return err
}

// writeSchemas writes the schemas of all kinds of file into a folder.
func writeSchemas(dir string) error {
	for _, k := range script.FileKinds() {
		if err := writeNew(filepath.Join(dir, k.Name+".json"), k.Schema()); err != nil {
			return err
		}
	}
	return nil
}

// writeNew writes a file that holds nothing secret, and the folders above it.
func writeNew(name string, data []byte) error {
	//#nosec G301 G306 -- for everybody in the office to read
	err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, data, 0o644))
	if err != nil {
		return fmt.Errorf("書けませんでした / cannot write: %w", err)
	}
	return nil
}
