package dialogue

import (
	"testing"
	"time"

	"engawa/bot/people"
	"engawa/bot/room"
	"engawa/config/redistest"
)

// A quick turn answers in the very millisecond of the question, and a clock may be put
// back between the two. The answer stands at the end of the talk all the same, and its
// buttons with it.
func TestInTheRoomAnAnswerStandsBehindWhatItAnswers(t *testing.T) {
	w := newWorld(t, redistest.Client(t))
	parts, now := w.d.Parts, time.UnixMilli(time.Now().UnixMilli()).UTC()
	parts.Rooms, parts.RoomURL = room.NewStore(w.rdb, lanes), "https://engawa.example"
	w.d = New(parts, Options{Now: func() time.Time { return now }, Log: w.d.opt.Log})
	w.bring(w.text(1, "こんにちは"))
	stop := w.serve("greeting", w.d)
	w.rest()
	stop()
	for process, later := range map[string]time.Duration{"at once": 0, "back": -time.Minute} {
		now = now.Add(time.Hour)
		if err := w.d.Written(ctx, w.pid(1), "room-"+process, room.Written{Text: "消して"}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(later)
		stop := w.serve(process, w.d)
		w.rest()
		stop()
		all, err := w.people.Talk(ctx, w.pid(1), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if last := all[len(all)-1]; last.By != people.ByMachine || last.Kind != people.KindShown || last.Event != "room-"+process {
			t.Errorf("%s: got %q of %s at the end of the talk, want what the machine shows", process, last.Kind, last.By)
		}
	}
}
