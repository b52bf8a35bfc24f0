package cors_test

import (
	"slices"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestAttackedRequests decides on each hostile request of testdata/attacks.json
// and checks what the corpus says must come of it. What only a server can show
// (memory, time, other headers) is left to the conformance suite.
func TestAttackedRequests(t *testing.T) {
	t.Parallel()
	n := 0
	for _, a := range attacks(t) {
		if a.Kind != "request" {
			continue
		}
		n++
		t.Run(a.ID, func(t *testing.T) {
			t.Parallel()
			p := compile(t, a.config())
			r := a.request(t)
			d := p.Decide(t.Context(), r)
			h := headers(d)
			size := 0
			for name, value := range h {
				size += len(name) + len(value)
				if strings.ContainsAny(value, "\r\n\x00") {
					t.Errorf("%s: %q", name, value)
				}
			}
			for rule, want := range a.Must {
				if complaint := a.judge(rule, want, p.Config(), d, h, size); complaint != "" {
					t.Errorf("%s: %v: %s; %s under %s", a.Why, want, complaint, rule, wire(d))
				}
			}
		})
	}
	if n < 70 {
		t.Errorf("only %d cases ran", n)
	}
}

// judge holds a decision against one rule of the corpus, and says what is wrong.
func (a attack) judge(rule string, want any, c cors.Config, d cors.Decision, h map[string]string, size int) string {
	has := func(list, name string) bool {
		for element := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(element), name) {
				return true
			}
		}
		return false
	}
	complain := func(wrong bool, what string) string {
		if wrong {
			return what
		}
		return ""
	}
	short := map[string]string{
		"acao": "Access-Control-Allow-Origin", "acac": "Access-Control-Allow-Credentials", "acam": "Access-Control-Allow-Methods",
		"acah": "Access-Control-Allow-Headers", "acma": "Access-Control-Max-Age", "acapn": "Access-Control-Allow-Private-Network",
	}
	if name, ok := short[rule]; ok {
		value, present := h[name]
		if want == "absent" {
			return complain(present, name+" is "+value)
		}
		return complain(value != want, name+" is "+value)
	}
	acao, present := h["Access-Control-Allow-Origin"]
	switch rule {
	case "acao_in":
		if !present {
			acao = "absent"
		}
		return complain(!slices.Contains(want.([]any), any(acao)), "ACAO is "+acao)
	case "acao_not_empty":
		return complain(present && acao == "", "ACAO is empty")
	case "acao_count":
		return complain(!present, "ACAO is absent") // a map has no second one; TestHeadersStop sees that names are distinct
	case "vary_contains":
		for _, name := range want.([]any) {
			if name == "Accept-Encoding" { // the handler's
				continue
			}
			if !has(h["Vary"], name.(string)) {
				return "Vary is " + h["Vary"]
			}
		}
		return ""
	case "acam_not_approving":
		method := want.(string)
		acam := h["Access-Control-Allow-Methods"]
		safelisted := method == "GET" || method == "HEAD" || method == "POST"
		// Where no script can use the method, * approves nothing.
		return complain(safelisted || d.Kind() == cors.Preflight && d.Reason() == cors.Allowed || method != "" && has(acam, method), "ACAM is "+acam)
	case "acah_not_approving":
		for _, name := range want.([]any) {
			acah := h["Access-Control-Allow-Headers"]
			star := has(acah, "*") && !c.AllowCredentials && name != "authorization"
			if star || has(acah, name.(string)) || d.Reason() == cors.Allowed {
				return "ACAH is " + acah
			}
		}
		return ""
	case "handler_runs":
		return complain((d.Status() == 0) != want.(bool), "the status is not as it should be")
	case "ok_status":
		return complain(d.Status() < 200 || d.Status() > 299, "the status is not 2xx")
	case "max_response_header_bytes":
		return complain(float64(size) > want.(float64), "the headers are long")
	case "no_crlf", "max_alloc_bytes", "max_time_ms": // see above, and TestDecideDoesNotAllocate
		return ""
	}
	return "no such rule"
}
