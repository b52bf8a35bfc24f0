package cors

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// UnmarshalYAML reads from a YAML document what ParseConfig reads from a JSON document, and
// is as strict. So a Config can be part of a larger document. gopkg.in/yaml.v3,
// go.yaml.in/yaml (v3 and v4) and goccy/go-yaml call it; this package imports none of
// them. Fields that are not in the document keep their value. If anything is wrong, c does
// not change. Compile the result with CompileDocument: its errors name fields as the
// document does.
//
// decode may use any type for mappings and lists, including named types, pointers, and
// ordered mappings whose items have a Key and a Value. A struct is an error.
//
// The errors are *ConfigErrors without a line and column, because decode does not report
// them.
func (c *Config) UnmarshalYAML(decode func(any) error) error {
	var document any
	if err := decode(&document); err != nil {
		return err
	}
	w := yamlWriter{unread: make(map[string]reflect.Type)}
	w.value("document", reflect.ValueOf(document), 0)
	err := withoutPlaces(c.overlay(w.json))
	for _, e := range ConfigErrors(err) {
		if typ, found := w.unread[e.Field]; found && e.Code == "json-type" {
			e.Value, e.Hint = typ.String(), e.Hint+"; the YAML library read it as this type of Go"
		}
	}
	return err
}

// yamlWriter writes a document that a YAML library has decoded as JSON. The strict JSON
// reader then reads both kinds of document.
//
// It leaves out the content of fields that a Config does not have: these are errors anyway,
// and with aliases a short document can expand to more than memory holds.
type yamlWriter struct {
	json   []byte
	unread map[string]reflect.Type // types without a JSON form, by field
}

// value writes v, the value of field, at a depth of the document. It looks at the kind of
// v's type, because each library has types of its own.
func (w *yamlWriter) value(field string, v reflect.Value, depth int) {
	// A type can be a pointer to itself.
	for n := 0; n < 8 && (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface); n++ {
		v = v.Elem()
	}
	switch v.Kind() { //nolint:exhaustive // the others have no form in a document
	case reflect.Invalid: // nil
		w.json = append(w.json, "null"...)
	case reflect.Bool:
		w.json = strconv.AppendBool(w.json, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v.Type() == reflect.TypeFor[time.Duration]() { // a number would mean seconds
			w.json = appendString(w.json, time.Duration(v.Int()).String())
			return
		}
		w.json = strconv.AppendInt(w.json, v.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		w.json = strconv.AppendUint(w.json, v.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		w.json = appendFloat(w.json, v.Float())
	case reflect.String:
		w.json = appendString(w.json, v.String())
	case reflect.Map:
		w.object(field, mappingOf(v, depth), depth)
	case reflect.Slice, reflect.Array:
		if isItem(v.Type().Elem()) {
			w.object(field, itemsOf(v, depth), depth)
			return
		}
		w.list(field, v, depth)
	default:
		w.unread[field] = v.Type()
		w.json = append(w.json, "null"...) // an error in every field
	}
}

func (w *yamlWriter) list(field string, list reflect.Value, depth int) {
	w.json = append(w.json, '[')
	if depth == 1 {
		for i := range list.Len() {
			if i > 0 {
				w.json = append(w.json, ',')
			}
			w.value(at(field, i), list.Index(i), depth+1)
		}
	}
	w.json = append(w.json, ']')
}

// yamlEntry is a name of a mapping, with its value.
type yamlEntry struct {
	name  string
	value reflect.Value
}

// maxMapping is the depth of the deepest mapping of a Config: dangerously.
const maxMapping = 1

// mappingOf returns the entries of a map, sorted.
func mappingOf(mapping reflect.Value, depth int) []yamlEntry {
	if depth > maxMapping {
		return nil
	}
	entries := make([]yamlEntry, 0, mapping.Len())
	for key, value := range mapping.Seq2() {
		entries = append(entries, yamlEntry{fmt.Sprint(key), value})
	}
	slices.SortFunc(entries, func(a, b yamlEntry) int { return strings.Compare(a.name, b.name) })
	return entries
}

// isItem reports whether a slice of typ is an ordered mapping.
func isItem(typ reflect.Type) bool {
	return typ.Kind() == reflect.Struct && typ.NumField() == 2 && typ.Field(0).Name == "Key" && typ.Field(1).Name == "Value"
}

// itemsOf returns the entries of an ordered mapping.
func itemsOf(items reflect.Value, depth int) []yamlEntry {
	if depth > maxMapping {
		return nil
	}
	entries := make([]yamlEntry, 0, items.Len())
	for i := range items.Len() {
		item := items.Index(i)
		entries = append(entries, yamlEntry{fmt.Sprint(item.Field(0)), item.Field(1)})
	}
	return entries
}

func (w *yamlWriter) object(field string, entries []yamlEntry, depth int) {
	fields := new(Config).jsonFields()
	w.json = append(w.json, '{')
	for i, e := range entries {
		if i > 0 {
			w.json = append(w.json, ',')
		}
		w.json = append(appendString(w.json, e.name), ':')
		path := e.name
		if depth > 0 {
			path = field + "." + e.name
		} else if !slices.ContainsFunc(fields, func(f jsonField) bool { return f.name == e.name }) {
			w.json = append(w.json, "null"...)
			continue
		}
		w.value(path, e.value, depth+1)
	}
	w.json = append(w.json, '}')
}

// appendFloat appends a number with a fraction or exponent, as the document has it: 600.0
// is an error in JSON too.
func appendFloat(to []byte, f float64) []byte {
	text, err := json.Marshal(f)
	if err != nil {
		return append(to, "1e999"...) // .inf or .nan, which JSON does not have
	}
	to = append(to, text...)
	if !strings.ContainsAny(string(text), ".e") {
		to = append(to, ".0"...)
	}
	return to
}

func appendString(to []byte, s string) []byte {
	text, err := json.Marshal(s)
	if err != nil {
		return append(to, "null"...) // not reached: every string has a form in JSON
	}
	return append(to, text...)
}
