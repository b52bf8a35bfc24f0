package playground

import (
	"fmt"
	"net"
	"strconv"
)

// host is the only address of the playground. Other machines cannot reach it.
const host = "127.0.0.1"

// listen opens a port for each name: consecutive ports from base on, or free ones if base is
// 0. If one fails, it opens none.
func listen(base int, names []string) ([]net.Listener, error) {
	if last := base + len(names) - 1; base < 0 || last > 65535 {
		return nil, fmt.Errorf("-port %d: the %d consecutive ports from there on have to be between 1 and 65535",
			base, len(names))
	}
	var open []net.Listener
	for i, name := range names {
		port := 0
		if base != 0 {
			port = base + i
		}
		l, err := net.Listen("tcp4", net.JoinHostPort(host, strconv.Itoa(port)))
		if err != nil {
			closeAll(open)
			return nil, &PortError{Port: port, Base: base, Count: len(names), Name: name, Err: err}
		}
		open = append(open, l)
	}
	return open, nil
}

// PortError is a port that is not available, usually because another program uses it.
type PortError struct {
	Port  int    // the port
	Base  int    // the first of the consecutive ports
	Count int    // how many there are
	Name  string // of the site for the port
	Err   error  // the system's error
}

// Error names the port and says how to choose others.
func (e *PortError) Error() string {
	other := e.Base + 100
	if other+e.Count > 65536 {
		other = 8800
	}
	return fmt.Sprintf("port %d, wanted for %s, cannot be used: %v\n"+
		"The playground needs the %d ports %d to %d. Choose others with -port, for example -port %d (make demo PORT=%[7]d); "+
		"-port 0 takes any that are free.",
		e.Port, e.Name, e.Err, e.Count, e.Base, e.Base+e.Count-1, other)
}

// Unwrap returns the system's error.
func (e *PortError) Unwrap() error { return e.Err }

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// origin returns the listener's origin for a browser.
func origin(l net.Listener) string { return "http://" + l.Addr().String() }
