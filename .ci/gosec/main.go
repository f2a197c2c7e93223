// Command gosec reads the whole program with the rules of securego/gosec and
// fails on every finding that is not excused where it stands. It drives the
// library: the tool's own command also carries clients of language models, which
// nothing here needs.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/securego/gosec/v2"
	"github.com/securego/gosec/v2/analyzers"
	"github.com/securego/gosec/v2/rules"
)

func main() {
	skip := flag.String("exclude", "", "rules that are not asked, comma-separated")
	flag.Parse()
	if err := run(flag.Args(), strings.Split(*skip, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "gosec:", err)
		os.Exit(1)
	}
}

// run reads the packages in the folders and prints what was found. Tests are left
// out: they play the burglar.
func run(folders, skip []string) error {
	a := gosec.NewAnalyzer(gosec.NewConfig(), false, true, false, runtime.NumCPU(), log.New(io.Discard, "", 0))
	a.LoadRules(rules.Generate(false, rules.NewRuleFilter(true, skip...)).RulesInfo())
	a.LoadAnalyzers(analyzers.Generate(false, analyzers.NewAnalyzerFilter(true, skip...)).AnalyzersInfo())
	if err := a.Process(nil, folders...); err != nil {
		return err
	}
	found, metrics, faults := a.Report()
	for file, all := range faults {
		return fmt.Errorf("%s cannot be read: %v", file, all)
	}
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	var lines []string
	for _, f := range found {
		file, err := filepath.Rel(here, f.File)
		if err != nil {
			file = f.File
		}
		lines = append(lines, fmt.Sprintf("%s:%s: %s %s", file, f.Line, f.RuleID, f.What))
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		fmt.Println(l)
	}
	if len(lines) > 0 {
		return fmt.Errorf("%d findings", len(lines))
	}
	fmt.Printf("gosec: %d files, %d lines, %d excused where they stand, nothing else\n", metrics.NumFiles, metrics.NumLines, metrics.NumNosec)
	return nil
}
