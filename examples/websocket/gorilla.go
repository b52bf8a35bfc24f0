package websocket

import (
	"net/http"
	"time"

	gorilla "github.com/gorilla/websocket"
)

const (
	maxMessage = 32 << 10         // bytes
	maxIdle    = 10 * time.Minute // without a message
)

// Gorilla returns a handler that echoes messages. It uses github.com/gorilla/websocket, which
// calls CheckOrigin before it upgrades, and answers 403 if that returns false.
func Gorilla(g Gate) http.Handler {
	upgrader := gorilla.Upgrader{CheckOrigin: g.Admits}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		defer func() { _ = conn.Close() }()
		conn.SetReadLimit(maxMessage)
		for echoGorilla(conn) == nil {
		}
	})
}

func echoGorilla(conn *gorilla.Conn) error {
	if err := conn.SetReadDeadline(time.Now().Add(maxIdle)); err != nil {
		return err
	}
	kind, message, err := conn.ReadMessage()
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(maxIdle)); err != nil {
		return err
	}
	return conn.WriteMessage(kind, message)
}
