// Package deploy_test proves that what an operator is given to run with is what
// the promises stand on.
package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type service struct {
	ReadOnly    bool           `yaml:"read_only"`
	CapDrop     []string       `yaml:"cap_drop"`
	SecurityOpt []string       `yaml:"security_opt"`
	User        string         `yaml:"user"`
	Command     []string       `yaml:"command"`
	Ports       []string       `yaml:"ports"`
	Volumes     []string       `yaml:"volumes"`
	Networks    any            `yaml:"networks"`
	Environment map[string]any `yaml:"environment"`
}

func compose(t *testing.T) (services map[string]service, back bool) {
	t.Helper()
	var file struct {
		Services map[string]service
		Networks map[string]struct{ Internal bool }
	}
	if err := yaml.Unmarshal([]byte(read(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	return file.Services, file.Networks["back"].Internal
}

func TestEveryContainerIsReadOnlyAndWithoutPrivileges(t *testing.T) {
	services, internal := compose(t)
	if len(services) != 4 {
		t.Errorf("got %d services, want engawa, data, keys, tls", len(services))
	}
	for name, s := range services {
		if !s.ReadOnly || strings.Join(s.CapDrop, "") != "ALL" || strings.Join(s.SecurityOpt, "") != "no-new-privileges:true" {
			t.Errorf("%s: read-only %v, drops %v, %v", name, s.ReadOnly, s.CapDrop, s.SecurityOpt)
		}
	}
	if services["engawa"].User != "65532:65532" {
		t.Errorf("engawa runs as %q", services["engawa"].User)
	}
	if !internal {
		t.Error("the stores' network is not internal")
	}
}

func TestOnlyTheTLSDoorIsOpenToTheWorld(t *testing.T) {
	services, _ := compose(t)
	for name, s := range services {
		for _, port := range s.Ports {
			if name != "tls" && !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s opens %s beyond this machine", name, port)
			}
		}
	}
}

func TestBothStoresRunOnTheShippedSettingsInPlacesOfTheirOwn(t *testing.T) {
	services, _ := compose(t)
	for _, name := range []string{"data", "keys"} {
		s := services[name]
		if len(s.Command) < 2 || s.Command[1] != "/etc/redis.conf" || !strings.Contains(strings.Join(s.Volumes, " "), "./redis.conf:/etc/redis.conf:ro") {
			t.Errorf("%s does not run on deploy/redis.conf: %v %v", name, s.Command, s.Volumes)
		}
		if !strings.Contains(strings.Join(s.Volumes, " "), name+":/data") {
			t.Errorf("%s has no place of its own: %v", name, s.Volumes)
		}
	}
	env := services["engawa"].Environment
	if env["REDIS_URL"] != "redis://data:6379/0" || env["ENGAWA_KEYS_REDIS_URL"] != "redis://keys:6379/0" {
		t.Errorf("engawa uses %v and %v", env["REDIS_URL"], env["ENGAWA_KEYS_REDIS_URL"])
	}
}

func TestTheProxyThatIsTrustedIsTheOneThatRuns(t *testing.T) {
	services, _ := compose(t)
	networks, _ := services["tls"].Networks.(map[string]any)
	front, _ := networks["front"].(map[string]any)
	if got, want := services["engawa"].Environment["ENGAWA_TRUSTED_PROXIES"], front["ipv4_address"]; got != want || got == nil {
		t.Errorf("trusted is %v, the proxy stands at %v", got, want)
	}
}

func TestTheImageIsEmptyStaticAndNotRoot(t *testing.T) {
	text := read(t, "Dockerfile")
	for _, want := range []string{"CGO_ENABLED=0", "-tags timetzdata", "-trimpath", "FROM scratch", "USER 65532:65532", `CMD ["serve"]`} {
		if !strings.Contains(text, want) {
			t.Errorf("the Dockerfile has no %s", want)
		}
	}
	if last := text[strings.LastIndex(text, "FROM "):]; strings.Contains(last, "RUN ") {
		t.Error("something runs in the empty image")
	}
}

func TestTheUnitIsHardened(t *testing.T) {
	text := read(t, "engawa.service")
	for _, want := range []string{
		"DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n", "PrivateDevices=yes",
		"MemoryDenyWriteExecute=yes", "SystemCallFilter=@system-service", "LimitCORE=0", "Restart=always", "LoadCredential=master_key:",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the unit has no %s", strings.TrimSpace(want))
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)\)`)

func TestEveryLinkOfTheRunbookLeadsSomewhere(t *testing.T) {
	pages, _ := filepath.Glob("*/*.md")
	if len(pages) < 8 {
		t.Fatalf("got %d pages", len(pages))
	}
	for _, page := range pages {
		for _, m := range link.FindAllStringSubmatch(read(t, page), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %s leads nowhere", page, m[1])
			}
		}
	}
}

func TestEveryDecisionStandsInTheList(t *testing.T) {
	pages, _ := filepath.Glob("decisions/0*.md")
	list := read(t, "decisions/README.md")
	for _, page := range pages {
		if !strings.Contains(list, "("+filepath.Base(page)+")") {
			t.Errorf("%s is not in decisions/README.md", page)
		}
	}
}
