package config_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"engawa/config"
)

var update = flag.Bool("update", false, "write deploy/example.env anew from the settings")

const exampleEnv = "../deploy/example.env"

// example writes the settings as an operator fills them in.
func example() string {
	var b strings.Builder
	b.WriteString(`# 縁側 engawa の設定 / settings of engawa
# この表は config/settings.go と同じです（テストがくらべます）。空の値は「なし」と同じです。
# 「ひみつ」の値は、名前のうしろに _FILE を付けて、値の入ったファイルの場所を書くこともできます。
#   例: ENGAWA_MASTER_KEY_FILE=/run/secrets/engawa_master_key
# An empty value counts as not set. A secret may also be given as NAME_FILE.
`)
	for _, s := range config.Settings {
		if s.Part != "" {
			fmt.Fprintf(&b, "\n# ---- %s ----\n", s.Part)
		}
		secret := ""
		if s.Secret {
			secret = "（ひみつ）"
		}
		fmt.Fprintf(&b, "\n# %s%s\n# %s\n%s=%s\n", s.Ja, secret, s.En, s.Name, s.Default)
	}
	return b.String()
}

func TestTheExampleHoldsEverySettingAndNoOther(t *testing.T) {
	want := example()
	if *update {
		if err := os.WriteFile(exampleEnv, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(exampleEnv)
	if err != nil {
		t.Fatalf("%v (go test ./config -update writes it)", err)
	}
	if string(got) != want {
		t.Errorf("deploy/example.env differs from the settings; go test ./config -update writes it anew")
	}
}

func TestTheExampleWithItsBlanksFilledInStarts(t *testing.T) {
	b, err := os.ReadFile(exampleEnv)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(string(b), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	if _, err := config.Load(append(lines, env()...)); err != nil {
		t.Error(err)
	}
}

func TestEverySettingIsExplainedInBothLanguages(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range config.Settings {
		if s.Ja == "" || s.En == "" || seen[s.Name] {
			t.Errorf("%s is double or not explained in both languages", s.Name)
		}
		seen[s.Name] = true
	}
}
