package house

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var writeLicences = flag.Bool("licences", false, "write deploy/house/licences.json anew")

// allowed are the licences under which a city may use, change and pass on what it
// gets from us. Another one is a decision of people, not of this list.
var allowed = []string{"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "ISC"}

// marks are sentences that only one licence has; the first that fits names it.
var marks = []struct{ id, sentence string }{
	{"Apache-2.0", "apache license version 2.0, january 2004"},
	{"MPL-2.0", "mozilla public license version 2.0"},
	{"ISC", "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
	{"MIT", "permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software without specific prior written permission"},
	{"BSD-2-Clause", "redistributions in binary form must reproduce the above copyright notice"},
}

func nameOf(text string) string {
	plain := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, m := range marks {
		if strings.Contains(plain, m.sentence) {
			return m.id
		}
	}
	return ""
}

// linked are the folders of all modules that are in the program, on any system that
// we ship for.
func linked(t *testing.T) map[string]string {
	t.Helper()
	dirs := map[string]string{goModule: strings.TrimSpace(string(must(exec.Command("go", "env", "GOROOT").Output())))}
	for _, arch := range []string{"amd64", "arm64"} {
		cmd := exec.Command("go", "list", "-deps", "-tags", "timetzdata", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}", ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
		for _, line := range strings.Fields(strings.ReplaceAll(string(must(cmd.Output())), "\t", "|")) {
			path, dir, _ := strings.Cut(line, "|")
			dirs[path] = dir
		}
	}
	return dirs
}

// licencesOf reads what each module says of itself.
func licencesOf(t *testing.T, dirs map[string]string) licences {
	t.Helper()
	l := licences{Modules: map[string]licence{}, Texts: map[string]string{}}
	for path, dir := range dirs {
		var one licence
		for _, pattern := range []string{"LICEN[CS]E*", "[Ll]icen[cs]e*", "COPYING*", "NOTICE*"} {
			files, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					continue // a folder
				}
				if one.ID == "" {
					one.ID = nameOf(string(text))
				}
				sum := sha256.Sum256(text)
				hash := hex.EncodeToString(sum[:8])
				l.Texts[hash] = string(text)
				if !slices.Contains(one.Text, hash) {
					one.Text = append(one.Text, hash)
				}
			}
		}
		l.Modules[path] = one
	}
	return l
}

// TestEveryModuleInTheProgramHasALicenceThatIsAllowed reads the modules themselves,
// and holds the table in the program to them.
func TestEveryModuleInTheProgramHasALicenceThatIsAllowed(t *testing.T) {
	want := licencesOf(t, linked(t))
	if *writeLicences {
		text := must(json.MarshalIndent(want, "", " "))
		if err := os.WriteFile("deploy/house/licences.json", append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got licences
	if err := json.Unmarshal(must(os.ReadFile("deploy/house/licences.json")), &got); err != nil {
		t.Fatal(err)
	}
	if len(want.Modules) < 10 {
		t.Fatalf("only %d modules", len(want.Modules))
	}
	for path, l := range want.Modules {
		if !slices.Contains(allowed, l.ID) {
			t.Errorf("%s is under %q, which is not in the list", path, l.ID)
		}
		if !slices.Equal(got.Modules[path].Text, l.Text) || got.Modules[path].ID != l.ID {
			t.Errorf("%s: deploy/house/licences.json is old; make it with go test ./deploy/house -run Licence -licences", path)
		}
	}
	for path := range got.Modules {
		if _, there := want.Modules[path]; !there {
			t.Errorf("deploy/house/licences.json names %s, which is not in the program", path)
		}
	}
	for hash, text := range want.Texts {
		if got.Texts[hash] != text {
			t.Errorf("the text %s is not as its module has it", hash)
		}
	}
}

func TestLicencesAreToldApart(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated\n documentation files": "MIT",
		"Apache License\n   Version 2.0, January 2004":  "Apache-2.0",
		"GNU AFFERO GENERAL PUBLIC LICENSE\n Version 3": "",
		"All rights reserved.":                          "",
	} {
		if got := nameOf(text); got != want {
			t.Errorf("%.30q: got %q, want %q", text, got, want)
		}
	}
}

// TestTheProgramListsItsOwnParts asks the built program, and compares with what the Go
// tool says of the file.
func TestTheProgramListsItsOwnParts(t *testing.T) {
	tw := &town{TB: t}
	var b sbom
	if err := json.Unmarshal([]byte(tw.run("sbom")), &b); err != nil {
		t.Fatal(err)
	}
	if b.Format != "CycloneDX" || b.Spec != "1.6" || b.Metadata.Component.Name != "engawa" {
		t.Errorf("got %+v", b)
	}
	listed := map[string]sbomComponent{}
	for _, c := range b.Components {
		listed[c.Name+"@"+c.Version] = c
	}
	n := 1 // Go's own library
	for _, line := range strings.Split(string(must(exec.Command("go", "version", "-m", engawa(t)).Output())), "\n") {
		f := strings.Fields(line)
		if len(f) < 4 || f[0] != "dep" {
			continue
		}
		n++
		c := listed[f[1]+"@"+f[2]]
		if c.PURL != "pkg:golang/"+f[1]+"@"+f[2] || len(c.Licences) != 1 || len(c.Properties) != 1 || c.Properties[0].Value != f[3] {
			t.Errorf("%s %s: got %+v", f[1], f[2], c)
		}
	}
	if len(b.Components) != n || n < 10 {
		t.Errorf("got %d parts, want %d", len(b.Components), n)
	}
	if text := tw.run("licences", "--text"); !strings.Contains(text, "github.com/redis/go-redis/v9") || !strings.Contains(text, "Permission is hereby granted") {
		t.Error("licences --text lacks modules or texts")
	}
}
