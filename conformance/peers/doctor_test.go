package peers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browser"
	"github.com/crossgate/cors/conformance/diagnosis"
)

// The page of these tests, and what it needs.
const (
	pageOrigin  = "https://app.example.com"
	otherOrigin = "https://other.example.com"
)

// parts are the places in a program that can be right, wrong or missing. Each is code in
// the system's language, or empty.
type parts struct {
	first  string // before everything else
	slash  string // redirects a path without a slash at its end
	auth   string // answers requests without Authorization with 401
	cors   string // the settings
	second string // a second middleware that adds the headers
	answer string // the answer of the route
}

// patient is a system that the test breaks and repairs.
type patient struct {
	name   string // the name in package diagnosis
	whole  func(parts) string
	cors   func(origin string, methods, headers []string) string
	noVary string // settings that forget Vary

	slash, second, answer, login string
	auth                         func(refuse string) string // refuses requests without Authorization
	deny                         string                     // refuses with 401

	// heal applies a Remove, unless it is enough to remove the second middleware.
	heal  func(p parts, code string) parts
	serve func(tb testing.TB, programs []string) (addrs []string)
}

// ailment is a way to break a server.
type ailment struct {
	name string
	want diagnosis.Kind
	harm func(s patient, p *parts)
}

func ailments() []ailment {
	methods, headers := []string{"GET", "POST", "PUT"}, []string{"Authorization", "X-Debug"}
	return []ailment{
		{"origin not listed", diagnosis.OriginNotListed, func(s patient, p *parts) { p.cors = s.cors(otherOrigin, methods, headers) }},
		{"method not listed", diagnosis.MethodNotListed, func(s patient, p *parts) { p.cors = s.cors(pageOrigin, methods[:2], headers) }},
		{"header not listed", diagnosis.HeaderNotListed, func(s patient, p *parts) { p.cors = s.cors(pageOrigin, methods, headers[:1]) }},
		{"OPTIONS to authentication", diagnosis.AuthenticationFirst, func(s patient, p *parts) { p.auth = s.auth(s.deny) }},
		{"redirect to a login", diagnosis.RedirectToLogin, func(s patient, p *parts) { p.answer = s.login }},
		{"trailing slash", diagnosis.RedirectSlash, func(s patient, p *parts) { p.slash = s.slash }},
		{"two layers", diagnosis.TwoLayers, func(s patient, p *parts) { p.second = s.second }},
		{"no Vary", diagnosis.CacheWithoutVary, func(s patient, p *parts) { p.cors = s.noVary }},
	}
}

// complications are more ways to break a server: two mistakes at once, or a mistake in
// another place.
func complications() []ailment {
	methods, headers := []string{"GET", "POST", "PUT"}, []string{"Authorization", "X-Debug"}
	return []ailment{
		{"plain http listed", diagnosis.OriginNotListed, func(s patient, p *parts) { p.cors = s.cors("http://app.example.com", methods, headers) }},
		{"no settings", diagnosis.OriginNotListed, func(_ patient, p *parts) { p.cors = "" }}, // the same symptom as an empty list
		{"authentication, and an unlisted origin behind it", diagnosis.AuthenticationFirst, func(s patient, p *parts) {
			p.auth, p.cors = s.auth(s.deny), s.cors(otherOrigin, methods, headers)
		}},
		{"everything behind a login", diagnosis.RedirectToLogin, func(s patient, p *parts) { p.auth = s.auth(s.login) }},
	}
}

// right returns the system's program before the test breaks it.
func (s patient) right() parts {
	return parts{cors: s.cors(pageOrigin, []string{"GET", "POST", "PUT"}, []string{"Authorization", "X-Debug"}), answer: s.answer}
}

// apply changes a program by the actions of a diagnosis. It also returns the path to
// request.
func (s patient) apply(p parts, c diagnosis.Cause, path string) (parts, string) {
	for _, change := range c.Changes() {
		if change.Action == diagnosis.Ask {
			path = "/items/"
		}
		if change.System != s.name {
			continue
		}
		switch change.Action {
		case diagnosis.Settings:
			p.cors = change.Code
		case diagnosis.First:
			p.first, p.cors = change.Code, ""
		case diagnosis.Status:
			if p.answer == s.login {
				p.answer = change.Code
			} else {
				p.auth = s.auth(change.Code)
			}
		case diagnosis.Remove:
			p.second = ""
			if s.heal != nil {
				p = s.heal(p, change.Code)
			}
		}
	}
	return p, path
}

