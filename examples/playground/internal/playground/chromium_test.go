//go:build unix

package playground_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// findChromium returns the path of a Chromium. Without one the test is skipped,
// except in CI, where a missing browser would hide that nothing is tested.
func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no chromium, chromium-browser or google-chrome in PATH; in CI the browser test has to run")
	}
	t.Skip("SKIPPED, NOTHING WAS TESTED IN A BROWSER: no chromium, chromium-browser or google-chrome in PATH")
	return ""
}

// startChromium starts a headless browser with a profile of its own and returns
// the context of its first tab. At the end of the test, failed or not, the whole
// process group is killed and the profile removed.
func startChromium(t *testing.T) context.Context {
	t.Helper()
	path := findChromium(t)
	//nolint:usetesting // the browser makes a socket in here, whose path must be short
	dir, err := os.MkdirTemp("", "playground-")
	require.NoError(t, err)
	var process *exec.Cmd
	allocator, stopAllocator := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Env("TMPDIR="+dir),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.DisableGPU, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.WindowSize(1280, 900),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) {
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			process = cmd
		}),
	)
	tab, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		closeTab()
		if process != nil && process.Process != nil {
			_ = syscall.Kill(-process.Process.Pid, syscall.SIGKILL)
		}
		stopAllocator()
		removeAll(t, dir)
	})
	ctx, cancel := context.WithTimeout(tab, 5*time.Minute)
	t.Cleanup(cancel) // runs before the one above
	require.NoError(t, chromedp.Do(ctx))
	return ctx
}

// removeAll tries for a while, since a killed process may still be closing files.
func removeAll(t *testing.T, dir string) {
	t.Helper()
	var err error
	for range 50 {
		if err = os.RemoveAll(dir); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("removing the browser's files: %v", err)
}

// corsErrors collects what the browser itself calls the failures of requests, by
// the request's URL.
type corsErrors struct {
	mu   sync.Mutex
	urls map[network.RequestID]string
	seen map[string][]string
}

func listenForCORSErrors(ctx context.Context, t *testing.T) *corsErrors {
	t.Helper()
	c := &corsErrors{urls: make(map[network.RequestID]string), seen: make(map[string][]string)}
	require.NoError(t, chromedp.Listen(ctx, func(ev any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			c.urls[e.RequestID] = e.Request.URL
		case *network.EventLoadingFailed:
			if e.CorsErrorStatus != nil {
				url := c.urls[e.RequestID]
				c.seen[url] = append(c.seen[url], string(e.CorsErrorStatus.CorsError))
			}
		}
	}))
	return c
}

func (c *corsErrors) of(url string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.seen[url])
}

// consoleOf collects what the tab writes to its console.
type consoleOf struct {
	mu       sync.Mutex
	messages []chromedp.ConsoleMessage
}

func listenToConsole(ctx context.Context) *consoleOf {
	c := new(consoleOf)
	messages := chromedp.Console(ctx)
	go func() { // ends with ctx
		for m, err := range messages {
			if err != nil {
				return
			}
			c.mu.Lock()
			c.messages = append(c.messages, m)
			c.mu.Unlock()
		}
	}()
	return c
}

func (c *consoleOf) all() []chromedp.ConsoleMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.messages)
}

// screenshot writes what the tab shows into the directory that
// CROSSGATE_SCREENSHOTS names, if it does.
func screenshot(ctx context.Context, t *testing.T, name string, full bool) {
	t.Helper()
	dir := os.Getenv("CROSSGATE_SCREENSHOTS")
	if dir == "" {
		return
	}
	shoot := chromedp.CaptureScreenshot()
	if full {
		shoot = chromedp.FullScreenshot(100)
	}
	png, err := chromedp.Run(ctx, shoot)
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}
