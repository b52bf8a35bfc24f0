package examples_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/corstest"
	cors "github.com/crossgate/cors/core"
)

const startPage = root + "/docs/start.md"

// TestStart does what docs/start.md says, from the clone to the log line, in a folder of its
// own, and writes what it sees into the page. README.md has the same lines.
func TestStart(t *testing.T) {
	t.Parallel()
	text := pageText(t, startPage)
	folder := t.TempDir()
	repository, err := filepath.Abs(root)
	require.NoError(t, err)
	install := strings.Replace(marked(t, text, "install"), "https://github.com/crossgate/cors", "file://"+repository, 1)
	require.Contains(t, install, "file://")
	outside := append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*")
	do := func(dir, script string) {
		cmd := exec.CommandContext(t.Context(), "bash", "-euc", script)
		cmd.Dir, cmd.Env = dir, outside
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", script, out)
	}
	do(folder, install)
	readme := pageText(t, root+"/README.md")
	assert.Contains(t, install, marked(t, readme, "status"), "README.md has other lines")

	program := programOf(t, root+"/README.md")
	app := filepath.Join(folder, "app")
	require.NoError(t, os.WriteFile(filepath.Join(app, "main.go"), []byte(program), 0o600))
	do(app, "go mod tidy")
	addr, log := runProgram(t, program, func(changed string) string {
		require.NoError(t, os.WriteFile(filepath.Join(app, "main.go"), []byte(changed), 0o600))
		do(app, "go build -o app .")
		return filepath.Join(app, "app")
	})

	// The same lines do for the programs of all guides.
	all := filepath.Join(folder, "all")
	for _, file := range guides(t) {
		dir := filepath.Join(all, strings.TrimSuffix(filepath.Base(file), ".md"))
		require.NoError(t, os.MkdirAll(dir, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(programOf(t, file)), 0o600))
	}
	do(all, "go mod init all\n"+marked(t, readme, "status")+"go mod tidy && go build ./...")

	answer := curl(t, marked(t, text, "allowed"), addr)
	require.Equal(t, http.StatusNoContent, answer.StatusCode)
	refused := curl(t, marked(t, text, "refused"), addr)
	assert.Empty(t, refused.Header.Get("Access-Control-Allow-Origin"))

	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowMethods: []string{"PUT"}})
	x := policy.Explain(t.Context(), cors.Request{Method: "OPTIONS", Origin: "https://app.example.com", RequestMethod: "DELETE"})
	logged := "```\n" + strings.ReplaceAll(log("cors: refused"), addr, "127.0.0.1:8080") + "```\n"
	for file, parts := range map[string]map[string]string{
		root + "/README.md": {"log": logged},
		startPage:           {"log": logged, "answer": "```http\n" + headersOf(answer) + "```\n", "explain": "```\n" + strings.TrimSpace(fmt.Sprint(x)) + "\n```\n"},
	} {
		text := pageText(t, file) // again: other tests that update it may have done so meanwhile
		want := text
		for name, part := range parts {
			want = replaced(t, want, name, part)
		}
		if *update {
			require.NoError(t, os.WriteFile(file, []byte(want), 0o600))
			continue
		}
		assert.Equal(t, want, text, "if the change is meant, run: go test ./examples -run TestStart -update")
	}
}

// TestStartReasons: the page's table names reasons that there are.
func TestStartReasons(t *testing.T) {
	t.Parallel()
	var reasons []string
	for reason := cors.NoPolicy; reason <= cors.MountUncertain; reason++ {
		reasons = append(reasons, reason.String())
	}
	_, table, found := strings.Cut(pageText(t, startPage), "| the log says `reason=` | change |\n|---|---|\n")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	for line := range strings.Lines(table) {
		if cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " | "); cell != "nothing" {
			assert.Contains(t, reasons, strings.Trim(cell, "`"))
		}
	}
}

// TestGuideProgramsRun builds the program at the top of each framework's guide, and asks it
// what docs/start.md asks. A refused call is logged.
func TestGuideProgramsRun(t *testing.T) {
	t.Parallel()
	start := pageText(t, startPage)
	for _, file := range guides(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".md"), func(t *testing.T) {
			t.Parallel()
			module := filepath.Join(root, moduleOfPage("docs/frameworks/"+filepath.Base(file)))
			addr, log := runProgram(t, programOf(t, file), func(changed string) string { return buildIn(t, module, changed) })
			answer := curl(t, marked(t, start, "allowed"), addr)
			assert.Equal(t, "HTTP/1.1 204 No Content\nAccess-Control-Allow-Headers: content-type\nAccess-Control-Allow-Methods: PUT\n"+
				"Access-Control-Allow-Origin: https://app.example.com\nVary: Origin\n", headersOf(answer))
			refused := curl(t, marked(t, start, "refused"), addr)
			assert.Equal(t, "HTTP/1.1 200 OK\nVary: Origin\n", headersOf(refused))
			assert.Contains(t, log("cors: refused"), "origin=https://evil.example")

			app, page, stranger := corstest.At("http://"+addr), corstest.From("https://app.example.com"), corstest.From("https://evil.example")
			page.Put("/items/1").Header("Content-Type", "application/json").Body("{}").Allowed(t, app)
			page.Get("/items").Cacheable(t, app)
			page.Get("/nowhere").Allowed(t, app) // a 404 can be read
			page.Delete("/items/1").Blocked(t, app)
			stranger.Get("/items").Blocked(t, app)
			stranger.Put("/items/1").Blocked(t, app)
		})
	}
}

