package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
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

type understandCmd struct {
	contentFlags
}

// understood is one line of output.
type understood struct {
	ID      json.RawMessage `json:"id"`
	Topics  []string        `json:"topics"`
	Urgency string          `json:"urgency"`
	Level   string          `json:"level"`
	Lang    flows.Lang      `json:"lang"`
	Reason  string          `json:"reason"`
}

// Run reads {"id","text"} lines until the input ends.
func (c understandCmd) Run() error {
	b, err := c.load()
	if err != nil {
		return err
	}
	return understandLines(understand.New(b), os.Stdin, os.Stdout)
}

func understandLines(r *understand.Reader, in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64<<10), 4<<20)
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var l struct {
			ID   json.RawMessage `json:"id"`
			Text string          `json:"text"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			fmt.Fprintf(os.Stderr, "%d 行目は JSON として読めません / line %d is not JSON\n", n, n)
			continue
		}
		if err := enc.Encode(retell(l.ID, r.Read(l.Text, understand.Here{}))); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return w.Flush()
}

// retell puts a reading into the words of the command's output.
func retell(id json.RawMessage, r flows.Reading) understood {
	u := understood{ID: id, Topics: []string{}, Urgency: "none", Level: "none", Lang: r.Lang}
	if len(id) == 0 {
		u.ID = json.RawMessage("null")
	}
	if r.Urgency != flows.NoUrgency {
		u.Urgency, u.Level = string(r.Urgency), string(r.Level)
	}
	var why []string
	why = append(why, r.Rules...)
	switch {
	case r.Exit == flows.ExHuman:
		u.Topics = append(u.Topics, "human")
	case r.Exit == flows.ExPrivacy || r.Exit == flows.ExDelete || r.Exit == flows.ExForget:
		u.Topics = append(u.Topics, "privacy")
	case r.Exit == flows.ExLang:
		u.Topics = append(u.Topics, "language")
	case r.Talk:
		u.Topics = append(u.Topics, "smalltalk")
	}
	if r.Exit != flows.NoExit {
		why = append(why, "exit."+string(r.Exit))
	}
	seen := map[string]bool{}
	for _, t := range r.Topics {
		why = append(why, fmt.Sprintf("%s=%.2f", t.Flow, float64(t.Score)/1000))
		if !seen[t.Topic] {
			seen[t.Topic] = true
			u.Topics = append(u.Topics, t.Topic)
		}
	}
	if len(u.Topics) == 0 {
		u.Topics = append(u.Topics, "other")
	}
	u.Reason = strings.Join(why, " ")
	return u
}
