package cors

import (
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// documentHints has, by code, the hints that differ for the author of a document from
// those for a programmer.
var documentHints = map[string]string{
	"max-age-negative": `write 0 to let the browser choose (5 s), or "-1s" to keep preflights from being cached`,
	"max-age-fraction": `the header counts whole seconds; write a duration with its unit, such as "10m"`,
}

// inDocument rewrites a finding of Compile for the author of a document: it uses the names
// and values of documents instead of those of Go.
func inDocument(field, code, hint string, names map[string]string) (documentField, documentHint string) {
	name, _, _ := strings.Cut(field, "[")
	if written, found := names[name]; found {
		field = written + field[len(name):]
	}
	if own, found := documentHints[code]; found {
		return field, own
	}
	return field, documentWords(hint, names)
}

// documentNames maps the Go names that occur in hints to the words of documents.
func documentNames() map[string]string {
	names := map[string]string{
		"NoCache":         `"-1s"`,
		"EnforceNone":     strconv.Quote(EnforceNone.String()),
		"EnforceUnsafe":   strconv.Quote(EnforceUnsafe.String()),
		"EnforceAll":      strconv.Quote(EnforceAll.String()),
		"AllowOriginFunc": "the program's AllowOriginFunc", // documents have no such field
	}
	addNames(names, reflect.TypeFor[Config](), "", "")
	addNames(names, reflect.TypeFor[Dangers](), "Dangerously.", "dangerously.")
	return names
}

// addNames adds the fields of a struct as documents spell them: with a lower-case first
// letter.
func addNames(names map[string]string, of reflect.Type, prefix, documentPrefix string) {
	for field := range of.Fields() {
		name := field.Name
		if _, found := names[prefix+name]; !found {
			names[prefix+name] = documentPrefix + documentName(name)
		}
	}
}

// documentName is the name of a field in documents.
func documentName(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// documentWords replaces names and durations in a hint, but not within quotation marks:
// quoted text is a value already.
func documentWords(hint string, names map[string]string) string {
	var b strings.Builder
	for rest := hint; rest != ""; {
		n := len(rest)
		switch first, _ := utf8.DecodeRuneInString(rest); {
		case first == '"':
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				n = len(quoted)
			} else {
				n = 1
			}
			b.WriteString(rest[:n])
		case partOfWord(first):
			if i := strings.IndexFunc(rest, func(r rune) bool { return !partOfWord(r) }); i >= 0 {
				n = i
			}
			word := strings.TrimRight(rest[:n], ".")
			b.WriteString(documentWord(word, names) + rest[len(word):n])
		default:
			if i := strings.IndexFunc(rest, func(r rune) bool { return r == '"' || partOfWord(r) }); i >= 0 {
				n = i
			}
			b.WriteString(rest[:n])
		}
		rest = rest[n:]
	}
	return b.String()
}

func partOfWord(r rune) bool {
	return r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func documentWord(word string, names map[string]string) string {
	if written, found := names[word]; found {
		return written
	}
	d, err := time.ParseDuration(word)
	if _, number := strconv.Atoi(word); err != nil || number == nil {
		return word // "0" parses as a duration, but is a number in a document
	}
	return strconv.Quote(documentDuration(d))
}

// documentDuration writes a duration without trailing zero units: "10m", not "10m0s".
func documentDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
