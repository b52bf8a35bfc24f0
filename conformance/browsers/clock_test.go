//go:build unix

package browsers

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/conformance/browsers/engine"
)

// clock is the monotonic clock of engines that run with its env: see testdata/clock.c.
type clock struct {
	preload, file string
	ahead         time.Duration
}

// newClock compiles a clock for an engine. It needs Linux and a C compiler. Without them,
// the test is handled as if the engine were not installed.
func newClock(t *testing.T, name string) *clock {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if runtime.GOOS != "linux" || err != nil {
		engine.Require(t, name, &engine.AbsentError{Engine: name, Program: "C compiler of Linux, for its clock", Package: "gcc libc6-dev"})
	}
	dir := t.TempDir()
	c := &clock{preload: filepath.Join(dir, "clock.so"), file: filepath.Join(dir, "ahead")}
	said, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror",
		"-o", c.preload, "testdata/clock.c", "-ldl").CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.NoError(t, c.advance(0))
	return c
}

// env returns the environment variables for an engine.
func (c *clock) env() []string {
	return []string{"LD_PRELOAD=" + c.preload, "CROSSGATE_CLOCK=" + c.file}
}

// advance moves the clock ahead by whole seconds.
func (c *clock) advance(d time.Duration) error {
	c.ahead += d
	file, err := os.OpenFile(c.file, os.O_WRONLY|os.O_CREATE, 0o600) // it must stay the same file, because engines have mapped it
	if err != nil {
		return err
	}
	_, err = file.Write(binary.NativeEndian.AppendUint64(nil, uint64(c.ahead.Seconds())))
	return errors.Join(err, file.Close())
}
