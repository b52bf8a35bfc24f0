// Package lab answers one question: what does a browser do with this call under this policy?
// It asks the browser model of package browser, which asks the policy in the same process,
// without a network.
package lab

import (
	"fmt"
	"slices"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// Question is a policy's text and a call.
type Question struct {
	Format string `json:"format"` // "json" or "yaml"
	Policy string `json:"policy"`
	Call   Call   `json:"call"`
	Preset string `json:"preset"` // the preset to compare the policy with, or ""
}

// Answer is what browsers do.
type Answer struct {
	Problems     []Problem     `json:"problems"`
	FixAll       *Fix          `json:"fixAll,omitempty"` // of the errors
	Compiled     bool          `json:"compiled"`
	CallProblems []CallProblem `json:"callProblems"`
	Verdict      *Verdict      `json:"verdict,omitempty"`
	Steps        []Step        `json:"steps,omitempty"`
	Engines      []Engine      `json:"engines,omitempty"`
	Differ       bool          `json:"enginesDiffer"`
	Cache        *Cache        `json:"cache,omitempty"`
	Causes       []Cause       `json:"causes"`
	Diff         []Change      `json:"diff"`
	Copies       *Copies       `json:"copies,omitempty"`
	Snippets     []Snippet     `json:"snippets"`
}

// Verdict is how the call ends in Chromium.
type Verdict struct {
	Allowed bool   `json:"allowed"`
	Summary string `json:"summary"`
	Kind    string `json:"kind"`   // "simple", "preflighted", "same-origin" or "unsent"
	Status  int    `json:"status"` // that the page sees, or 0
}

// Judge answers a question. It returns an error if the format or the preset does not exist.
func Judge(q Question) (Answer, error) {
	if q.Format != formatJSON && q.Format != formatYAML {
		return Answer{}, fmt.Errorf("the format %q does not exist; write json or yaml", shortened(q.Format))
	}
	preset, known := presetOf(q.Preset)
	if q.Preset != "" && !known {
		return Answer{}, fmt.Errorf("there is no preset %q", shortened(q.Preset))
	}
	p := readPolicy(q.Format, q.Policy)
	a := Answer{
		Problems: p.findings(), FixAll: p.fixAll(), Compiled: p.compiled != nil,
		CallProblems: q.Call.problems(), Causes: []Cause{}, Diff: []Change{}, Snippets: snippets(),
	}
	if p.compiled == nil {
		return a, nil
	}
	if known {
		a.Diff = changes(p, preset)
	}
	var judged *browser.Verdict
	if !wrong(a.CallProblems) {
		v, err := a.judge(p, q.Call)
		if err != nil {
			return Answer{}, err
		}
		judged = &v
	}
	copied, err := copies(p, judged)
	if err != nil {
		return Answer{}, err
	}
	a.Copies = &copied
	return a, nil
}

// judge makes the call in each engine.
func (a *Answer) judge(p *policy, c Call) (browser.Verdict, error) {
	var first browser.Verdict
	for i, e := range engines() {
		v, err := fetch(e, p.compiled, c)
		if err != nil {
			return v, fmt.Errorf("no page can make this call: %w", err)
		}
		list := kinds(p, c, e, v)
		local := slices.ContainsFunc(list, func(r reason) bool { return r.kind == string(diagnosis.LocalNetwork) })
		a.Engines = append(a.Engines, Engine{Engine: e.name, Allowed: v.Allowed, Sent: len(v.Exchanges) > 0, Console: console(e.name, v, c), Note: note(e, p.compiled, c, v, local)})
		if i == 0 {
			first = v
		}
		differs := v.Allowed != first.Allowed
		a.Differ = a.Differ || differs
		for _, r := range list {
			switch {
			case i == 0:
				a.Causes = append(a.Causes, r.cause(p, c, e, v))
			case differs && r.blocks: // only in this engine
				cause := r.cause(p, c, e, v)
				cause.Title += " (" + e.name + ")"
				a.Causes = append(a.Causes, cause)
			}
		}
	}
	k := cached(p.compiled, first, c)
	a.Steps, a.Cache, a.Verdict = steps(c, first), &k, verdict(c, first)
	for _, e := range a.Engines {
		switch {
		case e.Allowed == first.Allowed:
		case e.Allowed:
			a.Verdict.Summary += " But " + e.Engine + " allows it."
		default:
			a.Verdict.Summary += " But " + e.Engine + " blocks it."
		}
	}
	return first, nil
}

// verdict is how the call ends, in a sentence.
func verdict(c Call, v browser.Verdict) *Verdict {
	target, _ := browser.OriginOf(c.URL)
	kind := "simple"
	switch {
	case !v.Allowed && len(v.Exchanges) == 0:
		kind = "unsent"
	case target == c.Origin:
		kind = "same-origin"
	case v.Preflights() > 0:
		kind = "preflighted"
	}
	summary := "The page can read the response."
	switch {
	case v.Allowed && refused(v):
		summary = "The page can read the response, which is a 403: the server refuses the request."
	case v.Allowed && kind == "same-origin":
		summary = "The page can read the response: it is of the page's own origin."
	case v.Allowed:
	case kind == "unsent":
		summary = "The browser blocks the call before it sends anything."
	case v.Preflights() > 0 && v.Preflights() == len(v.Exchanges):
		summary = "The browser blocks the call: it sends the preflight, and then nothing."
	default:
		summary = "The browser sends the request, and keeps the response from the page."
	}
	return &Verdict{Allowed: v.Allowed, Summary: summary, Kind: kind, Status: v.Status}
}
