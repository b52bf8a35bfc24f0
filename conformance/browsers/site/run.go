package site

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/crossgate/cors/conformance/browsers/cases"
)

// Run is a case that is put to one server.
type Run struct {
	ID      string
	Case    *cases.Case
	Adapter string // "" of raw cases
	Origin  string // of the page
	Steps   []Step

	names map[string]string // for cases.Expand

	mu       sync.Mutex
	wire     []string
	counts   map[string]int // of requests, by kind and path
	outcomes []Seen
}

// Name returns the case's name, followed by the adapter's if there is one.
func (r *Run) Name() string {
	if r.Adapter == "" {
		return r.Case.Name
	}
	return r.Case.Name + " (" + r.Adapter + ")"
}

// Step is a fetch of a run, ready for the page.
type Step struct {
	URL  string          `json:"url"`
	Init json.RawMessage `json:"init"` // with the method in it
	Wait int64           `json:"wait"` // milliseconds
}

// Seen is what a page has seen of a step.
type Seen struct {
	Type    string            `json:"type"` // of the Response, or "error"
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Error   string            `json:"error"` // its name and message
}

// Outcome returns what a case wants to know of it, without a code.
func (s Seen) Outcome() cases.Outcome {
	o := cases.Outcome{Type: s.Type, Status: s.Status}
	if len(s.Headers) > 0 {
		o.Reads = slices.Sorted(maps.Keys(s.Headers))
	}
	return o
}

// Wire returns the requests that the server has seen, in their order, in short:
//
//	[target ]METHOD[ requested method[ requested headers]][ origin=…][ cookie][ authorization]
//
// The target is given where it is not that of the case's first resource, the origin
// where it is not the page's (origin=- for none).
func (r *Run) Wire() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.wire)
}

// Seen returns what the page has reported, a step each.
func (r *Run) Seen() []Seen {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.outcomes)
}

// body returns what a page reads of a response to a step, if that is known.
func (r *Run) body(step, status int) (string, bool) {
	if r.Adapter != "" {
		return "", false
	}
	if strings.EqualFold(r.Case.Steps[step].Method, "HEAD") || status == 204 || status == 304 {
		return "", true
	}
	return rawBody, true
}

// record adds a request to the wire. It returns how many of its kind came before.
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

// shortTarget names what a request is for: "" for the run's first resource, or else a path,
// after "near" at that origin.
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

// prepare makes the steps, for an API at one origin that is also to be had at near.
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
