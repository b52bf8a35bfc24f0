package conformance

// Send sends a request, as it is to stand on the wire, over a connection of its own,
// and returns the response. It is for tests beside the suite's cases. An error says
// where the response is not HTTP/1.1, or that none came within ten seconds.
func Send(addr string, request []byte) (Response, error) {
	conn, err := dial(addr)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = conn.Close() }() // nothing is left to be sent
	return conn.exchange(request, false)
}
