package dialogue

import (
	"sync"
	"testing"

	"engawa/flows"
	"engawa/flows/understand"
)

func TestManyTurnsWaitForOneReaderOfANewRelease(t *testing.T) {
	var r readers
	b := house()
	got := make([]*understand.Reader, 32)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() { got[i] = r.of(b) })
	}
	all.Wait()
	for _, one := range got {
		if one != got[0] || one == nil {
			t.Fatal("one release has got two readers")
		}
	}
}

func TestNoMoreReadersAreKeptThanPeopleNeed(t *testing.T) {
	var r readers
	var last *flows.Bundle
	for range 3 * maxReaders {
		last = house()
		r.of(last)
	}
	if n := len(r.kept); n != maxReaders || r.find(last) == nil {
		t.Errorf("got %d readers kept, want %d with the newest among them", n, maxReaders)
	}
}
