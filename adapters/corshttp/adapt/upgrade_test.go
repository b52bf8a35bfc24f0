package adapt

import (
	"bytes"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// A refused connection is logged with what to do, at most once a minute, whatever clients
// send.
func TestRefusedUpgradeIsLogged(t *testing.T) {
	var log bytes.Buffer
	old := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(old) })
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, Enforce: cors.EnforceUnsafe})
	layer := New("corsmine.New", policy, nil)
	for range 3 {
		r := httptest.NewRequest("GET", "/items", nil)
		r.Header.Set("Upgrade", "h2c")
		var d cors.Decision
		if status, guard := layer.Begin(&d, httptest.NewRecorder(), r); status != 403 || guard {
			t.Errorf("status %d, guard %t", status, guard)
		}
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR") || !strings.Contains(got, "corsmine.New") || !strings.Contains(got, "h2c.NewHandler") {
		t.Errorf("logged:\n%s", got)
	}
}
