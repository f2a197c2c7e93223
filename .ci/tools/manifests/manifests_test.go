// Package manifests reads what an operator deploys with as strictly as compose and
// Kubernetes themselves could: a field that nobody knows is a fault here, not a
// setting that silently does nothing in a city.
package manifests

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	compose "github.com/compose-spec/compose-go/v2/types"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	strict "sigs.k8s.io/yaml"
)

const deploy = "../../../deploy"

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deploy, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestComposeReadsItsFile(t *testing.T) {
	dir, err := filepath.Abs(deploy)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(context.Background(), compose.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []compose.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml"), Content: read(t, "compose.yaml")}},
		Environment: compose.Mapping{"PUBLIC_HOST": "line.example.lg.jp", "CONSOLE_HOST": "desk.example.lg.jp"},
	}, func(o *loader.Options) { o.SkipResolveEnvironment = true })
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Services) != 4 {
		t.Errorf("got %d services, want 4", len(p.Services))
	}
	s := p.Services["engawa"]
	if s.HealthCheck == nil || strings.Join(s.HealthCheck.Test, " ") != "CMD /engawa healthz" {
		t.Errorf("engawa is asked how it is by %+v", s.HealthCheck)
	}
}

// kinds are what we deploy, each with its type.
var kinds = map[string]func() any{
	"Namespace": func() any { return &core.Namespace{} }, "ConfigMap": func() any { return &core.ConfigMap{} },
	"Secret": func() any { return &core.Secret{} }, "Service": func() any { return &core.Service{} },
	"Deployment": func() any { return &apps.Deployment{} }, "StatefulSet": func() any { return &apps.StatefulSet{} },
	"PodDisruptionBudget": func() any { return &policy.PodDisruptionBudget{} }, "NetworkPolicy": func() any { return &networking.NetworkPolicy{} },
}

var versions = map[string]string{
	"Deployment": "apps/v1", "StatefulSet": "apps/v1", "PodDisruptionBudget": "policy/v1", "NetworkPolicy": "networking.k8s.io/v1",
}

// cluster reads all manifests; the names are kind/name.
func cluster(t *testing.T) map[string]any {
	t.Helper()
	all := map[string]any{}
	files, _ := filepath.Glob(filepath.Join(deploy, "kubernetes", "*.yaml"))
	if len(files) != 3 {
		t.Fatalf("got %d files", len(files))
	}
	for _, file := range files {
		docs := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(read(t, "kubernetes/"+filepath.Base(file)))))
		for {
			doc, err := docs.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			name, object := one(t, doc)
			if all[name] != nil {
				t.Errorf("%s is there twice", name)
			}
			all[name] = object
		}
	}
	return all
}

func one(t *testing.T, doc []byte) (name string, object any) {
	t.Helper()
	var head struct {
		APIVersion, Kind string
		Metadata         struct{ Name, Namespace string }
	}
	if err := strict.Unmarshal(doc, &head); err != nil {
		t.Fatal(err)
	}
	make, known := kinds[head.Kind]
	if !known {
		t.Fatalf("a %q that nobody has looked at: %.80s", head.Kind, doc)
	}
	version := versions[head.Kind]
	if version == "" {
		version = "v1"
	}
	if head.APIVersion != version || head.Kind != "Namespace" && head.Metadata.Namespace != "engawa" {
		t.Errorf("%s/%s is of %s in %q", head.Kind, head.Metadata.Name, head.APIVersion, head.Metadata.Namespace)
	}
	object = make()
	if err := strict.UnmarshalStrict(doc, object); err != nil {
		t.Errorf("%s/%s: %v", head.Kind, head.Metadata.Name, err)
	}
	return head.Kind + "/" + head.Metadata.Name, object
}

func TestKubernetesKnowsEveryFieldOfTheManifests(t *testing.T) {
	all := cluster(t)
	if len(all) < 16 {
		t.Errorf("got %d objects", len(all))
	}
	if _, err := parse(`{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {slector: {}}}`); err == nil {
		t.Error("a slip of the pen passes: this test cannot fail")
	}
}

func parse(doc string) (core.Service, error) {
	var s core.Service
	return s, strict.UnmarshalStrict([]byte(doc), &s)
}

func TestTwoRunSideBySideAndOneAlwaysStays(t *testing.T) {
	all := cluster(t)
	d := all["Deployment/engawa"].(*apps.Deployment)
	b := all["PodDisruptionBudget/engawa"].(*policy.PodDisruptionBudget)
	if *d.Spec.Replicas < 2 || d.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue() != 0 || b.Spec.MinAvailable.IntValue() < 1 {
		t.Errorf("replicas %d, %+v, %+v", *d.Spec.Replicas, d.Spec.Strategy.RollingUpdate, b.Spec)
	}
	for name, selector := range map[string]map[string]string{
		"budget": b.Spec.Selector.MatchLabels, "deployment": d.Spec.Selector.MatchLabels,
		"service": all["Service/engawa"].(*core.Service).Spec.Selector, "policy": all["NetworkPolicy/engawa"].(*networking.NetworkPolicy).Spec.PodSelector.MatchLabels,
	} {
		for k, v := range selector {
			if d.Spec.Template.Labels[k] != v {
				t.Errorf("the %s looks for %s=%s, which no pod has", name, k, v)
			}
		}
	}
	c := d.Spec.Template.Spec.Containers[0]
	if c.LivenessProbe.HTTPGet.Path != "/healthz" || c.ReadinessProbe.HTTPGet.Path != "/readyz" || c.StartupProbe == nil {
		t.Errorf("the probes are %+v, %+v", c.LivenessProbe, c.ReadinessProbe)
	}
}

func TestNoPodIsRootWritesToItsOwnDiskOrTalksToTheCluster(t *testing.T) {
	all := cluster(t)
	pods := map[string]core.PodSpec{
		"engawa": all["Deployment/engawa"].(*apps.Deployment).Spec.Template.Spec,
		"data":   all["StatefulSet/data"].(*apps.StatefulSet).Spec.Template.Spec,
		"keys":   all["StatefulSet/keys"].(*apps.StatefulSet).Spec.Template.Spec,
	}
	for name, p := range pods {
		if p.AutomountServiceAccountToken == nil || *p.AutomountServiceAccountToken || !*p.SecurityContext.RunAsNonRoot || *p.EnableServiceLinks {
			t.Errorf("%s: %+v", name, p.SecurityContext)
		}
		for _, c := range p.Containers {
			s := c.SecurityContext
			if !*s.ReadOnlyRootFilesystem || *s.AllowPrivilegeEscalation || fmt.Sprint(s.Capabilities.Drop) != "[ALL]" || c.Resources.Limits.Memory().IsZero() {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
	closed := all["NetworkPolicy/closed"].(*networking.NetworkPolicy)
	if len(closed.Spec.PodSelector.MatchLabels) != 0 || len(closed.Spec.PolicyTypes) != 2 || closed.Spec.Ingress != nil || closed.Spec.Egress != nil {
		t.Errorf("not everything is closed first: %+v", closed.Spec)
	}
	if e := all["NetworkPolicy/redis"].(*networking.NetworkPolicy).Spec.Egress; e != nil {
		t.Errorf("Redis may go out: %+v", e)
	}
}

func TestTheRedisOfTheManifestsHasTheShippedSettings(t *testing.T) {
	got := cluster(t)["ConfigMap/redis"].(*core.ConfigMap).Data["redis.conf"]
	if want := string(read(t, "redis.conf")); got != want {
		t.Error("kubernetes/redis.yaml and redis.conf differ")
	}
}
