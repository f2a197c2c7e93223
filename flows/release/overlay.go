package release

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"time"

	"engawa/flows/script"
)

// Dated is one thing that somebody put right in the console.
type Dated struct {
	script.Edit
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Overlay is what the console has put right in one file. It wins over the file until
// a release says the same.
type Overlay struct {
	File  string  `json:"file"`
	Seen  int64   `json:"seen"` // which change of all was the last one here
	Edits []Dated `json:"edits"`
}

// Laid is all that lies over the release in force, in the order of the files.
type Laid struct {
	Count int64 // of all changes so far
	Files []Overlay
}

// Of is what lies over one file.
func (l Laid) Of(file string) Overlay {
	for _, o := range l.Files {
		if o.File == file {
			return o
		}
	}
	return Overlay{File: file}
}

// With is the same with more on it; a later value of the same key takes the place of
// the earlier one.
func (l Laid) With(edits ...Dated) Laid {
	out := Laid{Count: l.Count + 1}
	byFile := map[string]Overlay{}
	for _, o := range l.Files {
		byFile[o.File] = o
	}
	for _, e := range edits {
		o := byFile[e.File]
		kept := slices.DeleteFunc(slices.Clone(o.Edits), func(d Dated) bool { return slices.Equal(d.Key, e.Key) })
		byFile[e.File] = Overlay{File: e.File, Seen: out.Count, Edits: append(kept, e)}
	}
	return out.of(byFile)
}

func (l Laid) of(files map[string]Overlay) Laid {
	for _, o := range files {
		if len(o.Edits) > 0 {
			l.Files = append(l.Files, o)
		}
	}
	slices.SortFunc(l.Files, func(a, b Overlay) int { return cmp.Compare(a.File, b.File) })
	return l
}

// Under is the same over what lay there before: what was put right since wins.
func (l Laid) Under(before Laid) Laid {
	out := Laid{Count: l.Count}
	byFile := map[string]Overlay{}
	for _, o := range before.Files {
		o.Seen = l.Count + 1
		byFile[o.File] = o
	}
	for _, o := range l.Files {
		kept := slices.DeleteFunc(slices.Clone(byFile[o.File].Edits), func(d Dated) bool {
			return slices.ContainsFunc(o.Edits, func(e Dated) bool { return slices.Equal(d.Key, e.Key) })
		})
		byFile[o.File] = Overlay{File: o.File, Seen: max(o.Seen, byFile[o.File].Seen), Edits: append(kept, o.Edits...)}
	}
	return out.of(byFile)
}

// Mark names what lies there: bundles and the journal bear it. "" for nothing.
func (l Laid) Mark() string {
	if len(l.Files) == 0 {
		return ""
	}
	sum := sha256.New()
	for _, o := range l.Files {
		for _, e := range o.Edits {
			line, _ := json.Marshal(e.Edit) // strings only: it cannot fail
			sum.Write(append(line, '\n'))
		}
	}
	return hex.EncodeToString(sum.Sum(nil))[:8]
}

// Over lays it over a folder. What finds no place there any more is loose and has no
// effect.
func (l Laid) Over(folder fs.FS) (over fs.FS, loose []Dated) {
	out := laidFS{FS: folder, files: map[string][]byte{}}
	for _, o := range l.Files {
		data, err := fs.ReadFile(folder, o.File)
		if err != nil {
			loose = append(loose, o.Edits...)
			continue
		}
		for _, e := range o.Edits {
			if e.settled(o, data) {
				continue
			}
			next, err := script.Amend(o.File, data, []script.Edit{e.Edit})
			if err != nil {
				loose = append(loose, e)
				continue
			}
			data = next
			out.files[o.File] = data
		}
	}
	return out, loose
}

// After is what still has to lie over a folder: not what it says itself by now, and
// not what has no place in it.
func (l Laid) After(folder fs.FS) Laid {
	_, loose := l.Over(folder)
	out := Laid{Count: l.Count}
	for _, o := range l.Files {
		data, err := fs.ReadFile(folder, o.File)
		if err != nil {
			continue
		}
		rest := o
		rest.Edits = slices.DeleteFunc(slices.Clone(o.Edits), func(e Dated) bool {
			return e.settled(o, data) || slices.ContainsFunc(loose, func(d Dated) bool { return d.File == e.File && slices.Equal(d.Key, e.Key) })
		})
		if len(rest.Edits) > 0 {
			out.Files = append(out.Files, rest)
		}
	}
	return out
}

var (
	verifiedDay = []string{"出典", "確かめた日"}
	verifiedBy  = []string{"出典", "確かめた人"}
)

// settled says whether a file says it already. Somebody may have verified a number
// later than the console's: day and name go together, and the later day wins.
func (e Dated) settled(o Overlay, data []byte) bool {
	day, name := slices.Equal(e.Key, verifiedDay), slices.Equal(e.Key, verifiedBy)
	if !day && !name {
		return script.Holds(e.File, data, e.Edit)
	}
	there := script.Written(e.File, data, verifiedDay...)
	for _, d := range o.Edits {
		if slices.Equal(d.Key, verifiedDay) {
			return there > d.Value || there == d.Value && script.Holds(e.File, data, e.Edit)
		}
	}
	return script.Holds(e.File, data, e.Edit)
}

// base is the part of a bundle's name that the words of its folder have given it.
func base(hash string) string {
	hash, _, _ = strings.Cut(hash, "+")
	return hash
}

// laidFS is a folder with other bytes in some of its files.
type laidFS struct {
	fs.FS
	files map[string][]byte
}

// ReadFile gives a file as it is with what lies over it.
func (l laidFS) ReadFile(name string) ([]byte, error) {
	if data, ok := l.files[name]; ok {
		return slices.Clone(data), nil
	}
	return fs.ReadFile(l.FS, name)
}

// Open opens such a file.
func (l laidFS) Open(name string) (fs.File, error) {
	f, err := l.FS.Open(name)
	data, ok := l.files[name]
	if err != nil || !ok {
		return f, err
	}
	return laidFile{f, bytes.NewReader(data)}, nil
}

type laidFile struct {
	fs.File
	data *bytes.Reader
}

func (f laidFile) Read(p []byte) (int, error) { return f.data.Read(p) }
