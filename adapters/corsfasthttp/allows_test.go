package corsfasthttp_test

import (
	"fmt"
	"testing"

	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfasthttp"
	cors "github.com/crossgate/cors/core"
)

// handshake returns a request for a WebSocket.
func handshake(lines ...[2]string) *fasthttp.RequestCtx {
	c := new(fasthttp.RequestCtx)
	c.Request.SetRequestURI("https://chat.example.net/ws")
	c.Request.Header.SetHost("chat.example.net")
	for _, line := range lines {
		c.Request.Header.Add(line[0], line[1])
	}
	return c
}

// A WebSocket upgrader asks before it accepts a handshake.
func ExampleAllows() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	for _, origin := range []string{"https://app.example.com", "https://chat.example.net", "https://evil.example"} {
		fmt.Println(corsfasthttp.Allows(policy, handshake([2]string{"Origin", origin})), origin)
	}
	// Output:
	// true https://app.example.com
	// true https://chat.example.net
	// false https://evil.example
}

func TestAllows(t *testing.T) {
	t.Parallel()
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}})
	origin := func(values ...string) (lines [][2]string) {
		for _, v := range values {
			lines = append(lines, [2]string{"Origin", v})
		}
		return lines
	}
	for _, tt := range []struct {
		name  string
		d     cors.Decider
		lines [][2]string
		want  bool
	}{
		{"no Origin", policy, nil, true},
		{"two lines", policy, origin("https://app.example.com", "https://app.example.com"), false},
		{"not listed, and the browser says that it is the server's own", policy, append(origin("https://evil.example"), [2]string{"Sec-Fetch-Site", "same-origin"}), true},
		{"any", cors.MustCompile(cors.AllowAll()), origin("https://evil.example"), false},
		{"no policy", (*cors.Policy)(nil), origin("https://app.example.com"), false},
	} {
		if got := corsfasthttp.Allows(tt.d, handshake(tt.lines...)); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
