package prove

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"engawa/flows/script"
)

// String tells a finding in the words that `engawa check` prints.
func (f Finding) String() string {
	var b strings.Builder
	mark := "直す"
	if f.Severity == Warning {
		mark = "気づいたこと"
	}
	fmt.Fprintf(&b, "%s %s [%s] ", f.File, f.Key, mark)
	if f.Lang != "" && f.Lang != "ja" {
		fmt.Fprintf(&b, "(%s) ", f.Lang)
	}
	b.WriteString(f.Why)
	if f.Fix != "" {
		fmt.Fprintf(&b, "\n    直しかた: %s", f.Fix)
	}
	if len(f.Path) > 0 {
		fmt.Fprintf(&b, "\n    たどり方: %s", strings.Join(f.Path, "→"))
	}
	return b.String()
}

// Print tells everything to a person: findings, then how each promise fared.
func Print(w io.Writer, all []Finding, r Report) error {
	for _, f := range all {
		if _, err := fmt.Fprintln(w, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "\n%d場面・%d文・%d画面を、%d通りの状態、%d歩でたしかめました。直すところ %d、気づいたこと %d。\n",
		r.Scenes, r.Sentences, r.Screens, r.Classes, r.Steps, len(Errors(all)), len(all)-len(Errors(all)))
	for _, p := range r.Properties {
		if err != nil {
			return err
		}
		stand := "守られています"
		switch {
		case p.Broken > 0:
			stand = fmt.Sprintf("%dか所", p.Broken)
		case p.Checked == 0:
			stand = "たしかめるものがありません"
		}
		_, err = fmt.Fprintf(w, "  %-6s %s: %s\n", p.ID, p.Says, stand)
	}
	return err
}

// Verdict is what `engawa check --json` writes.
type Verdict struct {
	OK       bool          `json:"ok"`
	Faults   script.Faults `json:"faults"`   // of the files, found while reading
	Findings []Finding     `json:"findings"` // of the bundle; empty when the files could not be read
	Report   *Report       `json:"report,omitempty"`
}

// Judge joins what the reader and the proof found. Pass a nil report when there
// was no bundle to prove.
func Judge(faults script.Faults, all []Finding, r *Report) Verdict {
	v := Verdict{Faults: faults, Findings: all, Report: r}
	v.OK = faults.Err() == nil && r != nil && len(Errors(all)) == 0
	if v.Faults == nil {
		v.Faults = script.Faults{}
	}
	if v.Findings == nil {
		v.Findings = []Finding{}
	}
	return v
}

// WriteJSON writes a verdict for tools, its Japanese readable.
func WriteJSON(w io.Writer, v Verdict) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
