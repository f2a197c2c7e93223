package house

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// licencesFile holds the licence of every module that is in this program. It is made
// and checked by licences_test.go.
//
//go:embed licences.json
var licencesFile []byte

// licences is that file: texts that several modules share stand there once.
type licences struct {
	Modules map[string]licence `json:"modules"`
	Texts   map[string]string  `json:"texts"` // by hash
}

// licence is one module's.
type licence struct {
	ID   string   `json:"id"`   // as SPDX names it
	Text []string `json:"text"` // hashes: the licence, and a notice if there is one
}

// goModule stands for Go's own library, which no list of modules names.
const goModule = "std"

func readLicences() (l licences, err error) {
	if err := json.Unmarshal(licencesFile, &l); err != nil {
		return l, fmt.Errorf("licences: %w", err)
	}
	return l, nil
}

type licencesCmd struct {
	Text bool `help:"全文も出す / the texts too"`
}

// Run lists what is in this program and under which licence.
func (c licencesCmd) Run() error {
	l, err := readLicences()
	if err != nil {
		return err
	}
	for _, m := range modules() {
		fmt.Printf("%-14s %s %s\n", l.Modules[m.Path].ID, m.Path, m.Version)
		if !c.Text {
			continue
		}
		for _, hash := range l.Modules[m.Path].Text {
			fmt.Printf("\n%s\n\n", l.Texts[hash])
		}
	}
	return nil
}

// modules are what this program was built from, as the Go tool wrote it into it.
func modules() []*debug.Module {
	all := []*debug.Module{{Path: goModule, Version: strings.TrimPrefix(runtime.Version(), "go")}}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return all
	}
	for _, m := range info.Deps {
		for m.Replace != nil {
			m = m.Replace
		}
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *debug.Module) int { return strings.Compare(a.Path, b.Path) })
	return all
}

type sbomCmd struct{}

// The parts of CycloneDX that we fill in.
type (
	sbom struct {
		Format     string          `json:"bomFormat"`
		Spec       string          `json:"specVersion"`
		Version    int             `json:"version"`
		Metadata   sbomMetadata    `json:"metadata"`
		Components []sbomComponent `json:"components"`
	}
	sbomMetadata struct {
		Timestamp string        `json:"timestamp,omitempty"`
		Component sbomComponent `json:"component"`
	}
	sbomComponent struct {
		Type       string         `json:"type"`
		Ref        string         `json:"bom-ref"`
		Name       string         `json:"name"`
		Version    string         `json:"version,omitempty"`
		PURL       string         `json:"purl,omitempty"`
		Licences   []sbomLicence  `json:"licenses,omitempty"`
		Properties []sbomProperty `json:"properties,omitempty"`
	}
	sbomLicence struct {
		License sbomLicenceID `json:"license"`
	}
	sbomLicenceID struct {
		ID string `json:"id"`
	}
	sbomProperty struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
)

// Run writes the parts of this very program as CycloneDX JSON: what is in it, not what
// a file beside it says. The same program always writes the same.
func (sbomCmd) Run() error {
	l, err := readLicences()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(newSBOM(l))
}

func newSBOM(l licences) sbom {
	b := sbom{Format: "CycloneDX", Spec: "1.6", Version: 1, Components: []sbomComponent{}}
	b.Metadata.Component = sbomComponent{Type: "application", Ref: "engawa", Name: "engawa", Version: version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				b.Metadata.Timestamp = s.Value
			}
		}
	}
	for _, m := range modules() {
		c := sbomComponent{Type: "library", Name: m.Path, Version: m.Version, PURL: "pkg:golang/" + m.Path + "@" + m.Version}
		c.Ref = c.PURL
		if id := l.Modules[m.Path].ID; id != "" {
			c.Licences = []sbomLicence{{sbomLicenceID{id}}}
		}
		if m.Sum != "" {
			c.Properties = []sbomProperty{{"go:sum", m.Sum}}
		}
		b.Components = append(b.Components, c)
	}
	return b
}
