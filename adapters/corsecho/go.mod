module github.com/crossgate/cors/adapters/corsecho

go 1.26.0

require (
	github.com/crossgate/cors/adapters/corshttp v0.0.0
	github.com/crossgate/cors/conformance v0.0.0
	github.com/crossgate/cors/core v0.0.0
	github.com/labstack/echo/v4 v4.16.0
)

require (
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.22 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	golang.org/x/time v0.15.0 // indirect
)

replace (
	github.com/crossgate/cors/adapters/corshttp => ../corshttp
	github.com/crossgate/cors/conformance => ../../conformance
	github.com/crossgate/cors/core => ../../core
)
