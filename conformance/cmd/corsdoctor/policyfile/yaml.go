package policyfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// maxQuotes limits how many wildcards without quotes are corrected, because each one makes
// it necessary to read the document again.
const maxQuotes = 32

// readYAML reads a YAML document. It first corrects wildcards without quotes, which YAML
// treats as aliases. If the document has another mistake, it reads only the lines before
// that.
func (r *reader) readYAML() {
	if !utf8.Valid(r.original) {
		r.syntax(invalid(r.original), "yaml-syntax", "this is not UTF-8; save the document as UTF-8")
		return
	}
	var root yaml.Node
	var edits []Edit
	for {
		err := load(r.working, &root)
		if err == nil {
			break
		}
		if second, ok := r.secondDocument(&root); ok {
			r.syntax(second, "json-trailing", "there is a second document; remove it, or write a set of named policies")
			break
		}
		at, hint := r.notYAML(err)
		if edit, ok := r.quoteWildcard(at); ok && len(edits) < maxQuotes {
			r.file.Problems = append(r.file.Problems, Problem{
				Severity: Error, Field: "document", Value: edit.New[1 : len(edit.New)-1], Code: "yaml-syntax",
				Hint: "YAML takes * for an alias here; write it in quotes", Repair: []Edit{edit}, offset: edit.Start,
			})
			edits = append(edits, edit)
			slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
			r.use(edits)
			continue
		}
		r.syntax(at, "yaml-syntax", hint)
		r.partial = true
		startOfLine := bytes.LastIndexByte(r.working[:at], '\n') + 1
		root = yaml.Node{}
		if load(r.working[:startOfLine], &root) != nil {
			return
		}
		break
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		if !r.partial {
			r.syntax(0, "json-type", "the document is empty; write a policy: allowOrigins: […]")
		}
		return
	}
	begin := beginning(r.working)
	t := &yamlTree{text: r.working, nodes: make(map[*yaml.Node]*node), begin: begin, place: begin, budget: &r.budget}
	if top := t.value(root.Content[0], 0); top.kind == object {
		r.document(top)
	} else {
		r.check("", top)
	}
}

// load reads a document. It also returns an error if the library panics.
func load(text []byte, into any, options ...yaml.Option) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML library failed: %v", p)
		}
	}()
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	err = yaml.Load(text, into, options...)
	if err != nil && strings.Contains(err.Error(), "no documents in stream") { // only comments
		return nil
	}
	return err
}

// secondDocument returns where a second document begins. It loads the first one.
func (r *reader) secondDocument(root *yaml.Node) (offset int, ok bool) {
	var all []yaml.Node
	if err := load(r.working, &all, yaml.WithAllDocuments()); err != nil || len(all) < 2 || len(all[1].Content) == 0 {
		return 0, false
	}
	*root = all[0]
	second := all[1].Content[0]
	return beginning(r.working).forward(r.working, second.Line, second.Column).offset, true
}

// invalid returns the offset of the first byte that is not UTF-8.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(text)
}

// notYAML returns where a document is not YAML, and why.
func (r *reader) notYAML(err error) (offset int, hint string) {
	var e *yaml.LoadError
	if !errors.As(err, &e) {
		return 0, "this is not YAML: " + err.Error()
	}
	hint = "this is not YAML: " + e.Message
	if e.ContextMsg != "" && e.ContextMark.Line > 0 && e.ContextMark.Line != e.Mark.Line {
		hint += " (" + e.ContextMsg + " that begins in line " + strconv.Itoa(e.ContextMark.Line) + ")"
	}
	if strings.Contains(e.Message, "control characters") {
		return max(bytes.IndexFunc(r.working, refused), 0), hint
	}
	offset = beginning(r.working).forward(r.working, e.Mark.Line, e.Mark.Column).offset
	if offset < len(r.working) && r.working[offset] == '\t' {
		hint = "YAML indents with spaces, and this is a tab"
	}
	return offset, hint
}

// refused reports whether YAML does not allow a character (YAML 1.2, section 5.1).
func refused(c rune) bool {
	return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == '\ufffe' || c == '\uffff'
}

// quoteWildcard returns the edit that puts quotes around a word that begins with *.
func (r *reader) quoteWildcard(at int) (Edit, bool) {
	for at > 0 && (at >= len(r.working) || r.working[at] != '*') && !strings.ContainsRune("\n ", rune(r.working[at-1])) {
		at-- // the place of an alias without a name is after the *
	}
	if at >= len(r.working) || r.working[at] != '*' {
		return Edit{}, false
	}
	word := r.working[at:]
	if i := bytes.IndexAny(word, " \t\r\n,]}"); i >= 0 {
		word = word[:i]
	}
	from, to, ok := r.span(at, at+len(word))
	if !ok || bytes.ContainsAny(word, `"'\`) {
		return Edit{}, false
	}
	return Edit{from, to, `"` + string(word) + `"`}, true
}
