package pasted_test

import (
	"fmt"
	"strings"

	"github.com/crossgate/cors/conformance/pasted"
)

func ExampleParse() {
	text, err := pasted.Parse(`curl --url 'https://api.example.com/items/1' \
  -X 'PUT' \
  -H 'authorization: Bearer token' \
  -H 'origin: https://app.example.com' \
  -b 'sid=1'`)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := text.Request
	fmt.Println(r.Form, r.Fetch().Method, r.URL, r.Origin)
	fmt.Println(strings.Join(r.Risks(), ", "))
	fmt.Println(r.Careful().Method, len(r.Careful().Risks()))
	// Output:
	// curl (bash) PUT https://api.example.com/items/1 https://app.example.com
	// the header Cookie, the header authorization, the method PUT
	// GET 0
}

// A Message says what the engine found wrong.
func ExampleMessage() {
	text, err := pasted.Parse("Origin https://app.example.com is not allowed by Access-Control-Allow-Origin. Status code: 403")
	fmt.Println(text.Messages[0].Engine, text.Messages[0].Status, len(text.Messages[0].Codes), err)
	// Output: webkit 403 6 <nil>
}

// A text that DevTools does not write is an error, especially one that would read a file.
func ExampleParse_incorrect() {
	_, err := pasted.Parse("curl 'https://api.example.com/' --data '@/etc/passwd'")
	fmt.Println(err)
	// Output: curl would read the body from a file: --data with an @
}
