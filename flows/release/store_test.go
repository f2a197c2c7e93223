package release

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
)

var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// folder is a release of one file; its words are its hash.
func folder(hash string) fs.FS {
	return fstest.MapFS{"house.yaml": {Data: []byte(hash)}, "README.md": {Data: []byte("not part of it")}}
}

// readFolder makes a bundle of such a folder.
func readFolder(f fs.FS) (*flows.Bundle, error) {
	data, err := fs.ReadFile(f, "house.yaml")
	if string(data) == "faulty" {
		return nil, errors.New("faulty")
	}
	return &flows.Bundle{Hash: string(data), Scenes: map[flows.SceneKey]*flows.Scene{key(string(data)): {}}}, err
}

func publish(t *testing.T, s *Store, hash, seen string, at time.Time) {
	t.Helper()
	if err := s.Publish(context.Background(), folder(hash), Deed{Hash: hash, By: "さとう", At: at}, seen); err != nil {
		t.Fatalf("publish %s: %v", hash, err)
	}
}

func TestPublishingMovesThePointerAndRecallMovesItBack(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	if _, err := s.Recall(ctx, Deed{}); !errors.Is(err, ErrNone) {
		t.Errorf("recall of nothing: got %v", err)
	}
	publish(t, s, "one", "", noon)
	if _, err := s.Recall(ctx, Deed{Hash: "one"}); !errors.Is(err, ErrOnly) {
		t.Errorf("recall of the only one: got %v, want ErrOnly", err)
	}
	publish(t, s, "two", "one", noon.Add(time.Hour))
	if err := s.Publish(ctx, folder("three"), Deed{Hash: "three"}, "one"); !errors.Is(err, ErrMoved) {
		t.Errorf("got %v, want ErrMoved for who has not seen two", err)
	}
	got, err := s.Recall(ctx, Deed{Hash: "two", By: "すずき", At: noon.Add(2 * time.Hour)})
	if err != nil || got != "one" {
		t.Errorf("got %q, %v; want one in force again", got, err)
	}
	if err := s.Publish(ctx, folder("two"), Deed{Hash: "two"}, "one"); !errors.Is(err, ErrRecalled) {
		t.Errorf("got %v, want a recalled release refused", err)
	}
	if now, err := s.Now(ctx); err != nil || now != "one" {
		t.Errorf("got %q in force, %v; want one", now, err)
	}
	log, err := s.Log(ctx)
	if err != nil || len(log) != 3 || log[2].Do != "recall" || log[2].By != "すずき" || log[2].Hash != "two" {
		t.Errorf("got log %+v, %v", log, err)
	}
}

func TestOfManyWhoPublishAtOnceOneIsFirstAndTheOthersAreTold(t *testing.T) {
	s := NewStore(redistest.Client(t))
	publish(t, s, "one", "", noon)
	var done, late atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			hash := fmt.Sprintf("r%02d", i)
			switch err := s.Publish(context.Background(), folder(hash), Deed{Hash: hash, At: noon}, "one"); {
			case err == nil:
				done.Add(1)
			case errors.Is(err, ErrMoved):
				late.Add(1)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || late.Load() != 15 {
		t.Errorf("got %d published and %d told that they are late, want 1 and 15", done.Load(), late.Load())
	}
}

func TestAFollowerGoesWhereThePointerGoes(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	f := Follow(s, First{folder("built in"), &flows.Bundle{Hash: "built in"}}, readFolder)
	look := func(at time.Time) {
		t.Helper()
		if err := f.Look(ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	look(noon)
	if got := f.Rack().Now().Hash; got != "built in" {
		t.Errorf("got %q before anything was published, want what is built in", got)
	}
	publish(t, s, "one", "", noon)
	publish(t, s, "two", "one", noon.Add(time.Hour))
	later := noon.Add(2 * time.Hour)
	look(later)
	inOne := flows.State{Bundle: "one", Scene: key("one")}
	if now, mine := f.Rack().Now().Hash, f.Rack().For(&inOne, later).Hash; now != "two" || mine != "one" {
		t.Errorf("got %q in force and %q for who is in the midst of one, want two and one", now, mine)
	}
	if mine := f.Rack().For(&inOne, noon.AddDate(0, 0, 92)).Hash; mine != "two" {
		t.Errorf("got %q after ninety days, want two", mine)
	}
	if _, err := s.Recall(ctx, Deed{Hash: "two", At: later}); err != nil {
		t.Fatal(err)
	}
	look(later)
	inTwo := flows.State{Bundle: "two", Scene: key("two")}
	if got := f.Rack().For(&inTwo, later).Hash; got != "one" {
		t.Errorf("got %q for who stands in a recalled release, want one", got)
	}
}

func TestAReleaseThatCannotBeReadLeavesTheOldOneInForce(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	f := Follow(s, First{folder("built in"), &flows.Bundle{Hash: "built in"}}, readFolder)
	publish(t, s, "one", "", noon)
	if err := f.Look(ctx, noon); err != nil {
		t.Fatal(err)
	}
	publish(t, s, "faulty", "one", noon)
	if err := f.Look(ctx, noon); err == nil || f.Rack().Now().Hash != "one" {
		t.Errorf("got %q in force, %v; want one and an error", f.Rack().Now().Hash, err)
	}
}

func TestAFolderIsTheSameAfterItWasKept(t *testing.T) {
	data, err := pack(fstest.MapFS{"house.yaml": {Data: []byte("名前: 縁側\n")}, "flows/okane.yaml": {Data: []byte("流れ: okane\n")}, "notes.txt": {Data: []byte("x")}})
	if err != nil {
		t.Fatal(err)
	}
	back, err := unpack(data)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := fs.WalkDir(back, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	text, err := fs.ReadFile(back, "flows/okane.yaml")
	if err != nil || string(text) != "流れ: okane\n" || fmt.Sprint(names) != "[flows/okane.yaml house.yaml]" {
		t.Errorf("got %v, %q, %v", names, text, err)
	}
	if _, err := unpack([]byte("no zip")); err == nil {
		t.Error("got a folder out of noise")
	}
}
