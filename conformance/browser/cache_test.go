package browser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossgate/cors/conformance/browser"
)

// visit is one fetch in a sequence that tests the preflight cache.
type visit struct {
	after   time.Duration // time since the previous fetch
	request browser.Request
	sent    string
}

func with(credentials browser.Credentials, r browser.Request) browser.Request {
	r.Credentials = credentials
	return r
}

func at(url string, r browser.Request) browser.Request {
	r.URL = url
	return r
}

// tell makes the visits one after the other. Its clock moves only between visits.
func (r *rig) tell(t *testing.T, visits []visit) {
	t.Helper()
	now := time.Unix(1_000_000_000, 0)
	r.Now = func() time.Time { return now }
	for i, v := range visits {
		now = now.Add(v.after)
		if got := sent(r.fetch(t, v.request)); got != v.sent {
			t.Errorf("visit %d: sent %s, want %s", i+1, got, v.sent)
		}
	}
}

func TestPreflightCache(t *testing.T) {
	t.Parallel()
	const hit, miss = "PUT", "o PUT, PUT"
	const hour = acma + "3600"
	const second = time.Second
	xa := setting("PUT", "x-a")
	withQuery, fragment := at(api+"/?q", put), at(api+"/#f", put)
	for _, test := range []struct {
		name   string
		lines  []string
		visits []visit
	}{
		{"five seconds without Max-Age", []string{acam + "PUT"}, []visit{{0, put, miss}, {4999 * time.Millisecond, put, hit}, {time.Millisecond, put, miss}}},
		{"as long as Max-Age says", []string{acam + "PUT", acma + "60"}, []visit{{0, put, miss}, {59 * second, put, hit}, {1 * second, put, miss}}},
		{"a hit does not prolong", []string{acam + "PUT", acma + "60"}, []visit{{0, put, miss}, {30 * second, put, hit}, {30 * second, put, miss}}},
		{"0 means no caching", []string{acam + "PUT", acma + "0"}, []visit{{0, put, miss}, {0, put, miss}}},
		{"one answer serves all that it lists", []string{acam + "PUT, DELETE", acah + "X-A, x-b", hour}, []visit{
			{0, put, miss}, {0, setting("DELETE"), "DELETE"}, {0, setting("", "x-B", "X-a"), "GET"}, {0, setting("DELETE", "x-a"), "DELETE"},
			{0, setting("PATCH"), "o PATCH"},
		}},
		{"and its wildcards", []string{acam + "*", acah + "*", hour}, []visit{
			{0, put, miss}, {0, setting("DELETE", "x-z"), "DELETE"}, {0, setting("patch"), "patch"},
			{0, setting("", "authorization"), "o GET"}, // not covered
		}},
		{"a new header needs a new preflight", []string{acam + "PUT, DELETE", hour}, []visit{{0, put, miss}, {0, xa, "o PUT"}, {0, put, miss}}},
		{"a header with a safelisted method", []string{acah + "x-a", hour}, []visit{{0, setting("POST", "x-a"), "o POST, POST"}, {0, setting("", "x-a"), "GET"}}},
		{"each URL separately, including query and fragment", []string{acam + "PUT", hour}, []visit{{0, put, miss}, {0, withQuery, miss}, {0, fragment, miss}, {0, put, hit}, {0, fragment, hit}}},
		{"an answer with credentials serves requests without", []string{acam + "PUT", hour}, []visit{{0, with(browser.Include, put), miss}, {0, put, hit}, {0, with(browser.Omit, put), hit}}},
		{"an answer without credentials does not serve requests with", []string{acam + "PUT", hour}, []visit{{0, put, miss}, {0, with(browser.Include, put), miss}, {0, with(browser.Include, put), hit}}},
		{"a wildcard in an answer with credentials is a name", []string{acam + "PUT, *", hour}, []visit{
			{0, with(browser.Include, put), miss}, {0, with(browser.Include, setting("DELETE")), "o DELETE"}, {0, setting("DELETE"), "o DELETE, DELETE"},
		}},
		{"a failed preflight drops all entries of the URL", []string{acam + "PUT", hour}, []visit{{0, put, miss}, {0, withQuery, miss}, {0, setting("DELETE"), "o DELETE"}, {0, put, miss}, {0, withQuery, hit}}},
		{"a renewed answer counts from then", []string{acam + "PUT", acah + "x-a", acma + "60"}, []visit{
			{0, put, miss}, {30 * second, with(browser.Include, xa), miss}, {59 * second, put, hit}, {2 * second, put, miss},
		}},
		{"a forced preflight is kept too", []string{hour}, []visit{
			{0, browser.Request{URL: api, Method: "POST", ForcePreflight: true}, "o POST, POST"}, {0, browser.Request{URL: api, Method: "POST", ForcePreflight: true}, "POST"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			preflighting(t, test.lines...).tell(t, test.visits)
		})
	}
}

func TestPreflightCacheIsByOrigin(t *testing.T) {
	t.Parallel()
	r := newRig(t, map[string]string{
		"OPTIONS api.example/": raw("200 OK", acao+"*", acam+"PUT", acma+"3600"), "* api.example/": raw("200 OK", acao+"*"),
	})
	r.tell(t, []visit{{0, put, "o PUT, PUT"}, {0, put, "PUT"}})
	r.Origin = other
	r.tell(t, []visit{{0, put, "o PUT, PUT"}})
	r.Origin = app
	r.tell(t, []visit{{0, put, "PUT"}})
}

func TestFailedResponsesDropCacheEntries(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		engine         browser.Engine
		afterResponse  string // what a PUT sends after a PUT whose response lacked the header
		afterPreflight string // what it sends after a refused DELETE
	}{
		{"the standard", browser.Engine{}, "o PUT, PUT", "o PUT, PUT"},
		{"Chromium", browser.Chromium(), "PUT", "o PUT, PUT"},
		{"Firefox", browser.Firefox(), "o PUT, PUT", "o PUT, PUT"},
		{"WebKit", browser.WebKit(), "PUT", "PUT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := preflighting(t, acam+"PUT", acma+"60")
			r.Engine = test.engine
			r.tell(t, []visit{{0, put, "o PUT, PUT"}, {0, put, "PUT"}})
			good := r.routes["* api.example/"]
			r.route("* api.example/", raw("200 OK"))
			r.tell(t, []visit{{0, put, "PUT"}})
			r.route("* api.example/", good)
			r.tell(t, []visit{{0, put, test.afterResponse}, {0, put, "PUT"}, {0, setting("DELETE"), "o DELETE"}, {0, put, test.afterPreflight}})
		})
	}
}

