package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"engawa/bot/inbox"
	"engawa/config/redistest"
	"engawa/flows"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const lanes = 4

var (
	ctx = context.Background()
	now = time.UnixMilli(1795348800000)
)

func TestTheSumsRunOverAllLanes(t *testing.T) {
	rdb := redistest.Client(t)
	g := New(rdb, lanes)
	rdb.HSet(ctx, Key(0), Received, 3, Bot, 2, Pending, 1)
	rdb.HSet(ctx, Key(3), Received, 2, Human, 1, Quiet, 1, Duplicates, 5)
	rdb.XAdd(ctx, &redis.XAddArgs{Stream: inbox.LaneKey(2, "in"), Values: []any{"t", now.Add(-time.Minute).UnixMilli()}})
	sum, waiting, err := g.Counts(ctx)
	if err != nil || sum[Received] != 5 || sum[Bot] != 2 || sum[Human] != 1 || sum[Duplicates] != 5 || sum[Failed] != 0 || waiting != 1 {
		t.Errorf("got %v, %d waiting, %v", sum, waiting, err)
	}
	if err := g.Equation(ctx); err != nil {
		t.Errorf("got %v, want that it adds up", err)
	}
	if age, err := g.Oldest(ctx, now); err != nil || age != time.Minute {
		t.Errorf("got %v, %v; want the oldest to have waited a minute", age, err)
	}
}

func TestALaneThatDoesNotAddUpIsNamed(t *testing.T) {
	rdb := redistest.Client(t)
	g := New(rdb, lanes)
	rdb.HSet(ctx, Key(1), Received, 3, Bot, 2)
	err := g.Equation(ctx)
	if !errors.Is(err, ErrUnequal) || !strings.Contains(err.Error(), "01") {
		t.Errorf("got %v, want lane 01 named", err)
	}
}

func TestAnEmptyHouseHasNothingWaiting(t *testing.T) {
	g := New(redistest.Client(t), lanes)
	if age, err := g.Oldest(ctx, now); err != nil || age != 0 {
		t.Errorf("got %v, %v; want nothing", age, err)
	}
	if err := g.Equation(ctx); err != nil {
		t.Errorf("got %v, want that nothing adds up to nothing", err)
	}
}

func TestADaysKeyStaysWhileAnEventOfItWaits(t *testing.T) {
	rdb := redistest.Client(t)
	g := New(rdb, lanes)
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	rdb.XAdd(ctx, &redis.XAddArgs{Stream: inbox.LaneKey(1, "in"), Values: []any{"t", noon.UnixMilli()}})
	for day, want := range map[string]bool{"2026-11-19": false, "2026-11-20": true, "2026-11-21": true} {
		if got, err := g.Unfinished(ctx, day); err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", day, got, err, want)
		}
	}
	if _, err := g.Unfinished(ctx, "yesterday"); err == nil {
		t.Error("yesterday is no date")
	}
}

func TestTheJournalTellsATurnAndIsTrimmed(t *testing.T) {
	rdb := redistest.Client(t)
	g := New(rdb, lanes)
	line := Line{
		At: now.UnixMilli(), Person: "01-x", Events: []string{"e1", "e2"}, Bundle: "abc",
		Event: flows.Event{ID: "e1", Kind: flows.EvText, Readings: []flows.Reading{{Urgency: flows.Life, Level: flows.Clear}}},
		View:  flows.View{Open: true}, Before: HashOf(flows.State{}), After: HashOf(flows.State{Turn: 1}),
		Effects: DoneOf([]flows.Effect{{Kind: flows.EfAnswer, Line: "crisis.life", Bubbles: []flows.Bubble{{Text: "ことば"}}}}),
	}
	text, err := json.Marshal(line)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "ことば") {
		t.Error("the journal holds words")
	}
	old := now.Add(-31 * 24 * time.Hour).UnixMilli()
	for _, id := range []int64{old, now.UnixMilli()} {
		rdb.XAdd(ctx, &redis.XAddArgs{Stream: JournalKey(1), ID: strconv.FormatInt(id, 10) + "-1", Values: []any{"j", text}})
	}
	if n, err := g.Sweep(ctx, now); err != nil || n != 1 {
		t.Errorf("got %d lines swept, %v; want the old one", n, err)
	}
	lines, err := g.Journal(ctx, 1, 10)
	if err != nil || len(lines) != 1 || lines[0].Effects[0].Line != "crisis.life" || lines[0].Before == lines[0].After {
		t.Errorf("got %+v, %v", lines, err)
	}
}
