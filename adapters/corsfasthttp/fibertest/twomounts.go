package fibertest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// SaysTwoMounts checks that two Mounts of one app are logged, because each then decides a
// part. It sets the default logger, so no test may run at the same time.
func SaysTwoMounts(t *testing.T, n New) {
	t.Helper()
	old := slog.Default()
	t.Cleanup(func() { slog.SetDefault(old) })
	for mounts, says := range map[int]bool{1: false, 2: true} {
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		app, names := n(Config{}), []string{"whole", "route"}
		for _, name := range names[:mounts] {
			m := app.InstallMount(Policy(name))
			defer func() { Must(t, m.Check()) }()
		}
		app.Add("GET", "/x", OK)
		h, name := app.Handler(), names[mounts-1]
		if w := Ask(h, "GET", "/x", "Origin", Origin(name)); Allowed(w) != Origin(name) {
			t.Errorf("with %d Mounts, the page of %s does not read:\n%s", mounts, name, &w.Header)
		}
		if got := strings.Contains(log.String(), "two Mounts of one router"); got != says {
			t.Errorf("with %d Mounts, the log says that there are two: %t\n%s", mounts, got, &log)
		}
	}
}
