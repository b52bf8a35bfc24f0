// Package site serves everything that a browser needs to run the cases: pages on several
// origins, which load their cases, run them and report, and the servers that the cases
// use.
package site

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/crossgate/cors/conformance"
	"github.com/crossgate/cors/conformance/browsers/cases"
)

// Adapter is an adapter that runs the policy cases.
type Adapter struct {
	Name  string
	Start conformance.Start
}

// Site is the set of servers of one run in one browser.
type Site struct {
	identity *identity
	done     chan struct{}
	public   []string // addresses

	mu       sync.Mutex // New holds it, so servers wait until the Site is complete
	names    map[string]string
	pages    []page // in the order in which the browser visits them
	visited  int    // how many pages it has finished
	runs     map[string]*Run
	order    []*Run
	warmUp   *Run // an additional first run, which is not judged
	oddities []string
}

// page is a page of some origin that runs cases.
type page struct{ name, origin, url string }

// New starts the servers for all cases, and for each policy case one application for each
// adapter. They stop when the test ends. insecure is a name that the browser resolves to
// 127.0.0.1 and, if possible, treats as a host of the internet.
func New(tb testing.TB, all []*cases.Case, adapters []Adapter, insecure string) *Site {
	tb.Helper()
	id, err := newIdentity()
	if err != nil {
		tb.Fatal(err)
	}
	s := &Site{identity: id, done: make(chan struct{}), names: make(map[string]string), runs: make(map[string]*Run)}
	s.mu.Lock()
	defer s.mu.Unlock()
	plain, other, secure := s.servePages(tb, false), s.servePages(tb, false), s.servePages(tb, true)
	public, plainPublic, mixed := s.servePages(tb, false), s.servePages(tb, false), s.servePages(tb, true)
	s.public = []string{"127.0.0.1:" + public, "127.0.0.1:" + plainPublic}
	s.pages = []page{
		{name: "localhost", origin: "http://localhost:" + plain},
		{name: "other", origin: "http://localhost:" + other},
		{name: "ip", origin: "http://127.0.0.1:" + plain},
		{name: "app", origin: "http://app.localhost:" + plain},
		{name: "https", origin: "https://localhost:" + secure},
		{name: "null", origin: "null", url: "http://localhost:" + plain + "/null"},
		{name: "mixed", origin: "https://localhost:" + mixed},
		{name: "public", origin: "http://localhost:" + public},
		{name: "insecure", origin: "http://" + insecure + ":" + plainPublic},
	}
	for i := range s.pages {
		p := &s.pages[i]
		if p.url == "" {
			p.url = p.origin + "/run"
		}
		s.names[p.name] = p.origin
	}

	raw, rawSecure := serve(tb, nil, s.serveRaw), serve(tb, id.config(), s.serveRaw)
	api, near := "http://127.0.0.1:"+raw, "http://localhost:"+raw
	apiSecure, nearSecure := "https://localhost:"+rawSecure, "https://127.0.0.1:"+rawSecure
	s.warmUp = s.newRun(tb, "w", warmUp(), "", api, near)
	a := applications{site: s, tb: tb, served: make(map[string]string)}
	for _, c := range all {
		switch {
		case c.Policy != "":
			for _, adapter := range adapters {
				app := a.serve(c, adapter)
				s.add(tb, c, adapter.Name, app, app)
			}
		case c.Page == "https": // http cannot be fetched from an https page
			s.add(tb, c, "", apiSecure, nearSecure)
		default:
			s.add(tb, c, "", api, near)
		}
	}
	return s
}

func (s *Site) add(tb testing.TB, c *cases.Case, adapter, api, near string) {
	tb.Helper()
	s.order = append(s.order, s.newRun(tb, "r"+strconv.Itoa(len(s.order)), c, adapter, api, near))
}

// newRun prepares a case for an API at one origin, which also has a second origin.
func (s *Site) newRun(tb testing.TB, id string, c *cases.Case, adapter, api, near string) *Run {
	tb.Helper()
	origin, ok := s.names[c.Page]
	if !ok {
		tb.Fatalf("%s: there is no page %q", c.Name, c.Page)
	}
	r := &Run{ID: id, Case: c, Adapter: adapter, Origin: origin, names: maps.Clone(s.names), counts: make(map[string]int)}
	if err := r.prepare(api, near); err != nil {
		tb.Fatalf("%s: %v", c.Name, err)
	}
	s.runs[id] = r
	return r
}

// run returns the run with that id, or nil.
func (s *Site) run(id string) *Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[id]
}

// RunOf returns the run of a request to this URL, or nil. The target of a redirect does
// not always name its run.
func (s *Site) RunOf(target string) *Run {
	u, err := url.Parse(target)
	if err != nil {
		return nil
	}
	if run := s.run(u.Query().Get("run")); run != nil {
		return run
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if run := s.run(id); run != nil && run.Adapter == "" {
		return run
	}
	return nil
}

// warmUp is for Firefox. The first two times in a session that Firefox could use its
// preflight cache, it sends a preflight anyway.
func warmUp() *cases.Case {
	allowed := []string{"Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 600"}
	put := cases.Step{Method: "PUT", Init: json.RawMessage("{}")}
	return &cases.Case{
		Name: "warm-up", Page: "localhost",
		Resources: map[string]cases.Resource{"": {
			Preflights: []cases.Head{{Status: 204, Lines: allowed}},
			Responses:  []cases.Head{{Status: 200, Lines: allowed[:1]}},
		}},
		Steps: slices.Repeat([]cases.Step{put}, 6),
	}
}

// URL returns the first URL for the browser. Each page then leads to the next.
func (s *Site) URL() string { return s.pages[0].url } // pages does not change after New

// Public returns the addresses, such as "127.0.0.1:8080", of the pages that an engine
// should treat as pages of the internet.
func (s *Site) Public() []string { return s.public }

// Done returns a channel that is closed when the browser has run all cases.
func (s *Site) Done() <-chan struct{} { return s.done }

// Runs returns all runs, in the order of the cases.
func (s *Site) Runs() []*Run { return s.order }

// CA returns the authority that issued the certificate of the https origins.
func (s *Site) CA() *x509.Certificate { return s.identity.ca }

// Leaf returns the certificate of the https origins.
func (s *Site) Leaf() *x509.Certificate { return s.identity.leaf }

// Strange returns unexpected events, such as requests that belong to no run.
func (s *Site) Strange() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.oddities)
}

func (s *Site) strange(what any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oddities = append(s.oddities, fmt.Sprint(what))
}
