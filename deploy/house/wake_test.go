package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestACryForHelpCallsPeopleWhoAreNotAtTheConsole(t *testing.T) {
	dir := t.TempDir()
	rung, pager := filepath.Join(dir, "rung"), filepath.Join(dir, "pager.sh")
	script := "#!/bin/sh\necho \"$ENGAWA_ALARM_FOR $ENGAWA_ALARM_LINK $ENGAWA_ALARM_TEST\" >> " + rung + "\n"
	if err := os.WriteFile(pager, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	calls := func() []string {
		b, _ := os.ReadFile(rung)
		return strings.Fields(strings.TrimSpace(string(b)))
	}
	// Somebody must be on duty, whatever the hour at which this test runs.
	tw := newTown(t, "ENGAWA_ALARM_COMMAND="+pager, "ENGAWA_CONTENT="+contentWithNightDuty(t))
	tw.start()
	anna := tw.line.NewUser()
	tw.line.SendText(anna, "もう死にたい")
	tw.awaitText(anna, "119")
	tw.await(20*time.Second, "a call", func() bool { return len(calls()) > 0 })
	if got := strings.Join(calls(), " "); got != "first http://"+tw.console {
		t.Errorf("the pager heard %q, want the first call with the console's address and nothing else", got)
	}
	for _, leak := range []string{"死にたい", anna} {
		if strings.Contains(tw.log.String(), leak) {
			t.Errorf("%q stands in the log", leak)
		}
	}
	if said := tw.runs("doctor", "--call"); !strings.Contains(said, "○ 呼び出し command（duty）") {
		t.Errorf("doctor --call said:\n%s", said)
	}
	if got := calls(); len(got) != 2+3*3 || got[len(got)-1] != "1" {
		t.Errorf("the pager heard %q, want three trials marked as such", got)
	}
}

// contentWithNightDuty is the shipped content of a house where somebody is woken at night.
func contentWithNightDuty(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("flows/content")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "house.yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "夜の当番: なし", "夜の当番: あり", 1)
	if text == string(b) && !strings.Contains(text, "夜の当番: あり") {
		t.Fatal("house.yaml does not say whether there is night duty")
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
