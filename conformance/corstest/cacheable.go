package corstest

import (
	"bytes"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
)

// stranger is an origin that no policy lists.
const stranger = "https://stranger.invalid"

// Cacheable reports an error if a shared cache in front of the application, such as a
// CDN, changes what pages get. Such a cache stores one answer and sends it to every page
// for which Vary allows that. Vary must therefore name Origin, unless every page gets the
// same headers.
//
// Cacheable makes this call, the same call for each page in others, for an unknown
// origin, and without Origin. It then gives each answer to the other pages. An answer is
// also right if its Cache-Control forbids shared caches to reuse it. The method must be
// GET or HEAD, because caches store no others.
func (c Call) Cacheable(tb testing.TB, app http.Handler, others ...string) {
	tb.Helper()
	if m := browser.NormalizeMethod(c.request.Method); m != "GET" && m != "HEAD" {
		tb.Fatalf("%s: caches store only the answers to GET and HEAD", c)
	}
	url := c.url(tb, app)
	own, err := browser.OriginOf(url)
	if err != nil {
		tb.Fatalf("%s: no page can ask for this: %v", c, err)
	}
	var pages []Call
	for _, origin := range append([]string{c.page.origin}, append(slices.Clone(others), stranger)...) {
		page := c
		page.page.origin = origin
		pages = append(pages, page)
	}
	first := c // a request without Origin
	first.page.origin = own
	for _, reader := range pages {
		want := reader.direct(tb, app)
		if !want.Allowed && want.Code == "" {
			tb.Errorf("%s: fails, but not by CORS\n%s", reader, want)
			return
		}
		for _, writer := range append([]Call{first}, pages...) {
			if writer.page.origin == reader.page.origin {
				continue
			}
			cache := &sharedCache{app: app}
			writer.through(tb, cache, url)
			got := reader.through(tb, cache, url)
			if got.Allowed == want.Allowed && got.Code == want.Code {
				if name := differing(want, got); name != "" {
					tb.Errorf("%s: gets another %s when a cache has the answer to a page of %s; the response needs Vary: Origin\n%s",
						reader, name, writer.page.origin, got)
					return
				}
				continue
			}
			becomes := map[bool]string{true: "allowed", false: "blocked"}
			tb.Errorf("%s: is %s, but %s when a cache has the answer to a page of %s; the response needs Vary: Origin\n%s",
				reader, becomes[want.Allowed], becomes[got.Allowed], writer.page.origin, got)
			return
		}
	}
}

// differing returns the name of a CORS header in which two readable answers differ, or
// "". It skips the headers for the origin and the credentials: the verdicts cover them,
// and "*" instead of the origin makes no difference there.
func differing(a, b outcome) string {
	if !a.Allowed {
		return ""
	}
	first, second := a.headers(), b.headers()
	for _, name := range slices.Sorted(maps.Keys(first)) {
		if second[name] != first[name] {
			return name
		}
	}
	for _, name := range slices.Sorted(maps.Keys(second)) {
		if _, both := first[name]; !both {
			return name
		}
	}
	return ""
}

// headers returns the CORS headers of the last response, except those that let a page
// read.
func (o outcome) headers() map[string]string {
	values := make(map[string]string)
	if len(o.Exchanges) == 0 {
		return values
	}
	for _, field := range o.Exchanges[len(o.Exchanges)-1].Header {
		name := http.CanonicalHeaderKey(field.Name)
		if strings.HasPrefix(name, "Access-Control-") && name != "Access-Control-Allow-Origin" && name != "Access-Control-Allow-Credentials" {
			values[name] += field.Value + "\n"
		}
	}
	return values
}

// sharedCache is a cache by RFC 9111 that stores answers for ever. Unlike real caches, it
// stores every status.
type sharedCache struct {
	app  http.Handler
	mu   sync.Mutex
	kept []cached
}

// cached is an answer and its request.
type cached struct {
	request *http.Request
	answer  *httptest.ResponseRecorder
}

func (s *sharedCache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		s.app.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.kept {
		if c.serves(r) {
			for _, name := range c.withheld() {
				w.Header()[http.CanonicalHeaderKey(name)] = nil
			}
			write(w, c.answer)
			return
		}
	}
	c := cached{r.Clone(r.Context()), httptest.NewRecorder()}
	c.answer.Body = new(bytes.Buffer)
	s.app.ServeHTTP(c.answer, r)
	if c.reusable() {
		s.kept = append(s.kept, c)
	}
	write(w, c.answer)
}

func write(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	result := answer.Result()
	for name, lines := range result.Header {
		if _, withheld := w.Header()[name]; !withheld {
			w.Header()[name] = lines
		}
	}
	w.WriteHeader(result.StatusCode)
	_, _ = w.Write(answer.Body.Bytes())
}

// serves reports whether the answer may be used for r (RFC 9111, section 4.1).
func (c cached) serves(r *http.Request) bool {
	if c.request.Method != r.Method || c.request.Host != r.Host || c.request.URL.RequestURI() != r.URL.RequestURI() {
		return false
	}
	for _, name := range elements(c.answer.Result().Header, "Vary") {
		if name == "*" || !slices.Equal(c.request.Header.Values(name), r.Header.Values(name)) {
			return false
		}
	}
	return true
}

// reusable reports whether a shared cache may reuse the answer without validating it (RFC
// 9111, sections 3, 3.5 and 4.2).
func (c cached) reusable() bool {
	var lifetime, shared string
	var open bool
	for _, directive := range elements(c.answer.Result().Header, "Cache-Control") {
		name, value, qualified := strings.Cut(directive, "=")
		switch strings.ToLower(name) {
		case "no-store":
			return false
		case "no-cache", "private":
			if !qualified { // with a field list it applies only to these fields: see withheld
				return false
			}
		case "max-age":
			lifetime = value
		case "s-maxage":
			shared, open = value, true
		case "public", "must-revalidate":
			open = true
		}
	}
	if c.request.Header.Get("Authorization") != "" && !open {
		return false
	}
	if shared != "" {
		lifetime = shared
	}
	seconds, err := strconv.Atoi(strings.Trim(lifetime, `"`))
	return err != nil || seconds > 0
}

// withheld returns the fields that a shared cache must not reuse, although it may reuse
// the rest of the answer: the fields that private and no-cache name (RFC 9111, sections
// 5.2.2.4 and 5.2.2.7).
func (c cached) withheld() []string {
	var all []string
	for _, directive := range elements(c.answer.Result().Header, "Cache-Control") {
		name, value, _ := strings.Cut(directive, "=")
		if name = strings.ToLower(name); name == "private" || name == "no-cache" {
			all = append(all, strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("\", \t", r) })...)
		}
	}
	return all
}

// elements returns the elements of a list header, without empty ones. A comma in quotes
// does not end an element.
func elements(h http.Header, name string) []string {
	var all []string
	quoted := false
	ends := func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ',' && !quoted
	}
	for element := range strings.FieldsFuncSeq(strings.Join(h.Values(name), ","), ends) {
		if element = strings.TrimSpace(element); element != "" {
			all = append(all, element)
		}
	}
	return all
}
