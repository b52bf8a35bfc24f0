package site

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/crossgate/cors/conformance/browsers/cases"
)

// Run is one case with one server.
type Run struct {
	ID      string
	Case    *cases.Case
	Adapter string // "" for raw cases
	Origin  string // the page's origin
	Steps   []Step

	names map[string]string // for cases.Expand

	mu       sync.Mutex
	wire     []string
	counts   map[string]int // number of requests, by kind and path
	outcomes []Seen
}

// Name returns the case's name, followed by the adapter's name if there is an adapter.
func (r *Run) Name() string {
	if r.Adapter == "" {
		return r.Case.Name
	}
	return r.Case.Name + " (" + r.Adapter + ")"
}

// Step is a fetch of a run, ready for the page.
type Step struct {
	URL  string          `json:"url"`
	Init json.RawMessage `json:"init"` // includes the method
	Wait int64           `json:"wait"` // milliseconds
}

// Seen is what a page has seen in a step.
type Seen struct {
	Type    string            `json:"type"` // the type of the Response, or "error"
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Error   string            `json:"error"` // its name and message
}

// Outcome returns the part of it that a case compares, without a code.
func (s Seen) Outcome() cases.Outcome {
	o := cases.Outcome{Type: s.Type, Status: s.Status}
	if len(s.Headers) > 0 {
		o.Reads = slices.Sorted(maps.Keys(s.Headers))
	}
	return o
}

// Wire returns the requests that the server has seen, in order, in this short form:
//
//	[target ]METHOD[ requested method[ requested headers]][ origin=…][ cookie][ authorization]
//
// The target is left out if it is the case's first resource. The origin is left out if it
// is the page's; origin=- means no Origin.
func (r *Run) Wire() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.wire)
}

// Seen returns the page's reports, one for each step.
func (r *Run) Seen() []Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.outcomes)
}

// body returns the body that a page must read in a step, if it is known.
func (r *Run) body(step, status int) (string, bool) {
	if r.Adapter != "" {
		return "", false
	}
	if strings.EqualFold(r.Case.Steps[step].Method, "HEAD") || status == 204 || status == 304 {
		return "", true
	}
	return rawBody, true
}

// record adds a request to the wire. It returns how many requests of its kind came
// before.
func (r *Run) record(req *Request, kind string) int {
	var parts []string
	if target := r.shortTarget(req); target != "" {
		parts = append(parts, target)
	}
	parts = append(parts, req.Method)
	for _, name := range []string{"access-control-request-method", "access-control-request-headers"} {
		if value, ok := req.Get(name); ok {
			parts = append(parts, value)
		}
	}
	if origin, ok := req.Get("origin"); !ok {
		parts = append(parts, "origin=-")
	} else if origin != r.Origin {
		parts = append(parts, "origin="+origin)
	}
	for _, name := range []string{"cookie", "authorization"} {
		if _, ok := req.Get(name); ok {
			parts = append(parts, name)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.wire = append(r.wire, strings.Join(parts, " "))
	n := r.counts[kind]
	r.counts[kind]++
	return n
}

// shortTarget names the target of a request: "" for the run's first resource, or else a
// path, with "near" before it at the second origin.
func (r *Run) shortTarget(req *Request) string {
	if r.Adapter != "" {
		return ""
	}
	path := strings.TrimPrefix(req.Target, "/"+r.ID)
	if host, _ := req.Get("host"); strings.HasSuffix(r.names["near"], "//"+host+"/"+r.ID) && r.names["near"] != r.names["api"] {
		return "near" + path
	}
	return path
}

// prepare makes the steps, for an API at the origin api that also has the origin near.
func (r *Run) prepare(api, near string) error {
	if r.Adapter == "" {
		api, near = api+"/"+r.ID, near+"/"+r.ID
	}
	r.names["origin"], r.names["api"], r.names["near"], r.names["id"] = r.Origin, api, near, r.ID
	if _, host, ok := strings.Cut(r.Origin, "://"); ok {
		r.names["host"], r.names["port"], _ = strings.Cut(host, ":")
	}
	for _, s := range r.Case.Steps {
		target, err := cases.Expand(s.Target, r.names)
		if err != nil {
			return err
		}
		if !strings.Contains(target, "://") {
			target = api + target
		}
		if r.Adapter != "" {
			target += "?run=" + r.ID
		}
		init := make(map[string]any)
		if err := json.Unmarshal(s.Init, &init); err != nil {
			return err
		}
		init["method"] = s.Method
		text, err := json.Marshal(init)
		if err != nil {
			return err
		}
		r.Steps = append(r.Steps, Step{URL: target, Init: text, Wait: s.Wait.Milliseconds()})
	}
	return nil
}
