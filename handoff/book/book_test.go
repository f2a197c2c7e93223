package book

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"engawa/config/privacy"
	"engawa/config/redistest"
)

func TestTheBookIsReadInOrderAndGoesByItselfWhenItsTimeIsOver(t *testing.T) {
	rdb := redistest.Client(t)
	now := time.Date(2026, 11, 25, 23, 30, 0, 0, time.UTC)
	b := New(rdb, func() time.Time { return now })
	ctx := t.Context()
	for i, do := range []string{"claim", "answer", "close"} {
		if err := b.Write(ctx, "sato", do, "c1", ""); err != nil {
			t.Fatal(err)
		}
		if ends := rdb.PExpireTime(ctx, Key(now)).Val(); time.UnixMilli(ends.Milliseconds()).Before(now.Add(privacy.Keep[privacy.Log])) {
			t.Errorf("line %d goes at %s, before its time", i, ends)
		}
		now = now.Add(20 * time.Minute) // past midnight
	}
	var got []string
	read := func(from, to time.Time, most int) {
		t.Helper()
		got = nil
		if err := b.Read(ctx, from, to, func(e Entry) bool { got = append(got, e.Do); return len(got) < most }); err != nil {
			t.Fatal(err)
		}
	}
	read(now.Add(-24*time.Hour), now, 9)
	if strings.Join(got, " ") != "claim answer close" {
		t.Errorf("read %v over midnight", got)
	}
	read(now.Add(-30*time.Minute), now, 9)
	if strings.Join(got, " ") != "close" {
		t.Errorf("read %v of the last half hour", got)
	}
	read(time.Time{}, now.Add(time.Hour), 2)
	if strings.Join(got, " ") != "claim answer" {
		t.Errorf("read %v, want two of all years", got)
	}
}

func TestTheBookLeavesAsATableAndAsLines(t *testing.T) {
	e := Entry{At: time.Date(2026, 11, 25, 1, 2, 3, 0, time.UTC), By: "sato", Do: "claim", On: "c1", How: "=1+1"}
	var table, lines bytes.Buffer
	each, flush := CSV(&table)
	if err := each(e); err != nil {
		t.Fatal(err)
	}
	if err := flush(); err != nil {
		t.Fatal(err)
	}
	if want := "at,by,do,on,how\n2026-11-25T01:02:03Z,sato,claim,c1,'=1+1\n"; table.String() != want {
		t.Errorf("the table is %q, want %q", table.String(), want)
	}
	if err := Lines(&lines)(e); err != nil {
		t.Fatal(err)
	}
	if want := `{"at":"2026-11-25T01:02:03Z","by":"sato","do":"claim","on":"c1","how":"=1+1"}` + "\n"; lines.String() != want {
		t.Errorf("the lines are %q, want %q", lines.String(), want)
	}
}
