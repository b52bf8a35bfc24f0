package cors_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	cors "github.com/crossgate/cors/core"
)

// fuzzedConfigs are the configurations of FuzzDecide.
func fuzzedConfigs() []cors.Config {
	ask := func(_ context.Context, r cors.Request, o cors.Origin) (bool, error) {
		if strings.Contains(r.Path, "panic") {
			panic("asked to")
		}
		return o.IsSubdomainOf("func.example"), nil
	}
	listed := []string{app, "https://*.example.org", "https://app-*.example.net:*", "http://localhost:*", "https://a.example:8443"}
	methods, names := []string{"PUT", "patch", "DELETE"}, []string{"x-a", "Content-Type"}
	return []cors.Config{
		cors.AllowAll(),
		{AllowOrigins: []string{"*"}, AllowMethods: methods, AllowHeaders: names, ExposeHeaders: []string{"etag"}, Enforce: cors.EnforceUnsafe},
		{AllowOrigins: []string{app}},
		{AllowOrigins: listed, AllowMethods: methods, AllowHeaders: names, ExposeHeaders: []string{"*"}, MaxAge: time.Minute},
		{AllowOrigins: listed, AllowCredentials: true, AllowMethods: methods, AllowHeaders: names, MaxAge: cors.NoCache, PreflightStatus: 200},
		{AllowOrigins: listed, AllowCredentials: true, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, Enforce: cors.EnforceAll},
		{AllowOrigins: listed, AllowMethods: []string{"*"}, AllowHeaders: []string{"*"}, PassPreflight: true, Enforce: cors.EnforceUnsafe},
		{AllowOrigins: append([]string{"null"}, listed...), Dangerously: cors.Dangers{NullOrigin: true}, Enforce: cors.EnforceAll},
		{AllowOrigins: []string{app}, AllowOriginFunc: ask, VaryBy: []string{"x-tenant"}, AllowCredentials: true, AllowHeaders: []string{"*"}},
	}
}

// allowsNaively reports whether a policy with this Config allows the origin.
func allowsNaively(c cors.Config, origin, path string) bool {
	if slices.ContainsFunc(c.AllowOrigins, func(pattern string) bool { return pattern == "*" || naiveMatch(pattern, origin) }) {
		return true
	}
	o, ok := slowOrigin(origin)
	return ok && c.AllowOriginFunc != nil && !strings.Contains(path, "panic") && strings.HasSuffix(o.Host, ".func.example")
}

