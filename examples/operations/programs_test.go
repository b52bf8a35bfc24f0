// Package operations_test builds each program, runs it, and checks what pages get from it.
package operations_test

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/corstest"
)

func TestPrograms(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", dir+string(filepath.Separator), "./...").CombinedOutput()
	require.NoError(t, err, string(out))
	app := corstest.From("https://app.example.com")
	for name, tt := range map[string]struct {
		arguments []string
		ask       func(t *testing.T, url string)
	}{
		"metrics": {nil, func(t *testing.T, url string) {
			app.Get("/items").Allowed(t, corstest.At(url))
			own := corstest.From(url).Get("/metrics").Allowed(t, corstest.At(url))
			assert.Contains(t, own.Body, `cors_decisions_total{kind="actual",policy="public",reason="allowed"} 1`)
		}},
		"fleet": {nil, func(t *testing.T, url string) {
			app.Put("/items/1").Allowed(t, corstest.At(url))
			corstest.From("https://evil.example").Get("/items").Blocked(t, corstest.At(url))
		}},
		"tenants": {[]string{"-way", "list"}, func(t *testing.T, url string) {
			corstest.From("https://app.a.example").Put("/items/1").Allowed(t, corstest.At(url))
			app.Get("/items").Blocked(t, corstest.At(url))
		}},
		"rollout": {nil, func(t *testing.T, url string) {
			app.WithCookies().Put("/items/1").Allowed(t, corstest.At(url))
			corstest.From("https://evil.example").Get("/items").Blocked(t, corstest.At(url))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.ask(t, "http://"+run(t, filepath.Join(dir, name), tt.arguments...))
		})
	}
	programs, err := filepath.Glob("*/main.go")
	require.NoError(t, err)
	assert.Len(t, programs, 4, "a program that is not in the table")
}

// output is what a program prints.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// run starts a program on a free port until the end of the test, and returns its address.
// If another process takes the port first, the program ends, and another port is tried.
func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	var out output
	for range 5 {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		require.NoError(t, err)
		address := l.Addr().String()
		require.NoError(t, l.Close())
		command := exec.Command(program, arguments...)
		command.Env = append(os.Environ(), "PORT="+address[strings.LastIndex(address, ":")+1:], "TMPDIR="+t.TempDir())
		command.Stdout, command.Stderr = &out, &out
		require.NoError(t, command.Start())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = command.Wait()
		}()
		if listens(address, ended) {
			t.Cleanup(func() {
				assert.NoError(t, command.Process.Kill())
				<-ended
			})
			return address
		}
		_ = command.Process.Kill()
		<-ended
	}
	require.FailNow(t, "the program does not listen", out.String())
	return ""
}

// listens waits until a program accepts connections, and reports whether it does before
// it ends.
func listens(address string, ended <-chan struct{}) bool {
	deadline := time.After(time.Minute)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.DialTimeout("tcp4", address, time.Second); err == nil {
			_ = c.Close()
			return true
		}
		select {
		case <-ended:
			return false
		case <-deadline:
			return false
		case <-tick.C:
		}
	}
}
