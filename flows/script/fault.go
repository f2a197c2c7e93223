package script

import (
	"engawa/flows"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Fault is one thing to put right, told so that its author can do it alone.
type Fault struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // 1-based; 0 = the file as a whole
	Col    int    `json:"col"`  // 1-based, in characters
	Code   string `json:"code"` // stable name of the kind of fault, for tools and tests
	Text   string `json:"text"` // what is wrong and why, in Japanese
	As     string `json:"as,omitempty"`
	Should string `json:"should,omitempty"` // "" = only a person can know
	Warn   bool   `json:"warn,omitempty"`   // told, but does not hold the bundle back
}

// String tells the fault in the words that `engawa check` prints.
func (f Fault) String() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, " %d行目 %d文字目", f.Line, f.Col)
	}
	if f.Warn {
		b.WriteString("(気づいたこと)")
	}
	fmt.Fprintf(&b, ": %s", f.Text)
	if f.As != "" {
		fmt.Fprintf(&b, "\n    いま　: %s", f.As)
	}
	if f.Should != "" && f.Should != f.As {
		fmt.Fprintf(&b, "\n    正しく: %s", f.Should)
	}
	return b.String()
}

// Error lets a fault travel as an error.
func (f Fault) Error() string { return f.String() }

// Faults are all that was found, in the order of files and lines.
type Faults []Fault

// Err joins the faults that hold the bundle back; nil if there are only warnings.
func (fs Faults) Err() error {
	var errs []error
	for _, f := range fs {
		if !f.Warn {
			errs = append(errs, f)
		}
	}
	return errors.Join(errs...)
}

// Warnings gives those that do not.
func (fs Faults) Warnings() Faults {
	var out Faults
	for _, f := range fs {
		if f.Warn {
			out = append(out, f)
		}
	}
	return out
}

func (fs Faults) sort() {
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i], fs[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
}

// Sound is the bundle of a Load that has nothing to put right.
func Sound(b *flows.Bundle, faults Faults) (*flows.Bundle, error) {
	if err := faults.Err(); err != nil {
		return nil, fmt.Errorf("ことばに直すところがあります / the content has faults:\n%w", err)
	}
	return b, nil
}
