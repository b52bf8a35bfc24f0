//go:build unix

package engine

import (
	"context"

	"github.com/coder/websocket"
)

// socket carries documents as WebSocket messages, as Firefox does with
// --remote-debugging-port.
type socket struct {
	conn *websocket.Conn
	ctx  context.Context // lives as long as the session
}

func newSocket(ctx context.Context, url string) (*socket, error) {
	conn, response, err := websocket.Dial(ctx, url, nil)
	if response != nil && response.Body != nil {
		_ = response.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(-1) // screenshots are large
	return &socket{conn: conn, ctx: context.WithoutCancel(ctx)}, nil
}

func (s *socket) read() ([]byte, error) {
	_, document, err := s.conn.Read(s.ctx)
	return document, err
}

func (s *socket) write(document []byte) error {
	return s.conn.Write(s.ctx, websocket.MessageText, document)
}

func (s *socket) close() { _ = s.conn.CloseNow() }
