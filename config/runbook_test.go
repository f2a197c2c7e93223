package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"engawa/config/privacy"
)

func runbook(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../deploy/runbook", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTheLawyersPageHasTheKeepTableAsItIs holds delete.md equal to what the sweep does.
func TestTheLawyersPageHasTheKeepTableAsItIs(t *testing.T) {
	text := runbook(t, "delete.md")
	for _, row := range privacy.KeepTable {
		want := fmt.Sprintf("| %s | %s | %s |", row.What, term(row.For), row.From)
		if !strings.Contains(text, want) {
			t.Errorf("delete.md has no line\n%s", want)
		}
	}
}

func term(d time.Duration) string {
	days := int(d / (24 * time.Hour))
	switch {
	case d == privacy.Forever:
		return "ずっと"
	case days%365 == 0:
		return fmt.Sprintf("%d年", days/365)
	case days == 3:
		return "72時間"
	}
	return fmt.Sprintf("%d日", days)
}