// Only in Firefox does a failed GET without headers change the cache.
func TestFailedSimpleRequests(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		engine browser.Engine
		then   string
	}{
		{"the standard", browser.Engine{}, "PUT"},
		{"Chromium", browser.Chromium(), "PUT"},
		{"Firefox", browser.Firefox(), "o PUT, PUT"},
		{"WebKit", browser.WebKit(), "PUT"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := preflighting(t, acam+"PUT", acma+"60")
			r.Engine = test.engine
			get := browser.Request{URL: api}
			r.tell(t, []visit{{0, put, "o PUT, PUT"}, {0, get, "GET"}, {0, put, "PUT"}})
			good := r.routes["* api.example/"]
			r.route("* api.example/", raw("200 OK"))
			r.tell(t, []visit{{0, get, "GET"}})
			r.route("* api.example/", good)
			r.tell(t, []visit{{0, put, test.then}})
		})
	}
}

func TestCacheModes(t *testing.T) {
	t.Parallel()
	const hit, miss = "PUT", "o PUT, PUT"
	for _, test := range []struct {
		mode                                browser.Cache
		header                              string
		standard, chromium, firefox, webkit string
	}{
		{"", "", hit, hit, hit, hit},
		{browser.CacheDefault, "", hit, hit, hit, hit},
		{browser.CacheForce, "", hit, hit, hit, hit},
		{browser.CacheNoStore, "", hit, miss, miss, hit},
		{browser.CacheReload, "", hit, miss, miss, hit},
		{browser.CacheNoCache, "", hit, miss, hit, hit},
		{"", "if-match", hit, miss, miss, hit},
		{"", "If-None-Match", hit, miss, miss, hit},
		{browser.CacheDefault, "if-range", hit, miss, miss, hit},
		{browser.CacheForce, "if-match", hit, hit, hit, hit}, // the mode is not the default
	} {
		r := setting("PUT")
		if test.header != "" {
			r = setting("PUT", test.header)
		}
		r.Cache = test.mode
		for _, x := range []struct {
			name   string
			engine browser.Engine
			want   string
		}{
			{"standard", browser.Engine{}, test.standard},
			{"Chromium", browser.Chromium(), test.chromium},
			{"Firefox", browser.Firefox(), test.firefox},
			{"WebKit", browser.WebKit(), test.webkit},
		} {
			rig := preflighting(t, acam+"PUT", acah+"if-match, if-none-match, if-range", acma+"60")
			rig.Engine = x.engine
			if rig.tell(t, []visit{{0, put, miss}, {0, r, x.want}}); t.Failed() {
				t.Fatalf("%q with %q in %s", test.mode, test.header, x.name)
			}
		}
	}
}

