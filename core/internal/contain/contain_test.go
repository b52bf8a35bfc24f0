package contain_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/crossgate/cors/core/internal/contain"
)

// TestReporter: it logs the first time, then once a minute, and loses no count.
func TestReporter(t *testing.T) { //nolint:paralleltest // slog has one default
	before := slog.Default()
	defer slog.SetDefault(before)
	var out bytes.Buffer
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	logged := func(want string) {
		t.Helper()
		if got := out.String(); want == "" && got != "" || !strings.HasSuffix(strings.TrimSpace(got), want) || strings.Count(got, "\n") > 1 {
			t.Errorf("logged %q, want one line with %q", got, want)
		}
		out.Reset()
	}
	synctest.Test(t, func(*testing.T) {
		var r contain.Reporter
		down := errors.New("down")
		r.Report("the function failed", down, "path", "/x")
		logged(`level=ERROR msg="cors: the function failed" error=down times=1 path=/x`)
		r.Report("the function failed", down)
		time.Sleep(time.Minute - 1)
		r.Report("the function failed", down)
		logged("")
		time.Sleep(time.Nanosecond)
		r.Report("the function failed", down)
		logged("error=down times=3")
		r.Report("the function failed", down)
		logged("")
	})
}
