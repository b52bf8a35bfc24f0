package peers

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience limits how long a server may take to start. A healthy server needs about a
// second, or half a minute on a busy machine.
const patience = 3 * time.Minute

// startProcess starts cmd and writes input to it. It passes each line of output to ready,
// and returns the result for the first line that ready accepts. At the end of the test it
// kills the whole process group and waits for it.
//
// Standard input stays open until then, and the servers end when it ends. So no server
// survives this process, even if it is killed.
func startProcess[T any](tb testing.TB, cmd *exec.Cmd, input string, ready func(line string) (T, bool)) T {
	tb.Helper()
	stdin, err := cmd.StdinPipe()
	require.NoError(tb, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(tb, err)
	cmd.Stderr = cmd.Stdout
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(tb, cmd.Start())

	answer := make(chan T, 1)
	said := make(chan string, 1) // the whole output, after the process has ended
	go func() {
		var all strings.Builder
		found := false
		for in := bufio.NewReader(stdout); ; {
			line, err := in.ReadString('\n')
			all.WriteString(line)
			if !found {
				var value T
				if value, found = ready(line); found {
					answer <- value
				}
			}
			if err != nil {
				said <- all.String()
				return
			}
		}
	}()
	stop := func() string {
		_ = stdin.Close()
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails if the process has ended
		out := <-said
		_ = cmd.Wait() // returns an error because the process was killed
		return out
	}

	_, writeErr := io.WriteString(stdin, input)
	select {
	case value := <-answer:
		tb.Cleanup(func() {
			if out := stop(); tb.Failed() {
				tb.Logf("%s said:\n%s", cmd, out)
			}
		})
		return value
	case out := <-said:
		said <- out
		require.FailNow(tb, "the server has exited", "%s said (%v):\n%s", cmd, writeErr, stop())
	case <-time.After(patience):
		require.FailNow(tb, "the server does not start", "%s said:\n%s", cmd, stop())
	}
	panic("unreachable")
}

// A server and its child processes end with the test that started them.
func TestProcessesEnd(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe() // its writing end is closed when all processes that hold it have ended
	require.NoError(t, err)
	t.Run("started", func(t *testing.T) {
		cmd := exec.Command("sh", "-c", "sleep 600 & echo started; wait")
		cmd.ExtraFiles = []*os.File{w}
		startProcess(t, cmd, "", func(line string) (struct{}, bool) { return struct{}{}, line == "started\n" })
		require.NoError(t, w.Close())
		require.NoError(t, r.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		_, err = r.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "the processes must run as long as the test")
	})
	require.NoError(t, r.SetReadDeadline(time.Now().Add(patience)))
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, r.Close())
}