// examined asks as the page does: with a PUT that has Authorization and a custom header.
func examined(t *testing.T, addr, path string) diagnosis.Diagnosis {
	t.Helper()
	return examinedAs(t, pageOrigin, addr, path)
}

func examinedAs(t *testing.T, origin, addr, path string) diagnosis.Diagnosis {
	t.Helper()
	d, err := diagnosis.Of(t.Context(), &browser.Client{Origin: origin, Engine: browser.Chromium()}, browser.Request{
		Method: http.MethodPut, URL: "http://" + addr + path,
		Header: []browser.Field{{Name: "Authorization", Value: "Bearer t"}, {Name: "X-Debug", Value: "1"}},
	})
	require.NoError(t, err)
	d.Causes = slices.DeleteFunc(d.Causes, func(c diagnosis.Cause) bool { return c.Kind == diagnosis.LocalNetwork }) // all servers are on loopback
	return d
}

// The test breaks each system in each way. The first cause of the diagnosis must be the
// right one. After its changes are applied, the diagnosis must find nothing.
func TestDoctor(t *testing.T) {
	t.Parallel()
	for _, s := range patients() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			all := ailments()
			require.Len(t, all, 8)
			all = append(all, complications()...)
			broken := make([]parts, len(all)+1)
			programs := make([]string, len(all)+1)
			for i := range broken { // the last one is healthy
				broken[i] = s.right()
				if i < len(all) {
					all[i].harm(s, &broken[i])
				}
				programs[i] = s.whole(broken[i])
			}
			addrs := s.serve(t, programs)
			healthy := examined(t, addrs[len(all)], "/items")
			require.True(t, healthy.Verdict.Allowed && len(healthy.Causes) == 0, "the server fails before the test breaks it: %s", told(healthy))

			paths := make([]string, len(all))
			for i, a := range all {
				d := examined(t, addrs[i], "/items")
				if assert.NotEmpty(t, d.Causes, "%s: nothing is found", a.name) {
					assert.Equal(t, a.want, d.Causes[0].Kind, "%s: %s", a.name, told(d))
					broken[i], paths[i] = s.apply(broken[i], d.Causes[0], "/items")
					programs[i] = s.whole(broken[i])
				}
			}
			addrs = s.serve(t, programs[:len(all)])
			for i, a := range all {
				d := examined(t, addrs[i], paths[i])
				assert.True(t, d.Verdict.Allowed && len(d.Causes) == 0, "%s is not healed: %s\n%s", a.name, told(d), programs[i])
			}
		})
	}
}

// told returns a diagnosis in a few lines.
func told(d diagnosis.Diagnosis) string {
	var b strings.Builder
	fmt.Fprintf(&b, "allowed %t %s", d.Verdict.Allowed, d.Verdict.Console)
	for _, c := range d.Causes {
		fmt.Fprintf(&b, "\n  %s: %q", c.Kind, c.Evidence)
	}
	for _, e := range d.Verdict.Exchanges {
		fmt.Fprintf(&b, "\n%s%s", e.Request, e.Response)
	}
	return b.String()
}

// The settings that a diagnosis writes are right for pages of applications, extensions,
// files and sandboxed frames too.
func TestDoctorOrigins(t *testing.T) {
	t.Parallel()
	origins := []string{"tauri://localhost", "chrome-extension://abcdefghijklmnopabcdefghijklmnop", "file://", "null", "http://192.168.1.5:8080"}
	for _, s := range patients() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var programs []string
			for _, origin := range origins {
				asked := diagnosis.Asked{Origin: origin, Method: http.MethodPut, Headers: []string{"authorization", "x-debug"}}
				for _, change := range diagnosis.Describe(diagnosis.OriginNotListed, asked).Changes() {
					if change.System == s.name {
						programs = append(programs, s.whole(parts{cors: change.Code, answer: s.answer}))
					}
				}
			}
			addrs := s.serve(t, programs)
			for i, origin := range origins {
				d := examinedAs(t, origin, addrs[i], "/items")
				assert.True(t, d.Verdict.Allowed && len(d.Causes) == 0, "%s: %s\n%s", origin, told(d), programs[i])
			}
		})
	}
}
