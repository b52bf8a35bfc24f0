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

// harmless is a value, as JSON, that is read in the place of one with an error, so that
// nothing more is said of it: "" if the field is left out.
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
			return "true" // the errors that it lifts are warnings then, and are still seen
		}
		return ""
	}
	if element {
		return quote(value)
	}
	return "[" + quote(value) + "]"
}

// meant is what a value of the wrong type means, as JSON, and whether that is certain.
// Otherwise it is a harmless value.
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
			return strconv.Itoa(n), true // a number is one of seconds
		}
		joined := strings.ToLower(strings.Join(strings.Fields(written), ""))
		if _, err := time.ParseDuration(joined); err == nil {
			return quote(joined), true
		}
	}
	return harmless(s.path, 0), false
}

// replace writes a string in the place of a field's name.
func (c *checker) replace(key *node, name string) []Edit {
	return c.edit(key, spelt(key.style, name))
}

// replaceValue writes a value, given as JSON, in the place of another.
func (c *checker) replaceValue(value *node, json string) []Edit {
	if value.tagged { // the tag would make another type of it
		return nil
	}
	return c.edit(value, json)
}

// respell writes the spellings of a Repair in the place of a value.
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

// edit changes the document where a value is, unless it cannot be found there.
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

// between is what stands between two elements of a list, after the one given. It is on
// lines of their own where the given one is.
func (c *checker) between(element *node) (text string, ok bool) {
	const longest = 1024 // of an indentation
	begin := max(element.start-longest, 0)
	startOfLine := begin + bytes.LastIndexByte(c.working[begin:element.start], '\n') + 1
	before := c.working[startOfLine:element.start]
	newline := "\n"
	if startOfLine > 1 && c.working[startOfLine-2] == '\r' {
		newline = "\r\n"
	}
	switch dash := dashes.Find(before); {
	case startOfLine == begin && begin > 0: // the line is longer
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

// spelt writes a string in a style.
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

// unescaped undoes what json.Marshal does for HTML.
func unescaped(json string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(json)
}
