package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/adapters/corshttp"
	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// lines is a log that is read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// take returns the lines since the last call.
func (l *lines) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := strings.FieldsFunc(l.text.String(), func(r rune) bool { return r == '\n' })
	l.text.Reset()
	return all
}

// The active document decides, and the log says what the candidate would change.
func TestRollout(t *testing.T) {
	t.Parallel()
	active, candidate, err := documents()
	require.NoError(t, err)
	var out lines
	differences := NewDifferences(slog.New(slog.NewTextHandler(&out, nil)), time.Hour)
	app := corshttp.New(cors.Shadow(active, candidate, differences.Report))(http.NotFoundHandler())
	page := func(origin string) corstest.Page { return corstest.From(origin).WithCookies() }

	page("https://app.example.com").Put("/items/1").Allowed(t, app)
	page("https://partner.example").Get("/items").Allowed(t, app)
	page("https://evil.example").Get("/items").Blocked(t, app)
	for _, line := range out.take() { // the list of methods differs, though nothing is refused
		assert.Contains(t, line, "active=allowed candidate=allowed")
	}
	for range 3 {
		page("https://old.example.com").Get("/items").Allowed(t, app)
	}
	page("https://app.example.com").Delete("/items/1").Allowed(t, app)
	page("https://app.example.com").Put("/items/1").Header("X-Trace", "1").Allowed(t, app)
	logged := out.take()
	require.Len(t, logged, 3)
	assert.Contains(t, logged[0], `msg="the candidate refuses what is allowed now" origin=https://old.example.com kind=actual active=allowed candidate=origin-not-allowed method=GET path=/items`)
	assert.Contains(t, logged[1], `active=allowed candidate=method-not-allowed`)
	assert.Contains(t, logged[1], `requestMethod=DELETE`)
	assert.Contains(t, logged[2], `active=allowed candidate=header-not-allowed`)
	assert.Contains(t, logged[2], `requestHeaders=x-trace`)

	// After the candidate is in force, nothing differs.
	require.NoError(t, load(active)(candidateJSON))
	page("https://other.example.com").Get("/items").Blocked(t, app)
	page("https://app.example.com").Put("/items/1").Allowed(t, app)
	assert.Empty(t, out.take())
	require.NoError(t, load(candidate)(activeJSON))
	page("https://third.example.com").Get("/items").Blocked(t, app)
	assert.Contains(t, strings.Join(out.take(), "\n"), "the candidate allows what is refused now")
}

// Both documents are followed. A wrong document changes nothing.
func TestFollowed(t *testing.T) {
	t.Parallel()
	active, _, err := documents()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "active.json")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reports := make(chan error)
	go policies.Follow(ctx, policies.File(file), time.Millisecond, load(active), func(err error) {
		select {
		case reports <- err:
		case <-ctx.Done():
		}
	})
	replace := func(content []byte) { // in one step, so that no part of it is read
		require.NoError(t, os.WriteFile(file+"~", content, 0o600))
		require.NoError(t, os.Rename(file+"~", file))
	}
	require.ErrorContains(t, <-reports, "no such file")
	replace(candidateJSON)
	require.NoError(t, <-reports)
	assert.False(t, active.Load().AllowsOrigin("https://old.example.com"))
	replace([]byte(`{"allowOrigins": ["https://app.example.com/"]}`))
	require.ErrorContains(t, <-reports, `cors: line 1, column 19: allowOrigins[0] "https://app.example.com/"`)
	assert.True(t, active.Load().AllowsOrigin("https://partner.example"))
}

// The log is short, however many differences there are.
func TestDifferencesAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out lines
		differences := NewDifferences(slog.New(slog.NewTextHandler(&out, nil)), time.Hour)
		active, candidate := cors.MustCompile(cors.AllowAll()), cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
		d := cors.Shadow(active, candidate, differences.Report)
		flood := func() {
			for i := range 10_000 {
				d.Decide(t.Context(), cors.Request{Method: "GET", Origin: fmt.Sprintf("https://e%d.example\n%s", i, strings.Repeat("x", 1000))})
			}
		}
		flood()
		first := out.take()
		assert.Len(t, first, 256)
		assert.Less(t, len(first[0]), 800)
		flood()
		assert.Empty(t, out.take())
		time.Sleep(time.Hour)
		flood()
		assert.Len(t, out.take(), 256)
	})
}
