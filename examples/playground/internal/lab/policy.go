package lab

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
	cors "github.com/crossgate/cors/core"
)

// The formats of a policy's text.
const (
	formatJSON = "json"
	formatYAML = "yaml"
)

// The severities of a Problem.
const (
	severityError   = string(policyfile.Error)
	severityWarning = string(policyfile.Warning)
)

// Problem is an error or a warning about a policy's text.
type Problem struct {
	Severity string `json:"severity"` // "error" or "warning"
	Line     int    `json:"line"`
	Column   int    `json:"column"` // in bytes, both from 1
	Code     string `json:"code"`
	Field    string `json:"field"` // "allowOrigins[0]"
	Value    string `json:"value,omitempty"`
	Message  string `json:"message"` // field, value and hint in one line
	Hint     string `json:"hint"`
	Fixes    []Fix  `json:"fixes"`
}

// policy is a policy's text, and its compiled form if it has no errors.
type policy struct {
	format, text string
	compiled     *cors.Policy // nil if there is an error
	problems     []policyfile.Problem
	named        []policyfile.Policy // of a set
	other        []Fix               // of otherFormat, once it is known
	straightened bool                // the fix for typeset characters is offered
}

// readPolicy reads a text and finds all its problems: errors of the document and of the
// policy together.
func readPolicy(format, text string) *policy {
	file := policyfile.Read([]byte(text), policyfile.Form(format))
	p := &policy{format: format, text: text, problems: afterTheLast(file.Problems)}
	switch {
	case file.Set:
		p.named = file.Policies
		p.problems = append([]policyfile.Problem{{
			Severity: policyfile.Error, Line: 1, Column: 1, Field: "document", Code: "policy-set",
			Hint: "these are several policies with names; write one of them alone", Message: "document: these are several policies with names; write one of them alone",
		}}, p.problems...)
	case len(file.Policies) == 1 && !file.Faulty():
		p.compiled = file.Policies[0].Compiled
	}
	return p
}

// shortened cuts a value for a message.
func shortened(s string) string {
	const most = 120
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// asDocument writes a configuration in a format.
func asDocument(format string, c cors.Config) (string, error) {
	if format == formatYAML {
		text, err := yaml.Dump(c, yaml.WithIndent(2))
		return string(text), err
	}
	text, err := c.MarshalJSON()
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	err = json.Indent(&b, text, "", "  ")
	return unescaped(b.String()) + "\n", err
}

// unescaped undoes the HTML escapes of json.Marshal.
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
