package soak

import (
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// fault is a way in which a client tampers with a connection.
type fault struct {
	name  string
	leave func(*worker, *connection, int) error // returns without reading an answer
	reset bool                                  // the connection ends with a RST instead of a FIN
}

// faults returns all faults. Except for garbage, the server's answers to them are not
// read. The other clients show whether the server still works.
func faults() []fault {
	var all []fault
	for _, reset := range []bool{false, true} {
		end := map[bool]string{false: "FIN", true: "RST"}[reset]
		all = append(all,
			fault{end + " in the head", part(get("", 0, "https://$.both.example", byAllOfThem), 40), reset},
			fault{end + " in the content", part(kinds[kindNamed("upload")], -2000), reset},
			fault{end + " before the answer", part(kinds[kindNamed("stream")], 0), reset},
			fault{end + " before a panic's", part(kinds[kindNamed("panic")], 0), reset},
			fault{end + " in the answer", inAnswer("/large"), reset},
			fault{end + " in a stream", inAnswer("/large-stream"), reset},
			fault{end + " of an upgraded one", inAnswer("/socket"), reset},
			fault{end + ", 16 unanswered", unanswered, reset},
		)
	}
	return append(all, fault{name: "garbage", leave: garbage})
}

// fail tampers with connections to hot targets until the time is over.
func (w *worker) fail() {
	all := faults()
	for n := 0; !w.over(); n++ {
		at, i := w.hot(w.team), (n+w.team)%len(all)
		if err := w.tamper(at, all[i]); err != nil {
			w.problem("%s: %s: %v", w.targets[at].name(), all[i].name, err)
		}
		w.tally.faults[at][i]++
		w.tampered.Add(1)
		time.Sleep(10 * time.Millisecond) // closed connections keep their ports for minutes, and there are few ports
	}
}

func (w *worker) tamper(at int, f fault) error {
	c, err := dial(w.targets[at].addr)
	if err != nil {
		return err
	}
	tcp := c.Conn.(*net.TCPConn)
	err = tcp.SetReadBuffer(4 << 10) // so that the server cannot send a large answer completely
	if err == nil && f.reset {
		err = tcp.SetLinger(0)
	}
	if err == nil {
		err = f.leave(w, c, at)
	}
	if closed := c.Close(); err == nil {
		err = closed
	}
	return err
}

// part disconnects after some bytes of a request, or some bytes before its end.
func part(k kind, bytes int) func(*worker, *connection, int) error {
	return func(w *worker, c *connection, at int) error {
		out := w.one(&k, at)
		if bytes <= 0 {
			bytes += len(out)
		}
		_, err := c.Write(out[:bytes])
		return err
	}
}

// one returns the bytes of a request.
func (w *worker) one(k *kind, at int) []byte {
	t := w.targets[at]
	r := newRequest(k, t, t.places[w.rand.IntN(len(t.places))], w.numbers.Add(1))
	return r.append(nil, false)
}

// inAnswer disconnects after the first bytes of a large answer.
func inAnswer(path string) func(*worker, *connection, int) error {
	k := get("", 0, "https://$.both.example", byAllOfThem)
	k.path = path
	if path == "/socket" {
		k.fields = "Connection: Upgrade\r\nUpgrade: soak\r\n"
	}
	return func(w *worker, c *connection, at int) error {
		if _, err := c.Write(w.one(&k, at)); err != nil {
			return err
		}
		_, err := io.ReadFull(c.Conn, make([]byte, 100))
		return err
	}
}

// unanswered sends 16 requests at once and reads nothing.
func unanswered(w *worker, c *connection, at int) error {
	w.draw(at, 16)
	w.out = w.out[:0]
	for i := range w.batch {
		w.out = w.batch[i].append(w.out, false)
	}
	_, err := c.Write(w.out)
	return err
}

// garbage is not HTTP/1.1. However the server reads it (fasthttp serves any version), the
// origin in it must not be allowed.
func garbage(w *worker, c *connection, _ int) error {
	const origin = "Origin: https://soak.foreign.example"
	all := []string{
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"GET /items\r\n" + origin,
		"GET /items HTTP/9.9\r\n" + origin,
		"GET /items HTTP/1.1\r\n" + origin + "\r\nContent-Length: -1",
		"GET /items HTTP/1.1\r\n" + origin + "\r\n: \x00",
		"GET /items HTTP/1.1\r\n" + origin + "\rX: y",
	}
	text := all[w.rand.IntN(len(all))]
	if _, err := c.Write([]byte(text + "\r\n\r\n")); err != nil {
		return err
	}
	if err := c.Conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	answer, _ := io.ReadAll(io.LimitReader(c.Conn, 64<<10)) // or a reset
	if strings.Contains(strings.ToLower(string(answer)), "allow-origin: https://soak.foreign") {
		return fmt.Errorf("%q is answered with %.300q", text, answer)
	}
	return nil
}
