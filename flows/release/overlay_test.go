package release

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"engawa/config/redistest"
	"engawa/flows"
	"engawa/flows/script"
)

const foodFile = "cards/food.yaml"

// shelf is a folder with one card.
func shelf(card string) fstest.MapFS {
	return fstest.MapFS{"house.yaml": {Data: []byte("名前: 縁側\n")}, foodFile: {Data: []byte(card)}}
}

const plainCard = "カード: food # 見本\n行き先: {電話: 03-0000-0001}\n出典: {もと: ちらし}\n"

func edit(by, value string, key ...string) Dated {
	return Dated{Edit: script.Edit{File: foodFile, Key: key, Value: value}, By: by, At: noon}
}

// readShelf reads such a folder: its card is its one sentence.
func readShelf(f fs.FS) (*flows.Bundle, error) {
	data, err := fs.ReadFile(f, foodFile)
	if err != nil {
		return nil, err
	}
	if strings.Contains(string(data), "faulty") {
		return nil, errors.New("faulty")
	}
	return &flows.Bundle{Hash: fmt.Sprintf("%x", sha256.Sum256(data))[:12], Menu: []flows.MenuEntry{{Label: flows.Phrase{flows.Ja: string(data)}}}, Scenes: map[flows.SceneKey]*flows.Scene{}}, nil
}

func says(b *flows.Bundle) string { return b.Menu[0].Label[flows.Ja] }

