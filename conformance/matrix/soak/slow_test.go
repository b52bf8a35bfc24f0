package soak

import (
	"bufio"
	"net"
	"time"
)

// dawdle is a slow client of hot targets. It sends one request after the other until the
// time is over. Its answers are judged like all others.
func (w *worker) dawdle() {
	ways := []struct {
		kind string
		send func(*worker, *connection, []byte, sight) error
	}{
		{byteByByte, inBytes}, {heldHalfWay, inHalves}, {halfClosed, thenFIN}, {slowlyRead, readingSlowly},
	}
	for n := w.team; !w.over(); n++ {
		way, at := ways[n%len(ways)], w.hot(w.team)
		if err := w.slowly(at, &kinds[kindNamed(way.kind)], way.send); err != nil {
			w.problem("%s: %s: %v", w.targets[at].name(), way.kind, err)
		}
	}
}

func (w *worker) slowly(at int, k *kind, send func(*worker, *connection, []byte, sight) error) error {
	t := w.targets[at]
	c, err := dial(t.addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }() // nothing is left to send
	s := w.sight(at)
	r := newRequest(k, t, t.places[w.rand.IntN(len(t.places))], w.numbers.Add(1))
	if err := send(w, c, r.append(nil, false), s); err != nil {
		return err
	}
	return w.receive(c, at, &r, s)
}

// inBytes sends a request byte by byte. The server decides after the last byte.
func inBytes(w *worker, c *connection, request []byte, s sight) error {
	for i := range request {
		s.before()
		if _, err := c.Write(request[i : i+1]); err != nil {
			return err
		}
		if w.rand.IntN(4) == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return nil
}

// inHalves pauses in the middle of the head.
func inHalves(w *worker, c *connection, request []byte, s sight) error {
	half := 1 + w.rand.IntN(len(request)-1)
	if _, err := c.Write(request[:half]); err != nil {
		return err
	}
	time.Sleep(time.Duration(50+w.rand.IntN(200)) * time.Millisecond)
	s.before()
	_, err := c.Write(request[half:])
	return err
}

// thenFIN closes its half of the connection. The answer must still come.
func thenFIN(_ *worker, c *connection, request []byte, s sight) error {
	s.before()
	if _, err := c.Write(request); err != nil {
		return err
	}
	return c.Conn.(*net.TCPConn).CloseWrite()
}

// readingSlowly reads a large answer with delays.
func readingSlowly(_ *worker, c *connection, request []byte, s sight) error {
	if err := c.Conn.(*net.TCPConn).SetReadBuffer(64 << 10); err != nil {
		return err
	}
	s.before()
	if _, err := c.Write(request); err != nil {
		return err
	}
	c.in = bufio.NewReader(hesitant{c.Conn})
	return nil
}

// hesitant is a connection that reads with pauses.
type hesitant struct{ net.Conn }

func (h hesitant) Read(p []byte) (int, error) {
	time.Sleep(100 * time.Microsecond)
	return h.Conn.Read(p)
}
