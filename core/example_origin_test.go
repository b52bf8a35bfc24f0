package cors_test

import (
	"context"
	"fmt"

	cors "github.com/crossgate/cors/core"
)

func ExampleParseOrigin() {
	o, err := cors.ParseOrigin("https://app.example.com:8443")
	fmt.Println(o.Scheme, o.Host, o.Port, err)
	_, err = cors.ParseOrigin("https://app.example.com/")
	fmt.Println(err)
	// Output:
	// https app.example.com 8443 <nil>
	// cors: Origin "https://app.example.com/": an origin has no path; write "https://app.example.com"
}

// Often an application's configuration already has its URL.
func ExampleOriginOf() {
	own, err := cors.OriginOf("https://App.Example.com:443/login?next=/")
	fmt.Println(own, err)
	// Output: https://app.example.com <nil>
}

// A policy for development may allow pages of the local network, so that you can try them
// on a phone.
func ExampleOrigin_IsPrivate() {
	policy := cors.MustCompile(cors.Config{
		AllowOriginFunc: func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
			return o.Scheme == "http" && o.IsPrivate(), nil
		},
	})
	fmt.Println(policy.AllowsOrigin("http://192.168.1.20:5173"), policy.AllowsOrigin("http://203.0.113.7"))
	// Output: true false
}

// A pattern cannot match a range of addresses, but a function can.
func ExampleOrigin_Addr() {
	office := func(o cors.Origin) bool { return o.Addr().Is4() && o.Addr().As4()[0] == 10 }
	a, _ := cors.ParseOrigin("http://10.1.2.3:8080")
	b, _ := cors.ParseOrigin("https://10.example.com")
	fmt.Println(office(a), office(b))
	// Output: true false
}

func ExampleSameHost() {
	fmt.Println(cors.SameHost("https://app.example.com", "app.example.com:443"))
	fmt.Println(cors.SameHost("https://app.example.com", "api.example.com"))
	// Output:
	// true
	// false
}

// A WebSocket upgrader accepts pages that a policy lists, and those of the server itself.
// The adapters have an Allows that reads the request.
func ExampleAllows() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://app.example.com"}, AllowCredentials: true})
	for _, origin := range []string{"https://app.example.com", "https://chat.example.com", "https://evil.example"} {
		handshake := cors.Request{Method: "GET", Origin: origin, Host: "chat.example.com"}
		fmt.Println(origin, cors.Allows(context.Background(), policy, handshake))
	}
	// Output:
	// https://app.example.com true
	// https://chat.example.com true
	// https://evil.example false
}