func TestCachesOfEngines(t *testing.T) {
	t.Parallel()
	const miss = "o PUT, PUT"
	wild := []string{acam + "*", acma + "100000"}
	listed := []string{acam + "PUT", acma + "100000"}
	headers := []string{acah + "x-a, if-match", acma + "600"}
	for _, test := range []struct {
		name   string
		engine browser.Engine
		lines  []string
		visits []visit
	}{
		{"Chromium keeps two hours", browser.Chromium(), listed, []visit{{0, put, miss}, {7180 * time.Second, put, "PUT"}, {40 * time.Second, put, miss}}},
		{"WebKit keeps ten minutes", browser.WebKit(), listed, []visit{{0, put, miss}, {585 * time.Second, put, "PUT"}, {30 * time.Second, put, miss}}},
		{"Chromium reuses wildcards", browser.Chromium(), wild, []visit{{0, put, miss}, {0, setting("DELETE"), "DELETE"}}},
		{"Chromium does not reuse wildcards for Authorization", browser.Chromium(), []string{acah + "*", acma + "60"}, []visit{
			{0, setting("", "authorization"), "o GET, GET"}, {0, setting("", "authorization"), "o GET, GET"}, {0, setting("", "x-a"), "GET"},
		}},
		{"Firefox keeps a day", browser.Firefox(), listed, []visit{{0, put, miss}, {86380 * time.Second, put, "PUT"}, {40 * time.Second, put, miss}}},
		{"Firefox wants HEAD named", browser.Firefox(), headers, []visit{
			{0, setting("", "x-a"), "o GET, GET"}, {0, setting("HEAD", "x-a"), "o HEAD, HEAD"}, {0, setting("HEAD", "x-a"), "o HEAD, HEAD"}, {0, setting("POST", "x-a"), "POST"},
		}},
		{"Chromium does not", browser.Chromium(), headers, []visit{{0, setting("", "x-a"), "o GET, GET"}, {0, setting("HEAD", "x-a"), "HEAD"}}},
		{"Chromium asks for conditional requests, and keeps the answer", browser.Chromium(), headers, []visit{
			{0, setting("", "if-match"), "o GET, GET"}, {0, setting("", "if-match"), "o GET, GET"}, {0, setting("", "x-a"), "GET"},
		}},
		{"WebKit does not", browser.WebKit(), headers, []visit{{0, setting("", "if-match"), "o GET, GET"}, {0, setting("", "if-match"), "GET"}}},
		{"Firefox does not reuse wildcards", browser.Firefox(), wild, []visit{{0, put, miss}, {0, put, miss}}},
		{"Firefox keeps credentials apart", browser.Firefox(), listed, []visit{
			{0, with(browser.Include, put), miss}, {0, put, miss}, {0, put, "PUT"}, {0, with(browser.Include, put), "PUT"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := preflighting(t, test.lines...)
			r.Engine = test.engine
			r.tell(t, test.visits)
		})
	}
}

// Firefox keeps 100 answers. A new one replaces the least recently used one.
func TestCacheSize(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT, DELETE", acma+"600")
	r.Engine = browser.Firefox()
	visits := make([]visit, 0, 105)
	for i := range 100 {
		visits = append(visits, visit{0, at(fmt.Sprintf("%s/?%d", api, i), put), "o PUT, PUT"})
	}
	r.tell(t, append(visits,
		visit{0, at(api+"/?0", put), "PUT"},          // still cached, and now the most recently used
		visit{0, at(api+"/?100", put), "o PUT, PUT"}, // replaces 1
		visit{0, at(api+"/?0", setting("DELETE")), "DELETE"},
		visit{0, at(api+"/?2", put), "PUT"},
		visit{0, at(api+"/?1", put), "o PUT, PUT"},
	))
}

func TestCacheUnderConcurrentFetches(t *testing.T) {
	t.Parallel()
	r := preflighting(t, acam+"PUT", acma+"60")
	verdicts := make(chan browser.Verdict)
	for range 8 {
		go func() {
			v, err := r.Fetch(t.Context(), put)
			if err != nil {
				t.Error(err)
			}
			verdicts <- v
		}()
	}
	for range 8 {
		expect(t, <-verdicts, "allowed")
	}
	if got := sent(r.fetch(t, put)); strings.Contains(got, "o ") {
		t.Errorf("sent %s", got)
	}
}
