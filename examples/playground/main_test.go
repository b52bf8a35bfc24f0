//go:build unix

package main

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCtrlCEndsItWithExitCodeZero(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "playground")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	cmd := exec.CommandContext(t.Context(), program, "-port", "0")
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())

	var urls []string
	lines := bufio.NewScanner(stdout)
	for len(urls) < 8 && lines.Scan() {
		urls = append(urls, regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindAllString(lines.Text(), -1)...)
	}
	require.Len(t, urls, 8, "the page's twice, and six others")
	assert.Equal(t, urls[0], urls[1])
	for _, url := range urls[1:] {
		resp, err := http.Get(url + "/items")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	assert.NoError(t, cmd.Wait(), "exit code 0")
	for _, url := range urls {
		_, err := net.Dial("tcp4", strings.TrimPrefix(url, "http://"))
		assert.Error(t, err, url)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	ended, end := context.WithCancel(t.Context())
	end()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		name string
		args []string
		out  string
		err  []string
	}{
		{"free ports", []string{"-port", "0"}, "Open http://127.0.0.1:", nil},
		{"help", []string{"-h"}, "seven consecutive ports", nil},
		{"a taken port", []string{"-port", port}, "", []string{"port " + port, "the page", "Choose others with -port"}},
		{"no number", []string{"-port", "x"}, "", []string{`invalid value "x" for flag -port`}},
		{"an unknown flag", []string{"-page", "1"}, "", []string{"-page"}},
		{"an argument", []string{"9000"}, "", []string{`"9000"`, "-port"}},
	} {
		var out strings.Builder
		err := run(ended, c.args, &out)
		assert.Contains(t, out.String(), c.out, c.name)
		if c.err == nil {
			assert.NoError(t, err, c.name)
			continue
		}
		for _, part := range c.err {
			assert.ErrorContains(t, err, part, c.name)
		}
	}
}
