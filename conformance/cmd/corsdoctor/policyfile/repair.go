package policyfile

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	cors "github.com/crossgate/cors/core"
)

// harmless returns a value, as JSON, that replaces a wrong one and causes no further
// problems. "" leaves the field out.
func harmless(path string, n int) string {
	field, element := path, isElement(path)
	if element {
		field = parent(path)
	}
	value := ""
	switch field {
	case "allowOrigins":
		value = "https://" + strconv.Itoa(n) + ".policyfile.invalid"
	case "allowMethods":
		value = "POLICYFILE-" + strconv.Itoa(n)
	case "allowHeaders", "exposeHeaders", "varyBy":
		value = "x-policyfile-" + strconv.Itoa(n)
	default:
		if strings.HasPrefix(path, "dangerously.") {
			return "true" // this turns errors into warnings, which are still reported
		}
		return ""
	}
	if element {
		return quote(value)
	}
	return "[" + quote(value) + "]"
}

// meant returns what a value of the wrong type means, as JSON, and true. If that is not
// certain, it returns a harmless value and false.
func meant(s slot) (value string, certain bool) {
	written := strings.TrimSpace(s.value.text)
	scalar := s.value.kind == text || s.value.kind == number
	switch {
	case !scalar || len(written) > 1024:
	case s.path == "allowOrigins", s.path == "allowMethods", s.path == "allowHeaders", s.path == "exposeHeaders", s.path == "varyBy":
		if elements := cors.SplitList(written); s.value.kind == text && len(elements) > 0 {
			for i, e := range elements {
				elements[i] = quote(e)
			}
			return "[" + strings.Join(elements, ", ") + "]", true
		}
	case s.path == "allowCredentials", s.path == "passPreflight", strings.HasPrefix(s.path, "dangerously."):
		switch strings.ToLower(written) {
		case "true", "yes", "on":
			return "true", true
		case "false", "no", "off":
			return "false", true
		}
	case s.path == "preflightStatus":
		if n, err := strconv.Atoi(written); err == nil && s.value.kind == text {
			return strconv.Itoa(n), true
		}
	case s.path == "enforce":
		if lower := strings.ToLower(written); new(cors.Enforcement).UnmarshalText([]byte(lower)) == nil {
			return quote(lower), true
		}
	case s.path == "maxAge" && s.value.kind == text:
		if n, err := strconv.Atoi(written); err == nil {
			return strconv.Itoa(n), true // a number means seconds
		}
		joined := strings.ToLower(strings.Join(strings.Fields(written), ""))
		if _, err := time.ParseDuration(joined); err == nil {
			return quote(joined), true
		}
	}
	return harmless(s.path, 0), false
}

// replace returns the edit that renames a field.
func (c *checker) replace(key *node, name string) []Edit {
	return c.edit(key, spelt(key.style, name))
}

// replaceValue returns the edit that replaces a value by one given as JSON.
func (c *checker) replaceValue(value *node, json string) []Edit {
	if value.tagged { // the tag would change the type of the new value
		return nil
	}
	return c.edit(value, json)
}

// respell returns the edit that replaces a value by the spellings of a Repair.
func (c *checker) respell(s slot, path string, spellings []string) []Edit {
	value := s.value
	if len(spellings) == 0 || s.path != path || value == nil || value.kind != text {
		return nil
	}
	between, ok := c.between(value)
	if len(spellings) > 1 && (!isElement(path) || !ok) {
		return nil
	}
	var b strings.Builder
	for i, spelling := range spellings {
		if i > 0 {
			b.WriteString(between)
		}
		b.WriteString(spelt(value.style, spelling))
	}
	return c.edit(value, b.String())
}

// edit returns the edit that replaces a value, or none if the value's place in the document
// is unknown.
func (c *checker) edit(at *node, text string) []Edit {
	if at.style == unknownStyle {
		return nil
	}
	from, to, ok := c.span(at.start, at.end)
	if !ok {
		return nil
	}
	return []Edit{{from, to, text}}
}

var dashes = regexp.MustCompile(`^[ ]*-[ ]+`)

// between returns the text between an element of a list and the next one. A new element
// gets its own line if the given one has its own.
func (c *checker) between(element *node) (text string, ok bool) {
	const longest = 1024 // limit for an indentation
	begin := max(element.start-longest, 0)
	startOfLine := begin + bytes.LastIndexByte(c.working[begin:element.start], '\n') + 1
	before := c.working[startOfLine:element.start]
	newline := "\n"
	if startOfLine > 1 && c.working[startOfLine-2] == '\r' {
		newline = "\r\n"
	}
	switch dash := dashes.Find(before); {
	case startOfLine == begin && begin > 0: // the line contains more
		return ", ", !element.inBlock
	case element.inBlock && dash == nil:
		return "", false
	case element.inBlock:
		return newline + string(dash), true
	case startOfLine > 0 && len(bytes.TrimLeft(before, " \t")) == 0:
		return "," + newline + string(before), true
	}
	return ", ", true
}

// spelt returns a string in a style.
func spelt(s style, value string) string {
	switch s {
	case plainStyle:
		var read []any
		if err := yaml.Load([]byte("["+value+"]"), &read); err == nil && len(read) == 1 && read[0] == value {
			return value
		}
	case singleStyle:
		if !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
			return "'" + strings.ReplaceAll(value, "'", "''") + "'"
		}
	case jsonStyle, unknownStyle:
	}
	return unescaped(quote(value))
}

// unescaped undoes json.Marshal's escapes for HTML.
func unescaped(json string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(json)
}
