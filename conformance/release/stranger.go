package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// strangers and graphs are the folders that check reads.
const (
	strangers = "conformance/release/testdata/strangers"
	graphs    = "conformance/release/testdata/graphs"
)

// beStranger uses the adapter m as a user would: a new project gets it, compiles, serves
// and passes the suite.
func beStranger(ctx context.Context, w *workspace, project place, m module, version string) error {
	name := path.Join(strangers, path.Base(m.dir))
	source := filepath.Join(w.root, filepath.FromSlash(name))
	for _, file := range []string{"main.go", "main_test.go"} {
		data, err := os.ReadFile(filepath.Join(source, file)) //nolint:gosec // the tree's own
		if os.IsNotExist(err) {
			return fmt.Errorf("%s/%s is missing; write the program of a user of %s, like those of the other adapters", name, file, m.dir)
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(project.dir, file), data, 0o600); err != nil {
			return err
		}
	}
	if err := startProject(ctx, project, m.path+"@"+version); err != nil {
		return err
	}
	// Tests need modules that no program needs, and go get does not fetch them.
	if _, err := project.run(ctx, "go", "mod", "tidy"); err != nil {
		return err
	}
	got, err := project.run(ctx, "go", "list", "-m", m.path)
	if err != nil {
		return err
	}
	if want := m.path + " " + version; strings.TrimSpace(got) != want {
		return fmt.Errorf("a project that gets %s uses %s", want, got)
	}
	if _, err := project.run(ctx, "go", "build", "-o", "server", "."); err != nil {
		return err
	}
	if err := serves(ctx, project); err != nil {
		return fmt.Errorf("%s/main.go: %w", name, err)
	}
	if out, err := project.command(ctx, "go", "test", "-count=1", ".").CombinedOutput(); err != nil {
		return fmt.Errorf("%s/main_test.go: go test: %w\n%s", name, err, out)
	}
	return nil
}

// announcement is the text that a stranger's program prints before its address.
const announcement = "listening on "

// serves runs the project's server, and sends it the requests of a browser.
func serves(ctx context.Context, project place) (err error) {
	ctx, stop := context.WithTimeout(ctx, 2*time.Minute) // the machine may be busy
	defer stop()
	server := project.command(ctx, filepath.Join(project.dir, "server"))
	output, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	printed := bufio.NewScanner(output)
	addr := ""
	for addr == "" && printed.Scan() {
		if found, ok := strings.CutPrefix(printed.Text(), announcement); ok {
			addr = found
		}
	}
	defer func() {
		stop() // stops the program
		_ = server.Wait()
	}()
	if addr == "" {
		return errors.Join(fmt.Errorf("the program did not print %q and its address", announcement), printed.Err())
	}
	var problems []error
	for _, e := range exchanges {
		if err := e.try(ctx, addr); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", e.name, err))
		}
	}
	return errors.Join(problems...)
}

// An exchange is a request and the required answer. An empty header must be absent.
type exchange struct {
	name, request               string
	status                      int
	origin, methods, vary, body string
}

// exchanges are the same for every stranger's program, which allows PUT to
// https://app.example.com and serves GET /items.
var exchanges = []exchange{
	{
		name:    "a preflight that is allowed",
		request: "OPTIONS /items HTTP/1.1\r\nOrigin: https://app.example.com\r\nAccess-Control-Request-Method: PUT\r\n",
		status:  204, origin: "https://app.example.com", methods: "PUT", vary: "Origin",
	},
	{
		name:    "a preflight from another origin",
		request: "OPTIONS /items HTTP/1.1\r\nOrigin: https://other.example.com\r\nAccess-Control-Request-Method: PUT\r\n",
		status:  403, vary: "Origin",
	},
	{
		name:    "a request from an allowed origin",
		request: "GET /items HTTP/1.1\r\nOrigin: https://app.example.com\r\n",
		status:  200, origin: "https://app.example.com", vary: "Origin", body: "[]",
	},
}

// try sends e's request to addr.
func (e exchange) try(ctx context.Context, addr string) error {
	var dialer net.Dialer
	connection, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer connection.Close() //nolint:errcheck // nothing depends on its error
	if err := connection.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(connection, "%sHost: %s\r\nConnection: close\r\n\r\n", e.request, addr); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // the deferred Close of the connection is enough
	got := exchange{
		name: e.name, request: e.request, status: response.StatusCode, body: strings.TrimSpace(string(body)),
		origin:  strings.Join(response.Header.Values("Access-Control-Allow-Origin"), " and "),
		methods: strings.Join(response.Header.Values("Access-Control-Allow-Methods"), " and "),
	}
	if slices.Contains(response.Header.Values("Vary"), e.vary) {
		got.vary = e.vary
	}
	if got != e {
		return fmt.Errorf("got %d, Access-Control-Allow-Origin %q, Access-Control-Allow-Methods %q, Vary %q, body %q; want %d, %q, %q, %q, %q",
			got.status, got.origin, got.methods, response.Header.Values("Vary"), got.body, e.status, e.origin, e.methods, e.vary, e.body)
	}
	return nil
}
