package line_test

import (
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// apiFile is LINE's own description of the API. It lies beside the project, not in it.
const apiFile = "../../../shared/line-openapi/messaging-api.yml"

// described is LINE's push request, or nil where the file is not there.
var described = sync.OnceValues(func() (*openapi3.Schema, error) {
	raw, err := os.ReadFile(apiFile)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(raw)
	if err != nil {
		return nil, err
	}
	strict(doc.Components.Schemas)
	return doc.Components.Schemas["PushMessageRequest"].Value, nil
})

// strict makes every base type mean "one of its subtypes". As published, the types
// have a discriminator without oneOf, and a text message without text would pass.
func strict(all openapi3.Schemas) {
	for name, ref := range all {
		base := ref.Value
		if base.Discriminator == nil || len(base.OneOf) > 0 || len(base.Discriminator.Mapping) == 0 {
			continue
		}
		plain := *base
		plain.Discriminator = nil
		common := &openapi3.SchemaRef{Value: &plain}
		var subtypes openapi3.SchemaRefs
		seen := map[string]bool{}
		for _, to := range base.Discriminator.Mapping {
			sub := to.Ref[strings.LastIndex(to.Ref, "/")+1:]
			if seen[sub] || all[sub] == nil {
				continue
			}
			seen[sub] = true
			for i, part := range all[sub].Value.AllOf {
				if strings.HasSuffix(part.Ref, "/"+name) {
					all[sub].Value.AllOf[i] = common
				}
			}
			subtypes = append(subtypes, &openapi3.SchemaRef{Ref: "#/components/schemas/" + sub, Value: all[sub].Value})
		}
		base.OneOf = subtypes
	}
}

// conform checks messages against LINE's description, if it is there.
func conform(t testing.TB, msgs []json.RawMessage) {
	t.Helper()
	schema, err := described()
	if err != nil {
		t.Fatalf("LINE's description of the API: %v", err)
	}
	if schema == nil {
		return
	}
	raw, err := json.Marshal(map[string]any{"to": user, "messages": msgs})
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	if err := schema.VisitJSON(v); err != nil {
		t.Errorf("LINE would refuse this: %v\n%s", err, raw)
	}
}

func TestTheDescriptionRefusesWhatLINERefuses(t *testing.T) {
	schema, err := described()
	if err != nil {
		t.Fatal(err)
	}
	if schema == nil {
		t.Logf("%s is not there: messages are checked by our own rules only", apiFile)
		return
	}
	for name, raw := range map[string]string{
		"text without text":     `[{"type":"text"}]`,
		"a type LINE has not":   `[{"type":"tekst","text":"a"}]`,
		"six messages":          `[{"type":"text","text":"1"},{"type":"text","text":"2"},{"type":"text","text":"3"},{"type":"text","text":"4"},{"type":"text","text":"5"},{"type":"text","text":"6"}]`,
		"a box without a place": `[{"type":"flex","altText":"a","contents":{"type":"bubble","body":{"type":"box","layout":"diagonal","contents":[]}}}]`,
	} {
		t.Run(name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(`{"to":"`+user+`","messages":`+raw+`}`), &v); err != nil {
				t.Fatal(err)
			}
			if schema.VisitJSON(v) == nil {
				t.Errorf("passes, want refused: the check would prove nothing")
			}
		})
	}
}
