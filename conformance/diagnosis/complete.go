package diagnosis

import (
	"net/http"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
)

// complete gives a cause all header lines if the lines that it names are not enough for the
// preflight's answer to pass the browser's check.
func (e *examiner) complete(causes []Cause) {
	last, ok := e.last()
	if !ok || !last.Preflight || e.verdict.Allowed {
		return
	}
	for i := range causes {
		c := &causes[i]
		if !c.Blocks || len(c.Sends) == 0 || e.passes(last, *c) {
			continue
		}
		c.Sends = headerLines(c.asked, true)
		if last.Status/100 != 2 {
			c.Sends = append([]string{status204}, c.Sends...)
		}
	}
}

// status204 comes before the header lines of a preflight's answer.
const status204 = "(status 204)"

// passes reports whether the page's preflight succeeds if the cause's lines replace those
// of the response.
func (e *examiner) passes(x browser.Exchange, c Cause) bool {
	status, header := x.Status, make(http.Header)
	for _, f := range x.Header {
		if strings.HasPrefix(strings.ToLower(f.Name), "access-control-") {
			header.Add(f.Name, f.Value)
		}
	}
	for _, line := range c.Sends {
		if name, value, found := strings.Cut(line, ": "); found {
			header.Set(name, value)
		} else if line == status204 {
			status = http.StatusNoContent
		}
	}
	if status < 200 {
		return false
	}
	request := e.request
	request.Method, request.PreflightOnly = c.asked.Method, true
	client := &browser.Client{
		Origin: e.client.Origin, Engine: e.client.Engine,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range header {
				w.Header()[name] = values
			}
			w.WriteHeader(status)
		}),
	}
	v, err := client.Fetch(e.ctx, request)
	return err == nil && v.Allowed
}
