//go:build !race

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Training takes some twenty seconds, and minutes under the race detector:
// `make test` runs this package once without it.
func TestTrainingAgainGivesTheSameBytes(t *testing.T) {
	_, w := everything(t)
	shipped, err := os.ReadFile(filepath.Join("..", "model.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(Train(w.only(forTraining)).Bytes(), shipped) {
		t.Error("training again gives another model: run go run ./flows/understand/train and commit model.bin")
	}
}
