package dialogue

import (
	"slices"
	"sync"

	"engawa/flows"
	"engawa/flows/understand"
)

// maxReaders are kept: people stay in the release they began with for a while.
const maxReaders = 8

// readers keeps a reader per release. Making one takes a tenth of a second and
// tens of megabytes, so many turns that need the same one wait for a single making.
type readers struct {
	mu   sync.RWMutex
	kept []readerOf // the newest last
}

type readerOf struct {
	bundle *flows.Bundle
	reader *understand.Reader
}

// of gives the reader of a bundle.
func (r *readers) of(b *flows.Bundle) *understand.Reader {
	r.mu.RLock()
	found := r.find(b)
	r.mu.RUnlock()
	if found != nil {
		return found
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if found = r.find(b); found != nil { // somebody made it while we waited
		return found
	}
	var before *understand.Reader
	if n := len(r.kept); n > 0 {
		before = r.kept[n-1].reader
	}
	made := before.For(b)
	if len(r.kept) == maxReaders {
		r.kept = slices.Delete(r.kept, 0, 1)
	}
	r.kept = append(r.kept, readerOf{b, made})
	return made
}

func (r *readers) find(b *flows.Bundle) *understand.Reader {
	for _, k := range r.kept {
		if k.bundle == b {
			return k.reader
		}
	}
	return nil
}

// Harsh tells whether a text is hard to hear, as the machine's own answer to it goes.
func (d *Dialogue) Harsh(b *flows.Bundle, text string) bool { return d.readers.of(b).Harsh(text) }

// Prepare makes ready what the first text would have to wait for.
func (d *Dialogue) Prepare(b *flows.Bundle) { d.readers.of(b) }