// guides are the pages of all frameworks.
func guides(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob(root + "/docs/frameworks/*.md")
	require.NoError(t, err)
	adapters, err := filepath.Glob(root + "/adapters/*/go.mod")
	require.NoError(t, err)
	require.Len(t, pages, len(adapters), "a guide for each adapter")
	return pages
}

func pageText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// marked returns the block below the comment <!-- mark -->.
func marked(t *testing.T, text, mark string) string {
	t.Helper()
	for _, b := range parsePage("", text).blocks {
		if b.mark == mark {
			return b.text
		}
	}
	require.FailNow(t, "no block has the mark", mark)
	return ""
}

// programOf returns the first whole program of a page.
func programOf(t *testing.T, file string) string {
	t.Helper()
	for _, b := range parsePage("", pageText(t, file)).blocks {
		if b.language == "go" && strings.HasPrefix(b.text, "package main\n") {
			return b.text
		}
	}
	require.FailNow(t, "no program", file)
	return ""
}

// buildIn compiles a program as if it lay in a folder of the module.
func buildIn(t *testing.T, module, program string) (executable string) {
	t.Helper()
	module, err := filepath.Abs(module)
	require.NoError(t, err)
	folder := t.TempDir()
	source, overlay := filepath.Join(folder, "main.go"), filepath.Join(folder, "overlay.json")
	require.NoError(t, os.WriteFile(source, []byte(program), 0o600))
	content, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(module, "_documents", "run", "main.go"): source}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, content, 0o600))
	executable = filepath.Join(folder, "program")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", executable, "-overlay", overlay, "./_documents/run")
	cmd.Dir = module
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return executable
}

// runProgram runs a program that listens at 127.0.0.1:8080, on another port, until the end
// of the test. log waits for a line that has a text, and returns it with a time that is
// always the same.
func runProgram(t *testing.T, program string, build func(changed string) (executable string)) (addr string, log func(text string) string) {
	t.Helper()
	require.Contains(t, program, "127.0.0.1:8080")
	l := listenBelowEphemeral(t)
	addr = l.Addr().String()
	executable := build(strings.Replace(program, "127.0.0.1:8080", addr, 1))
	require.NoError(t, l.Close()) // kept until now, so that nothing else takes it meanwhile

	output := &lockedBuffer{}
	cmd := exec.Command(executable)
	cmd.Stdout, cmd.Stderr = output, output
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		c, err := net.DialTimeout("tcp4", addr, time.Second)
		if err != nil {
			return false
		}
		return c.Close() == nil
	}, 2*time.Minute, 20*time.Millisecond, "%s does not listen", executable)
	stamp := regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d`)
	return addr, func(text string) (found string) {
		require.Eventually(t, func() bool {
			for line := range strings.Lines(output.String()) {
				if strings.Contains(line, text) && strings.HasSuffix(line, "\n") {
					found = stamp.ReplaceAllString(line, "2026/11/30 09:00:00")
					return true
				}
			}
			return false
		}, time.Minute, 10*time.Millisecond, "%s is not logged", text)
		return found
	}
}

// listenBelowEphemeral listens on a port that no system gives to listeners and connections
// without a port of their own (RFC 6335, section 6; Linux begins at 32768). So no other
// process takes the port after the listener is closed.
func listenBelowEphemeral(t *testing.T) (l net.Listener) {
	t.Helper()
	require.Eventually(t, func() (listens bool) {
		var err error
		l, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))) //nolint:gosec // any free port will do
		return err == nil
	}, time.Minute, time.Millisecond)
	return l
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// curl does what a line of curl says, at another address.
func curl(t *testing.T, line, addr string) *http.Response {
	t.Helper()
	arguments := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1)
	require.Equal(t, []string{"curl", "-i"}, arguments[:2])
	method, header, url := http.MethodGet, http.Header{}, ""
	for i := 2; i < len(arguments); i++ {
		switch arguments[i] {
		case "-X":
			i++
			method = arguments[i]
		case "-H":
			i++
			name, value, found := strings.Cut(strings.Trim(arguments[i], "'"), ": ")
			require.True(t, found, arguments[i])
			header.Set(name, value)
		default:
			require.Empty(t, url, line)
			url = arguments[i]
		}
	}
	require.True(t, strings.HasPrefix(url, "http://127.0.0.1:8080/"), line)
	r, err := http.NewRequestWithContext(t.Context(), method, strings.Replace(url, "127.0.0.1:8080", addr, 1), http.NoBody)
	require.NoError(t, err)
	r.Header = header
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response
}

// headersOf writes the status and the headers of CORS.
func headersOf(r *http.Response) string {
	lines := []string{}
	for name, values := range r.Header {
		if strings.HasPrefix(name, "Access-Control-") || name == "Vary" {
			for _, value := range values {
				lines = append(lines, name+": "+value+"\n")
			}
		}
	}
	slices.Sort(lines)
	return r.Proto + " " + r.Status + "\n" + strings.Join(lines, "")
}
