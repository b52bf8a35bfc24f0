package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
	"github.com/crossgate/cors/conformance/internal/probe"
)

// finding is a mistake that the further requests have found.
type finding struct {
	Code   string `json:"code"`   // names the kind of mistake, and is stable
	Danger bool   `json:"danger"` // a page of a foreign origin can read data that only the user may see
	What   string `json:"what"`   // a description
	Fix    string `json:"fix"`
}

// stranger is an origin that no server lists on purpose, because no .invalid domain can be
// registered.
const stranger = "https://corsdoctor-probe.invalid"

// examine requests target on behalf of other origins, without cookies. With suspected, it
// tests the suspects too; a comparison with a policy does that itself. A request without a
// response, or with status 429, shows nothing and counts as unanswered.
func examine(ctx context.Context, page *browser.Client, target string, suspected bool) (findings []finding, unanswered int, err error) {
	ask := func(origin, target string) (v browser.Verdict, ok bool) {
		if v, err = get(ctx, page, origin, target); err != nil {
			return v, false
		}
		if ok = answered(v) && v.Exchanges[len(v.Exchanges)-1].Status != http.StatusTooManyRequests; !ok {
			unanswered++
		}
		return v, ok
	}
	own, ownAnswered := ask(page.Origin, target)
	for _, origin := range suspects(page.Origin) {
		if !suspected || err != nil {
			break
		}
		v, ok := ask(origin.value, target)
		if !ok {
			continue
		}
		granted := grants(origin, v)
		findings = append(findings, granted...)
		if origin.value == stranger && len(granted) > 0 {
			break // the other suspects would show less
		}
	}
	if strange, ok := ask(stranger, target); ok {
		twice, err := ofTwoOrigins(ctx, page, target, header(strange, "Access-Control-Allow-Origin"))
		if err != nil {
			unanswered++
		}
		findings = append(findings, twice...)
	}
	if !ownAnswered || err != nil {
		return findings, unanswered, err
	}
	findings = append(findings, ofLines(own)...)
	missing, err := url.Parse(target)
	if err != nil {
		return nil, 0, err
	}
	missing.Path, missing.RawPath, missing.RawQuery = strings.TrimSuffix(missing.Path, "/")+"/corsdoctor-no-such-path", "", ""
	if absent, ok := ask(page.Origin, missing.String()); ok {
		findings = append(findings, ofErrors(own, absent)...)
	}
	return findings, unanswered, err
}

// get fetches target with GET as a page of origin would.
func get(ctx context.Context, like *browser.Client, origin, target string) (browser.Verdict, error) {
	c := browser.Client{Origin: origin, Resolve: like.Resolve, TLS: like.TLS, Permit: like.Permit, BodyLimit: -1}
	return c.Fetch(ctx, browser.Request{URL: target, Redirect: browser.RedirectManual})
}

// suspect is an origin that a careless comparison confuses with the page's.
type suspect struct{ value, code, why string }

func suspects(origin string) []suspect {
	all := []suspect{
		{stranger, "origin-reflected", "any origin is reflected"},
		{"null", "null-allowed", "null is allowed: any page can have this origin, in a sandboxed frame"},
	}
	if scheme, host, ok := strings.Cut(origin, "://"); ok && !strings.HasPrefix(host, "[") { // an address has no labels
		all = append(all,
			suspect{withoutPort(origin) + ".corsdoctor-probe.invalid", "origin-prefix", "origins are compared by their beginning"},
			suspect{scheme + "://corsdoctor-probe" + host, "origin-suffix", "origins are compared by their end"})
		if scheme == "https" {
			all = append(all, suspect{"http://" + host, "origin-insecure", "the page's host is allowed over plain http, which anyone on the way can answer"})
		}
	}
	return all
}

// withoutPort returns an origin without its port, so that a label can be added to its host.
func withoutPort(origin string) string {
	if i := strings.LastIndexByte(origin, ':'); i > strings.LastIndexByte(origin, ']') && i > strings.Index(origin, "://") {
		return origin[:i]
	}
	return origin
}

