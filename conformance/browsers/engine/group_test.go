//go:build unix

package engine

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// left returns the processes that carry a directory's mark.
func left(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	require.NoError(t, err)
	var pids []string
	for _, file := range files {
		environ, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(environ), mark+"="+dir) { // on an error, the process has just ended
			pids = append(pids, file)
		}
	}
	return pids
}

// startAll starts an engine that leaves a process in another session, and that ignores
// requests to end.
func startAll() (*group, error) {
	g, err := newGroup()
	if err != nil {
		return nil, err
	}
	return g, g.start(exec.Command("/bin/sh", "-c", `trap "" TERM; setsid sleep 600 & sleep 600 & wait`), true)
}

func TestCloseEndsAllProcesses(t *testing.T) {
	t.Parallel()
	g, err := startAll()
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(left(t, g.dir)) == 3 }, 2*time.Minute, 50*time.Millisecond)
	require.NoError(t, g.close())
	assert.Empty(t, left(t, g.dir))
	assert.NoDirExists(t, g.dir)
	select {
	case <-g.ended:
	default:
		t.Error("ended is open")
	}
}

// childVariable makes the test below run as the child process that it starts.
const childVariable = "CROSSGATE_GROUP_CHILD"

// A test's timeout, an interrupt or a kill ends this process without any clean-up.
func TestEverythingEndsWithThisProcess(t *testing.T) {
	if os.Getenv(childVariable) != "" {
		g, err := startAll()
		fmt.Printf("dir=%s error=%v\n", g.dir, err)
		select {}
	}
	t.Parallel()
	for _, tt := range []struct {
		name   string
		flag   string
		signal os.Signal
	}{
		{"killed", "-test.timeout=0", os.Kill},
		{"interrupted", "-test.timeout=0", os.Interrupt},
		{"terminated", "-test.timeout=0", syscall.SIGTERM},
		{"out of time", "-test.timeout=10s", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			child := exec.Command(os.Args[0], "-test.run=^TestEverythingEndsWithThisProcess$", tt.flag)
			child.Env = append(os.Environ(), childVariable+"=1")
			out, err := child.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, child.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			var dir string
			_, err = fmt.Sscanf(line, "dir=%s error=<nil>", &dir)
			require.NoError(t, err, line)
			if tt.signal != nil {
				require.Eventually(t, func() bool { return len(left(t, dir)) == 3 }, 2*time.Minute, 50*time.Millisecond)
				require.NoError(t, child.Process.Signal(tt.signal))
			}
			require.Error(t, child.Wait())
			assert.Eventually(t, func() bool {
				_, err := os.Stat(dir)
				return os.IsNotExist(err) && len(left(t, dir)) == 0
			}, 2*time.Minute, 50*time.Millisecond)
		})
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	var log tail
	for range 3 {
		_, _ = log.Write([]byte(strings.Repeat("a", tailSize)))
	}
	_, _ = log.Write([]byte("end"))
	assert.Len(t, log.String(), tailSize)
	assert.True(t, strings.HasSuffix(log.String(), "aend"))
}
