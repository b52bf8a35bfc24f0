package playground_test

import (
	"errors"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/crossgate/cors/examples/playground/internal/playground"
)

func TestATakenPortIsNamedAndNothingIsLeftRunning(t *testing.T) {
	t.Parallel()
	// Another program uses the port of the fourth site. A third program may take one of the
	// three ports before it; then try other ports. If Start left a port open, every attempt
	// would fail.
	for range 20 {
		if takenPort(t) {
			return
		}
	}
	t.Fatal("in 20 places, a port is not free that should be")
}

func takenPort(t *testing.T) bool {
	t.Helper()
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	_, err = playground.Start(port - 3)
	var e *playground.PortError
	require.ErrorAs(t, err, &e)
	if e.Port != port {
		return false
	}
	for _, part := range []string{
		"port " + strconv.Itoa(port), "the chi API", "-port " + strconv.Itoa(port+97), "in use",
	} {
		assert.Contains(t, err.Error(), part)
	}
	for free := port - 3; free < port; free++ {
		l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(free))
		if err != nil {
			return false
		}
		require.NoError(t, l.Close())
	}
	return true
}

func TestPortsOutOfRangeAreRefused(t *testing.T) {
	t.Parallel()
	for _, base := range []int{-1, 65530, 70000} {
		_, err := playground.Start(base)
		var e *playground.PortError
		if assert.Error(t, err, base) {
			assert.False(t, errors.As(err, &e), base)
			assert.Contains(t, err.Error(), "-port "+strconv.Itoa(base))
		}
	}
}
