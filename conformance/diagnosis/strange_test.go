package diagnosis_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

type middleware func(http.Handler) http.Handler

// strange is a server that is broken in its own way: middleware outside the CORS settings,
// the settings, and the application inside.
type strange struct {
	outside, settings, inside middleware

	request   browser.Request
	origin    string         // "" is app
	engine    browser.Engine // the zero value is the standard
	want      diagnosis.Kind // "" finds nothing
	shows     string         // in the evidence or in what is said
	or        diagnosis.Kind // a further cause that may be meant
	incurable bool           // no change of the CORS settings helps
}

// allows returns settings that allow app everything.
func allows() layer {
	return layer{origin: app, methods: "GET, POST, PUT, PATCH", headers: "x-a, authorization, content-type", credentials: true, preflight: 204}
}

// settings returns CORS settings that send these header lines with every response, and
// answer preflights.
func settings(lines ...string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, line := range lines {
				name, value, _ := strings.Cut(line, ": ")
				w.Header().Add(name, value)
			}
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// answers returns middleware that answers some requests itself.
func answers(when func(*http.Request) bool, status int, lines ...string) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !when(r) {
				next.ServeHTTP(w, r)
				return
			}
			sends(status, lines...).ServeHTTP(w, r)
		})
	}
}

func options(r *http.Request) bool { return r.Method == http.MethodOptions }
func actual(r *http.Request) bool  { return r.Method != http.MethodOptions }
func always(*http.Request) bool    { return true }
func method(m string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == m }
}

func path(p string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Path == p }
}

// closes returns middleware that closes the connection without an answer.
func closes(when func(*http.Request) bool) middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if when(r) {
				panic(http.ErrAbortHandler)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// sharedCache keeps the first response to a GET. A page of another origin has been here
// before.
func sharedCache(next http.Handler) http.Handler { return cacheAfter("https://b.example.com", next) }

// cacheAfter keeps the first response to each query, and obeys Vary: Origin. The first
// request was of this origin, or of none.
func cacheAfter(origin string, next http.Handler) http.Handler {
	var mu sync.Mutex
	kept := make(map[string]http.Header)
	get := func(r *http.Request) (http.Header, bool) {
		mu.Lock()
		defer mu.Unlock()
		query := r.URL.RawQuery + " "
		if h, ok := kept[query]; ok {
			return h, true
		}
		if h, ok := kept[query+"for "+r.Header.Get("Origin")]; ok {
			return h, true
		}
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		key := query
		if diagnosis.VariesByOrigin(recorder.Header().Values("Vary")) {
			key += "for " + r.Header.Get("Origin")
		}
		kept[key] = recorder.Header()
		return recorder.Header(), false
	}
	first := httptest.NewRequest(http.MethodGet, "/items", nil)
	if origin != "" {
		first.Header.Set("Origin", origin)
	}
	get(first)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, hit := get(r)
		for name, values := range h {
			w.Header()[name] = values
		}
		if hit {
			w.Header().Set("Age", "7")
		}
	})
}

// reflects allows every origin, without Vary.
func reflects(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		next.ServeHTTP(w, r)
	})
}

func field(name, value string) browser.Field { return browser.Field{Name: name, Value: value} }

