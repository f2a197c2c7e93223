package handoff

import (
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"engawa/flows"
)

// `engawa demo` runs on an embedded store: every script has to run there too.
func TestTheDemosStoreDoesTheSame(t *testing.T) {
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = rdb.Close() })
	w := worldOn(t, rdb)
	ctx := t.Context()
	stop := w.running(w.desk)
	defer stop()
	first := w.open("01-first")
	w.take("02-life", flows.DeskNote{Do: flows.NoteOpen, Urgency: flows.Life, Level: flows.Clear})
	rows, err := w.desk.Queue(ctx)
	if err != nil || len(rows) != 2 || rows[0].Person != "02-life" || rows[1].ID != first {
		t.Fatalf("queue = %+v, err %v", rows, err)
	}
	w.must(w.desk.Claim(ctx, first, suzuran))
	w.must(w.desk.Answer(ctx, first, suzuran, "a", "はい"))
	w.take("01-first", flows.DeskNote{Do: flows.NoteRefused, Act: ActID(first, "a"), Why: "stopped"})
	if err := w.desk.Note(ctx, first, suzuran, "n", "覚え書き"); err != nil {
		t.Fatal(err)
	}
	w.take("01-first", flows.DeskNote{Do: flows.NoteForgotten})
	w.must(w.desk.Close(ctx, first, suzuran))
	want := []flows.DeskDo{flows.DeskOpened, flows.DeskClaimed, flows.DeskAnswered}
	w.eventually(func() bool { return slices.Equal(w.lanes.acts("01-first"), want) })
	w.clock.Pass(4 * 365 * 24 * time.Hour)
	for range 2 {
		if err := w.desk.Prune(ctx, w.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	w.logHas(first)
}
