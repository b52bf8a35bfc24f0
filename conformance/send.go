package conformance

// Send sends the bytes of a request over a new connection and returns the response. Use
// it for tests of your own. The error says if the response is not HTTP/1.1, or if no
// response came within ten seconds.
func Send(addr string, request []byte) (Response, error) {
	conn, err := dial(addr)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = conn.Close() }() // nothing is left to send
	return conn.exchange(request, false)
}
