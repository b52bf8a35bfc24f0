package policies_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossgate/cors/core/policies"
)

// A file is read as a whole or not at all.
func TestFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name string, size int) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("x"), size), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		path string
		size int
		want string // a part of the error
	}{
		"an empty file":            {write("empty", 0), 0, ""},
		"the longest":              {write("longest", 1<<20), 1 << 20, ""},
		"one byte more":            {write("longer", 1<<20+1), 0, "has more than 1048576 bytes, which is the limit"},
		"a folder":                 {folder, 0, "is a directory; name a file"},
		"a device that never ends": {"/dev/zero", 0, "/dev/zero"},
		"nothing":                  {filepath.Join(folder, "nothing"), 0, "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := policies.File(tt.path)(t.Context())
			switch {
			case tt.want == "" && err != nil, tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("the error is %v, want %q", err, tt.want)
			case len(document) != tt.size:
				t.Errorf("it has %d bytes, want %d", len(document), tt.size)
			}
		})
	}
}

// If a read hangs, it returns when its context ends. No second read begins before the first
// has ended.
func TestReadingThatHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		release := make(chan struct{})
		read := policies.Bounded("cors.json", func() ([]byte, error) {
			calls.Add(1)
			<-release
			return []byte("x"), nil
		})
		for i, want := range []string{"reading cors.json takes too long", "an earlier read of cors.json has not ended yet", "an earlier read"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := read(ctx)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), want) || calls.Load() != 1 {
				t.Errorf("reading %d: %v after %d calls", i, err, calls.Load())
			}
		}
		close(release)
		synctest.Wait()
		if document, err := read(t.Context()); err != nil || string(document) != "x" || calls.Load() != 2 {
			t.Errorf("after that: %q, %v, after %d calls", document, err, calls.Load())
		}
	})
}
