package matrix_test

import (
	"errors"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
)

const groupsPage = "../../docs/groups.md"

// TestGroups runs a test for each row of the table "Where do I put it" in docs/groups.md.
func TestGroups(t *testing.T) {
	t.Parallel()
	rows, tests, sources := placementRows(t, groupsPage), placementsGroups(), placementSources(t, "groups")
	for situation := range rows {
		assert.Contains(t, tests, situation, "the row has no test")
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			require.Contains(t, rows, situation, "the test has no row")
			for _, code := range codeSpans(rows[situation]) {
				assert.Contains(t, sources[situation], code, "the test does not do what the table says")
			}
			test(t)
		})
	}
}

// TestGroupsSnippet checks that the code at the beginning of docs/groups.md is the code
// of this test.
func TestGroupsSnippet(t *testing.T) {
	t.Parallel()
	_, rest, found := strings.Cut(groupsText(t), "```go\n")
	require.True(t, found)
	snippet, _, _ := strings.Cut(rest, "```")
	source, err := os.ReadFile("placement_groups_test.go")
	require.NoError(t, err)
	assert.Contains(t, oneLine(string(source)), oneLine(snippet))
	site := serve(t, groupsSnippet())
	see(t, site, "PUT /admin/users/1", admin, "204 cookies, 200 cookies")
	see(t, site, "GET /admin/status", page, "204 any, 200 any")
	see(t, site, "GET /items", page, "204 allowed, 200 allowed")
	see(t, site, "GET /internal/jobs", page, "405 blocked, 200 blocked")
}

func groupsText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(groupsPage)
	require.NoError(t, err)
	return string(text)
}

// groupsTable returns the rows of a section's table, in order, without its head.
func groupsTable(t *testing.T, section string) (rows [][]string) {
	t.Helper()
	_, text, found := strings.Cut(groupsText(t), "\n## "+section+"\n")
	require.True(t, found, section)
	text, _, _ = strings.Cut(text, "\n## ")
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "| ") {
			rows = append(rows, strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "| "), " |"), " | "))
		}
	}
	require.Greater(t, len(rows), 1, section)
	return rows[1:]
}

// TestWhatAPageSees checks each row of docs/groups.md in the model of a browser.
func TestWhatAPageSees(t *testing.T) {
	t.Parallel()
	mux, m := groupsMount(t)
	m.HandleFunc("DELETE /admin/users/{id}", ok)
	m.HandleFunc("GET /admin/users/{id}", ok)
	m.HandleFunc("GET /admin/guarded", ok)
	m.HandleFunc("PUT /internal/jobs", ok)
	site := serve(t, m.Middleware()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Path == "/admin/guarded" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	})))
	_, closed := groupsMount(t)
	require.NoError(t, closed.Group("/nowhere", publicPolicy))
	requests := map[string]browser.Request{
		"a route of the group":                            {URL: site + "/admin/users/7"},
		"a route of another group":                        {URL: site + "/items"},
		"a GET for a path that no route serves":           {URL: site + "/admin/nothing"},
		"a POST for a path that only has GET":             {Method: "POST", URL: site + "/admin/guarded"},
		"a 401 of middleware inside the Mount":            {URL: site + "/admin/guarded"},
		"a PUT for a path that no route serves":           {Method: "PUT", URL: site + "/admin/nothing"},
		"a PUT for a path that only has GET":              {Method: "PUT", URL: site + "/admin/guarded"},
		"a DELETE that the policy does not allow":         {Method: "DELETE", URL: site + "/admin/users/7"},
		"a PUT where CORS is off":                         {Method: "PUT", URL: site + "/internal/jobs"},
		"anything, while a policy is attached to nothing": {URL: serve(t, closed.Middleware()(mux)) + "/admin/users/7"},
	}
	rows := groupsTable(t, "What a page sees")
	assert.Len(t, rows, len(requests))
	for _, row := range rows {
		t.Run(row[0], func(t *testing.T) {
			t.Parallel()
			request, found := requests[row[0]]
			require.True(t, found, "the row has no test")
			client := browser.Client{Origin: admin}
			verdict, err := client.Fetch(t.Context(), request)
			require.NoError(t, err)
			gives, says := "an error", "–"
			if verdict.Allowed {
				gives = "status " + strconv.Itoa(verdict.Status)
			} else {
				says = "`" + verdict.Message + "`"
			}
			assert.Equal(t, row[1], gives)
			assert.Equal(t, row[2], says)
		})
	}
}

// TestWhatCheckSays makes the mistakes that docs/groups.md describes.
func TestWhatCheckSays(t *testing.T) {
	t.Parallel()
	mistakes := map[string]func(m *corshttp.Mount) error{
		`m.Group("/amdin", adminPolicy)`:                      func(m *corshttp.Mount) error { return m.Group("/amdin", adminPolicy) },
		`m.Group("/admin/user", adminPolicy)`:                 func(m *corshttp.Mount) error { return m.Group("/admin/user", adminPolicy) },
		`m.Route("PUT", "/admin/users/:id", adminPolicy)`:     func(m *corshttp.Mount) error { return m.Route("PUT", "/admin/users/:id", adminPolicy) },
		`m.Route("PUT", "/admin/users/{user}", adminPolicy)`:  func(m *corshttp.Mount) error { return m.Route("PUT", "/admin/users/{user}", adminPolicy) },
		`m.Route("DELETE", "/admin/users/{id}", adminPolicy)`: func(m *corshttp.Mount) error { return m.Route("DELETE", "/admin/users/{id}", adminPolicy) },
		`m.Route("put", "/admin/users/{id}", adminPolicy)`:    func(m *corshttp.Mount) error { return m.Route("put", "/admin/users/{id}", adminPolicy) },
		`m.Group("/admin/*", adminPolicy)`:                    func(m *corshttp.Mount) error { return m.Group("/admin/*", adminPolicy) },
	}
	rows := groupsTable(t, "Check")
	assert.Len(t, rows, len(mistakes))
	for _, row := range rows {
		mistake, found := mistakes[strings.Trim(row[0], "`")]
		require.True(t, found, "the row has no test: %s", row[0])
		_, m := groupsMount(t)
		assert.EqualError(t, errors.Join(mistake(m), m.Check()), strings.Trim(row[1], "`"))
	}
	unchecked := corshttp.NewMount(http.NewServeMux(), policy)
	require.NoError(t, unchecked.Group("/admin", adminPolicy))
	assert.Len(t, cors.ConfigErrors(unchecked.Check()), 1, "no route was registered through the Mount")
}
