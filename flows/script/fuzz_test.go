package script

import (
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

// FuzzLoad gives the reader whatever an editor may save. It must never fail, must
// say the same twice, and must not let through what leads nowhere; repairing comes to an end.
func FuzzLoad(f *testing.F) {
	for _, text := range good() {
		f.Add(text)
	}
	for _, m := range mistakes {
		f.Add(strings.Replace(good()[m.file], m.was+"\n", m.is+"\n", 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := flowFile
		switch {
		case strings.Contains(text, "カード"+":"):
			name = cardFile
		case strings.Contains(text, "まち"+":"):
			name = houseFile
		}
		b, faults := Load(with(name, text), Options{AcceptDrafts: true})
		again, twice := Load(with(name, text), Options{AcceptDrafts: true})
		if !reflect.DeepEqual(faults, twice) || !reflect.DeepEqual(b, again) {
			t.Fatal("two readings differ")
		}
		if (b == nil) != (faults.Err() != nil) {
			t.Fatal("a bundle and a reason to refuse it")
		}
		for _, fault := range faults {
			if fault.File == "" || fault.Code == "" || fault.Text == "" {
				t.Fatalf("a fault that says too little: %+v", fault)
			}
		}
		leadsSomewhere(t, name, text, faults)
		settled := text
		for range 5 {
			settled = strings.Join(scan("x.yaml", []byte(settled)).fixed, "\n")
		}
		for _, fault := range scan("x.yaml", []byte(settled)).faults {
			if fault.Should != fault.As {
				t.Errorf("repaired again and again:\n%v", fault)
			}
		}
	})
}

// leadsSomewhere looks that what was let through has no way into nothing.
func leadsSomewhere(t *testing.T, name, text string, faults Faults) {
	t.Helper()
	if got := serious(faults); len(got) != 1 || got[0].Code != "missing-line" {
		return
	}
	m := with(name, text)
	m["lines/root.yaml"] = &fstest.MapFile{Data: []byte(good()["lines/root.yaml"])}
	b, _ := Load(m, Options{AcceptDrafts: true})
	if b == nil {
		t.Fatal("refused without a reason")
	}
	for _, sc := range b.Scenes {
		if sc.Next != "" && b.Scenes[sc.Next] == nil {
			t.Fatalf("%s leads nowhere", sc.Key)
		}
	}
}

// with is a small good folder with one file replaced; its fixed sentences are
// left out, since that one fault changes nothing and reading them takes long.
func with(name, text string) fstest.MapFS {
	m := fstest.MapFS{}
	for n, t := range good() {
		if n != "lines/root.yaml" {
			m[n] = &fstest.MapFile{Data: []byte(t)}
		}
	}
	m[name] = &fstest.MapFile{Data: []byte(text)}
	return m
}
