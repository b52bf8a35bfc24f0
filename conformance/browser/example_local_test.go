package browser_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/crossgate/cors/conformance/browser"
)

// A page on the internet requests a server on this machine. Chromium sends nothing unless
// the user permits it. Other engines have no such rule.
func ExampleAddressSpace() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	}))
	defer server.Close()
	fmt.Println(browser.AddressSpaceOf(netip.MustParseAddr("127.0.0.1")), browser.AddressSpaceOf(netip.MustParseAddr("192.168.1.5")))
	for _, engine := range []browser.Engine{browser.Chromium(), browser.Firefox()} {
		page := browser.Client{Origin: "https://app.example", AddressSpace: browser.Public, Engine: engine}
		verdict, err := page.Fetch(context.Background(), browser.Request{URL: server.URL})
		fmt.Println(verdict.Allowed, verdict.Code, err)
	}
	// Output:
	// loopback local
	// false LocalNetworkAccessPermissionDenied <nil>
	// true  <nil>
}

// Engines differ in how they handle a redirect with an empty Location.
func ExampleEmptyLocation() {
	fmt.Println(browser.Firefox().EmptyLocation == browser.EmptyLocationFollowed)
	fmt.Println(browser.Chromium().EmptyLocation == browser.EmptyLocationIsResponse)
	fmt.Println(browser.WebKit().EmptyLocation == browser.EmptyLocationFails)
	// Output:
	// true
	// true
	// true
}

// Dial connects as a fetch does: to the address from Resolve, if Permit allows it.
func ExampleClient_Dial() {
	page := browser.Client{
		Resolve: func(string) string { return "127.0.0.1:1" },
		Permit: func(addr netip.Addr) error {
			if browser.AddressSpaceOf(addr) != browser.Public {
				return fmt.Errorf("%v is private", addr)
			}
			return nil
		},
	}
	_, err := page.Dial(context.Background(), "tcp", net.JoinHostPort("api.example", "443"))
	fmt.Println(err)
	// Output: dial tcp 127.0.0.1:1: 127.0.0.1 is private
}
