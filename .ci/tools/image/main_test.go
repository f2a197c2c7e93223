package main

import (
	"archive/tar"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"
)

var moment = time.Unix(1_800_000_000, 0).UTC()

func TestTheSameProgramGivesTheSameImage(t *testing.T) {
	digest := func(program string, at time.Time) string {
		t.Helper()
		img, err := build([]byte(program), "amd64", "1", at)
		if err != nil {
			t.Fatal(err)
		}
		d, err := img.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d.String()
	}
	first := digest("program", moment)
	for range 3 {
		if again := digest("program", moment); again != first {
			t.Errorf("built again: got %s, want %s", again, first)
		}
	}
	if other := digest("Program", moment); other == first {
		t.Error("another program gives the same image")
	}
}

func TestTheImageRunsAsNobodyWithNothingToWriteToAndTellsItsHealth(t *testing.T) {
	img, err := build([]byte("program"), "arm64", "1", moment)
	if err != nil {
		t.Fatal(err)
	}
	c, err := img.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c.Config.User != "65532:65532" || c.Architecture != "arm64" || c.Config.Healthcheck == nil || c.Config.Healthcheck.Test[1] != "/engawa" {
		t.Errorf("got %+v", c)
	}
	files := tar.NewReader(mutate.Extract(img))
	seen := map[string]int64{}
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		seen[h.Name] = h.Size
		if writable := h.Uid == user || h.Mode&0o022 != 0; writable && h.Name != "shreds/" && h.Name != "shreds" {
			t.Errorf("%s can be written by the program", h.Name)
		}
	}
	if seen["engawa"] != int64(len("program")) || seen["etc/ssl/certs/ca-certificates.crt"] < 100_000 {
		t.Errorf("got %v", seen)
	}
}
