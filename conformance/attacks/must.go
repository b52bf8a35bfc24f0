package attacks

import (
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance"
)

// must is the required outcome of a case. A field that is nil or empty requires nothing.
type must struct {
	Config string `json:"config"` // error, error_or_warn, warn or accept

	ACAO  *string `json:"acao"` // the only value of Access-Control-Allow-Origin, or "absent"; the same for the next four
	ACAC  *string `json:"acac"` // Access-Control-Allow-Credentials
	ACAM  *string `json:"acam"` // Access-Control-Allow-Methods
	ACAH  *string `json:"acah"` // Access-Control-Allow-Headers
	ACMA  *string `json:"acma"` // Access-Control-Max-Age
	ACAPN *string `json:"acapn"`

	ACAOIn       []string `json:"acao_in"` // one of these
	ACAOCount    int      `json:"acao_count"`
	ACAONotEmpty bool     `json:"acao_not_empty"`
	VaryContains []string `json:"vary_contains"`

	// A browser must not read the answer to a preflight as an approval of the methods in
	// ACAMNotApproving or the headers in ACAHNotApproving.
	ACAMNotApproving *string  `json:"acam_not_approving"`
	ACAHNotApproving []string `json:"acah_not_approving"`

	HandlerRuns *bool `json:"handler_runs"`
	OKStatus    bool  `json:"ok_status"` // a status with which a preflight succeeds
	NoCRLF      bool  `json:"no_crlf"`   // checked in every answer; see sound

	MaxResponseHeaderBytes int `json:"max_response_header_bytes"`
	MaxAllocBytes          int `json:"max_alloc_bytes"` // the limit for the decision
	MaxTimeMS              int `json:"max_time_ms"`     // not checked: benchmarks measure time
}

// grants reports whether the outcome requires that something is granted.
func (m must) grants() bool {
	return m.ACAO != nil && *m.ACAO != "absent" || m.OKStatus || m.ACAOCount > 0
}

// answer is the response that is judged.
type answer struct{ conformance.Response }

// value returns the only value of a field, "absent" if there is none, or all values if
// there are several.
func (a answer) value(name string) string {
	lines := a.Lines(name)
	if len(lines) == 0 {
		return "absent"
	}
	return strings.Join(lines, " | ")
}

// elements returns the elements of a list field.
func (a answer) elements(name string) []string {
	var all []string
	for element := range strings.SplitSeq(strings.Join(a.Lines(name), ","), ",") {
		if element = strings.Trim(element, " \t"); element != "" {
			all = append(all, element)
		}
	}
	return all
}

// judge compares an answer with m.
func (m must) judge(a answer, complain func(string, ...any)) {
	for _, f := range []struct {
		name string
		want *string
	}{
		{"Access-Control-Allow-Origin", m.ACAO},
		{"Access-Control-Allow-Credentials", m.ACAC},
		{"Access-Control-Allow-Methods", m.ACAM},
		{"Access-Control-Allow-Headers", m.ACAH},
		{"Access-Control-Max-Age", m.ACMA},
		{"Access-Control-Allow-Private-Network", m.ACAPN},
	} {
		if got := a.value(f.name); f.want != nil && got != *f.want {
			complain("%s is %s, and must be %s", f.name, got, *f.want)
		}
	}
	acao := a.value("Access-Control-Allow-Origin")
	if m.ACAOIn != nil && !slices.Contains(m.ACAOIn, acao) {
		complain("Access-Control-Allow-Origin is %s, and must be one of %q", acao, m.ACAOIn)
	}
	if m.ACAONotEmpty && acao == "" {
		complain("Access-Control-Allow-Origin is empty")
	}
	if n := len(a.Lines("Access-Control-Allow-Origin")); m.ACAOCount != 0 && n != m.ACAOCount {
		complain("%d lines of Access-Control-Allow-Origin", n)
	}
	for _, name := range m.VaryContains {
		if !contains(a.elements("Vary"), name) {
			complain("Vary is %s, without %s", a.value("Vary"), name)
		}
	}
	if method := m.ACAMNotApproving; method != nil && a.approvesMethod(*method) {
		complain("a preflight for %q succeeds: Access-Control-Allow-Methods is %s", *method, a.value("Access-Control-Allow-Methods"))
	}
	for _, name := range m.ACAHNotApproving {
		if a.approvesHeader(name) {
			complain("a preflight for %q succeeds: Access-Control-Allow-Headers is %s", name, a.value("Access-Control-Allow-Headers"))
		}
	}
	if m.HandlerRuns != nil && a.Ran != *m.HandlerRuns {
		complain("the handler runs: %t", a.Ran)
	}
	if m.OKStatus && (a.Status < 200 || a.Status > 299) {
		complain("the status is %d", a.Status)
	}
	if n := len(a.Head); m.MaxResponseHeaderBytes > 0 && n > m.MaxResponseHeaderBytes {
		complain("the response's head has %d bytes", n)
	}
}

// approvesMethod reports whether a browser reads the answer as an approval of a method
// (Fetch, CORS-preflight fetch, step 7). Safelisted methods need no approval, and "*"
// does not approve methods that no script can use.
func (a answer) approvesMethod(method string) bool {
	listed := a.elements("Access-Control-Allow-Methods")
	forbidden := slices.Contains([]string{"CONNECT", "TRACE", "TRACK"}, strings.ToUpper(method))
	return slices.Contains(listed, method) || a.star(listed) && !forbidden && method != ""
}

// approvesHeader reports whether a browser reads the answer as an approval of a request
// header. "*" does not include Authorization (Fetch, CORS non-wildcard request-header
// name).
func (a answer) approvesHeader(name string) bool {
	listed := a.elements("Access-Control-Allow-Headers")
	return contains(listed, name) || a.star(listed) && !strings.EqualFold(name, "authorization")
}

// star reports whether a list has a "*" that works as a wildcard. With credentials it is
// an ordinary name.
func (a answer) star(list []string) bool {
	return slices.Contains(list, "*") && a.Lines("Access-Control-Allow-Credentials") == nil
}

// contains looks for a name without regard to case.
func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(s string) bool { return strings.EqualFold(s, name) })
}

// sound complains about what no answer may have: a second line of a CORS field, a line
// break in a value, and credentials for every origin.
func (a answer) sound(complain func(string, ...any)) {
	seen := make(map[string]bool)
	for _, f := range a.Fields {
		name := strings.ToLower(f.Name)
		if strings.ContainsAny(f.Value, "\r\n\x00") {
			complain("the value of %s is %q", f.Name, f.Value)
		}
		if strings.HasPrefix(name, "access-control-") {
			if seen[name] {
				complain("there are two lines of %s", f.Name)
			}
			seen[name] = true
		}
	}
	if a.Lines("Access-Control-Allow-Credentials") != nil && a.value("Access-Control-Allow-Origin") == "*" {
		complain("credentials for *")
	}
}
