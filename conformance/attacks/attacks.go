// Package attacks is a corpus of attacks on CORS middleware: hostile origins, dangerous
// configurations and hostile requests, each with the required outcome.
//
// The required outcomes come from the standards and from published vulnerabilities, never
// from the answers of package cors. The corpus is in testdata, whose README explains the
// format.
//
// As the author of an adapter, run all cases that can be sent over a socket against it:
//
//	func TestAttacks(t *testing.T) { attacks.Run(t, start) }
package attacks

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance"
	cors "github.com/crossgate/cors/core"
)

// Kind says what a Case attacks, and so how to run it.
type Kind string

// The kinds.
const (
	Origin  Kind = "origin"  // an origin that the policy must not allow
	Config  Kind = "config"  // a configuration that Compile must refuse, warn about, or accept
	Request Kind = "request" // any hostile request
)

// Case is an attack.
type Case struct {
	ID     string `json:"id"`
	Kind   Kind   `json:"kind"`
	Class  string `json:"class"`
	Why    string `json:"why"`    // what is wrong with the attack's input
	Source string `json:"source"` // a standard or a published vulnerability
	Policy policy `json:"policy"`
	Must   must   `json:"must"`

	// Naive are the names of wrong matchers, known from other middleware, that allow the
	// origin.
	Naive []string `json:"naive"`

	Sent      sent   `json:"request"`
	Transport string `json:"transport"` // "api": no HTTP server passes it on

	// MayRefuse names the servers that answer the request themselves, if any do.
	MayRefuse string `json:"server_may_refuse"`

	// The other fields are only for readers.
	AlsoSafe any    `json:"also_safe"`
	Reach    string `json:"reach"`
	Severity string `json:"severity"`
}

// policy is a configuration in terms that fit any library.
type policy struct {
	Origins             []string `json:"origins"`
	Credentials         bool     `json:"credentials"`
	Methods             []string `json:"methods"`
	RequestHeaders      []string `json:"request_headers"`
	ExposeHeaders       []string `json:"expose_headers"`
	MaxAge              *int     `json:"max_age"` // in seconds
	AllowPrivateNetwork bool     `json:"allow_private_network"`
}

// sent describes what is sent to the server.
type sent struct {
	Method   string    `json:"method"`
	Headers  [][2]text `json:"headers"`
	Repeat   *repeated `json:"repeat_header"`
	Host     string    `json:"host"`
	Encoding string    `json:"encoding"` // "latin1": each character is a byte
	Raw      string    `json:"raw"`      // replaces all fields above

	Guard bool `json:"guard"` // the policy also refuses requests (Enforce)

	// What the handler does.
	HandlerSets   [][2]text `json:"handler_sets"`
	HandlerStatus int       `json:"handler_status"`
	Optional      bool      `json:"optional"` // it needs more than CORS middleware usually does
}

// text is a string. In JSON it may be written as many repetitions.
type text string

// UnmarshalJSON reads a string or {repeat, count, prefix, suffix}.
func (v *text) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte(`"`)) {
		return json.Unmarshal(data, (*string)(v))
	}
	var long struct {
		Prefix, Repeat, Suffix string
		Count                  int
	}
	err := json.Unmarshal(data, &long)
	*v = text(long.Prefix + strings.Repeat(long.Repeat, long.Count) + long.Suffix)
	return err
}

// repeated is a field that is sent count times.
type repeated struct {
	name, value text
	count       int
}

// UnmarshalJSON reads [name, value, count].
func (r *repeated) UnmarshalJSON(data []byte) error {
	return json.Unmarshal(data, &[]any{&r.name, &r.value, &r.count})
}

//go:embed testdata/*.json
var corpus embed.FS

// Cases returns the corpus.
func Cases(tb testing.TB) []Case {
	tb.Helper()
	var all []Case
	for _, name := range []string{"testdata/attacks.json", "testdata/further.json"} {
		cases, err := read(name)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, cases...)
	}
	return all
}

// read reads a file of the corpus. It refuses unknown fields, because nothing would check
// such an assertion.
func read(name string) ([]Case, error) {
	data, err := corpus.ReadFile(name)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var cases []Case
	if err := d.Decode(&cases); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return cases, nil
}

// Config returns the case's configuration for package cors.
func (c Case) Config() cors.Config {
	config := cors.Config{
		AllowOrigins:     c.Policy.Origins,
		AllowCredentials: c.Policy.Credentials,
		AllowMethods:     c.Policy.Methods,
		AllowHeaders:     c.Policy.RequestHeaders,
		ExposeHeaders:    c.Policy.ExposeHeaders,
	}
	if c.Policy.MaxAge != nil {
		config.MaxAge = time.Duration(*c.Policy.MaxAge) * time.Second
	}
	if c.Sent.Guard {
		config.Enforce = cors.EnforceUnsafe
	}
	// An Origin case tests what the list matches, not whether the list is a good idea.
	config.Dangerously.InsecureOrigins = c.Kind == Origin
	return config
}

// CheckConfig compiles the configuration of a Config case. It returns an error if the
// outcome is wrong.
func (c Case) CheckConfig() error {
	p, err := cors.Compile(c.Config())
	warned := err == nil && slices.ContainsFunc(p.Warnings(), func(w cors.Warning) bool {
		return w.Code != "method-safelisted" && w.Code != "content-type-missing" // most cases list GET or POST
	})
	ok := false
	switch c.Must.Config {
	case "error":
		ok = err != nil
	case "error_or_warn":
		ok = err != nil || warned
	case "warn":
		ok = warned
	case "accept":
		ok = err == nil
	}
	if ok {
		return nil
	}
	return fmt.Errorf("%s: %s: the outcome must be %q; got error %s, warned %t", c.ID, c.Why, c.Must.Config, fmt.Sprint(err), warned)
}

// Judge returns an error if the answer to a request of the case is wrong. For a decision
// of package cors that calls the handler, the response has status 0.
func (c Case) Judge(r conformance.Response) error {
	var problems []error
	complain := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf(c.ID+": "+c.Why+": "+format, args...))
	}
	c.Must.judge(answer{r}, complain)
	answer{r}.sound(complain)
	return errors.Join(problems...)
}