// FuzzDecide checks properties that every decision has.
func FuzzDecide(f *testing.F) {
	for _, a := range attacks(f) {
		r := a.request(f)
		if len(r.RequestHeaders) > 1<<14 || len(r.Origin) > 1<<14 {
			continue
		}
		f.Add(r.Method, r.Origin, r.RequestMethod, r.RequestHeaders, r.Host, r.Path, r.FetchSite)
	}
	for _, origin := range []string{
		"", app, evil, "null", "https://a.example.org", "https://app-1.example.net:81", "http://localhost:3000", "https://a.func.example", "http://a.func.example:81", "https://func.example",
		"https://api.example.net", " " + app + "\t", app + "," + app, "https://a\r\n.example.org", "https://a\x00.example.org", "https://a,b.func.example", "*",
	} {
		f.Add("GET", origin, "", "", "api.example.net", "/", "")
		f.Add("OPTIONS", origin, "PUT", "x-a,content-type", "api.example.net", "/", "cross-site")
		f.Add("OPTIONS", origin, "PURGE\r\n", "x-b, authorization\r\nx", "api.example.net", "/panic", "")
		f.Add("POST", origin, "", "", "api.example.net", "/", "same-origin")
		f.Add("POST", origin, "", "", "a.example.org", "/", "cross-site")
	}
	configs := fuzzedConfigs()
	var policies []*cors.Policy
	for _, c := range configs {
		policies = append(policies, compile(f, c))
	}
	origins, asked := []string{"", app, evil, "null", "https://a.example.org", "https://a.func.example", "http://localhost:1"}, []string{"GET", "PURGE", "x-a", "x-b,content-type", "\x00"}
	var reused cors.Decision // an adapter's pool may return a used one
	f.Fuzz(func(t *testing.T, method, origin, requestMethod, requestHeaders, host, path, site string) {
		r := cors.Request{Method: method, Origin: origin, RequestMethod: requestMethod, RequestHeaders: requestHeaders, Host: host, Path: path, FetchSite: site}
		for i, p := range policies {
			d := p.Decide(t.Context(), r)
			checkDecision(t, configs[i], r, d)
			if e := p.Explain(t.Context(), r); wire(e.Decision) != wire(d) || e.Kind != d.Kind() || e.Reason != d.Reason() {
				t.Errorf("%+v under %+v: decides\n%s\nexplains\n%s", r, configs[i], wire(d), wire(e.Decision))
			}
			if kept := d.Clone(); wire(kept) != wire(d) {
				t.Errorf("%+v under %+v: decides\n%s\ncloned\n%s", r, configs[i], wire(d), wire(kept))
			}
			own := r
			if cors.DecideTo(&reused, p, &own, nil); wire(reused) != wire(d) {
				t.Errorf("%+v under %+v: decides\n%s\nby DecideTo\n%s", r, configs[i], wire(d), wire(reused))
			}
			if !cors.NeedsMetadata(p) {
				less := r
				less.Host, less.Path, less.FetchSite = "", "", ""
				if wire(p.Decide(t.Context(), less)) != wire(d) {
					t.Errorf("%+v under %+v: Host, Path or FetchSite were read", r, configs[i])
				}
			}
			vary, length := r, len(host)+len(path) // any other choice would do
			vary.Origin = origins[length%len(origins)]
			checkVary(t, configs[i], "Origin", p, r, vary)
			vary = r
			vary.RequestMethod = asked[length%len(asked)]
			checkVary(t, configs[i], "Access-Control-Request-Method", p, r, vary)
			vary = r
			vary.RequestHeaders = asked[length%len(asked)]
			checkVary(t, configs[i], "Access-Control-Request-Headers", p, r, vary)
			if (*cors.Policy)(nil).Decide(t.Context(), r).Kind() != d.Kind() {
				t.Errorf("%+v: the kind depends on the policy", r)
			}
		}
	})
}

// checkVary checks two requests that differ only in the named field: the answers are the
// same, or Vary names the field (Fetch, "CORS protocol and HTTP caches").
func checkVary(t *testing.T, c cors.Config, name string, p *cors.Policy, a, b cors.Request) {
	t.Helper()
	d, e := p.Decide(t.Context(), a), p.Decide(t.Context(), b)
	enforced := c.Enforce != cors.EnforceNone && (d.Status() == 403 || e.Status() == 403)
	switch {
	case d.Kind() != e.Kind() && a.Method == "OPTIONS": // caches do not store these
		return
	case enforced && slices.Contains(c.AllowOrigins, "*"): // caches do not store refusals of writes either
		return
	}
	answer, another := headers(d), headers(e)
	vary, varyToo := strings.Split(answer["Vary"], ", "), strings.Split(another["Vary"], ", ")
	delete(answer, "Vary")
	delete(another, "Vary")
	same := d.Status() == e.Status() && maps.Equal(answer, another)
	if said := slices.Contains(vary, name) && slices.Contains(varyToo, name); !same && !said {
		t.Errorf("%+v, and with another %s %+v, under %+v decide\n%s\n%s", a, name, b, c, wire(d), wire(e))
	}
}

