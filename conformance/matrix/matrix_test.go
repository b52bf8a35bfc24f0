package matrix

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/crossgate/cors/conformance"
)

// TestMatrix checks every case against every adapter, and compares their responses: the
// status, the CORS and Vary lines, and the body. It compares the status and the body of
// the application's answers only if the frameworks agree without CORS. They differ, for
// example, in their 405.
func TestMatrix(t *testing.T) {
	t.Parallel()
	byRule := make(map[string][]conformance.Case)
	for c := range conformance.Cases() {
		byRule[c.Rule()] = append(byRule[c.Rule()], c)
	}
	var total summary
	t.Run("rules", func(t *testing.T) { // returns when all rules have finished
		for _, rule := range slices.Sorted(maps.Keys(byRule)) {
			t.Run(rule, func(t *testing.T) {
				t.Parallel()
				m := newMatrix(t)
				for _, c := range byRule[rule] {
					m.compare(t, c, &total)
				}
			})
		}
	})
	total.log(t)
}

// matrix is the set of adapters with their servers.
type matrix struct {
	adapters []adapter
	rigs     []*conformance.Rig
}

func newMatrix(t *testing.T) *matrix {
	t.Helper()
	m := &matrix{adapters: adapters()}
	for _, a := range m.adapters {
		m.rigs = append(m.rigs, conformance.NewRig(t, a.start))
	}
	return m
}

// answers holds the exchanges of the adapters that passed a case: one exchange for each
// request.
type answers map[string][]conformance.Exchange

// compare checks a case against all adapters, and compares their answers.
func (m *matrix) compare(t *testing.T, c conformance.Case, total *summary) {
	t.Helper()
	conforming := make(answers)
	for i, a := range m.adapters {
		exchanges, err := m.rigs[i].Check(c)
		why, known := a.known[c.Name]
		switch {
		case known:
			assert.Error(t, err, "%s: %s is listed as a known divergence (%s), but it passes: remove it from the list", a.name, c.Name, why)
			total.diverges(a.name, c.Name)
		case assert.NoError(t, err, a.name):
			conforming[a.name] = exchanges
		}
	}
	requests := 0
	for _, exchanges := range conforming {
		requests = max(requests, len(exchanges))
	}
	for i := range requests {
		m.compareRequest(t, fmt.Sprintf("%s, request %d", c.Name, i+1), conforming.to(i), total)
	}
	total.count()
}

// to returns what each adapter answered to a request.
func (a answers) to(request int) map[string]conformance.Exchange {
	each := make(map[string]conformance.Exchange)
	for name, exchanges := range a {
		if request < len(exchanges) { // there are fewer if the case has failed
			each[name] = exchanges[request]
		}
	}
	return each
}

// compareRequest compares the answers to one request.
func (m *matrix) compareRequest(t assert.TestingT, request string, each map[string]conformance.Exchange, total *summary) {
	var refusing []string
	for name, e := range each {
		if e.By == conformance.ByServer { // the case has checked that these have no CORS headers
			refusing = append(refusing, name)
			delete(each, name)
		}
	}
	if len(refusing) > 0 {
		total.refuse(refusing, request)
	}
	names := slices.Sorted(maps.Keys(each))
	total.exchanges(len(names))
	if len(names) < 2 {
		return
	}
	sameStatus := same(each, func(e conformance.Exchange) string { return fmt.Sprint(e.Baseline.Status) })
	sameBody := same(each, func(e conformance.Exchange) string { return e.Baseline.Body })
	if !sameStatus {
		total.differs("status", request)
	}
	if !sameBody {
		total.differs("body", request)
	}
	first := each[names[0]]
	for _, name := range names[1:] {
		e := each[name]
		differ := func(what string) string {
			return fmt.Sprintf("%s: %s differs between %s and %s", request, what, names[0], name)
		}
		assert.Equal(t, first.By, e.By, differ("who answers"))
		assert.Equal(t, corsLines(first.Response), corsLines(e.Response), differ("a CORS or Vary line"))
		if sameStatus {
			assert.Equal(t, first.Response.Status, e.Response.Status, differ("the status"))
		}
		if sameBody {
			assert.Equal(t, first.Response.Body, e.Response.Body, differ("the body"))
		}
	}
}

// same reports whether the application without an adapter answers the same in all
// frameworks, as far as f looks. What an adapter answers itself is always the same.
func same(each map[string]conformance.Exchange, f func(conformance.Exchange) string) bool {
	values := make(map[string]bool)
	for _, e := range each {
		if e.By == conformance.ByAdapter {
			return true
		}
		values[f(e)] = true
	}
	return len(values) < 2
}

// corsLines returns the CORS and Vary lines. Servers differ in the order of lines, but
// every line counts.
func corsLines(r conformance.Response) []string {
	lines := []string{}
	for _, f := range r.Fields {
		if name := strings.ToLower(f.Name); name == "vary" || strings.HasPrefix(name, "access-control-") {
			lines = append(lines, f.String())
		}
	}
	slices.Sort(lines)
	return lines
}
