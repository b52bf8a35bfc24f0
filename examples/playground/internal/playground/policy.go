package playground

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/playground/internal/api"
)

// maxPolicy bounds, in bytes, the document that PUT /policy reads.
const maxPolicy = 256 << 10

// policy holds the policy of all five APIs with its document, and the policy of the group,
// which never changes.
type policy struct {
	live      cors.Live
	presets   []preset
	group     *cors.Policy
	groupText string

	mu   sync.Mutex // keeps text and live consistent
	text string
}

func newPolicy(presets []preset, group string) (*policy, error) {
	compiled, err := cors.ParsePolicy([]byte(group))
	if err != nil {
		return nil, err
	}
	p := &policy{presets: presets, group: compiled, groupText: group}
	if err := p.apply(presets[0].Policy); err != nil {
		return nil, err
	}
	return p, nil
}

// of returns the policy in force for a request to the APIs. It is only for explanations; the
// frameworks' routers choose the policy that decides.
func (p *policy) of(r cors.Request) (decider *cors.Policy, group string) {
	if strings.HasPrefix(r.Path, api.Group+"/") {
		return p.group, api.Group
	}
	return p.live.Load(), ""
}

// apply compiles a document and puts it into force. A document with mistakes changes nothing.
func (p *policy) apply(text string) error {
	compiled, err := cors.ParsePolicy([]byte(text))
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live.Store(compiled)
	p.text = text
	return nil
}

// inForce describes the policy to the page.
type inForce struct {
	Policy   string    `json:"policy"`
	Warnings []finding `json:"warnings"`
}

func (p *policy) inForce() inForce {
	p.mu.Lock()
	defer p.mu.Unlock()
	return inForce{p.text, warnings(p.live.Load().Warnings())}
}

// put is PUT /policy. It answers 200 with the warnings of the policy that is now in force, or
// 422 with every mistake of the document.
func (p *policy) put(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPolicy))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if err := p.apply(string(text)); err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string][]finding{"errors": mistakes(err)})
		return
	}
	answer(w, http.StatusOK, p.inForce())
}

// finding is a mistake or a warning, as the page shows it.
type finding struct {
	Field  string `json:"field"`
	Value  string `json:"value,omitempty"`
	Code   string `json:"code"`
	Hint   string `json:"hint"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

func warnings(ws []cors.Warning) []finding {
	list := make([]finding, 0, len(ws))
	for _, w := range ws {
		list = append(list, finding{Field: w.Field, Value: w.Value, Code: w.Code, Hint: w.Hint})
	}
	return list
}

// mistakes lists everything that is wrong with a document, with its place. It walks the
// tree that errors.Join makes.
func mistakes(err error) []finding {
	switch e := err.(type) { //nolint:errorlint // this walks the tree itself
	case *cors.ParseError:
		list := mistakes(e.Err)
		for i := range list {
			list[i].Line, list[i].Column = e.Line, e.Column
		}
		return list
	case *cors.ConfigError:
		return []finding{{Field: e.Field, Value: e.Value, Code: e.Code, Hint: e.Hint}}
	case interface{ Unwrap() []error }:
		var list []finding
		for _, sub := range e.Unwrap() {
			list = append(list, mistakes(sub)...)
		}
		return list
	}
	if sub := errors.Unwrap(err); sub != nil {
		return mistakes(sub)
	}
	return []finding{{Code: "other", Hint: err.Error()}}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only when the client has gone
}
