// Package cases reads the test cases for browsers. They are data, written from the Fetch
// standard. testdata/README.md explains the format.
package cases

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Case is a sequence of fetches of a page, and the required outcomes. In its strings,
// $names are replaced by values that are known only at run time.
type Case struct {
	Name    string // "rule/what must happen: label"
	Section string // the section of the standard
	Why     string
	Page    string // "localhost", "other", "ip", "app", "https", "null", "mixed", "public" or "insecure"

	// Policy is a cors.Config as JSON. The case is run with every adapter, which serves this
	// policy. If Policy is empty, the case uses Resources instead.
	Policy    string
	Resources map[string]Resource // by path; "" is the path of a fetch without a path

	Steps []Step
	Wire  []string // the requests that the server must see, in the format of site.Run.Wire
}

// Resource is the answers at a path. The first request gets the first head, and so on.
// Requests after the last head get the last head again.
type Resource struct{ Preflights, Responses []Head }

// Head is a response's head. It is sent byte for byte, with line ends added.
type Head struct {
	Status int
	Lines  []string
}

// Step is one fetch.
type Step struct {
	Wait   time.Duration // time to wait before the fetch
	Method string
	Target string          // a path of Resources or the application, or "$near/path"
	Init   json.RawMessage // the other settings of the fetch call, an object; "xhr": true uses XMLHttpRequest
	Want   Outcome
}

// Outcome is what the page sees of a fetch.
type Outcome struct {
	Type   string   // the type of the Response, such as "cors"; "error" if there is no Response
	Status int      // 0 if the page cannot see it
	Reads  []string // the names of the headers that it can read, in lower case, sorted
	Code   string   // Chromium's name for an error, or "-" if it has no CORS name for it
}

// String writes the outcome in the format of the files.
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

// Same reports whether a page cannot distinguish two outcomes. The code is only for
// readers.
func (o Outcome) Same(p Outcome) bool {
	return o.Type == p.Type && o.Status == p.Status && slices.Equal(o.Reads, p.Reads)
}
