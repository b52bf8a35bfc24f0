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

// mark is the environment variable by which the processes of a group are known. An
// engine's helpers may leave its process group, but they inherit this.
const mark = "CROSSGATE_ENGINE_DIR"

// guard is a shell script that outlives this process, whatever ends it: a test's
// timeout included. It reads which signal to send to whom, sends them when its
// input ends, kills what still carries the mark, and removes the directory.
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

// group is processes that end together, and a directory that goes with them.
type group struct {
	dir   string
	more  []string // variables of its processes' environment
	log   tail
	ended chan struct{} // closed with the first process of the role "engine"

	guard *exec.Cmd
	said  bytes.Buffer   // by the guard
	order io.WriteCloser // the guard's input
	wait  sync.WaitGroup
	once  sync.Once
	err   error
}

func newGroup() (*group, error) {
	// The path is short: engines make sockets in there.
	dir, err := os.MkdirTemp("", "engine-")
	if err != nil {
		return nil, err
	}
	g := &group{dir: dir, ended: make(chan struct{})}
	g.guard = exec.Command("/bin/sh", "-c", guard, "guard", dir)
	g.guard.Stdout, g.guard.Stderr = &g.said, &g.said
	g.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is not for it
	g.order, err = g.guard.StdinPipe()
	if err == nil {
		err = g.guard.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return g, nil
}

// start starts cmd in a process group of its own. With engine set, its end is the
// engine's end, and it is killed; any other process is asked to end, after it.
func (g *group) start(cmd *exec.Cmd, engine bool) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if cmd.Env == nil {
		cmd.Env = g.env()
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &g.log
	}
	cmd.WaitDelay = time.Second // what it has left behind may hold its pipes open
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
		_ = cmd.Wait() // it is killed: that is no error
		if engine {
			close(g.ended)
		}
	})
	return nil
}

// env is the environment of the group's processes: whatever they keep, they keep
// below dir.
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

// close ends the processes and removes the directory, once.
func (g *group) close() error {
	g.once.Do(func() {
		_ = g.order.Close() // the guard sees the end of its input either way
		if err := g.guard.Wait(); err != nil {
			g.err = fmt.Errorf("cleaning up: %w: %s", err, strings.TrimSpace(g.said.String()))
		}
		g.wait.Wait()
	})
	return g.err
}

// tail keeps the end of what is written to it.
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
