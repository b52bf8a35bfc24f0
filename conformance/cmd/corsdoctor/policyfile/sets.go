package policyfile

import (
	"cmp"
	"reflect"
	"unicode"
	"unicode/utf8"

	cors "github.com/crossgate/cors/core"
)

const schema = "$schema"

// document checks the policy or the policies of a document.
func (r *reader) document(root *node) {
	if r.file.Set = isSet(root); !r.file.Set {
		r.file.Policies = append(r.file.Policies, r.check("", root))
		return
	}
	seen := make(map[string]bool)
	for _, m := range root.members {
		name := m.key.text
		problem := func(at *node, code, hint string) {
			r.file.Problems = append(r.file.Problems, Problem{
				Severity: Error, Field: cmp.Or(name, "document"), Code: code, Hint: hint, offset: r.place(at.start),
			})
		}
		switch {
		case name == schema && m.value.kind == text:
		case name == schema:
			problem(m.value, "json-type", "write the schema's address, in quotes")
		case name == "":
			problem(m.key, "policy-name", "give the policy a name")
		case seen[name]:
			problem(m.key, "json-repeated-field", "the policy occurs twice; remove one")
		default:
			r.file.Policies = append(r.file.Policies, r.check(name, m.value))
		}
		seen[name] = true
	}
}

// isSet reports whether the members of a document are policies, and not the fields of one.
// A member that is an object is a policy, unless its name is dangerously. Any other member
// is a field, perhaps misspelt.
func isSet(root *node) bool {
	policies, fields := 0, 0
	for _, m := range root.members {
		switch {
		case m.key.text == schema:
		case m.value.kind == object && m.key.text != "dangerously":
			policies++
		case isField(m.key.text):
			return false
		default:
			fields++
		}
	}
	return policies > fields
}

// isField reports whether a policy has a field with this name: one of Config's, with a
// lower-case first letter.
func isField(name string) bool {
	first, size := utf8.DecodeRuneInString(name)
	_, found := config.FieldByName(string(unicode.ToUpper(first)) + name[size:])
	return found && unicode.IsLower(first) && name != "allowOriginFunc"
}

var config = reflect.TypeFor[cors.Config]()
