// Command train makes flows/understand/model.bin from the sentences in
// flows/understand/testdata: run it from the top of the tree with
//
//	go run ./flows/understand/train
//
// It uses the training voices only, its own generator with a fixed seed and no
// order that a map could change, so the same sentences give the same bytes on
// every machine. With -cross it instead trains without one voice after another
// and says how well that voice is understood: the only honest measure while
// one is changing things, since the voices of the proof must stay unseen.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"engawa/flows/understand"
)

func main() {
	dir := flag.String("dir", "flows/understand", "folder with testdata and model.bin")
	cross := flag.Bool("cross", false, "train without one voice after another and report on it")
	flag.Parse()
	if err := run(*dir, *cross); err != nil {
		fmt.Fprintln(os.Stderr, "train:", err)
		os.Exit(1)
	}
}

func run(dir string, cross bool) error {
	w, err := readWritten(filepath.Join(dir, "testdata"))
	if err != nil {
		return err
	}
	if cross {
		report(os.Stdout, w)
		return nil
	}
	m := Train(w)
	if err := os.WriteFile(filepath.Join(dir, "model.bin"), m.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	for _, h := range m.Heads {
		fmt.Printf("%-8s %2d classes, %6d features, limits %v\n", h.Name, len(h.Classes), len(h.Known), h.Tuned)
	}
	fmt.Printf("model.bin %d bytes from sentences %x\n", len(m.Bytes()), m.Data[:6])
	return nil
}

// Train makes the whole model.
func Train(w *written) *understand.Model {
	m := &understand.Model{Data: w.hash}
	for _, t := range tasks(w) {
		m.Heads = append(m.Heads, t.head())
	}
	return m
}
