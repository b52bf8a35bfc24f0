package cors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// ParsePolicy makes a Policy from a JSON document. It does the work of ParseConfig and
// CompileDocument together. All problems, also those of Compile, are *ParseErrors with a
// line and a column. The policy's warnings have no line. At most 100 problems are reported.
func ParsePolicy(data []byte) (*Policy, error) {
	c, err := ParseConfig(data)
	if err != nil {
		return nil, err
	}
	p, err := compileDocument(c)
	if err != nil {
		return nil, placed(data, err)
	}
	return p, nil
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
		errs = append(errs, r.lines.at(last, &ConfigError{Field: "document", Code: "json-problems", Hint: fmt.Sprintf("only the first %d problems are reported", maxParseErrors)}))
	}
	return errors.Join(errs...)
}
