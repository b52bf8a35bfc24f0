package main

import (
	"errors"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 3, median([]float64{9, 1, 3}), 0)
	assert.InDelta(t, 2.5, median([]float64{4, 1, 3, 2}), 0)
	values := []float64{3, 1, 2}
	median(values)
	assert.Equal(t, []float64{3, 1, 2}, values, "the values must stay in the order of the rounds")
}

func TestPairedComparesWithinRounds(t *testing.T) {
	t.Parallel()
	// The machine was half as fast in the second round, but the ratio was the same.
	assert.InDelta(t, 2, paired([]float64{20, 40, 20}, []float64{10, 20, 10}, ratio), 0)
	assert.InDelta(t, 10, paired([]float64{20, 40, 20}, []float64{10, 20, 10}, difference), 0)
}

func TestRatioOfWhatIsLostInNoiseIsUnknown(t *testing.T) {
	t.Parallel()
	assert.True(t, math.IsNaN(ratio(10, -3)))
	assert.True(t, math.IsNaN(ratio(-3, 10)))
	assert.Equal(t, "-", mark(ratio(10, 0)))
	assert.Equal(t, "0.50", mark(ratio(5, 10)))
	assert.Equal(t, "**2.00**", mark(ratio(10, 5)))
}

func TestEveryRowHasItsTurnInEachRound(t *testing.T) {
	t.Parallel()
	for _, order := range orders(10, 5) {
		assert.ElementsMatch(t, []int{0, 1, 2, 3, 4}, order)
	}
	assert.Equal(t, orders(10, 5), orders(10, 5))
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := table{head: []string{"what", "ns"}, text: 1}
	table.add("é", "1234567")
	table.add("longer", "2")
	assert.Equal(t, ""+
		"| what   |      ns |\n"+
		"| ------ | ------: |\n"+
		"| é      | 1234567 |\n"+
		"| longer |       2 |\n", table.String())
}

func TestFlags(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-rounds", "0"}, {"-only", "everything"}, {"-run", "("}, {"more"}} {
		_, err := parse(args)
		assert.Error(t, err, "%q", args)
	}
	s, err := parse([]string{"-quick", "-only", "layer"})
	require.NoError(t, err)
	assert.Positive(t, s.perRound())
}

// serveHTTP serves h until the test ends, and returns its address.
func serveHTTP(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		assert.NoError(t, server.Close())
		assert.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	return listener.Addr().String()
}

func TestLoadCountsWhatWasAnswered(t *testing.T) {
	t.Parallel()
	addr := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://a.example")
		_, _ = w.Write([]byte("ok"))
	})
	l, err := dialLoad(addr, 3, socketScenario().Raw(), "https://a.example")
	require.NoError(t, err)
	defer l.close()
	perSecond, p99, err := l.run(20 * time.Millisecond)
	require.NoError(t, err)
	assert.Positive(t, perSecond)
	assert.Positive(t, p99)
	for _, c := range l.conns {
		assert.NotEmpty(t, c.latencies)
	}
}

func TestLoadNoticesAnotherAnswer(t *testing.T) {
	t.Parallel()
	var fail atomic.Bool
	addr := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		if fail.Load() {
			w.WriteHeader(http.StatusAccepted)
		}
		_, _ = w.Write([]byte("ok"))
	})
	_, err := dialLoad(addr, 1, socketScenario().Raw(), "https://a.example")
	require.ErrorContains(t, err, "Access-Control-Allow-Origin")

	l, err := dialLoad(addr, 1, socketScenario().Raw(), "")
	require.NoError(t, err)
	defer l.close()
	fail.Store(true)
	_, _, err = l.run(20 * time.Millisecond)
	require.ErrorContains(t, err, "unexpected response")
}

// TestReport builds the program and runs each part with a few rows.
func TestReport(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program")
	}
	program := filepath.Join(t.TempDir(), "report")
	out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)

	file := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	for _, part := range []struct {
		args []string
		want string
	}{
		{[]string{"-only", "layer", "-run", "net-http/scenario=actual-allowed/origins=10$"}, `\| actual-allowed \| 10 +\| net-http +\| jub0bs +\|`},
		{[]string{"-only", "layer", "-run", "fasthttp/scenario=actual-allowed/origins=10$"}, `\| actual-allowed \| 10 +\| fasthttp +\| floor +\|`},
		{[]string{"-only", "mount", "-run", "fiber/scenario=404"}, `\| 404 +\| fiber +\| +[-0-9.]+ \|`},
		{[]string{"-only", "sockets", "-run", "framework=fiber"}, `\| fiber +\| crossgate +\| +[0-9.]+ \|`},
	} {
		cmd := exec.Command(program, append(part.args, "-rounds", "1", "-time", "1ms", "-sockets", "20ms", "-write", file)...)
		cmd.Stderr = os.Stderr
		printed, err := cmd.Output()
		require.NoError(t, err)
		assert.Regexp(t, part.want, string(printed))
		written, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(printed), string(written))
	}

	err = exec.Command(program, "child", "nothing").Run()
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v", err)
}
