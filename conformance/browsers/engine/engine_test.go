//go:build unix

package engine_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// page fetches something that it must not read, and reports how the fetch failed.
const page = `<!doctype html>
<title>A page</title>
<script>
  fetch("http://" + location.host.replace("localhost", "127.0.0.1") + "/api")
    .then(() => "no error", (e) => e.name)
    .then((what) => fetch("/done", { method: "POST", body: what }));
</script>`

// An engine opens a page, reports why a request failed if it can, and leaves no process
// and no file.
func TestSession(t *testing.T) {
	says := map[string]engine.Message{
		"chromium": {Code: "MissingAllowOriginHeader", Text: "No 'Access-Control-Allow-Origin' header is present"},
		"firefox":  {Text: "(Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200."},
		"webkit":   {Text: "is not allowed by Access-Control-Allow-Origin. Status code: 200"},
	}
	for _, name := range engine.Names() {
		t.Run(name, func(t *testing.T) {
			e := engine.ForTest(t, name)
			done := make(chan string, 1)
			mux := http.NewServeMux()
			mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = w.Write([]byte(page))
			})
			mux.HandleFunc("GET /api", func(http.ResponseWriter, *http.Request) {})
			mux.HandleFunc("POST /done", func(_ http.ResponseWriter, r *http.Request) {
				var what [100]byte
				n, _ := r.Body.Read(what[:])
				done <- string(what[:n])
			})
			server := httptest.NewServer(mux)
			defer server.Close()

			s, err := e.Open(t.Context(), strings.Replace(server.URL, "127.0.0.1", "localhost", 1), engine.Trust{})
			require.NoError(t, err)
			defer func() {
				require.NoError(t, s.Close())
				assert.NoDirExists(t, s.Dir)
				require.NoError(t, s.Close(), "closing again does nothing")
			}()
			select {
			case what := <-done:
				assert.Equal(t, "TypeError", what)
			case <-s.Ended():
				require.Fail(t, "the engine has exited unexpectedly", s.Log())
			case <-time.After(3 * time.Minute):
				require.Fail(t, "the page was not opened", s.Log())
			}
			want := says[name]
			var said engine.Message
			require.Eventually(t, func() bool {
				said = engine.Message{}
				for _, m := range s.Messages() {
					if m.URL == server.URL+"/api" {
						said.Code += m.Code
						said.Text += m.Text
					}
				}
				return said.Code == want.Code && said.Text != ""
			}, 2*time.Minute, 10*time.Millisecond, "%v", s.Messages())
			assert.Contains(t, said.Text, want.Text)
		})
	}
}

// If an engine is not installed, the error names the package to install.
func TestAbsent(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for name, packages := range map[string][]string{
		"chromium": {"chromium"},
		"firefox":  {"firefox-esr"},
		"webkit":   {"libwebkit2gtk-4.1-0", "xvfb"},
	} {
		_, err := engine.Find(t.Context(), name)
		var absent *engine.AbsentError
		require.ErrorAs(t, err, &absent)
		assert.Equal(t, name, absent.Engine)
		assert.Contains(t, packages, absent.Package)
		assert.Contains(t, err.Error(), absent.Package)
	}
	_, err := engine.Find(t.Context(), "mosaic")
	assert.Error(t, err)
}
