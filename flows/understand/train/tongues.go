package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"engawa/flows"
	"engawa/flows/understand"
)

// short is one line of testdata/short.jsonl: a message of a word or two, the wish
// for やさしい日本語, or Japanese of somebody who is learning it, which is no wish.
type short struct {
	Text string     `json:"text"`
	Lang flows.Lang `json:"lang"`
	Kind string     `json:"kind"` // short, wish, poor
}

func readShort(dir string) (all []short, err error) {
	data, err := os.ReadFile(filepath.Join(dir, "short.jsonl")) //#nosec G304 -- the tree's own sentences
	if err != nil {
		return nil, fmt.Errorf("read the short messages: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		var s short
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, fmt.Errorf("short messages: %w", err)
		}
		all = append(all, s)
	}
	return all, lines.Err()
}

// tongues are the figures on languages: the right one, none, and a wrong one, which
// is the only of the three that hurts.
type tongues struct {
	right, wrong table
	misses       []string
}

func measureTongues(r *understand.Reader, all []short) tongues {
	t := tongues{right: table{}, wrong: table{}}
	for _, s := range all {
		got := r.Read(s.Text, understand.Here{}).Lang
		for _, name := range []string{s.Kind, s.Kind + " " + string(s.Lang)} {
			t.right.add(name, got == s.Lang)
			t.wrong.add(name, got != s.Lang && got != "")
		}
		if got != s.Lang {
			t.misses = append(t.misses, fmt.Sprintf("language %-8s got %-8q %s", s.Lang, got, s.Text))
		}
	}
	return t
}
