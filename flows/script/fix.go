package script

import (
	"bytes"
	"io/fs"
	"strings"
)

// safe are the faults that have only one possible meaning: what an input method, an
// editor or a habit did to a sign. What a word should have been, where a line
// belongs and what a sentence says is for its author.
var safe = map[string]bool{
	"bom": true, "newline": true, "invisible": true, "nbsp": true, "tab": true, "indent-wide": true, "trailing-wide": true,
	"colon-wide": true, "colon-space": true, "space-wide": true, "bracket-wide": true, "comma-wide": true, "hash-wide": true,
	"dash-wide": true, "dash-space": true, "quote-wide": true, "date": true, "phone": true, "hours": true, "number": true, "remember": true,
}

// Repair is one file put right as far as that is safe.
type Repair struct {
	File string
	Data []byte
	Done Faults // what was put right: As the line as it was, Should as it is now
}

// Fix puts right what is safe in the files of a folder. A repair counts only if the
// folder, read again with it, has that fault no more and no other fault instead.
// Nothing is written: that is for whoever asked.
func Fix(fsys fs.FS, opt Options) []Repair {
	var shelf Shelf
	now := &patched{FS: fsys, files: map[string][]byte{}}
	var order []string
	done := map[string]Faults{}
	left := map[string]bool{} // tried in vain
	for range maxRepairs {
		_, faults := shelf.Load(now, opt)
		f, data := nextSafe(now, faults, left)
		if data == nil {
			break
		}
		before := now.files[f.File]
		now.files[f.File] = data
		if _, after := shelf.Load(now, opt); !better(faults, after, f) {
			if now.files[f.File] = before; before == nil {
				delete(now.files, f.File)
			}
			left[idOf(f)] = true
			continue
		}
		if len(done[f.File]) == 0 {
			order = append(order, f.File)
		}
		done[f.File] = append(done[f.File], f)
	}
	var out []Repair
	for _, name := range order {
		out = append(out, Repair{File: name, Data: now.files[name], Done: done[name]})
	}
	return out
}

// maxRepairs bounds how long a hopeless folder is tried.
const maxRepairs = 10_000

func idOf(f Fault) string { return f.File + "\x00" + f.Code + "\x00" + f.As }

// nextSafe is the first fault that can be put right, with the file as it would be.
func nextSafe(fsys fs.FS, faults Faults, left map[string]bool) (Fault, []byte) {
	unsafe := map[string]bool{} // lines on which something else is wrong too
	at := func(f Fault) string { return f.File + "\x00" + f.As }
	for _, f := range faults {
		if !f.Warn && !safe[f.Code] && f.Line > 0 {
			unsafe[at(f)] = true
		}
	}
	for _, f := range faults {
		if f.Warn || !safe[f.Code] || left[idOf(f)] || f.Line == 0 || unsafe[at(f)] {
			continue
		}
		data, err := fs.ReadFile(fsys, f.File)
		if err != nil {
			continue
		}
		if now := replaced(data, f); now != nil {
			return f, now
		}
		left[idOf(f)] = true
	}
	return Fault{}, nil
}

// replaced is a file with the line of a fault as it should be, nil if that cannot be.
func replaced(data []byte, f Fault) []byte {
	switch f.Code {
	case "bom":
		return bytes.TrimPrefix(data, []byte("\uFEFF"))
	case "newline":
		return []byte(lineEnds.Replace(string(data)))
	}
	if f.Should == "" || f.Should == f.As {
		return nil
	}
	rest := string(data)
	var out strings.Builder
	for n := 1; rest != ""; n++ {
		i := strings.IndexByte(rest, '\n')
		if i < 0 {
			i = len(rest) - 1
		}
		line := rest[:i+1]
		rest = rest[i+1:]
		body := strings.TrimRight(strings.TrimPrefix(line, "\uFEFF"), "\r\n")
		if n == f.Line {
			if body != f.As {
				return nil
			}
			line = strings.Replace(line, body, f.Should, 1)
		}
		out.WriteString(line)
	}
	return []byte(out.String())
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// better says whether a fault is gone and no other has come.
func better(before, after Faults, f Fault) bool {
	count := func(all Faults) map[string]int {
		n := map[string]int{}
		for _, g := range all {
			if !g.Warn {
				n[g.File+"\x00"+g.Code]++
			}
		}
		return n
	}
	was, now := count(before), count(after)
	for k, n := range now {
		if n > was[k] {
			return false
		}
	}
	k := f.File + "\x00" + f.Code
	return now[k] < was[k]
}

// patched is a folder with some files replaced.
type patched struct {
	fs.FS
	files map[string][]byte
}

// ReadFile gives a file as it is now.
func (p *patched) ReadFile(name string) ([]byte, error) {
	if data, ok := p.files[name]; ok {
		return data, nil
	}
	return fs.ReadFile(p.FS, name)
}
