package recipes_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/browser"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/examples/recipes"
)

func TestReportOnly(t *testing.T) {
	t.Parallel()
	// The other middleware allows every origin.
	echoes := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", "PUT, DELETE")
		hello(w, r)
	})
	reports := make(chan string, 10)
	policy := compiled(t, cors.Config{AllowOrigins: []string{app}, AllowMethods: []string{"PUT"}})
	addr := listen(t, recipes.ReportOnly(policy, func(granted string, x cors.Explanation) {
		reports <- granted + " " + x.Reason.String() + " " + x.Fix
	})(echoes))

	for _, origin := range []string{app, other} {
		assert.True(t, visit(t, addr, origin, put).Allowed, "nothing changes for %s", origin)
	}
	assert.True(t, visit(t, addr, app, browser.Request{Method: "DELETE", URL: "/items"}).Allowed)
	ask(t, addr, "GET", "/healthz", http.Header{})
	close(reports)
	var got []string
	for r := range reports {
		got = append(got, r)
	}
	require.Len(t, got, 3, "%q", got)
	assert.Contains(t, got[0], other+" origin-not-allowed", "of the preflight")
	assert.Contains(t, got[1], other+" origin-not-allowed", "of the request")
	assert.Contains(t, got[2], app+` method-not-allowed add "DELETE" to AllowMethods`)
}

// TestShadow tries the next policy as docs/recipes/report-only.md says.
func TestShadow(t *testing.T) {
	t.Parallel()
	inForce := compiled(t, cors.Config{AllowOrigins: []string{app, "https://*.example.com"}})
	next := compiled(t, cors.Config{AllowOrigins: []string{app}})
	reports := make(chan string, 10)
	addr := behind(t, cors.Shadow(inForce, next, func(r cors.Request, now, then cors.Decision) {
		reports <- r.Origin + " " + now.Reason().String() + " " + then.Reason().String()
	}))
	assert.True(t, visit(t, addr, app, get).Allowed)
	assert.True(t, visit(t, addr, admin, get).Allowed)
	close(reports)
	assert.Equal(t, admin+" allowed origin-not-allowed", <-reports)
	assert.Empty(t, reports)
}

func TestCounted(t *testing.T) {
	t.Parallel()
	var counts recipes.Counts
	logged := make(chan string, 10)
	policy := compiled(t, recipes.Previews())
	addr := behind(t, recipes.Counted(policy, &counts,
		func(origin string) bool { return strings.HasSuffix(origin, ".example.com") },
		func(origin, reason string) { logged <- origin + " " + reason }))
	for _, origin := range []string{app, admin, other} {
		visit(t, addr, origin, put)
	}
	ask(t, addr, "GET", "/healthz", http.Header{})
	assert.EqualValues(t, 2, counts[cors.Allowed].Load(), "a preflight and a request")
	assert.EqualValues(t, 2, counts[cors.OriginNotAllowed].Load(), "two preflights")
	close(logged)
	assert.Equal(t, admin+" origin-not-allowed", <-logged)
	assert.Empty(t, logged)
}

func TestReload(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("cors.json")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "cors.json")
	write := func(s string) { require.NoError(t, os.WriteFile(file, []byte(s), 0o600)) }
	write(string(text))
	live := new(cors.Live)
	require.NoError(t, recipes.Load(live, file))

	signals := make(chan os.Signal)
	failures := make(chan error)
	done := make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		recipes.ReloadOn(ctx, signals, live, file, func(err error) { failures <- err })
		close(done)
	}()
	addr := listen(t, corshttp.New(live)(http.HandlerFunc(hello)))
	assert.True(t, visit(t, addr, app, put).Allowed)
	assert.False(t, visit(t, addr, admin, put).Allowed)

	write(strings.Replace(string(text), `"https://app.example.com"`, `"https://app.example.com", "https://admin.example.com"`, 1))
	before := live.Load()
	signals <- syscall.SIGHUP
	require.Eventually(t, func() bool { return live.Load() != before }, 2*time.Minute, time.Millisecond)
	assert.True(t, visit(t, addr, admin, put).Allowed)

	// Mistakes are reported, and the policy stays.
	for broken, says := range map[string]string{
		strings.Replace(string(text), "allowMethods", "allowMethod", 1): "allowMethod",
		strings.Replace(string(text), `.com"`, `.com/"`, 1):             `write "https://app.example.com"`,
	} {
		write(broken)
		signals <- syscall.SIGHUP
		assert.ErrorContains(t, <-failures, says)
		assert.True(t, visit(t, addr, admin, put).Allowed)
	}
	stop()
	<-done
}
