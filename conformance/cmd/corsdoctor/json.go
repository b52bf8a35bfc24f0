package main

import (
	"slices"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// document is the output of fetch --json. New fields may be added, but no field changes its
// meaning.
type document struct {
	URL         string         `json:"url"`
	Origin      string         `json:"origin"`
	Method      string         `json:"method"`
	Credentials string         `json:"credentials"`
	Allowed     bool           `json:"allowed"`
	Status      int            `json:"status,omitempty"` // the status that the page sees
	Error       *failure       `json:"error,omitempty"`  // absent if the page gets the response
	Sent        bool           `json:"sent"`             // the request itself was sent, not only its preflight
	Causes      []cause        `json:"causes"`           // the likeliest first
	Exchanges   []wire         `json:"exchanges"`
	Findings    []finding      `json:"findings"`             // empty with --probe=false
	Unanswered  int            `json:"unanswered,omitempty"` // number of requests for findings without a response
	Policy      *policyOutcome `json:"policy,omitempty"`
	Exit        int            `json:"exit"`
}

// failure is why the page does not get the response.
type failure struct {
	Code    string `json:"code,omitempty"` // as in Chromium's DevTools protocol, Network.CorsError
	Section string `json:"section"`        // a section of the Fetch standard
	Message string `json:"message"`        // the console's line
	Fix     string `json:"fix,omitempty"`
}

// cause is a cause with its changes.
type cause struct {
	diagnosis.Cause
	Changes []diagnosis.Change `json:"changes,omitempty"`
}

// wire holds the parts of a request and its response that matter for CORS.
type wire struct {
	Preflight bool     `json:"preflight"`
	Request   []string `json:"request"` // lines
	Status    int      `json:"status"`
	Response  []string `json:"response"` // lines of the head
}

// policyOutcome is the result of --policy.
type policyOutcome struct {
	File          string         `json:"file"`
	Patterns      int            `json:"patterns"` // patterns in the policy
	Asked         int            `json:"asked"`    // how many of them were tested
	Probes        int            `json:"probes"`   // requests sent
	Disagreements []disagreement `json:"disagreements"`
}

// document returns the result as a JSON document.
func (r *result) document() document {
	v := r.verdict
	d := document{
		URL: r.request.URL, Origin: r.client.Origin, Method: r.request.Method, Credentials: string(r.request.Credentials),
		Allowed: v.Allowed, Status: v.Status, Exchanges: []wire{}, Findings: append([]finding{}, r.findings...), Unanswered: r.unanswered, Exit: r.exit(),
	}
	if !v.Allowed {
		d.Error = &failure{Code: string(v.Code), Section: v.Section, Message: v.Console}
		if len(r.causes) > 0 {
			d.Error.Fix = r.causes[0].What
		}
	}
	d.Causes = []cause{}
	for _, c := range r.causes {
		d.Causes = append(d.Causes, cause{c, c.Changes()})
	}
	d.Sent = slices.ContainsFunc(v.Exchanges, func(e browser.Exchange) bool { return !e.Preflight })
	for _, e := range v.Exchanges {
		w := wire{Preflight: e.Preflight, Status: e.Status, Response: []string{}}
		w.Request = requestLines(e)
		for _, f := range e.Header {
			if relevant(f.Name) {
				w.Response = append(w.Response, f.Name+": "+f.Value)
			}
		}
		d.Exchanges = append(d.Exchanges, w)
	}
	if c := r.comparison; c != nil {
		d.Policy = &policyOutcome{r.policyFile, c.patterns, min(c.patterns, maxPatterns), c.probes, append([]disagreement{}, c.disagreed...)}
	}
	return d
}