func strangers() map[string]strange {
	const origin, other = "Access-Control-Allow-Origin: ", "https://b.example.com"
	right := allows().around
	unlisted := layer{origin: other, methods: "PUT", preflight: 204}.around
	get, put := browser.Request{}, browser.Request{Method: "PUT"}
	signed := browser.Request{Method: "PUT", Credentials: browser.Include}
	cookies := browser.Request{Credentials: browser.Include}
	token := browser.Request{Header: []browser.Field{field("Authorization", "Bearer t")}}
	typed := browser.Request{Method: "POST", Header: []browser.Field{field("Content-Type", "application/json")}, Body: "{}"}
	post := browser.Request{Method: "POST", Body: "a=b"}
	all := []string{"Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a", "Access-Control-Allow-Credentials: true"}
	with := func(lines ...string) middleware { return settings(append(lines, all...)...) }
	return map[string]strange{
		// The header with the origin.
		"a slash at the end":         {settings: with(origin + app + "/"), request: put, want: diagnosis.OriginMisspelt},
		"a path":                     {settings: with(origin + app + "/index.html"), request: get, want: diagnosis.OriginMisspelt},
		"a semicolon at the end":     {settings: with(origin + app + ";"), request: put, want: diagnosis.OriginMisspelt},
		"the default port":           {settings: with(origin + app + ":443"), request: put, want: diagnosis.OriginMisspelt},
		"capitals":                   {settings: with(origin + "https://App.Example.com"), request: put, want: diagnosis.OriginMisspelt},
		"quotes":                     {settings: with(origin + `"` + app + `"`), request: put, want: diagnosis.OriginMisspelt},
		"a list of JSON":             {settings: with(origin + `["` + app + `"]`), request: put, want: diagnosis.OriginMisspelt},
		"a list with commas":         {settings: with(origin + other + ", " + app), request: put, want: diagnosis.OriginMisspelt, shows: "a list"},
		"a list with blanks":         {settings: with(origin + other + " " + app), request: get, want: diagnosis.OriginMisspelt, shows: "a list"},
		"a pattern":                  {settings: with(origin + "https://*.example.com"), request: put, want: diagnosis.OriginMisspelt, shows: "no patterns"},
		"a port of *":                {settings: with(origin + "http://localhost:*"), origin: "http://localhost:3000", request: put, want: diagnosis.OriginMisspelt},
		"a regular expression":       {settings: with(origin + `/\.example\.com$/`), request: get, want: diagnosis.OriginMisspelt},
		"the text null":              {settings: with(origin + "null"), request: put, want: diagnosis.OriginNotListed, shows: "null"},
		"the text undefined":         {settings: with(origin + "undefined"), request: put, want: diagnosis.OriginMisspelt},
		"the text true":              {settings: with(origin + "true"), request: get, want: diagnosis.OriginMisspelt},
		"an empty header":            {settings: with("Access-Control-Allow-Origin: "), request: put, want: diagnosis.OriginMisspelt},
		"http for https":             {settings: with(origin + "http://app.example.com"), request: put, want: diagnosis.OriginNotListed},
		"www":                        {settings: with(origin + "https://www.app.example.com"), request: get, want: diagnosis.OriginNotListed},
		"another port":               {settings: with(origin + "http://localhost:3000"), origin: "http://localhost:5173", request: put, want: diagnosis.OriginNotListed},
		"two lines of *":             {settings: with(origin+"*", origin+"*"), request: get, want: diagnosis.TwoLayers},
		"the origin and *":           {settings: settings(origin + app), inside: settings(origin + "*"), request: get, want: diagnosis.TwoLayers},
		"* twice in a line":          {settings: with(origin + "*, *"), request: get, want: diagnosis.TwoLayers},
		"another header for Vary":    {settings: reflects, request: get, want: diagnosis.CacheWithoutVary},
		"Vary twice":                 {settings: with(origin+app, "Vary: Origin", "Vary: origin"), request: put},
		"Vary *":                     {settings: func(next http.Handler) http.Handler { return reflects(answers(always, 200, "Vary: *")(next)) }, request: get},
		"a shared cache":             {outside: sharedCache, settings: reflects, request: get, want: diagnosis.CacheWithoutVary, shows: "Age: 7"},
		"a sandboxed frame":          {settings: right, origin: "null", request: put, want: diagnosis.OpaqueOrigin, incurable: true},
		"a sandboxed frame, fixed *": {settings: settings(origin + "*"), origin: "null", request: get},

		// Names that are nearly right.
		"origins":           {settings: settings("Access-Control-Allow-Origins: " + app), request: get, want: diagnosis.OriginMisspelt, shows: "Access-Control-Allow-Origins"},
		"without a prefix":  {settings: settings("Allow-Origin: *"), request: put, want: diagnosis.OriginMisspelt, shows: "Allow-Origin: *"},
		"underscores":       {settings: settings("Access_Control_Allow_Origin: *"), request: get, want: diagnosis.OriginMisspelt, shows: "Access_control"},
		"a request's name":  {settings: settings("Access-Control-Request-Origin: *"), request: put, want: diagnosis.OriginMisspelt, shows: "Access-Control-Request-Origin"},
		"a letter too many": {settings: settings("Access-Controll-Allow-Origin: *"), request: get, want: diagnosis.OriginMisspelt, shows: "Controll"},
		"header":            {settings: settings(origin+app, "Access-Control-Allow-Header: content-type"), request: typed, want: diagnosis.HeaderNotListed, shows: "The server sends Access-Control-Allow-Header: "},
		"request-headers":   {settings: settings(origin+app, "Access-Control-Request-Headers: content-type"), request: typed, want: diagnosis.HeaderNotListed, shows: "The server sends Access-Control-Request-Headers: "},
		"method":            {settings: settings(origin+app, "Access-Control-Allow-Method: PUT"), request: put, want: diagnosis.MethodNotListed, shows: "The server sends Access-Control-Allow-Method: "},
		"allowed methods":   {settings: settings(origin+app, "Access-Control-Allowed-Methods: PUT"), request: put, want: diagnosis.MethodNotListed, shows: "The server sends Access-Control-Allowed-Methods: "},
		"credential":        {settings: settings(origin+app, "Access-Control-Allow-Credential: true"), request: cookies, want: diagnosis.CredentialsNotAllowed, shows: "The server sends Access-Control-Allow-Credential: "},

		// Credentials.
		"True":                      {settings: settings(origin+app, "Access-Control-Allow-Credentials: True", all[0]), request: signed, want: diagnosis.CredentialsNotAllowed, shows: "True"},
		"1":                         {settings: settings(origin+app, "Access-Control-Allow-Credentials: 1"), request: cookies, want: diagnosis.CredentialsNotAllowed},
		"true twice":                {settings: with(origin+app, "Access-Control-Allow-Credentials: true"), request: signed, want: diagnosis.TwoLayers},
		"true twice in a line":      {settings: settings(origin+app, "Access-Control-Allow-Credentials: true, true"), request: cookies, want: diagnosis.TwoLayers},
		"* and cookies":             {settings: with(origin + "*"), request: cookies, want: diagnosis.WildcardWithCredentials},
		"methods of * and cookies":  {settings: settings(origin+app, all[2], "Access-Control-Allow-Methods: *", "Vary: Origin"), request: signed, want: diagnosis.MethodNotListed, shows: "not a wildcard"},
		"headers of * and cookies":  {settings: settings(origin+app, all[2], "Access-Control-Allow-Headers: *", "Vary: Origin"), request: browser.Request{Credentials: browser.Include, Header: []browser.Field{field("X-A", "1")}}, want: diagnosis.HeaderNotListed},
		"headers of * and a token":  {settings: settings(origin+app, "Access-Control-Allow-Headers: *"), request: token, want: diagnosis.HeaderNotListed, shows: "Authorization"},
		"a cookie without SameSite": {settings: right, inside: answers(always, 200, "Set-Cookie: sid=1; Secure"), request: cookies, want: diagnosis.CookiesKept},
		"a strict cookie and a 401": {settings: right, inside: answers(always, 401, "Set-Cookie: sid=1; SameSite=Strict; Secure"), request: cookies, want: diagnosis.CookiesKept, shows: "Strict"},

		// Methods and headers.
		"a method in small letters": {settings: settings(origin+app, "Access-Control-Allow-Methods: patch"), request: browser.Request{Method: "PATCH"}, want: diagnosis.MethodNotListed, shows: "in another case. Write PATCH"},
		"a script's small letters":  {settings: right, request: browser.Request{Method: "patch"}, want: diagnosis.MethodNotListed, shows: "PATCH in the script", incurable: true},
		"no list of methods":        {settings: settings(origin + app), request: put, want: diagnosis.MethodNotListed, shows: "no Access-Control-Allow-Methods"},
		"no list of headers":        {settings: settings(origin + app), request: typed, want: diagnosis.HeaderNotListed, shows: "content-type"},
		"methods with semicolons":   {settings: settings(origin+app, "Access-Control-Allow-Methods: GET; PUT"), request: put, want: diagnosis.ListMalformed},
		"methods with blanks":       {settings: settings(origin+app, "Access-Control-Allow-Methods: GET PUT"), request: put, want: diagnosis.ListMalformed},
		"headers in quotes":         {settings: settings(origin+app, `Access-Control-Allow-Headers: "x-a"`), request: browser.Request{Header: []browser.Field{field("X-A", "1")}}, want: diagnosis.ListMalformed},
		"a Content-Type of JSON":    {settings: settings(origin+app, "Access-Control-Allow-Headers: x-a"), request: typed, want: diagnosis.HeaderNotListed, shows: "content-type"},

		// Something else answers the preflight.
		"a firewall with 406":                  {outside: answers(options, 406, "Server: waf"), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "406"},
		"a firewall with 403":                  {outside: answers(options, 403, "Server: waf"), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "403"},
		"a firewall that hangs up":             {outside: closes(options), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "GET"},
		"a page for people":                    {outside: answers(options, 200, "Content-Type: text/html"), settings: right, request: put, want: diagnosis.PreflightUnanswered},
		"a preflight that fails":               {outside: answers(options, 500), settings: right, request: put, want: diagnosis.ServerFailed, shows: "500"},
		"a preflight that fails, with headers": {settings: settings2(answers(options, 500), origin+app), request: put, want: diagnosis.ServerFailed, shows: "500"},
		"a preflight of 404":                   {settings: settings2(answers(options, 404), origin+app), request: put, want: diagnosis.PreflightUnanswered, shows: "404"},
		"a preflight of 501":                   {settings: settings2(answers(options, 501), origin+app), request: put, want: diagnosis.PreflightUnanswered, shows: "501"},
		"a preflight of 501, without headers":  {outside: answers(options, 501), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "501"},
		"a preflight of 304":                   {settings: settings2(answers(options, 304), origin+app), request: put, want: diagnosis.PreflightUnanswered, shows: "304"},
		"a redirect without Location":          {outside: answers(options, 301), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "301"},
		"a preflight of 429":                   {outside: answers(options, 429, "Retry-After: 9"), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "429"},
		"basic authentication":                 {outside: answers(always, 401, "WWW-Authenticate: Basic"), settings: right, request: put, want: diagnosis.AuthenticationFirst, shows: "Basic"},
		"a proxy's authentication":             {outside: answers(always, 407, "Proxy-Authenticate: Basic"), settings: right, request: put, want: diagnosis.AuthenticationFirst, shows: "407"},
		"authentication of a GET":              {outside: authenticated, settings: right, request: get, want: diagnosis.AuthenticationFirst, shows: "401"},
		"an API key":                           {outside: answers(always, 403), settings: right, request: put, want: diagnosis.AuthenticationFirst, shows: "403"},

		// Something else answers the request.
		"a check against forgery":                      {outside: answers(method("POST"), 403), settings: right, request: post, want: diagnosis.ResponseNotCovered, shows: "403"},
		"a check against forgery, after the preflight": {outside: answers(method("PUT"), 403), settings: right, request: put, want: diagnosis.ResponseNotCovered, shows: "403"},
		"a body that is too large":                     {outside: answers(method("POST"), 413, "Server: nginx"), settings: right, request: typed, want: diagnosis.ResponseNotCovered, shows: "Server: nginx"},
		"too many requests":                            {outside: answers(always, 429, "Retry-After: 9"), settings: right, request: get, want: diagnosis.ResponseNotCovered, shows: "429"},
		"a method without a route":                     {outside: answers(method("PUT"), 405, "Allow: GET"), settings: right, request: put, want: diagnosis.ResponseNotCovered, shows: "405"},
		"an error after the preflight":                 {outside: answers(method("PUT"), 500), settings: right, request: put, want: diagnosis.ServerFailed},
		"an error of a POST":                           {outside: answers(method("POST"), 500), settings: right, request: post, want: diagnosis.ServerFailed},
		"an origin unreachable":                        {outside: answers(always, 522, "Server: cloudflare", "CF-Ray: 1"), settings: right, request: put, want: diagnosis.ProxyFailed, shows: "CF-Ray", incurable: true},
		"a challenge":                                  {outside: answers(always, 403, "Server: cloudflare", "Cf-Mitigated: challenge"), settings: right, request: put, want: diagnosis.ProxyFailed, shows: "challenge", incurable: true},
		"a gateway's timeout":                          {outside: answers(method("PUT"), 504, "Via: 1.1 vegur"), settings: right, request: put, want: diagnosis.ProxyFailed, shows: "Via", incurable: true},
		"a path that is not there":                     {settings: func(http.Handler) http.Handler { return sends(404) }, request: get, want: diagnosis.NoCORS, shows: "404"},
		"a path without settings": {settings: func(next http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/api/", right(next))
			mux.Handle("/", next)
			return mux
		}, request: get, want: diagnosis.OriginNotListed, shows: "or nobody is"},

		"http for a port of https": {settings: func(http.Handler) http.Handler { return sends(400) }, request: put, want: diagnosis.NoCORS, shows: "https?"},

		// Redirects.
		"a redirect to https":       {outside: answers(always, 301, "Location: https://127.0.0.1:1/items"), settings: right, request: put, want: diagnosis.RedirectElsewhere, shows: "https://127.0.0.1:1/items", incurable: true},
		"another version":           {outside: answers(path("/items"), 302, "Location: /v2/items"), settings: right, request: get, want: diagnosis.RedirectElsewhere, shows: "/v2/items"},
		"another version, of a PUT": {outside: answers(path("/items"), 307, "Location: /v2/items"), settings: right, request: put, want: diagnosis.RedirectElsewhere, shows: "/v2/items"},
		"a name and a word":         {outside: answers(actual, 302, "Location: http://user:word@localhost:1/"), settings: right, request: get, want: diagnosis.RedirectElsewhere, shows: "user name or password", incurable: true},
		"an application's scheme":   {outside: answers(actual, 302, "Location: shop://items"), settings: right, request: get, want: diagnosis.RedirectElsewhere, shows: "not http or https", incurable: true},
		"a store of files":          {settings: right, inside: answers(always, 302, "Location: https://files.localhost:1/a?X-Amz-Signature=1"), request: get, want: diagnosis.RedirectElsewhere, incurable: true},
		"a redirect to itself":      {settings: right, inside: answers(always, 302, "Location: /items"), request: get, want: diagnosis.RedirectElsewhere, shows: "do not end", incurable: true},
		"a circle": {settings: right, inside: func(next http.Handler) http.Handler {
			return answers(path("/items"), 307, "Location: /b")(answers(path("/b"), 307, "Location: /items")(next))
		}, request: put, want: diagnosis.RedirectElsewhere, shows: "do not end", incurable: true},
		"two redirects": {outside: func(next http.Handler) http.Handler {
			return answers(path("/items"), 302, "Location: /b")(answers(path("/b"), 302, "Location: /c")(next))
		}, settings: right, request: get, want: diagnosis.RedirectElsewhere, shows: "/b"},
		"a login for all": {outside: answers(always, 302, "Location: /login"), settings: right, request: put, want: diagnosis.RedirectToLogin},

		// What shows only past a cache, or to a request without an Origin.
		"a response that was cached without an Origin": {outside: func(next http.Handler) http.Handler { return cacheAfter("", next) }, settings: layer{origin: app, noVary: true}.around,
			request: get, want: diagnosis.CacheWithoutVary, shows: "past the cache"},
		"* to an Origin, and nothing without": {settings: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Origin") != "" {
					w.Header().Set("Access-Control-Allow-Origin", "*")
				}
				next.ServeHTTP(w, r)
			})
		}, request: get, want: diagnosis.CacheWithoutVary},
		"* with everything": {settings: settings(origin + "*"), request: get},

		// Settings that refuse a preflight as a whole, as several libraries do.
		"an unlisted method, and 204 without headers":   {settings: strict(204, ""), request: browser.Request{Method: "DELETE"}, want: diagnosis.MethodNotListed, shows: "DELETE"},
		"an unlisted method, and 403":                   {settings: strict(403, ""), request: browser.Request{Method: "DELETE", Header: []browser.Field{field("X-A", "1")}}, want: diagnosis.MethodNotListed, shows: "403"},
		"an unlisted header, and 204 without headers":   {settings: strict(204, ""), request: browser.Request{Method: "PUT", Header: []browser.Field{field("X-A", "1"), field("X-Z", "1")}}, want: diagnosis.HeaderNotListed, shows: "the header x-z"},
		"an unlisted header of a GET, and 403":          {settings: strict(403, ""), request: browser.Request{Header: []browser.Field{field("X-Z", "1")}}, want: diagnosis.HeaderNotListed, shows: "the header x-z"},
		"an unlisted header, and 400 with headers":      {settings: strict(400, app), request: browser.Request{Method: "PUT", Header: []browser.Field{field("X-Z", "1")}}, want: diagnosis.HeaderNotListed, shows: "400"},
		"an unlisted method, and 400 with headers":      {settings: strict(400, app), request: browser.Request{Method: "DELETE"}, want: diagnosis.MethodNotListed, shows: "400"},
		"an unlisted origin, and 400":                   {settings: strict(400, ""), origin: "https://b.example.com", request: put, want: diagnosis.OriginNotListed},
		"an unlisted origin, at which the server fails": {settings: strict(500, ""), origin: "https://b.example.com", request: put, want: diagnosis.OriginNotListed, shows: "500"},
		"an unlisted origin, at which a GET fails":      {settings: strict(500, ""), origin: "https://b.example.com", request: get, want: diagnosis.OriginNotListed, shows: "without an Origin gets 200"},

		"settings of one route, in Express": {settings: func(http.Handler) http.Handler {
			return answers(options, 200, "Allow: PUT")(sends(404))
		}, request: put, want: diagnosis.OriginNotListed, shows: "Allow: PUT", or: diagnosis.PreflightUnanswered},

		"add_header without always, of a PUT": {outside: answers(method("PUT"), 404, "Server: nginx/1.22.1"), settings: right, request: put, want: diagnosis.ResponseNotCovered, shows: "only where it ends in always"},
		"add_header in a location of its own": {settings: func(http.Handler) http.Handler { return sends(200, "Server: nginx") }, request: get, want: diagnosis.OriginNotListed, shows: "an add_header of its own"},
		"add_header in an if of its own":      {outside: answers(options, 204, "Server: nginx"), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "an add_header of its own"},

		// What a product means by what it says.
		"a variable without a value":       {settings: with(origin + "undefined"), request: get, want: diagnosis.OriginMisspelt, shows: "unset"},
		"a variable's name":                {settings: with(origin + "${ALLOWED_ORIGIN}"), request: put, want: diagnosis.OriginMisspelt, shows: "unset"},
		"a letter that looks like another": {settings: with(origin + "https://\u0430pp.example.com"), request: get, want: diagnosis.OriginMisspelt, shows: `\u0430pp`},
		"a gateway without a route": {settings: func(http.Handler) http.Handler {
			return sends(403, "X-Amzn-ErrorType: MissingAuthenticationTokenException")
		}, request: put, want: diagnosis.PreflightUnanswered, shows: "no route for OPTIONS"},
		"a gateway without a path": {settings: func(http.Handler) http.Handler {
			return sends(403, "X-Amzn-ErrorType: MissingAuthenticationTokenException")
		}, request: get, want: diagnosis.NoCORS, shows: "no route"},
		"a proxy without an answer to OPTIONS": {outside: answers(options, 502, "Server: nginx"), settings: right, request: put, want: diagnosis.PreflightUnanswered, shows: "Server: nginx"},

		// Two mistakes at once.
		"unlisted, and a firewall": {outside: answers(options, 406), settings: unlisted, request: put, want: diagnosis.OriginNotListed},
		"unlisted, and an error":   {settings: unlisted, inside: answers(always, 500), request: get, want: diagnosis.OriginNotListed},
	}
}

