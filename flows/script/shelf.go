package script

import (
	"crypto/sha256"
	"io/fs"
	"slices"
	"sync"

	yaml "go.yaml.in/yaml/v4"

	"engawa/flows"
)

// Shelf keeps files as they were read, for those who read a folder again at every
// save: only what has changed is read anew. The zero value is ready; it is safe
// for concurrent use.
type Shelf struct {
	mu    sync.Mutex
	files map[shelved]leaf
}

type shelved struct {
	name string
	sum  [sha256.Size]byte
}

// leaf is a file whose lines and tree are known; neither is ever written again.
type leaf struct {
	file file
	root *yaml.Node
}

const maxShelved = 4096

// Load is like the function of that name.
func (s *Shelf) Load(fsys fs.FS, opt Options) (*flows.Bundle, Faults) {
	l := newLoader(fsys, opt)
	l.shelf = s
	return l.load()
}

// open reads the lines and the tree of a file, or takes them from the shelf.
func (s *Shelf) open(name string, data []byte) (*file, *yaml.Node) {
	if s == nil {
		f := scan(name, data)
		return f, f.parse()
	}
	key := shelved{name, sha256.Sum256(data)}
	s.mu.Lock()
	kept, known := s.files[key]
	s.mu.Unlock()
	if !known {
		f := scan(name, data)
		kept = leaf{root: f.parse()}
		kept.file = *f
		s.mu.Lock()
		if s.files == nil || len(s.files) >= maxShelved {
			s.files = map[shelved]leaf{}
		}
		s.files[key] = kept
		s.mu.Unlock()
	}
	f := kept.file
	f.faults = slices.Clone(f.faults)
	return &f, kept.root
}
