package cors_test

import (
	"errors"
	"fmt"

	cors "github.com/crossgate/cors/core"
)

// A program that lets people edit policies shows each problem next to its field.
func ExampleConfigErrors() {
	_, err := cors.Compile(cors.Config{
		AllowOrigins: []string{"https://a.example/", "https://B.example"},
		MaxAge:       cors.NoCache,
	})
	var first *cors.ConfigError
	fmt.Println(errors.As(err, &first), first.Code)
	for _, problem := range cors.ConfigErrors(err) {
		fmt.Println(problem.Field, problem.Code)
	}
	// Output:
	// true origin-path
	// AllowOrigins[0] origin-path
	// AllowOrigins[1] origin-case
}

// An editor marks the place of a mistake in a JSON configuration.
func ExampleParseError() {
	_, err := cors.ParseConfig([]byte("{\n  \"allowOrigin\": []\n}"))
	var wrong *cors.ParseError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Line, wrong.Column, wrong.Err.Code)
	}
	// Output:
	// 2 3 json-unknown-field
}

// A test of yours can require that a policy has only the warnings that you know.
func ExampleWarning() {
	policy := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://*.example.com"}, AllowCredentials: true})
	known := map[string]bool{"wildcard-credentials": true}
	var unknown []cors.Warning
	for _, w := range policy.Warnings() {
		if !known[w.Code] {
			unknown = append(unknown, w)
		}
	}
	fmt.Println(len(unknown))
	// Output:
	// 0
}

// Each Danger is set by its name, so that everyone who reads the policy sees it.
func ExampleDangers() {
	config := cors.Config{AllowOrigins: []string{"http://intranet.example.com"}, AllowCredentials: true}
	_, err := cors.Compile(config)
	fmt.Println(cors.ConfigErrors(err)[0].Code)

	config.Dangerously = cors.Dangers{InsecureOrigins: true}
	_, err = cors.Compile(config)
	fmt.Println(err)
	// Output:
	// insecure-credentials
	// <nil>
}
