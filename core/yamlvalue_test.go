package cors_test

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// yamlValue decodes JSON into the values that a YAML library makes of the same text: int or
// uint64 for whole numbers, float64 for others. It returns false for a name that occurs
// twice, because libraries refuse that.
func yamlValue(data []byte) (any, bool) {
	if !json.Valid(data) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	value, ok := yamlToken(d)
	if _, err := d.Token(); err != io.EOF {
		return nil, false
	}
	return value, ok
}

func yamlToken(d *json.Decoder) (any, bool) {
	token, err := d.Token()
	if err != nil {
		return nil, false
	}
	switch token := token.(type) {
	case json.Number:
		if i, err := strconv.Atoi(token.String()); err == nil {
			return i, !strings.HasPrefix(token.String(), "-0")
		}
		if u, err := strconv.ParseUint(token.String(), 10, 64); err == nil {
			return u, true
		}
		f, err := token.Float64()
		text, _ := json.Marshal(f)
		return f, err == nil && string(text) == token.String() && strings.ContainsAny(token.String(), ".e")
	case json.Delim:
		if token == '[' {
			list := []any{}
			for d.More() {
				element, ok := yamlToken(d)
				if !ok {
					return nil, false
				}
				list = append(list, element)
			}
			_, err := d.Token()
			return list, err == nil
		}
		mapping := map[string]any{}
		for d.More() {
			name, _ := d.Token()
			value, ok := yamlToken(d)
			if _, twice := mapping[name.(string)]; twice || !ok {
				return nil, false
			}
			mapping[name.(string)] = value
		}
		_, err := d.Token()
		return mapping, err == nil
	}
	return token, true
}

// sortedFindings returns the errors without their places, sorted.
func sortedFindings(err error) []string {
	var all []string
	for _, e := range cors.ConfigErrors(err) {
		all = append(all, e.Error())
	}
	slices.Sort(all)
	return all
}
