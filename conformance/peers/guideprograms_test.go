package peers

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// program is a program of a guide, ready to run.
type program struct {
	language string
	text     string // for a script
	binary   string // for a Go program
	addr     string // where it will listen
}

// buildGuides extracts the programs from the guides, and compiles all Go programs at once
// as if they were in this module. The guides' programs listen on 127.0.0.1:8080; the test
// gives each its own address.
func buildGuides(tb testing.TB, pages map[string]string) map[string]program {
	tb.Helper()
	built := make(map[string]program)
	overlay := make(map[string]string)
	folder, err := filepath.Abs("_guides")
	require.NoError(tb, err)
	binaries := tb.TempDir()
	arguments := []string{"build", "-ldflags=-s -w", "-o", binaries}
	for file, text := range pages {
		language, before, after := programs(tb, text)
		for name, p := range map[string]program{
			file + "-before": {language: language, text: before},
			file + "-after":  {language: "go", text: after},
		} {
			p.addr = ownAddress(tb)
			if p.language != "php" { // the command line of a PHP server sets its address
				host, port, _ := strings.Cut(p.addr, ":")
				require.Equal(tb, 1, strings.Count(p.text, "127.0.0.1"), "%s listens on 127.0.0.1", name)
				require.Equal(tb, 1, strings.Count(p.text, "8080"), "%s listens on 8080", name)
				p.text = strings.ReplaceAll(strings.ReplaceAll(p.text, "127.0.0.1", host), "8080", port)
			}
			if p.language == "go" {
				source := filepath.Join(tb.TempDir(), "main.go")
				require.NoError(tb, os.WriteFile(source, []byte(p.text), 0o600))
				overlay[filepath.Join(folder, name, "main.go")] = source
				arguments = append(arguments, "./_guides/"+name)
				p.binary = filepath.Join(binaries, name)
			}
			built[name] = p
		}
	}
	content, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(tb, err)
	replace := filepath.Join(tb.TempDir(), "overlay.json")
	require.NoError(tb, os.WriteFile(replace, content, 0o600))
	arguments = append(arguments[:1], append([]string{"-overlay", replace}, arguments[1:]...)...)
	out, err := exec.CommandContext(tb.Context(), "go", arguments...).CombinedOutput()
	require.NoError(tb, err, "%s", out)
	return built
}

// addresses counts the addresses of ownAddress.
var addresses atomic.Uint32

// ownAddress returns an address that no other program uses at the same time. It is a
// loopback address for this process, because programs that bind to port 0 bind to
// 127.0.0.1.
func ownAddress(tb testing.TB) string {
	tb.Helper()
	pid := os.Getpid()
	host := fmt.Sprintf("127.%d.%d.%d", 64+addresses.Add(1)%64, pid>>8&0xff, pid&0xff)
	listener, err := net.Listen("tcp", host+":0")
	require.NoError(tb, err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// runProgram starts a program, waits until it answers, and returns its address.
func runProgram(tb testing.TB, p program) (addr string) {
	tb.Helper()
	var command []string
	env := os.Environ()
	script := filepath.Join(tb.TempDir(), "api."+p.language)
	if p.language != "go" {
		require.NoError(tb, os.WriteFile(script, []byte(p.text), 0o600))
	}
	switch p.language {
	case "go":
		command = []string{p.binary}
		env = append(env, "GIN_MODE=release")
	case "js":
		env = append(env, "NODE_PATH="+nodeModules(tb))
		command = []string{"node", script}
	case "python":
		flaskVersion(tb)
		command = []string{python, "-B", script}
	case "php":
		phpVersion(tb)
		command = []string{"php", "-n", "-d", "display_errors=0", "-S", p.addr, script}
	default:
		require.FailNow(tb, "no such language", p.language)
	}
	// The programs do not read their standard input. The shell therefore ends the program
	// when standard input ends.
	cmd := exec.Command("sh", append([]string{"-c", `echo "the guide's program"; "$@" </dev/null & cat >/dev/null; kill $!`, "sh"}, command...)...)
	cmd.Env = env
	startProcess(tb, cmd, "", func(line string) (struct{}, bool) { return struct{}{}, line == "the guide's program\n" })
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", p.addr)
		if err == nil {
			_ = conn.Close()
			return p.addr
		}
		require.False(tb, time.Now().After(end), "the program does not listen: %v", err)
	}
}

// pythonSays returns the output of a line of Python.
func pythonSays(tb testing.TB, line string) string {
	tb.Helper()
	out, err := exec.Command(python, "-c", line).Output()
	require.NoError(tb, err)
	return string(out)
}
