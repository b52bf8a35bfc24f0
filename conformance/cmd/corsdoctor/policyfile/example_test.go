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

// Fix applies the Repairs. A comment stays in its place.
func ExampleFix() {
	document := []byte("allowOrigins: [https://Shop.example/] # the shop\n")
	file := policyfile.Read(document, policyfile.YAML)
	fmt.Printf("%s", policyfile.Fix(document, file.Problems))
	// Output: allowOrigins: [https://shop.example] # the shop
}

// Edits are for an editor that applies the changes itself.
func ExampleEdits() {
	document := []byte(`{"alowOrigins": ["https://shop.example"]}`)
	file := policyfile.Read(document, policyfile.JSON)
	for _, e := range policyfile.Edits(document, file.Problems) {
		fmt.Println(e.Start, e.End, e.New)
	}
	// Output: 1 14 "allowOrigins"
}

// Line returns the line at which to show a change of the policy.
func ExamplePolicy_Line() {
	document := []byte("allowOrigins:\n- https://a.example\n- https://b.example\nmaxAge: 10m\n")
	policy := policyfile.Read(document, policyfile.YAML).Policies[0]
	fmt.Println(policy.Line("allowOrigins", "https://b.example"), policy.Line("MaxAge", ""))
	// Output: 3 4
}

// A Problem says where the mistake is, and what to write. Repair is empty if the author
// must decide.
func ExampleProblem() {
	document := []byte(`{"allowOrigins": ["*"], "allowCredentials": true, "maxAge": "10 m"}`)
	for _, p := range policyfile.Read(document, policyfile.JSON).Problems {
		fmt.Println(p.Line, p.Column, p.Severity, p.Field, p.Code, p.Repair)
	}
	// Output:
	// 1 19 error allowOrigins[0] any-credentials []
	// 1 61 error maxAge json-type [{60 66 "10m"}]
}
