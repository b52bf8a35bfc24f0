package websocket

import (
	"context"
	"net/http"

	coder "github.com/coder/websocket"
)

// Coder does as Gorilla does, with github.com/coder/websocket.
//
// Accept has its own origin check, OriginPatterns. These patterns differ from those of a
// policy: they are matched by path.Match, in lower case, and * also matches nothing. Accept
// also allows an Origin that equals the request's Host, a handshake without Origin, and the
// first of several Origin lines. Two sets of origins would differ sooner or later.
//
// So the gate checks first, and InsecureSkipVerify switches Accept's check off. This is safe
// here: every call of Accept is behind the gate, which is stricter, and Accept checks nothing
// else of the origin.
func Coder(g Gate) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !g.Admits(r) {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		conn, err := coder.Accept(w, r, &coder.AcceptOptions{InsecureSkipVerify: true})
		if err != nil {
			return // Accept has answered
		}
		defer func() { _ = conn.CloseNow() }()
		conn.SetReadLimit(maxMessage)
		for echoCoder(conn) == nil {
		}
	})
}

func echoCoder(conn *coder.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), maxIdle)
	defer cancel()
	kind, message, err := conn.Read(ctx)
	if err != nil {
		return err
	}
	return conn.Write(ctx, kind, message)
}