// grants returns what it means if a suspect may read the response.
func grants(s suspect, v browser.Verdict) []finding {
	allowed, credentials := header(v, "Access-Control-Allow-Origin"), header(v, "Access-Control-Allow-Credentials")
	if len(allowed) != 1 || allowed[0] != s.value {
		return nil
	}
	f := finding{
		Code: s.code,
		What: s.why + ": " + s.value + " gets Access-Control-Allow-Origin: " + allowed[0],
		Fix:  "Compare the Origin with a list, as a whole; if the response is for everybody, send * instead.",
	}
	if len(credentials) == 1 && credentials[0] == "true" {
		f.Danger = true
		f.What += ", with credentials"
	}
	return []finding{f}
}

// ofTwoOrigins sends two Origin lines, the page's and a stranger's. No browser does this.
// But if the server looks at only one of them, and a proxy in front of it looks at the
// other, the proxy's decision and the server's answer are about different origins.
//
// always is what the server says to a stranger alone: one that names the same origin to
// everybody has not looked at any.
func ofTwoOrigins(ctx context.Context, page *browser.Client, target string, always []string) ([]finding, error) {
	client := probe.New(page, false)
	defer client.Close()
	for _, lines := range [][]string{{page.Origin, stranger}, {stranger, page.Origin}} {
		a, err := ask(ctx, client, "GET", target, lines, nil)
		if ctx.Err() != nil {
			return nil, err
		}
		if err != nil {
			return nil, nil // a server may also close the connection of such a request
		}
		for i, value := range a.lines("Access-Control-Allow-Origin") {
			if value == "*" || value != stranger && slices.Contains(always, value) {
				continue
			}
			f := finding{
				Code: "two-origins",
				What: "two Origin lines are taken for one: " + strings.Join(lines, " and ") + " get Access-Control-Allow-Origin: " + value,
				Fix:  "Take a request with several Origin lines, or one with a comma in it, for one of no allowed origin.",
			}
			if i > 0 {
				f.What += ", in a line of its own"
			}
			return []finding{f}, nil
		}
	}
	return nil, nil
}

// varyMissing is a finding that is also a cause.
const varyMissing = "vary-missing"

// ofCauses returns the findings that are also causes, for the document's list.
func ofCauses(causes []diagnosis.Cause) []finding {
	for _, c := range causes {
		if c.Kind == diagnosis.CacheWithoutVary {
			return []finding{{Code: varyMissing, What: c.What, Fix: "Add Vary: Origin to every response, also where the request has no Origin."}}
		}
	}
	return nil
}

// ofLines finds headers that contradict each other.
func ofLines(v browser.Verdict) []finding {
	var findings []finding
	allowed := header(v, "Access-Control-Allow-Origin")
	if len(allowed) > 1 {
		findings = append(findings, finding{Code: "several-lines", What: "there are several Access-Control-Allow-Origin lines, which every browser refuses", Fix: "Let one layer send it: a proxy or the application."})
	}
	if len(allowed) == 1 && allowed[0] == "*" && len(header(v, "Access-Control-Allow-Credentials")) > 0 {
		findings = append(findings, finding{Code: "credentials-any", What: "Access-Control-Allow-Credentials is sent with *, where browsers refuse requests with credentials", Fix: "Remove it, or answer with the page's origin from a list."})
	}
	return findings
}

// ofErrors compares the response of a path that should not exist with the requested one.
func ofErrors(own, absent browser.Verdict) []finding {
	if len(header(own, "Access-Control-Allow-Origin")) == 0 || len(header(absent, "Access-Control-Allow-Origin")) > 0 {
		return nil
	}
	return []finding{{
		Code: "errors-without-cors",
		What: "a path that does not exist answers without CORS headers: scripts see a network error in place of the status",
		Fix:  "Put CORS around the whole application, outside the router.",
	}}
}

// header returns the last response's lines with that name.
func header(v browser.Verdict, name string) (lines []string) {
	if len(v.Exchanges) == 0 {
		return nil
	}
	for _, f := range v.Exchanges[len(v.Exchanges)-1].Header {
		if strings.EqualFold(f.Name, name) {
			lines = append(lines, f.Value)
		}
	}
	return lines
}
