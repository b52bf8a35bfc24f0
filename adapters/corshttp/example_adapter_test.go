package corshttp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/crossgate/cors/adapters/corshttp"
	cors "github.com/crossgate/cors/core"
)

// An adapter of a framework that is built on net/http, but has a middleware type of its
// own: it decides, sets the headers, and answers what is not for the handler.
func ExampleDecide() {
	middleware := func(d cors.Decider, next http.HandlerFunc, opts ...cors.Option) http.HandlerFunc {
		mode := cors.NewSettings("New", opts).Guard
		return func(w http.ResponseWriter, r *http.Request) {
			var decision cors.Decision
			corshttp.Decide(&decision, d, r)
			corshttp.SetHeaders(w.Header(), &decision)
			if status := decision.Status(); status != 0 {
				w.WriteHeader(status)
				return
			}
			if mode != 0 {
				var guard *corshttp.Guarded
				w, guard = corshttp.Wrap(w, &decision, mode)
				defer guard.Finish(w.Header())
			}
			next(w, r)
		}
	}
	ask(middleware(policy, func(http.ResponseWriter, *http.Request) {}, cors.Guard(cors.PolicyWins)))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// An adapter's Mount asks its router for the pattern of a request.
func ExampleByPlace() {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /items/{id}", func(http.ResponseWriter, *http.Request) {})
	mounts := cors.NewMounts(nil)
	if err := mounts.Group("/items", policy); err != nil {
		panic(err)
	}
	middleware := corshttp.ByPlace(func(r *http.Request) *cors.Place {
		return corshttp.PlaceOf(mounts, r, func(method string) (pattern string, served bool) {
			asked := *r
			asked.Method = method
			_, pattern = mux.Handler(&asked)
			if _, path, found := cutMethod(pattern); found {
				return path, true
			}
			return "", false
		})
	})
	ask(middleware(mux))
	// Output:
	// 204
	// Access-Control-Allow-Origin: "https://app.example.com"
	// Access-Control-Allow-Methods: "PUT"
}

// cutMethod cuts a pattern of net/http's at its blank.
func cutMethod(pattern string) (method, path string, found bool) {
	for i := range len(pattern) {
		if pattern[i] == ' ' {
			return pattern[:i], pattern[i+1:], true
		}
	}
	return "", pattern, false
}

// A framework with a hook before the header is committed needs no wrapper: it tells the
// guard.
func ExampleGuarded() {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/items", nil)
	r.Header.Set("Origin", "https://app.example.com")
	var decision cors.Decision
	corshttp.Decide(&decision, policy, r)

	guard := corshttp.NewGuarded(w.Header(), &decision, cors.PolicyWins)
	w.Header().Set("Access-Control-Allow-Origin", "*") // a careless handler
	guard.Commit(w.Header(), http.StatusOK)            // the hook
	w.WriteHeader(http.StatusOK)
	guard.Finish(w.Header())
	fmt.Println(w.Header().Values("Access-Control-Allow-Origin"))
	// Output:
	// [https://app.example.com]
}

// A reverse proxy's hook has the upstream's header alone.
func ExampleEnforce() {
	upstream := http.Header{"Access-Control-Allow-Origin": {"*"}, "Vary": {"Accept"}}
	r := httptest.NewRequest(http.MethodGet, "/items", nil)
	r.Header.Set("Origin", "https://app.example.com")
	var decision cors.Decision
	corshttp.Decide(&decision, policy, r)
	corshttp.Enforce(upstream, &decision, cors.PolicyWins)
	fmt.Println(upstream["Access-Control-Allow-Origin"], upstream["Vary"])
	// Output:
	// [https://app.example.com] [Accept Origin]
}
