//go:build unix

package engine

import (
	"bufio"
	"io"
)

// pipe carries documents over a pair of pipes, with a NUL after each document, as
// Chromium does with --remote-debugging-pipe.
type pipe struct {
	in  io.WriteCloser
	out io.ReadCloser
	r   *bufio.Reader
}

func newPipe(in io.WriteCloser, out io.ReadCloser) *pipe {
	return &pipe{in: in, out: out, r: bufio.NewReader(out)}
}

func (p *pipe) read() ([]byte, error) {
	document, err := p.r.ReadBytes(0)
	if err != nil {
		return nil, err
	}
	return document[:len(document)-1], nil
}

func (p *pipe) write(document []byte) error {
	_, err := p.in.Write(append(document, 0))
	return err
}

func (p *pipe) close() { _, _ = p.in.Close(), p.out.Close() }
