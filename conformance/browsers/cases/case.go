// Package cases reads the cases that are put to browsers: data, written from the
// Fetch standard. testdata/README.md explains their form.
package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Case is fetches that a page makes, one after the other, and what has to come of
// them. In its strings, $names stand for what is known at run time alone.
type Case struct {
	Name    string // "rule/what is to happen: label"
	Section string // of the standard
	Why     string
	Page    string // "localhost", "other", "ip", "app", "https", "null", "mixed", "public" or "insecure"

	// Policy is a cors.Config as JSON: the case is put to every adapter that serves
	// it. Where it is empty, Resources are served instead.
	Policy    string
	Resources map[string]Resource // by path; "" is what a fetch without a path asks for

	Steps []Step
	Wire  []string // the requests that the server is to see, as site.Run.Wire writes them
}

// Resource is what answers at a path. The first request gets the first head, and so
// on; those that come after the last one get that again.
type Resource struct{ Preflights, Responses []Head }

// Head is a response's head as it is sent, byte for byte, with line ends added.
type Head struct {
	Status int
	Lines  []string
}

// Step is one fetch.
type Step struct {
	Wait   time.Duration // before it
	Method string
	Target string          // a path of Resources or the application, or "$near/path"
	Init   json.RawMessage // the rest of what fetch is called with, an object; "xhr": true uses XMLHttpRequest
	Want   Outcome
}

// Outcome is what the page sees of a fetch.
type Outcome struct {
	Type   string   // of the Response, "cors" and so on; "error" if there is none
	Status int      // 0 if the page does not see it
	Reads  []string // the names of the headers that it can read, in lower case, sorted
	Code   string   // of an error: how Chromium names it, or "-" if it has no CORS name for it
}

// String writes the outcome as in the files.
func (o Outcome) String() string {
	switch o.Type {
	case "error":
		return "blocked: " + o.Code
	case "cors":
		return fmt.Sprintf("sees: %d reads: %s", o.Status, strings.Join(o.Reads, " "))
	default:
		return "sees: " + o.Type
	}
}

// Same tells if the page cannot tell two outcomes apart: the code is for people.
func (o Outcome) Same(p Outcome) bool {
	return o.Type == p.Type && o.Status == p.Status && slices.Equal(o.Reads, p.Reads)
}
