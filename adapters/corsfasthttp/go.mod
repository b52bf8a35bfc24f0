module github.com/crossgate/cors/adapters/corsfasthttp

go 1.26.0

require (
	github.com/crossgate/cors/conformance v0.0.0
	github.com/crossgate/cors/core v0.0.0
	github.com/valyala/fasthttp v1.77.0
)

require (
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/molecule-man/go-brrr v1.3.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace (
	github.com/crossgate/cors/conformance => ../../conformance
	github.com/crossgate/cors/core => ../../core
)
