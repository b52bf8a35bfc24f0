package cors

import (
	"fmt"
	"strconv"
	"strings"
)

// ConfigError is one problem of a Config. Compile and ParseConfig report all problems at
// once, in an error made by errors.Join: errors.As finds the first, and ConfigErrors lists
// all of them.
type ConfigError struct {
	// Field is the Config's field, with an index in a list: "AllowOrigins[2]".
	Field string
	// Value is what was written there.
	Value string
	// Code names the kind of problem and is stable: "origin-path".
	Code string
	// Hint says what is wrong and what to write instead.
	Hint string
	// Repair holds the values to write instead of Value, each as an element of its own.
	// It is empty if the right value is in doubt, and has several if Value names several.
	// A repair changes only the spelling: it keeps the registrable name, scheme and port,
	// adds no "*", and Compile accepts it in the same Config.
	Repair []string
}

// Error reads: cors: AllowOrigins[2] "https://a.example/": an origin has no path; write "https://a.example".
func (e *ConfigError) Error() string {
	return "cors: " + finding(e.Field, e.Value, e.Hint)
}

// Warning is something in a policy that is legal but questionable.
type Warning struct {
	Field string // as in ConfigError
	Value string // as in ConfigError
	Code  string // names the kind of warning, and is stable: "wildcard-credentials"
	Hint  string // says what may go wrong, and what to do about it

	// Repair holds the values to write instead of Value, as in ConfigError.
	Repair []string
}

// String returns the warning in the form of an error message, without the prefix "cors: ".
func (w Warning) String() string { return finding(w.Field, w.Value, w.Hint) }

// ParseError is one problem of a JSON configuration, with its place in the document.
type ParseError struct {
	Line, Column int // of the value or name, both from 1; columns count bytes
	Err          *ConfigError
}

// Error reads: cors: line 3, column 5: allowOrigin: there is no such field; write "allowOrigins".
func (e *ParseError) Error() string {
	return fmt.Sprintf("cors: line %d, column %d: %s", e.Line, e.Column, finding(e.Err.Field, e.Err.Value, e.Err.Hint))
}

// Unwrap returns the ConfigError.
func (e *ParseError) Unwrap() error { return e.Err }

// ConfigErrors returns every ConfigError in err, an error of Compile or ParseConfig, in the
// order in which err joins them.
func ConfigErrors(err error) []*ConfigError {
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case *ConfigError:
		return []*ConfigError{e}
	case interface{ Unwrap() error }:
		return ConfigErrors(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []*ConfigError
		for _, sub := range e.Unwrap() {
			all = append(all, ConfigErrors(sub)...)
		}
		return all
	}
	return nil
}

// maxQuoted bounds, in bytes, how much of a bad value a message repeats.
const maxQuoted = 120

func finding(field, value, hint string) string {
	// The name of an unknown field in JSON can be anything.
	if strings.ContainsFunc(field, func(r rune) bool { return !strconv.IsPrint(r) }) {
		field = strconv.Quote(field)
	}
	if value == "" && !strings.HasSuffix(field, "]") {
		return field + ": " + hint
	}
	cut := value
	if len(cut) > maxQuoted {
		cut = strings.ToValidUTF8(cut[:maxQuoted], "") + "…"
	}
	return fmt.Sprintf("%s %q: %s", field, cut, hint)
}
