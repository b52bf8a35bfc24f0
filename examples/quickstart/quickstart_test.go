// Package quickstart_test builds each quickstart, runs it, and asks it over HTTP
// what its reader will: so that none of them can rot.
package quickstart_test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/corstest"
)

const (
	listed   = "https://app.example.com"
	unlisted = "https://other.example.com"
)

var names = []string{"nethttp", "chi", "gin", "echo", "fiber"}

func TestEachQuickstartRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir+string(filepath.Separator), "./...").CombinedOutput()
	require.NoError(t, err, string(out))
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := "http://" + run(t, filepath.Join(dir, name))
			check(t, url)
			checkPages(t, url)
		})
	}
}

// TestEachQuickstartIsShort keeps them what a reader would paste.
func TestEachQuickstartIsShort(t *testing.T) {
	t.Parallel()
	for _, name := range names {
		source, err := os.ReadFile(filepath.Join(name, "main.go"))
		require.NoError(t, err)
		assert.Less(t, bytes.Count(source, []byte("\n")), 50, name)
	}
	folders, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	assert.Len(t, folders, len(names), "a quickstart that is not in the list")
}

// check asks for what the policy allows, and for what it does not.
func check(t *testing.T, url string) {
	t.Helper()
	type want struct {
		status                           int
		origin, methods, headers, maxAge string
	}
	full := want{204, listed, "PUT", "content-type", "600"}
	for _, c := range []struct {
		name, method, path, origin, asks string
		want
	}{
		{"an allowed GET", "GET", "/items", listed, "", want{status: 200, origin: listed}},
		{"an allowed PUT", "PUT", "/items/1", listed, "", want{status: 204, origin: listed}},
		{"a preflight", "OPTIONS", "/items/1", listed, "PUT", full},
		{"a preflight of a method that is not listed", "OPTIONS", "/items/1", listed, "DELETE", full},
		{"a preflight from another origin", "OPTIONS", "/items/1", unlisted, "PUT", want{status: 403}},
		{"a GET from another origin", "GET", "/items", unlisted, "", want{status: 200}},
		{"a GET that is no CORS request", "GET", "/items", "", "", want{status: 200}},
		{"a 404", "GET", "/nowhere", listed, "", want{status: 404, origin: listed}},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, url+c.path, http.NoBody)
		require.NoError(t, err)
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		if c.asks != "" {
			req.Header.Set("Access-Control-Request-Method", c.asks)
			req.Header.Set("Access-Control-Request-Headers", "content-type")
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err, c.name)
		require.NoError(t, resp.Body.Close())
		h := resp.Header
		got := want{
			resp.StatusCode, h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Methods"),
			h.Get("Access-Control-Allow-Headers"), h.Get("Access-Control-Max-Age"),
		}
		assert.Equal(t, c.want, got, c.name)
		assert.Equal(t, []string{"Origin"}, h.Values("Vary"), c.name)
	}
}

// checkPages asks for what pages get from the program, as its own tests would.
func checkPages(t *testing.T, url string) {
	t.Helper()
	app := corstest.At(url)
	page := corstest.From(listed)
	page.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
	page.Get("/items").Cacheable(t, app)
	page.Get("/nowhere").Allowed(t, app)
	page.Delete("/items/1").Blocked(t, app)
	corstest.From(unlisted).Get("/items").Blocked(t, app)
	corstest.From(unlisted).Put("/items/1").Blocked(t, app)
}

// run starts a program on a free port until the end of the test, and returns its
// address. Between finding a port and using it somebody else may take it: then the
// program ends at once, and another is tried.
func run(t *testing.T, program string) string {
	t.Helper()
	var output bytes.Buffer
	for range 5 {
		output.Reset()
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		require.NoError(t, err)
		addr := l.Addr().String()
		require.NoError(t, l.Close())

		cmd := exec.Command(program)
		cmd.Env = append(os.Environ(), "PORT="+addr[strings.LastIndex(addr, ":")+1:])
		cmd.Stdout, cmd.Stderr = &output, &output
		require.NoError(t, cmd.Start())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = cmd.Wait()
		}()
		if listens(addr, ended) {
			t.Cleanup(func() {
				assert.NoError(t, cmd.Process.Kill())
				<-ended
			})
			return addr
		}
		_ = cmd.Process.Kill()
		<-ended
	}
	t.Fatalf("%s does not listen:\n%s", program, output.String())
	return ""
}

// listens waits until something accepts connections at addr, unless the program
// ends before. It waits for minutes: the machine may be busy.
func listens(addr string, ended <-chan struct{}) bool {
	for range 10_000 {
		select {
		case <-ended:
			return false
		case <-time.After(20 * time.Millisecond):
		}
		if c, err := net.DialTimeout("tcp4", addr, time.Second); err == nil {
			_ = c.Close()
			return true
		}
	}
	return false
}
