//go:build unix

package preflights

import (
	"net/http"
	"slices"
	"strings"
)

// reflected is the form that sends back what the preflight asks for.
const reflected = "reflection"

// form answers preflights from any origin with these values of
// Access-Control-Allow-Methods, -Headers and -Max-Age. It leaves out a header whose value
// is "".
func form(methods, headers, maxAge string, credentials bool) Application {
	return Application{http: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		if credentials {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
		if r.Method != http.MethodOptions {
			ok(w, r)
			return
		}
		set := func(name, value, requested string) {
			if value == reflected {
				value = r.Header.Get(requested)
			}
			if value != "" {
				h.Set(name, value)
			}
		}
		set("Access-Control-Allow-Methods", methods, "Access-Control-Request-Method")
		set("Access-Control-Allow-Headers", headers, "Access-Control-Request-Headers")
		set("Access-Control-Max-Age", maxAge, "")
		w.WriteHeader(http.StatusNoContent)
	})}
}

// values returns the value of a header in a form.
func values(form string, list []string) string {
	switch form {
	case "list":
		return strings.Join(list, ", ")
	case "list, HEAD":
		return strings.Join(append(slices.Clone(list), "HEAD"), ", ")
	case "list, *":
		return strings.Join(append(slices.Clone(list), "*"), ", ")
	}
	return form
}
