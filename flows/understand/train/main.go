// Command train makes flows/understand/model.bin from the sentences in
// flows/understand/testdata: run it from the top of the tree with
//
//	go run ./flows/understand/train
//
// It uses the training voices only, its own generator with a fixed seed and no
// order that a map could change, so the same sentences give the same bytes on
// every machine. With -report it prints how well texts are understood (README.md
// of the folder above says what the figures mean). With -cross it trains without
// some voices after others and says how well those are understood: the honest
// measure while one is changing things, since the voices of the proof must stay unseen.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"engawa/flows"
	"engawa/flows/content"
	"engawa/flows/script"
	"engawa/flows/understand"
)

func main() {
	dir := flag.String("dir", "flows/understand", "folder with testdata and model.bin")
	crossed := flag.Bool("cross", false, "train without some voices after others and report on those")
	told := flag.Bool("report", false, "print how well texts are understood, and train nothing")
	misses := flag.String("misses", "", "with -report: print the misses of the voices named training, proof or held-out")
	flag.Parse()
	if err := run(*dir, *crossed, *told, *misses); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(dir string, crossed, told bool, misses string) error {
	w, err := readWritten(filepath.Join(dir, "testdata"))
	if err != nil {
		return err
	}
	switch {
	case told:
		b, err := shippedBundle()
		if err != nil {
			return err
		}
		report(os.Stdout, b, w, misses)
		all, err := readShort(filepath.Join(dir, "testdata"))
		if err != nil {
			return err
		}
		t := measureTongues(understand.New(b), all)
		fmt.Printf("\nlanguages of messages of a word or two\n  right\n%s  a wrong one (the rest is left open)\n%s", t.right, t.wrong)
		for _, m := range t.misses {
			fmt.Println("  ", m)
		}
		return nil
	case crossed:
		crossReport(os.Stdout, w.only(forTraining))
		return nil
	}
	m := Train(w.only(forTraining))
	//#nosec G306 -- part of the source tree
	if err := os.WriteFile(filepath.Join(dir, "model.bin"), m.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	for _, h := range m.Heads {
		fmt.Printf("%-8s %2d classes, %6d features, limits %v\n", h.Name, len(h.Classes), len(h.Known), h.Tuned)
	}
	fmt.Printf("model.bin %d bytes from sentences %x\n", len(m.Bytes()), m.Data[:6])
	return nil
}

// shippedBundle is the content of the program, whose rules are measured.
func shippedBundle() (*flows.Bundle, error) {
	b, faults := script.Load(content.FS, script.Options{AcceptDrafts: true})
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("load the content: %w", err)
	}
	return b, nil
}

// Train makes the whole model from the sentences of the training voices.
func Train(w *written) *understand.Model {
	m := &understand.Model{Data: w.hash}
	for _, t := range tasks(w) {
		h := t.fit(t.examples)
		if t.limits != nil {
			h.Tuned = t.limits(t)
		}
		m.Heads = append(m.Heads, h)
	}
	return m
}