// strict returns settings that allow app, GET, PUT and x-a, and answer all other requests with
// a status. With it they send origin as Access-Control-Allow-Origin, unless it is "".
func strict(status int, origin string, methods ...string) middleware {
	methods = append(methods, "GET", "PUT")
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Origin")
			got, preflight := r.Header.Get("Origin"), r.Method == http.MethodOptions
			listed := got == app || got == ""
			if preflight {
				listed = listed && slices.Contains(methods, r.Header.Get("Access-Control-Request-Method")) &&
					strings.Trim(r.Header.Get("Access-Control-Request-Headers"), "x-a") == ""
			}
			if got == app && listed {
				w.Header().Set("Access-Control-Allow-Origin", app)
				w.Header().Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
				w.Header().Set("Access-Control-Allow-Headers", "x-a")
			} else if origin != "" {
				w.Header().Set("Access-Control-Allow-Origin", origin)
			}
			switch {
			case !listed:
				w.WriteHeader(status)
			case preflight:
				w.WriteHeader(http.StatusNoContent)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

// settings2 sends header lines with every response, and leaves preflights to another
// middleware.
func settings2(preflights middleware, lines ...string) middleware {
	return func(next http.Handler) http.Handler {
		inner := preflights(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, line := range lines {
				name, value, _ := strings.Cut(line, ": ")
				w.Header().Add(name, value)
			}
			inner.ServeHTTP(w, r)
		})
	}
}

func (s strange) handler() http.Handler {
	h := sends(200)
	for _, m := range []middleware{s.inside, s.settings, s.outside} {
		if m != nil {
			h = m(h)
		}
	}
	return h
}

// healed returns the server after the changes, by their actions only, and the path to
// request.
func (s strange) healed(c diagnosis.Cause) (strange, string) {
	right := allows()
	if s.origin != "" {
		right.origin = s.origin
	}
	right.methods, right.headers = strings.Join(append([]string{s.request.Method}, right.methods), ","), right.headers+",x-a,x-z"
	url := ""
	for _, change := range c.Changes() {
		if change.System != "the page" && change.System != "nginx" { // the change for one system is enough
			continue
		}
		switch change.Action {
		case diagnosis.Settings:
			s.settings = right.around
		case diagnosis.First:
			outside := s.outside
			s.settings = nil
			s.outside = func(next http.Handler) http.Handler {
				if outside != nil {
					next = outside(next)
				}
				return right.around(next)
			}
		case diagnosis.Status:
			s.outside = func(http.Handler) http.Handler { return right.around(sends(401)) }
		case diagnosis.Remove:
			s.settings, s.inside = right.around, nil
		case diagnosis.Ask:
			url = change.Code
		case diagnosis.Cookie:
			s.inside = answers(always, 200, "Set-Cookie: sid=1; SameSite=None; Secure")
		}
	}
	return s, url
}

func (s strange) examined(t *testing.T, url string) diagnosis.Diagnosis {
	t.Helper()
	server := httptest.NewServer(s.handler())
	defer server.Close()
	client := &browser.Client{Origin: app, Engine: s.engine}
	if s.origin != "" {
		client.Origin = s.origin
	}
	r := s.request
	r.URL = server.URL + "/items"
	if _, after, ok := strings.Cut(url, "://"); ok {
		_, rest, _ := strings.Cut(after, "/")
		r.URL = server.URL + "/" + rest
	}
	d, err := diagnosis.Of(t.Context(), client, r)
	if err != nil {
		t.Fatal(err)
	}
	d.Causes = slices.DeleteFunc(d.Causes, func(c diagnosis.Cause) bool { return c.Kind == diagnosis.LocalNetwork })
	return d
}

// TestStrangers: for servers that are broken in many ways, the first cause is right, and
// its change repairs the server, unless no settings of the server can.
func TestStrangers(t *testing.T) {
	t.Parallel()
	for name, s := range strangers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := s.examined(t, "")
			if s.want == "" {
				if len(d.Causes) > 0 || d.Blocked() {
					t.Fatalf("finds %+v", d.Causes)
				}
				return
			}
			if len(d.Causes) == 0 {
				t.Fatalf("finds nothing: %+v", d.Verdict.Failure)
			}
			c := d.Causes[0]
			if text := c.What + strings.Join(c.Evidence, "\n"); c.Kind != s.want || !strings.Contains(text, s.shows) {
				t.Errorf("got %s: %s; want %s, %q", c.Kind, text, s.want, s.shows)
			}
			if s.or != "" && !slices.ContainsFunc(c.Because, func(c diagnosis.Cause) bool { return c.Kind == s.or }) {
				t.Errorf("it may be %s too: %+v", s.or, c.Because)
			}
			if s.incurable {
				return
			}
			url := ""
			for range 2 { // there may be two mistakes
				s, url = s.healed(d.Causes[0])
				if d = s.examined(t, url); len(d.Causes) == 0 {
					return
				}
			}
			if d.Blocked() || d.Causes[0].Kind != diagnosis.CookiesKept {
				t.Errorf("%s is not cured by the change: %+v %+v", c.Kind, d.Causes, d.Verdict.Failure)
			}
		})
	}
}
