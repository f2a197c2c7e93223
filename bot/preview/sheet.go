package preview

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"engawa/flows"
	"engawa/flows/script"
)

// Sheet is a file as it is shown: its lines, where the talk is in it, what is wrong where.
type Sheet struct {
	Name   string       `json:"name"`
	Lines  []string     `json:"lines"`
	From   int          `json:"from"` // 1-based, of what is on the phone; 0 = not in this file
	To     int          `json:"to"`
	Faults []SheetFault `json:"faults"`
}

// SheetFault is a fault of the reader, or of a talk in tests/, in its file.
type SheetFault struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Col    int    `json:"col"`
	Text   string `json:"text"`
	As     string `json:"as,omitempty"`
	Should string `json:"should,omitempty"`
	Warn   bool   `json:"warn,omitempty"`
}

func faultsOf(all script.Faults) []SheetFault {
	out := []SheetFault{}
	for _, f := range all {
		out = append(out, SheetFault{File: f.File, Line: f.Line, Col: f.Col, Text: f.Text, As: f.As, Should: f.Should, Warn: f.Warn})
	}
	return out
}

// mostBytes of a file are shown; a larger one is none that people write by hand.
const mostBytes = 1 << 20

// sheet reads a file of the words; ok is false where there is none of that name.
func sheet(v Version, name string, at flows.SceneKey, extra script.Faults) (Sheet, bool) {
	if v.Files == nil || !fs.ValidPath(name) || path.Ext(name) != ".yaml" || strings.Contains("/"+name, "/.") {
		return Sheet{}, false
	}
	data, err := fs.ReadFile(v.Files, name)
	if err != nil || len(data) > mostBytes {
		return Sheet{}, false
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n", "\ufeff", "").Replace(string(data))
	s := Sheet{Name: name, Lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n"), Faults: []SheetFault{}}
	for _, f := range faultsOf(slices.Concat(v.Faults, extra)) {
		if f.File == name {
			s.Faults = append(s.Faults, f)
		}
	}
	s.From, s.To = place(s.Lines, name, at)
	return s, true
}

// place finds the lines that say what is on the phone: a scene in its flow, or a
// fixed sentence of the house.
func place(lines []string, name string, at flows.SceneKey) (from, to int) {
	key := string(at)
	if flow, scene, ok := strings.Cut(key, "/"); ok {
		if name != "flows/"+flow+".yaml" {
			return 0, 0
		}
		key = scene
	} else if !strings.HasPrefix(name, "lines/") {
		return 0, 0
	}
	head := regexp.MustCompile(`^( +)["']?` + regexp.QuoteMeta(key) + `["']?:(\s|$)`)
	for i, l := range lines {
		m := head.FindStringSubmatch(l)
		if m == nil || key == "" {
			continue
		}
		to = i + 1
		for j := i + 1; j < len(lines); j++ {
			rest := strings.TrimLeft(lines[j], " ")
			if rest == "" || strings.HasPrefix(rest, "#") {
				continue
			}
			if len(lines[j])-len(rest) <= len(m[1]) {
				break
			}
			to = j + 1
		}
		return i + 1, to
	}
	return 0, 0
}

// files lists what belongs to what is on the phone: its own file first, then its cards.
func files(v Version, at flows.SceneKey) []string {
	out := []string{}
	if flow, _, ok := strings.Cut(string(at), "/"); ok {
		out = append(out, "flows/"+flow+".yaml")
	} else if name := lineFile(v, string(at)); name != "" {
		out = append(out, name)
	}
	if v.Bundle != nil && v.Bundle.Scenes[at] != nil {
		for _, id := range v.Bundle.Scenes[at].Cards {
			out = append(out, "cards/"+string(id)+".yaml")
		}
	}
	return out
}

// lineFile is the file of a fixed sentence.
func lineFile(v Version, key string) string {
	if v.Files == nil || key == "" {
		return ""
	}
	names, _ := fs.Glob(v.Files, "lines/*.yaml")
	for _, name := range names {
		data, err := fs.ReadFile(v.Files, name)
		if err != nil {
			continue
		}
		if from, _ := place(strings.Split(string(data), "\n"), name, flows.SceneKey(key)); from > 0 {
			return name
		}
	}
	return ""
}
