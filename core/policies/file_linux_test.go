package policies_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/crossgate/cors/core/policies"
)

// Opening a pipe blocks until a program writes to it.
func TestFileThatIsAPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := policies.File(pipe)(t.Context()); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("the error is %v", err)
	}
}
