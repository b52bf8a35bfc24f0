package cors

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// UnmarshalYAML reads from a YAML document what ParseConfig reads from a JSON one, as
// strictly, so that a Config can be part of a larger document. gopkg.in/yaml.v3,
// go.yaml.in/yaml (v3 and v4) and goccy/go-yaml call it; this package imports none of
// them. A field that the document does not name stays as it was. If anything is wrong,
// nothing of c changes.
//
// The errors are *ConfigErrors, without places: decode does not tell them.
func (c *Config) UnmarshalYAML(decode func(any) error) error {
	var document any
	if err := decode(&document); err != nil {
		return err
	}
	return withoutPlaces(c.overlay(appendYAML(nil, document, 0)))
}

// appendYAML appends, as JSON, what a YAML library made of a document, or of a value at
// a depth of it. The strict reader of JSON then reads both kinds of document.
//
// What a Config does not have is an error, whatever it holds, so its inside is left
// out: with aliases, a short document can hold more of it than memory does.
func appendYAML(to []byte, value any, depth int) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		return strconv.AppendBool(to, v)
	case int, int64, uint64:
		return fmt.Append(to, v)
	case float64:
		return appendFloat(to, v)
	case string:
		return appendString(to, v)
	case []any:
		to = append(to, '[')
		if depth == 1 {
			for i, element := range v {
				if i > 0 {
					to = append(to, ',')
				}
				to = appendYAML(to, element, depth+1)
			}
		}
		return append(to, ']')
	case map[string]any:
		return appendObject(to, v, depth)
	case map[any]any: // some name in it is not a string
		named := make(map[string]any, len(v))
		for name, value := range v {
			named[fmt.Sprint(name)] = value
		}
		return appendObject(to, named, depth)
	}
	return append(to, "{}"...) // a date, or something else that only the library knows
}

func appendObject(to []byte, object map[string]any, depth int) []byte {
	to = append(to, '{')
	if depth <= 1 {
		fields := new(Config).jsonFields()
		for i, name := range slices.Sorted(maps.Keys(object)) {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(appendString(to, name), ':')
			if depth == 0 && !slices.ContainsFunc(fields, func(f jsonField) bool { return f.name == name }) {
				to = append(to, "null"...)
				continue
			}
			to = appendYAML(to, object[name], depth+1)
		}
	}
	return append(to, '}')
}

// appendFloat appends a number so that it is not whole, for it is not written so in the
// document. In JSON too, 600.0 is an error.
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
