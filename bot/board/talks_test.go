package board_test

import (
	"fmt"
	"testing"

	"engawa/flows"
)

func TestAnswersAboutTalksAreSumsFromTenAndCountedOnce(t *testing.T) {
	w := newWorld(t)
	note := flows.BoardNote{Do: flows.BoardFelt, Felt: "talk-good", Topic: "money", Month: "2026-11"}
	count := func(person string, note flows.BoardNote) {
		t.Helper()
		note.Case = flows.CaseID("c-" + person)
		for range 3 { // what carries it may die and come again
			w.must(w.CountTalk(w.ctx(), person, note))
		}
	}
	want := func(name string, months, topics [3]int) {
		t.Helper()
		byMonth, byTopic, err := w.Talks(w.ctx(), []string{"2026-11"}, []string{"money"})
		w.must(err)
		if byMonth[0].N != months || byTopic[0].N != topics {
			t.Errorf("%s: told %v and %v, want %v and %v", name, byMonth[0].N, byTopic[0].N, months, topics)
		}
	}
	none := [3]int{-1, -1, -1}
	for i := range 9 {
		count(fmt.Sprint("p", i), note)
	}
	want("nine answers", none, none)
	other := note
	other.Topic = ""
	count("p9", other)
	want("ten, one of them about nothing in particular", [3]int{10, -1, -1}, none)
	count("p10", note)
	other.Felt = "talk-not"
	for i := range 10 {
		count(fmt.Sprint("q", i), other)
	}
	want("both kinds", [3]int{11, -1, 10}, [3]int{10, -1, -1})
	odd := note
	odd.Felt = "good"
	count("p11", odd)
	want("an answer that is none of ours", [3]int{11, -1, 10}, [3]int{10, -1, -1})
	keys, err := w.rdb.HKeys(w.ctx(), "{board}:counts").Result()
	w.must(err)
	if len(keys) != 3 {
		t.Errorf("counts stand under %q, want sums of a month and a topic alone", keys)
	}
}
