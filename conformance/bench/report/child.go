package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/crossgate/cors/conformance/bench"
	cors "github.com/crossgate/cors/core"
)

// childArg, as the first argument, makes this program run one task in its own process,
// which shares no memory with the measuring process.
const childArg = "child"

func child(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "compile":
		return compileChild()
	case len(args) == 3 && args[0] == "serve":
		return serveChild(args[1], args[2])
	}
	return errors.New("child: there is no such task")
}

// startChild starts this program as a child process. It ends when its standard input
// ends.
func startChild(args ...string) (*exec.Cmd, io.WriteCloser, *bufio.Reader, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	cmd := exec.Command(self, append([]string{childArg}, args...)...) //nolint:gosec // runs this program itself
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, nil, err
	}
	return cmd, stdin, bufio.NewReader(stdout), cmd.Start()
}

// compiled is what a child process reports about compiling the largest policy.
type compiled struct {
	Seconds    float64
	InputBytes uint64 // memory from the system before compiling, including the configuration
	PeakBytes  uint64 // memory from the system after compiling: it is never returned, so this is the peak
}

func compileChild() error {
	config := bench.Largest().Config()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	policy, err := cors.Compile(config)
	took := time.Since(began)
	if err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(policy)
	return json.NewEncoder(os.Stdout).Encode(compiled{took.Seconds(), before.Sys, after.Sys})
}

// compilation measures the compilation of the largest policy.
func compilation(s settings) (string, error) {
	times := 3
	if s.quick {
		times = 1
	}
	var seconds, input, peak []float64
	for range times {
		progress("compile, %s", bench.Largest())
		cmd, stdin, stdout, err := startChild("compile")
		if err != nil {
			return "", err
		}
		var c compiled
		err = errors.Join(json.NewDecoder(stdout).Decode(&c), stdin.Close(), cmd.Wait())
		if err != nil {
			return "", err
		}
		seconds = append(seconds, c.Seconds)
		input = append(input, float64(c.InputBytes)/1e6)
		peak = append(peak, float64(c.PeakBytes)/1e6)
	}
	t := table{head: []string{"patterns", "seconds", "promised", "peak MB of the process", "promised", "of these before compiling"}, text: 1}
	t.add(bench.Largest().String(), fmt.Sprintf("%.2f", median(seconds)), "3", fmt.Sprintf("%.0f", median(peak)), "400", fmt.Sprintf("%.0f", median(input)))
	return "## Compiling a very large policy\n\n" + t.String(), nil
}

// serveChild serves one library's application and prints its address. It ends when its
// standard input ends.
func serveChild(framework, library string) error {
	runtime.GOMAXPROCS(1)
	for _, l := range bench.Libraries(framework) {
		if l.Name != library {
			continue
		}
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		failed := make(chan error, 1)
		go func() { failed <- l.Listen(socketScenario(), listener) }()
		fmt.Println(listener.Addr())
		go func() {
			_, err := io.Copy(io.Discard, os.Stdin)
			failed <- err
		}()
		return <-failed
	}
	return fmt.Errorf("%s has no library %q", framework, library)
}
