package house

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
)

// contentFlags say which words a command works with.
type contentFlags struct {
	Content string `help:"ことばのフォルダ（なければ組み込みのもの） / content folder; built in if empty" env:"ENGAWA_CONTENT" type:"existingdir" optional:""`
}

func (c contentFlags) fs() fs.FS {
	if c.Content == "" {
		return content.FS
	}
	return os.DirFS(c.Content)
}

// load reads the content with its drafts, as everything but `serve` does.
func (c contentFlags) load() (*flows.Bundle, error) {
	b, faults := script.Load(c.fs(), script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return nil, errors.New("ことばに直すところがあります / the content has faults (engawa check)")
	}
	return b, nil
}

type playCmd struct {
	contentFlags
	JSON bool   `help:"一行に一つの出来事を JSON で読み、一行ずつ書く / read one event per line as JSON"`
	At   string `help:"時計をこの時刻から始める / start the clock here (2026-12-05T02:10:00+09:00)"`
}

// Run talks until the input ends.
func (c playCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	now := time.Now()
	if c.At != "" {
		if now, err = time.Parse(time.RFC3339, c.At); err != nil {
			return fmt.Errorf("--at: %w", err)
		}
	}
	p := newPlayer(b, now)
	if c.JSON {
		return playJSON(p, os.Stdin, os.Stdout)
	}
	return playTalk(p, os.Stdin, os.Stdout)
}
