package peers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// absent ends a test that needs a program which is not installed. It skips the test, or
// fails it in CI, where every test must run.
func absent(tb testing.TB, system, install string, err error) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatalf("%s is not installed, but CI must run it; install %s: %v", system, install, err)
	}
	tb.Skipf("SKIPPED, NOTHING WAS COMPARED WITH %s; install %s: %v", strings.ToUpper(system), install, err)
}

// ports reads the line in which a program of testdata prints its ports.
func ports(line string) (addrs []string, ok bool) {
	var told struct {
		Ports []int `json:"ports"`
	}
	if json.Unmarshal([]byte(line), &told) != nil || len(told.Ports) == 0 {
		return nil, false
	}
	for _, port := range told.Ports {
		addrs = append(addrs, fmt.Sprintf("127.0.0.1:%d", port))
	}
	return addrs, true
}

// list writes a list as one line of JSON, which the programs of testdata read.
func list[T any](tb testing.TB, elements []T) string {
	tb.Helper()
	line, err := json.Marshal(elements)
	require.NoError(tb, err)
	return string(line) + "\n"
}

// expressProgram runs a program of testdata/express with one server for each element.
func expressProgram[T any](tb testing.TB, program string, elements []T) []string {
	tb.Helper()
	modules := nodeModules(tb)
	cmd := exec.Command("node", filepath.Join("testdata", "express", program))
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	return startProcess(tb, cmd, list(tb, elements), ports)
}

// nodeModules returns the folder of the packages in testdata/express, at the versions of
// its lock file. It keeps them in the user's cache for the next run.
func nodeModules(tb testing.TB) string {
	tb.Helper()
	const system, packages = "Express", "nodejs and npm"
	for _, command := range []string{"node", "npm"} {
		if _, err := exec.LookPath(command); err != nil {
			absent(tb, system, packages, err)
		}
	}
	cache, err := os.UserCacheDir()
	require.NoError(tb, err)
	cache = filepath.Join(cache, "crossgate-peers")
	require.NoError(tb, os.MkdirAll(cache, 0o750))
	lock, err := os.ReadFile(filepath.Join("testdata", "express", "package-lock.json"))
	require.NoError(tb, err)
	sum := sha256.Sum256(lock)
	installed := filepath.Join(cache, hex.EncodeToString(sum[:8]))

	// One test installs the packages, and the others wait. Closing the file releases the
	// lock.
	turn, err := os.OpenFile(filepath.Join(cache, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	require.NoError(tb, err)
	defer func() { _ = turn.Close() }()
	require.NoError(tb, syscall.Flock(int(turn.Fd()), syscall.LOCK_EX))
	if _, err := os.Stat(installed); err == nil {
		return filepath.Join(installed, "node_modules")
	}

	// The folder gets its name only when it is complete, by a rename.
	//nolint:usetesting // a rename cannot cross file systems
	folder, err := os.MkdirTemp(cache, "npm-")
	require.NoError(tb, err)
	defer func() { _ = os.RemoveAll(folder) }()
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join("testdata", "express", name))
		require.NoError(tb, err)
		require.NoError(tb, os.WriteFile(filepath.Join(folder, name), content, 0o600))
	}
	npm := exec.CommandContext(tb.Context(), "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir, npm.WaitDelay = folder, time.Second
	if out, err := npm.CombinedOutput(); err != nil {
		absent(tb, system, packages+" (npm could not install testdata/express)", fmt.Errorf("%w\n%s", err, out))
	}
	require.NoError(tb, os.Rename(folder, installed))
	return filepath.Join(installed, "node_modules")
}

// python is the system's Python, which Debian's packages are installed for.
const python = "/usr/bin/python3"

// flaskProgram runs a program of testdata/flask with one server for each element.
func flaskProgram[T any](tb testing.TB, program string, elements []T) []string {
	tb.Helper()
	flaskVersion(tb)
	cmd := exec.Command(python, "-B", filepath.Join("testdata", "flask", program))
	return startProcess(tb, cmd, list(tb, elements), ports)
}

// flaskVersion returns the version of Flask-CORS. If it is missing, it ends the test.
func flaskVersion(tb testing.TB) string {
	tb.Helper()
	const version = "import flask_cors; print(flask_cors.__version__)"
	out, err := exec.Command(python, "-c", version).CombinedOutput()
	if err != nil {
		absent(tb, "Flask-CORS", "python3-flask-cors", fmt.Errorf("%w\n%s", err, out))
	}
	return strings.TrimSpace(string(out))
}

// phpStarted matches the line that PHP's server prints when it listens.
var phpStarted = regexp.MustCompile(`Development Server \(http://(127\.0\.0\.1:\d+)\) started`)

// phpProgram runs testdata/php/cors.php with one server for each set-up.
func phpProgram(tb testing.TB, setups []string) []string {
	tb.Helper()
	phpVersion(tb)
	addrs := make([]string, len(setups))
	for i, setup := range setups {
		file := filepath.Join(tb.TempDir(), "setup.php")
		require.NoError(tb, os.WriteFile(file, []byte("<?php\n"+setup+"\n"), 0o600))
		// PHP's server does not read its standard input. The shell therefore ends the server
		// when standard input ends.
		cmd := exec.Command("sh", "-c", `"$@" </dev/null & cat >/dev/null; kill $!`, "sh",
			"php", "-n", "-d", "display_errors=0", "-S", "127.0.0.1:0", filepath.Join("testdata", "php", "cors.php"))
		cmd.Env = append(os.Environ(), "CORS_SETUP="+file)
		addrs[i] = startProcess(tb, cmd, "", func(line string) (string, bool) {
			if match := phpStarted.FindStringSubmatch(line); match != nil {
				return match[1], true
			}
			return "", false
		})
	}
	return addrs
}

// phpVersion returns PHP's major and minor version. If PHP is missing, it ends the test.
func phpVersion(tb testing.TB) string {
	tb.Helper()
	out, err := exec.Command("php", "-n", "-r", `echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;`).CombinedOutput()
	if err != nil {
		absent(tb, "PHP", "php-cli", fmt.Errorf("%w\n%s", err, out))
	}
	return string(out)
}
