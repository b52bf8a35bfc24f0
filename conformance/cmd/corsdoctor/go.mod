module github.com/crossgate/cors/conformance/cmd/corsdoctor

go 1.26.0

require (
	github.com/alecthomas/kong v1.15.0
	github.com/crossgate/cors/conformance v0.0.0
	github.com/crossgate/cors/core v0.0.0
	go.yaml.in/yaml/v4 v4.0.0
)

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace (
	github.com/crossgate/cors/conformance => ../..
	github.com/crossgate/cors/core => ../../../core
)
