package cors_test

import (
	"fmt"

	cors "github.com/crossgate/cors/core"
)

// A flag or an environment variable holds a list in one string.
func ExampleSplitList() {
	fmt.Printf("%q\n", cors.SplitList("https://app.example.com, https://admin.example.com"))
	fmt.Println(cors.SplitList("") == nil)
	// Output:
	// ["https://app.example.com" "https://admin.example.com"]
	// true
}

// The error says where in the document the mistake is, and what to write.
func ExampleParsePolicy() {
	_, err := cors.ParsePolicy([]byte(`{
  "allowOrigins": ["https://app.example.com", "http://admin.example.com"],
  "allowCredentials": true
}`))
	fmt.Println(err)
	// Output:
	// cors: line 2, column 47: allowOrigins[1] "http://admin.example.com": anyone who controls the network can act as this origin and read responses made with the user's credentials; write "https://admin.example.com", or set dangerously.insecureOrigins
}

// A Config in an application's own document keeps the defaults of fields that the document
// does not name. You only declare the field; the YAML library calls UnmarshalYAML.
func ExampleConfig_UnmarshalYAML() {
	config := cors.Config{AllowMethods: []string{"PUT", "DELETE"}, Enforce: cors.EnforceUnsafe}
	library := func(to any) error { // the result of decoding "allowOrigins: [https://app.example.com]"
		*to.(*any) = map[string]any{"allowOrigins": []any{"https://app.example.com"}}
		return nil
	}
	err := config.UnmarshalYAML(library)
	fmt.Println(config.AllowOrigins, config.AllowMethods, config.Enforce, err)
	// Output: [https://app.example.com] [PUT DELETE] unsafe <nil>
}
