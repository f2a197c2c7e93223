package dialogue

import (
	"fmt"
	"testing"

	"engawa/flows"
)

func TestReadersOfReleasesInUseStayReady(t *testing.T) {
	d := New(Parts{}, Options{})
	now, before := &flows.Bundle{Hash: "now"}, &flows.Bundle{Hash: "before"}
	a, b := d.read(now), d.read(before)
	if d.read(now) != a || d.read(before) != b {
		t.Error("a reader was made again while its release is in use")
	}
	for i := range 3 * maxReaders {
		d.read(&flows.Bundle{Hash: fmt.Sprint(i)})
	}
	n := 0
	for have := d.reader.Load(); have != nil; have = have.before {
		n++
	}
	if n != maxReaders {
		t.Errorf("got %d readers kept, want %d", n, maxReaders)
	}
}
