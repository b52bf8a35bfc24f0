package cors

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

// TestSchemaHasTheFields checks that policy.schema.json has exactly the fields that
// ParseConfig reads. conformance/configlibs tests what it says about their values.
func TestSchemaHasTheFields(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("policy.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type object struct {
		Type       string
		Additional *bool `json:"additionalProperties"`
		Properties map[string]struct {
			Description string
			Type        string
			Additional  *bool                     `json:"additionalProperties"`
			Properties  map[string]map[string]any // of a nested object
		}
	}
	var schema object
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	inSchema, inReader := map[string]bool{}, map[string]bool{}
	for name, p := range schema.Properties {
		inSchema[name] = true
		if p.Description == "" {
			t.Errorf("%s is not described", name)
		}
		for nested := range p.Properties {
			inSchema[name+"."+nested] = true
		}
	}
	for _, f := range new(Config).jsonFields() {
		inReader[f.name] = true
	}
	for _, f := range dangerFields(new(Dangers)) {
		inReader["dangerously."+f.name] = true
	}
	if !reflect.DeepEqual(inSchema, inReader) {
		t.Errorf("the schema has\n%v\nand the reader\n%v", inSchema, inReader)
	}
	dangers := schema.Properties["dangerously"]
	if schema.Additional == nil || *schema.Additional || dangers.Additional == nil || *dangers.Additional {
		t.Error("the schema lets other fields pass")
	}
}

// TestEveryFieldIsRead checks that documents have all fields of Config except the function.
func TestEveryFieldIsRead(t *testing.T) {
	t.Parallel()
	var read []string
	for _, f := range new(Config).jsonFields()[1:] {
		read = append(read, f.name)
	}
	names := documentNames()
	for i := range reflect.TypeFor[Config]().NumField() {
		f := reflect.TypeFor[Config]().Field(i)
		if f.Name == "AllowOriginFunc" {
			continue
		}
		if len(read) == 0 || read[0] != names[f.Name] {
			t.Fatalf("%s is not read, or not in the order of Config: %v", f.Name, read)
		}
		read = read[1:]
	}
	dangers := dangerFields(new(Dangers))
	if len(dangers) != reflect.TypeFor[Dangers]().NumField() {
		t.Errorf("%d of %d dangers are read", len(dangers), reflect.TypeFor[Dangers]().NumField())
	}
}
