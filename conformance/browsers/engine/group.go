//go:build unix

package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// mark is the environment variable that identifies the processes of a group. An engine's
// helpers may leave its process group, but they inherit this variable.
const mark = "CROSSGATE_ENGINE_DIR"

// guard is a shell script that outlives this process, even if a test's timeout ends it.
// It reads which signals to send to which processes, and sends them when its input ends.
// It then kills all processes that still carry the mark, and removes the directory.
const guard = `
dir=$1
orders=
while read -r signal target; do orders="$signal $target
$orders"; done
printf %s "$orders" | while read -r signal target; do kill -s "$signal" -- "$target" 2>/dev/null; done
tries=0
while :; do
	left=
	for environ in $(grep -lsF "` + mark + `=$dir" /proc/[0-9]*/environ); do
		pid=${environ#/proc/}; left="$left ${pid%/environ}"
	done
	if [ -z "$left" ] && rm -rf -- "$dir" 2>/dev/null; then exit 0; fi
	tries=$((tries + 1))
	if [ $tries -gt 100 ]; then echo "left after 10 s: processes $left, directory $dir"; exit 1; fi
	# The display removes its lock and socket if it is asked to end.
	if [ $tries -gt 20 ]; then kill -s KILL -- $left 2>/dev/null; fi
	sleep 0.1
done
`

// group is a set of processes that end together, and a directory that is removed with
// them.
type group struct {
	dir   string
	more  []string // environment variables of its processes
	log   tail
	ended chan struct{} // closed when the first process with the role "engine" ends

	guard *exec.Cmd
	said  bytes.Buffer   // the output of the guard
	order io.WriteCloser // the guard's input
	wait  sync.WaitGroup
	once  sync.Once
	err   error
}

func newGroup() (*group, error) {
	// The path is short because engines create sockets in this directory.
	dir, err := os.MkdirTemp("", "engine-")
	if err != nil {
		return nil, err
	}
	g := &group{dir: dir, ended: make(chan struct{})}
	g.guard = exec.Command("/bin/sh", "-c", guard, "guard", dir)
	g.guard.Stdout, g.guard.Stderr = &g.said, &g.said
	g.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt must not reach the guard
	g.order, err = g.guard.StdinPipe()
	if err == nil {
		err = g.guard.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return g, nil
}

// start starts cmd in its own process group. If engine is set, the end of this process is
// the end of the engine, and it is killed. Other processes are asked to end after the
// engine.
func (g *group) start(cmd *exec.Cmd, engine bool) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Env == nil {
		cmd.Env = g.env()
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &g.log
	}
	cmd.WaitDelay = time.Second // child processes may keep its pipes open
	if err := cmd.Start(); err != nil {
		return err
	}
	signal, target := "TERM", cmd.Process.Pid
	if engine {
		signal, target = "KILL", -target
	}
	if _, err := fmt.Fprintln(g.order, signal, target); err != nil {
		return errors.Join(err, cmd.Process.Kill(), cmd.Wait())
	}
	g.wait.Go(func() {
		_ = cmd.Wait() // it was killed, which is not an error
		if engine {
			close(g.ended)
		}
	})
	return nil
}

// env returns the environment of the group's processes. They store all their files below
// dir.
func (g *group) env(more ...string) []string {
	env := []string{mark + "=" + g.dir}
	for _, name := range []string{"HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"} {
		env = append(env, name+"="+g.dir)
	}
	for _, name := range []string{"PATH", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(append(append(env, "LANG=C.UTF-8"), g.more...), more...)
}

// close ends the processes and removes the directory. It does so once.
func (g *group) close() error {
	g.once.Do(func() {
		_ = g.order.Close() // the guard sees the end of its input in any case
		if err := g.guard.Wait(); err != nil {
			g.err = fmt.Errorf("cleaning up: %w: %s", err, strings.TrimSpace(g.said.String()))
		}
		g.wait.Wait()
	})
	return g.err
}

// tail keeps the end of the text that is written to it.
type tail struct {
	mu   sync.Mutex
	data []byte
}

const tailSize = 8 << 10 // bytes

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if len(t.data) > tailSize {
		t.data = append([]byte(nil), t.data[len(t.data)-tailSize:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.data)
}
