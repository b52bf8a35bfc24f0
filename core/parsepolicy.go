package cors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ParsePolicy makes a Policy from a JSON document. It does the work of ParseConfig and
// CompileDocument together. All problems, also those of Compile, are *ParseErrors with a
// line and a column. The policy's warnings have no line. At most 100 problems are reported.
func ParsePolicy(data []byte) (*Policy, error) {
	c, err := ParseConfig(data)
	if err != nil {
		return nil, withCompiled(data, err)
	}
	p, err := compileDocument(c)
	if err != nil {
		return nil, placed(data, err)
	}
	return p, nil
}

// withCompiled adds to err, that of ParseConfig, what Compile says about the part of the
// document that could be read. It leaves out what may be said only because of err.
func withCompiled(data []byte, err error) error {
	r := newJSONReader(data)
	var c Config
	if r.syntax != nil || r.object("", c.jsonFields()) != nil {
		return err
	}
	misread := make(map[string]bool)
	for _, e := range ConfigErrors(err) {
		misread[e.Field] = true
		if strings.HasPrefix(e.Field, "dangerously") {
			for _, danger := range c.Dangerously.fields() {
				*danger.value = true // it may be the one that is misread
			}
		}
	}
	_, refused := Compile(c)
	names := documentNames()
	kept := make([]error, 0, maxParseErrors)
	for _, e := range ConfigErrors(refused) {
		if field, _ := inDocument(e.Field, e.Code, e.Hint, names); e.Code != "origins-none" && e.Code != "config-problems" && !misread[field] {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return err
	}
	all := slices.Concat(parseErrors(err), parseErrors(placed(data, errors.Join(kept...))))
	slices.SortStableFunc(all, func(a, b *ParseError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	var errs []error
	for _, e := range all {
		if len(errs) == maxParseErrors {
			errs = append(errs, &ParseError{e.Line, e.Column, tooMany()})
			break
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

// parseErrors returns the ParseErrors that err joins.
func parseErrors(err error) (all []*ParseError) {
	joined, _ := err.(interface{ Unwrap() []error })
	if joined == nil {
		return nil
	}
	for _, e := range joined.Unwrap() {
		var at *ParseError
		if errors.As(e, &at) {
			all = append(all, at)
		}
	}
	return all
}

// tooMany says that there are problems beyond maxParseErrors.
func tooMany() *ConfigError {
	return &ConfigError{Field: "document", Code: "json-problems", Hint: fmt.Sprintf("only the first %d problems are reported", maxParseErrors)}
}

// CompileDocument is Compile for a Config that was read from a document in JSON, YAML, TOML
// or another format. Errors, warnings and Policy.Explain then use the names of the document
// ("allowOrigins", "dangerously.insecureOrigins"), for the person who edits it.
func CompileDocument(c Config) (*Policy, error) {
	p, err := compileDocument(c)
	if err == nil {
		return p, nil
	}
	names := documentNames()
	var errs []error
	for _, e := range ConfigErrors(err) {
		problem := *e
		problem.Field, problem.Hint = inDocument(e.Field, e.Code, e.Hint, names)
		errs = append(errs, &problem)
	}
	return nil, errors.Join(errs...)
}

// compileDocument is CompileDocument with Compile's own errors.
func compileDocument(c Config) (*Policy, error) {
	p, err := Compile(c)
	if err != nil {
		return nil, err
	}
	p.document = true
	names := documentNames()
	for i, w := range p.warnings {
		if w.Field == "MaxAge" {
			w.Value = documentDuration(c.MaxAge)
		}
		w.Field, w.Hint = inDocument(w.Field, w.Code, w.Hint, names)
		p.warnings[i] = w
	}
	return p, nil
}

// placed turns Compile's errors into ParseErrors with a line and a column. It reads the
// document a second time to find them, so that valid documents cost nothing extra.
func placed(data []byte, err error) error {
	all := ConfigErrors(err)
	more := len(all) > maxParseErrors
	if more {
		all = all[:maxParseErrors]
	}
	names := documentNames()
	r := newJSONReader(data)
	r.written = make(map[string]written)
	problems := make([]*ConfigError, len(all))
	for i, e := range all {
		problem := *e
		problem.Field, problem.Hint = inDocument(e.Field, e.Code, e.Hint, names)
		problems[i] = &problem
		r.written[problem.Field] = written{}
	}
	begin := len(data) - len(bytes.TrimLeft(data, " \t\r\n"))
	if err := r.object("", new(Config).jsonFields()); err != nil {
		return err // not reached: the document has been read before
	}

	places := make(map[*ConfigError]int, len(problems))
	for _, problem := range problems {
		value := r.written[problem.Field]
		places[problem] = value.place
		if value.place == 0 { // the field is not in the document
			places[problem] = begin
		}
		if value.literal != "" {
			problem.Value = value.literal
		}
	}
	slices.SortStableFunc(problems, func(a, b *ConfigError) int { return cmp.Compare(places[a], places[b]) })
	var errs []error
	for _, problem := range problems {
		errs = append(errs, r.lines.at(places[problem], problem))
	}
	if more {
		last := places[problems[len(problems)-1]]
		errs = append(errs, r.lines.at(last, tooMany()))
	}
	return errors.Join(errs...)
}
