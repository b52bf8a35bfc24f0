package policyfile_test

import (
	"fmt"

	"github.com/crossgate/cors/conformance/cmd/corsdoctor/policyfile"
)

func ExampleRead() {
	document := []byte(`# The shop
allowOrigins:
  - https://Shop.example/ # the shop itself
  - *.shop.example
allowMethod: [PUT]
`)
	file := policyfile.Read(document, policyfile.YAML)
	for _, p := range file.Problems {
		fmt.Printf("%d:%d %s: %s\n", p.Line, p.Column, p.Severity, p.Code)
	}
	fmt.Printf("%s", policyfile.Fix(document, file.Problems))
	// Output:
	// 2:1 warning: content-type-missing
	// 3:5 error: origin-path
	// 4:5 error: yaml-syntax
	// 4:5 error: origin-no-scheme
	// 5:1 error: json-unknown-field
	// # The shop
	// allowOrigins:
	//   - https://shop.example # the shop itself
	//   - "*.shop.example"
	// allowMethods: [PUT]
}

func ExampleFile_Faulty() {
	file := policyfile.Read([]byte(`{"allowOrigins": ["http://shop.example"]}`), policyfile.Any)
	fmt.Println(file.Faulty(), file.Problems[0].Code)
	// Output: false insecure-origin
}
