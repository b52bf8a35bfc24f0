//go:build unix

package browsers

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// clock is the monotonic clock of engines that were started with its env: see
// testdata/clock.c.
type clock struct {
	library, file string
	ahead         time.Duration
}

// newClock compiles it. Without Linux and a C compiler the test is skipped, but not in
// CI.
func newClock(t *testing.T) *clock {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if runtime.GOOS != "linux" || err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("there is no C compiler for a clock that can be set: %v", err)
		}
		t.Skipf("SKIPPED: a clock that can be set takes Linux and a C compiler; on Debian: apt-get install gcc libc6-dev")
	}
	dir := t.TempDir()
	c := &clock{library: filepath.Join(dir, "clock.so"), file: filepath.Join(dir, "ahead")}
	said, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror",
		"-o", c.library, "testdata/clock.c", "-ldl").CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.NoError(t, c.advance(0))
	return c
}

// env are the variables that an engine is started with.
func (c *clock) env() []string {
	return []string{"LD_PRELOAD=" + c.library, "CROSSGATE_CLOCK=" + c.file}
}

// advance sets the clock further ahead, by whole seconds.
func (c *clock) advance(d time.Duration) error {
	c.ahead += d
	file, err := os.OpenFile(c.file, os.O_WRONLY|os.O_CREATE, 0o600) // not another file: engines have mapped this one
	if err != nil {
		return err
	}
	_, err = file.Write(binary.NativeEndian.AppendUint64(nil, uint64(c.ahead.Seconds())))
	if closing := file.Close(); err == nil {
		err = closing
	}
	return err
}