func checkDecision(t *testing.T, c cors.Config, r cors.Request, d cors.Decision) {
	t.Helper()
	fail := func(what string) { t.Errorf("%s: %+v under %+v decides\n%s", what, r, c, wire(d)) }
	origin, h := strings.Trim(r.Origin, " \t"), headers(d)
	anyOrigin := slices.Contains(c.AllowOrigins, "*")
	allowed := origin != "" && allowsNaively(c, origin, r.Path)

	for name, value := range h {
		if value == "" || strings.ContainsAny(value, "\r\n\x00\x7f") || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r > '~' }) {
			fail("a value is not fit for a header")
		}
		if strings.HasPrefix(name, "Access-Control-") == (name == "Vary") {
			fail("another header")
		}
	}
	var order []string
	for name := range d.Headers() {
		order = append(order, name)
	}
	if cut, found := slices.BinarySearch(order, "Vary"); found && cut != len(order)-1 || !slices.IsSorted(order) || len(order) != len(h) {
		fail("the order")
	}

	acao, sent := h["Access-Control-Allow-Origin"]
	switch {
	case anyOrigin:
		if acao != "*" && d.Kind() != cors.Preflight || sent && acao != "*" {
			fail("not for any origin")
		}
	case sent != allowed || sent && acao != origin:
		fail("the origin")
	}
	if h["Access-Control-Allow-Credentials"] == "true" != (c.AllowCredentials && sent) {
		fail("credentials")
	}
	if acao == "*" && c.AllowCredentials {
		fail("* with credentials")
	}
	if !anyOrigin && !strings.Contains(h["Vary"], "Origin") || anyOrigin && h["Vary"] != "" {
		fail("Vary")
	}

	// No other header depends on the request.
	if expose, sent := h["Access-Control-Expose-Headers"]; sent && (expose != strings.Join(sortedCopy(c.ExposeHeaders, true), ", ") || d.Kind() == cors.Preflight) {
		fail("what is exposed")
	}
	if age, sent := h["Access-Control-Max-Age"]; sent && (age != strconv.Itoa(max(0, int(c.MaxAge/time.Second))) || d.Kind() != cors.Preflight) {
		fail("the age")
	}
	for _, name := range strings.Split(h["Vary"], ", ") {
		if known := append([]string{"", "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"}, c.VaryBy...); !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			fail("Vary")
		}
	}

	acam, acah := h["Access-Control-Allow-Methods"], h["Access-Control-Allow-Headers"]
	if own := strings.Join(append(slices.Clone(c.AllowMethods), c.AllowHeaders...), ","); d.Kind() != cors.Preflight && acam+acah != "" || own == "" && acam+acah != "" {
		fail("lists")
	}
	listed := func(list []string, usual string, lower bool) string {
		if slices.Contains(list, "*") {
			named := namedBeside(list, usual, lower)
			if !c.AllowCredentials {
				named = sortedCopy(append(named, "*"), lower)
			}
			return strings.Join(named, ", ")
		}
		return strings.Join(sortedCopy(list, lower), ", ")
	}
	reflects := func(list []string) bool { return c.AllowCredentials && slices.Contains(list, "*") }
	authorization := ""
	if c.AllowCredentials {
		authorization = ", authorization"
	}
	if acam != "" && acam != listed(c.AllowMethods, usualMethods, false) && (!reflects(c.AllowMethods) || acam != strings.Trim(r.RequestMethod, " \t") || !tokenPattern.MatchString(acam) || len(acam) > 64 || slices.Contains([]string{"CONNECT", "TRACE", "TRACK"}, strings.ToUpper(acam))) {
		fail("methods")
	}
	if acah != "" && acah != listed(c.AllowHeaders, usualHeaders+authorization, true) && (!reflects(c.AllowHeaders) || acah != strings.Trim(r.RequestHeaders, " \t") || len(acah) > 8192 || naiveHeaders([]string{"*"}, true, acah) != cors.Allowed) {
		fail("headers")
	}

	switch status := d.Status(); d.Kind() {
	case cors.NotCORS:
		if origin != "" || status != 0 && (status != 403 || c.Enforce == cors.EnforceNone || d.Reason() != cors.OriginMissing) {
			fail("not CORS")
		}
	case cors.Actual:
		if status != 0 && (status != 403 || c.Enforce == cors.EnforceNone || allowed && !anyOrigin) || d.Reason() == cors.Allowed && !allowed {
			fail("actual")
		}
	case cors.Preflight:
		want := 204
		switch {
		case !allowed:
			want = 403
		case c.PassPreflight:
			want = 0
		case c.PreflightStatus != 0:
			want = c.PreflightStatus
		}
		if status != want || r.Method != "OPTIONS" || d.Reason() == cors.Allowed && !allowed {
			fail("preflight")
		}
	}
}

func sortedCopy(list []string, lower bool) []string {
	seen := make(map[string]bool)
	for _, s := range list {
		if lower {
			s = strings.ToLower(s)
		}
		seen[s] = true
	}
	return slices.Sorted(maps.Keys(seen))
}