func read(t *testing.T, f fs.FS) string {
	t.Helper()
	data, err := fs.ReadFile(f, foodFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAnOverlayWinsOverTheFolderUntilTheFolderSaysTheSame(t *testing.T) {
	l := Laid{}.With(edit("鈴木", "03-0000-0002", "行き先", "電話")).With(edit("鈴木", "03-0000-0003", "行き先", "電話"), edit("鈴木", "2026-12-01", verifiedDay...), edit("鈴木", "鈴木", verifiedBy...))
	over, loose := l.Over(shelf(plainCard))
	want := "カード: food # 見本\n行き先: {電話: 03-0000-0003}\n出典: {もと: ちらし, 確かめた日: 2026-12-01, 確かめた人: 鈴木}\n"
	if got := read(t, over); got != want || len(loose) != 0 {
		t.Errorf("got %v\n%s\nwant\n%s", loose, got, want)
	}
	if left := l.After(shelf(want)); len(left.Files) != 0 || left.Mark() != "" {
		t.Errorf("got %+v still over a folder that says it all", left)
	}
	if left := l.After(shelf(strings.Replace(want, "03-0000-0003", "03-9", 1))); len(left.Files) != 1 || len(left.Files[0].Edits) != 1 {
		t.Errorf("got %+v, want only the number left", left)
	}
	later := strings.NewReplacer("2026-12-01", "2026-12-24", "人: 鈴木", "人: 佐藤").Replace(want)
	over, _ = l.Over(shelf(later))
	if got := read(t, over); got != later {
		t.Errorf("got\n%s\nwant who verified it later than the console to stand", got)
	}
	if _, loose := l.Over(fstest.MapFS{}); len(loose) != 3 {
		t.Errorf("got %v, want everything loose where the file is gone", loose)
	}
	if l.Mark() == "" || l.Mark() == (Laid{}).With(edit("鈴木", "03-0000-0002", "行き先", "電話")).Mark() {
		t.Error("two different overlays bear one mark")
	}
}

func lay(t *testing.T, s *Store, seen string, edits ...Dated) {
	t.Helper()
	over, err := s.Laid(context.Background())
	if err == nil {
		err = s.Lay(context.Background(), seen, over, edits...)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, s *Store, card, seen string, at time.Time) string {
	t.Helper()
	b, err := readShelf(shelf(card))
	if err == nil {
		err = s.Publish(context.Background(), shelf(card), Deed{Hash: b.Hash, By: "さとう", At: at}, seen)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Hash
}

func TestWhatIsLaidOverAReleaseSpeaksAtTheNextLookAndGoesWhenAReleaseSaysIt(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	f := Follow(s, First{shelf(plainCard), mustRead(t, plainCard)}, readShelf)
	look := func() *flows.Bundle {
		t.Helper()
		if err := f.Look(ctx, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		return f.Rack().Now()
	}
	lay(t, s, "", edit("鈴木", "03-0000-0002", "行き先", "電話"))
	if b := look(); !strings.Contains(says(b), "0002") || base(b.Hash) != mustRead(t, plainCard).Hash || b.Hash == base(b.Hash) {
		t.Errorf("before any release: got %q from %s", says(b), b.Hash)
	}
	one := put(t, s, plainCard, "", noon)
	if b := look(); !strings.Contains(says(b), "0002") {
		t.Errorf("a release that does not say it: got %q, want the overlay to win", says(b))
	}
	two := put(t, s, strings.Replace(plainCard, "03-0000-0001", "03-0000-0002 ", 1), one, noon.Add(time.Minute))
	laid, err := s.Laid(ctx)
	if b := look(); err != nil || len(laid.Files) != 0 || strings.Contains(b.Hash, "+") || !strings.Contains(says(b), "0002") {
		t.Errorf("got %+v, %v and %q; want the overlay gone and its words kept", laid, err, says(b))
	}
	lay(t, s, two, edit("鈴木", "駅前", "行き先", "場所"))
	if _, err := s.Recall(ctx, Deed{Hash: two, By: "すずき", At: noon}); err != nil {
		t.Fatal(err)
	}
	if b := look(); !strings.Contains(says(b), "0002") || !strings.Contains(says(b), "駅前") {
		t.Errorf("after a recall: got %q; want neither the old number nor the new place lost", says(b))
	}
}

func mustRead(t *testing.T, card string) *flows.Bundle {
	t.Helper()
	b, err := readShelf(shelf(card))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAnOverlayThatCannotBeReadLeavesWhatWasSaid(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	f := Follow(s, First{shelf(plainCard), mustRead(t, plainCard)}, readShelf)
	lay(t, s, "", edit("鈴木", "03-0000-0002", "行き先", "電話"))
	if err := f.Look(ctx, noon); err != nil {
		t.Fatal(err)
	}
	lay(t, s, "", edit("鈴木", "faulty", "行き先", "場所"))
	if err := f.Look(ctx, noon); err == nil || !strings.Contains(says(f.Rack().Now()), "0002") {
		t.Errorf("got %v and %q; want an error, and what was said before", err, says(f.Rack().Now()))
	}
}

func TestSomebodyInAnOlderReleaseStaysThereWhenTheConsoleChangesANumber(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	withScene := func(f fs.FS) (*flows.Bundle, error) {
		b, err := readShelf(f)
		if err == nil {
			b.Scenes[key(script.Written(foodFile, []byte(says(b)), "カード"))] = &flows.Scene{}
		}
		return b, err
	}
	first, err := withScene(shelf(plainCard))
	if err != nil {
		t.Fatal(err)
	}
	f := Follow(s, First{shelf(plainCard), first}, withScene)
	one := put(t, s, plainCard, "", noon)
	two := put(t, s, strings.Replace(plainCard, "food", "rice", 1), one, noon.Add(time.Hour))
	lay(t, s, two, edit("鈴木", "03-0000-0002", "行き先", "電話"))
	later := noon.Add(2 * time.Hour)
	if err := f.Look(ctx, later); err != nil {
		t.Fatal(err)
	}
	inOne := flows.State{Bundle: one, Scene: key("food")}
	if b := f.Rack().For(&inOne, later); base(b.Hash) != one || !strings.Contains(says(b), "0002") {
		t.Errorf("got %s saying %q; want their own release, with the number that is right", b.Hash, says(b))
	}
}

func TestOfManyWhoLayAtOnceNobodyOverwritesAnother(t *testing.T) {
	ctx, s := context.Background(), NewStore(redistest.Client(t))
	var done, moved atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for {
				over, err := s.Laid(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				switch err := s.Lay(ctx, "", over, edit("鈴木", fmt.Sprint(i), fmt.Sprintf("鍵%d", i))); {
				case err == nil:
					done.Add(1)
					return
				case errors.Is(err, ErrMoved):
					moved.Add(1)
				default:
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	over, err := s.Laid(ctx)
	if err != nil || over.Count != 16 || len(over.Of(foodFile).Edits) != 16 {
		t.Errorf("got %d changes and %d edits after %d and %d refusals, %v; want all 16", over.Count, len(over.Of(foodFile).Edits), done.Load(), moved.Load(), err)
	}
	log, err := s.Log(ctx)
	if err != nil || len(log) != 16 || log[0].Do != "edit" || log[0].Edit == nil || log[0].By != "鈴木" {
		t.Errorf("got a log of %d, %v; want who changed what, each once", len(log), err)
	}
}
