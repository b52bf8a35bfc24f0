package lab

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	cors "github.com/crossgate/cors/core"
)

// The formats of a policy's text.
const (
	formatJSON = "json"
	formatYAML = "yaml"
)

// The severities of a Problem.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// Problem is something that is wrong with a policy's text, or questionable in it.
type Problem struct {
	Severity string `json:"severity"` // "error" or "warning"
	Line     int    `json:"line"`
	Column   int    `json:"column"` // in bytes, both from 1
	Code     string `json:"code"`
	Field    string `json:"field"` // "allowOrigins[0]"
	Value    string `json:"value,omitempty"`
	Message  string `json:"message"` // the hint, with the value before it
	Hint     string `json:"hint"`
	Fixes    []Fix  `json:"fixes"`

	repair []string
}

// policy is a policy's text, as far as it can be read.
type policy struct {
	format, text string
	document     *document // nil where there is nothing to edit
	config       cors.Config
	compiled     *cors.Policy // nil where there is an error
	problems     []Problem
}

// readPolicy reads a text with all that is wrong with it, errors of the document and of the
// policy together.
func readPolicy(format, text string) *policy {
	p := &policy{format: format, text: text}
	p.document, _ = readDocument(format, text)
	err := p.parse([]byte(text))
	if err != nil {
		p.fail(err)
		p.restOfPolicy()
		return p
	}
	document, err := json.Marshal(p.config)
	if err != nil { // not reached: what a document held, a document holds
		p.fail(err)
		return p
	}
	p.compile(document)
	return p
}

// parse reads the configuration.
func (p *policy) parse(text []byte) (err error) {
	if p.format == formatJSON {
		p.config, err = cors.ParseConfig(text)
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &cors.ConfigError{Field: "document", Code: "yaml-empty", Hint: "there is no policy yet; name the origins: allowOrigins: [https://app.example.com]"}
	}
	return yaml.Unmarshal(text, &p.config)
}

// compile compiles the policy of a JSON document with the same fields: of ParsePolicy's
// errors and warnings all but the places are right.
func (p *policy) compile(document []byte) {
	compiled, err := cors.ParsePolicy(document)
	for _, e := range cors.ConfigErrors(err) {
		p.problem(severityError, e.Field, e.Value, e.Code, e.Hint, e.Repair)
	}
	if err != nil {
		return
	}
	p.compiled = compiled
	for _, w := range compiled.Warnings() {
		p.problem(severityWarning, w.Field, w.Value, w.Code, w.Hint, w.Repair)
	}
}

// restOfPolicy compiles what is left of a document without the fields that could not be
// read, so that the author sees what else is wrong.
func (p *policy) restOfPolicy() {
	if p.document == nil {
		return
	}
	wrong := make(map[string]bool)
	for _, problem := range p.problems {
		name, _, _ := strings.Cut(problem.Field, "[")
		name, _, _ = strings.Cut(name, ".")
		wrong[name] = true
	}
	rest := &yaml.Node{Kind: yaml.MappingNode}
	for _, f := range fields(p.document.root) {
		if !wrong[f.name.Value] {
			rest.Content = append(rest.Content, f.name, f.value)
		}
	}
	var config cors.Config
	if len(rest.Content) == 0 || rest.Decode(&config) != nil {
		return
	}
	_, err := cors.Compile(config)
	document, errJSON := json.Marshal(config)
	if err == nil || errJSON != nil {
		return
	}
	_, err = cors.ParsePolicy(document)
	for _, e := range cors.ConfigErrors(err) {
		if e.Code == "origins-none" && len(wrong) > 0 {
			continue // they are in what could not be read, as far as anybody knows
		}
		p.problem(severityError, e.Field, e.Value, e.Code, e.Hint, e.Repair)
	}
}

// yamlLine finds the line in an error of the YAML library.
var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?line (\d+): `)

// fail adds the problems of an error of parse.
func (p *policy) fail(err error) {
	places := parseErrors(err)
	for _, e := range places {
		p.problem(severityError, e.Err.Field, e.Err.Value, e.Err.Code, e.Err.Hint, e.Err.Repair)
		last := &p.problems[len(p.problems)-1]
		last.Line, last.Column = e.Line, e.Column
	}
	if len(places) > 0 {
		return
	}
	configErrors := cors.ConfigErrors(err)
	for _, e := range configErrors {
		p.problem(severityError, e.Field, e.Value, e.Code, e.Hint, e.Repair)
	}
	if len(configErrors) > 0 {
		return
	}
	message, line := err.Error(), 1
	if found := yamlLine.FindStringSubmatch(message); found != nil {
		line, _ = strconv.Atoi(found[1])
		message = strings.TrimPrefix(message, found[0])
	}
	message = strings.TrimPrefix(message, "yaml: ")
	p.problems = append(p.problems, Problem{
		Severity: severityError, Line: max(line, 1), Column: 1, Code: p.format + "-syntax", Field: "document",
		Message: "this is not YAML: " + message, Hint: "this is not YAML: " + message, Fixes: []Fix{},
	})
}

// parseErrors returns every ParseError in err.
func parseErrors(err error) []*cors.ParseError {
	var one *cors.ParseError
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case *cors.ParseError:
		return []*cors.ParseError{e}
	case interface{ Unwrap() []error }:
		var all []*cors.ParseError
		for _, sub := range e.Unwrap() {
			all = append(all, parseErrors(sub)...)
		}
		return all
	}
	if errors.As(err, &one) {
		return []*cors.ParseError{one}
	}
	return nil
}

// problem adds a problem at its place.
func (p *policy) problem(severity, field, value, code, hint string, repair []string) {
	problem := Problem{Severity: severity, Line: 1, Column: 1, Code: code, Field: field, Value: value, Hint: hint, Message: hint, Fixes: []Fix{}, repair: repair}
	if value != "" {
		problem.Message = strconv.Quote(shortened(value)) + ": " + hint
	}
	if p.document != nil {
		problem.Line, problem.Column = p.document.place(field)
		if name, _ := p.document.find(field); name != nil && (code == "json-unknown-field" || code == "json-repeated-field") {
			problem.Line, problem.Column = name.Line, p.document.start(name)-p.document.line[name.Line-1]+1
		}
	}
	p.problems = append(p.problems, problem)
}

// shortened cuts what a message repeats.
func shortened(s string) string {
	const most = 120
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// asDocument writes a configuration in a format.
func asDocument(format string, c cors.Config) (string, error) {
	var b bytes.Buffer
	if format == formatYAML {
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		err := e.Encode(c)
		return b.String(), err
	}
	text, err := c.MarshalJSON()
	if err != nil {
		return "", err
	}
	err = json.Indent(&b, text, "", "  ")
	return unescaped(b.String()) + "\n", err
}

// unescaped undoes what json.Marshal does to text for HTML.
func unescaped(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(s)
}

// quotedJSON writes a string of JSON, which is one of YAML too.
func quotedJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always has a form
	return strings.TrimSuffix(b.String(), "\n")
}

// Document writes a configuration as a document in a format, "json" or "yaml".
func Document(format string, c cors.Config) (string, error) { return asDocument(format, c) }

// Compile compiles a policy's text. The error has the first thing that is wrong.
func Compile(format, text string) (*cors.Policy, error) {
	p := readPolicy(format, text)
	if p.compiled == nil {
		return nil, fmt.Errorf("the policy has problems, the first in line %d: %s", p.problems[0].Line, p.problems[0].Message)
	}
	return p.compiled, nil
}
