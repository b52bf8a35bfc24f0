package websocket

import (
	"context"
	"net/http"

	coder "github.com/coder/websocket"
)

// Coder does as Gorilla does, with github.com/coder/websocket.
//
// Accept has an origin check of its own, OriginPatterns, but they are another
// language than a policy's: path.Match over the URL that Origin is parsed as, in
// lower case, so that * also stands for nothing. Beside them it always accepts an
// Origin that names the request's Host, a handshake without Origin, and the first
// of several Origin lines. Two such sets differ sooner or later.
//
// So the gate stands before Accept, and InsecureSkipVerify switches Accept's check
// off. That is safe here because every call of Accept lies behind the gate, which is
// stricter, and Accept checks nothing else of the origin.
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
