package corshttptest

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

// SaysTwoMounts checks that two Mounts of one router are logged, because each then decides
// a part. It sets the default logger, so no test may run at the same time.
func SaysTwoMounts(t *testing.T, newApp New) {
	t.Helper()
	old := slog.Default()
	t.Cleanup(func() { slog.SetDefault(old) })
	for mounts, says := range map[int]bool{1: false, 2: true} {
		var log bytes.Buffer
		slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
		app, names := newApp(), []string{"whole", "route"}
		for _, name := range names[:mounts] {
			Must(t, app.InstallMount(Policy(name)).Group("/admin", Policy("group")))
		}
		app.Handle("GET", "/", Named("root"))
		app.Handle("GET", "/admin/x", Named("x"))
		Decides(t, app, map[string]string{"GET /": names[mounts-1], "GET /admin/x": "group", "GET /none": names[mounts-1]})
		if got := strings.Contains(log.String(), "two Mounts of one router"); got != says {
			t.Errorf("with %d Mounts, the log says that there are two: %t\n%s", mounts, got, &log)
		}
	}
}
