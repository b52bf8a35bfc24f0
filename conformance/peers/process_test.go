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

// patience bounds how long a server may take to start. A healthy one takes about a
// second, on a busy machine half a minute.
const patience = 3 * time.Minute

// startProcess starts cmd, writes input to it, and returns what ready makes of the
// first line of output that it accepts. At the end of the test, failed or not, the
// process's whole group is killed and waited for.
//
// Standard input stays open until then, and the servers end with it: so none of them
// survives this process, even if that is killed.
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
	said := make(chan string, 1) // all of its output, when it has ended
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
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails if it has ended
		out := <-said
		_ = cmd.Wait() // its error is that it was killed
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
		require.FailNow(tb, "the server has ended at once", "%s said (%v):\n%s", cmd, writeErr, stop())
	case <-time.After(patience):
		require.FailNow(tb, "the server does not start", "%s said:\n%s", cmd, stop())
	}
	panic("unreachable")
}

// A server and what it starts end with the test that started them.
func TestProcessesEnd(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe() // its writing end is closed when all have ended that hold it
	require.NoError(t, err)
	t.Run("started", func(t *testing.T) {
		cmd := exec.Command("sh", "-c", "sleep 600 & echo started; wait")
		cmd.ExtraFiles = []*os.File{w}
		startProcess(t, cmd, "", func(line string) (struct{}, bool) { return struct{}{}, line == "started\n" })
		require.NoError(t, w.Close())
		require.NoError(t, r.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
		_, err = r.Read(make([]byte, 1))
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, "they run while the test does")
	})
	require.NoError(t, r.SetReadDeadline(time.Now().Add(patience)))
	_, err = r.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, r.Close())
}
