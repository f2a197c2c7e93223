package emulator

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

// published is LINE's own description of its API. It is not ours to carry, so
// the comparison happens where somebody has laid it beside the repository.
const published = "../../../../shared/line-openapi/messaging-api.yml"

type schema struct {
	Ref        string             `yaml:"$ref"`
	Type       string             `yaml:"type"`
	Required   []string           `yaml:"required"`
	Properties map[string]*schema `yaml:"properties"`
	AllOf      []*schema          `yaml:"allOf"`
	Items      *schema            `yaml:"items"`
	Enum       []string           `yaml:"enum"`
	MaxLength  int                `yaml:"maxLength"`
	MaxItems   int                `yaml:"maxItems"`
	Minimum    int                `yaml:"minimum"`
	Additional any                `yaml:"additionalProperties"`
	Tells      struct {
		Mapping map[string]string `yaml:"mapping"`
	} `yaml:"discriminator"`
}

type description struct {
	Components struct {
		Schemas map[string]*schema `yaml:"schemas"`
	} `yaml:"components"`
}

// flat is a schema with its bases folded in, without the word that tells shapes apart.
func (d description) flat(name string) (map[string]*schema, []string) {
	fields, need := map[string]*schema{}, []string{}
	s := d.Components.Schemas[name]
	for _, part := range append([]*schema{s}, s.AllOf...) {
		if part.Ref != "" {
			more, needed := d.flat(path.Base(part.Ref))
			for k, v := range more {
				fields[k] = v
			}
			need = append(need, needed...)
		}
		for k, v := range part.Properties {
			fields[k] = v
		}
		need = append(need, part.Required...)
	}
	if typeOf[name] != "" || unions[name] != nil {
		delete(fields, "type")
	}
	return fields, need
}

func TestTheTableIsLINEsOwnDescription(t *testing.T) {
	raw, err := os.ReadFile(published)
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("LINE's description is not beside the repository: nothing to compare with")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var d description
	if err := yaml.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	for name, u := range unions {
		mapping := d.Components.Schemas[name].Tells.Mapping
		if len(mapping) != len(u) {
			t.Errorf("union %s has %d members, LINE's has %d", name, len(u), len(mapping))
		}
		for word, ref := range mapping {
			if u[word] != path.Base(ref) {
				t.Errorf("union %s: %q is %q, LINE says %q", name, word, u[word], path.Base(ref))
			}
		}
	}
	for name, ours := range shapes {
		if d.Components.Schemas[name] == nil {
			t.Errorf("%s is not in LINE's description", name)
			continue
		}
		compare(t, d, name, ours)
	}
}

// documented are bounds where the reference is stricter or newer than the description.
var documented = []string{"RichMenuSize.width", "RichMenuSize.height", "ShowLoadingAnimationRequest.loadingSeconds"}

func compare(t *testing.T, d description, name string, ours shape) {
	t.Helper()
	theirs, need := d.flat(name)
	for key := range theirs {
		if _, ok := ours[key]; !ok {
			t.Errorf("%s.%s is missing in our table", name, key)
		}
	}
	for key, f := range ours {
		s := theirs[key]
		if s == nil {
			t.Errorf("%s.%s is not LINE's", name, key)
			continue
		}
		where := name + "." + key
		if slices.Contains(need, key) && !f.need {
			t.Errorf("%s is needed", where)
		}
		if got := d.kind(s); got != f.kind {
			t.Errorf("%s is of kind %d, LINE says %d", where, f.kind, got)
		}
		if s.MaxLength > 0 && f.max != s.MaxLength && f.re == nil || s.MaxItems > 0 && f.max != s.MaxItems {
			t.Errorf("%s: max %d, LINE says %d/%d", where, f.max, s.MaxLength, s.MaxItems)
		}
		if s.Minimum != f.min && f.kind == anInt && s.Minimum != 0 && !slices.Contains(documented, where) {
			t.Errorf("%s: min %d, LINE says %d", where, f.min, s.Minimum)
		}
		if len(s.Enum) > 0 && !slices.Equal(f.enum, s.Enum) {
			t.Errorf("%s: %v, LINE says %v", where, f.enum, s.Enum)
		}
		if of := path.Base(d.target(s)); f.of != "" && f.of != of {
			t.Errorf("%s holds %s, LINE says %s", where, f.of, of)
		}
	}
}

func (d description) target(s *schema) string {
	if s.Items != nil {
		return s.Items.Ref
	}
	if more, ok := s.Additional.(map[string]any); ok {
		ref, _ := more["$ref"].(string)
		return ref
	}
	return s.Ref
}

func (d description) kind(s *schema) kind {
	if s.Ref != "" {
		base := d.Components.Schemas[path.Base(s.Ref)]
		if base.Type == "boolean" {
			return aFlag
		}
		return anObject
	}
	switch s.Type {
	case "array":
		return aList
	case "integer":
		return anInt
	case "number":
		return aNumber
	case "boolean":
		return aFlag
	case "object":
		return aMap
	}
	return aString
}

func TestEveryNameInTheTableExists(t *testing.T) {
	exists := func(of string) bool { return of == "" || shapes[of] != nil || unions[of] != nil }
	for name, s := range shapes {
		for key, f := range s {
			if !exists(f.of) {
				t.Errorf("%s.%s holds %q, which is nowhere", name, key, f.of)
			}
		}
	}
	for name, u := range unions {
		for word, member := range u {
			if shapes[member] == nil {
				t.Errorf("%s %q is %q, which is nowhere", name, word, member)
			}
		}
	}
}
