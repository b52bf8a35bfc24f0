module github.com/crossgate/cors/adapters/corsfiber

go 1.26.0

require (
	github.com/crossgate/cors/adapters/corsfasthttp v0.0.0
	github.com/crossgate/cors/conformance v0.0.0
	github.com/crossgate/cors/core v0.0.0
	github.com/gofiber/fiber/v2 v2.52.15
	github.com/valyala/fasthttp v1.77.0
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.22 // indirect
	github.com/mattn/go-runewidth v0.0.16 // indirect
	github.com/molecule-man/go-brrr v1.3.0 // indirect
	github.com/rivo/uniseg v0.2.0 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace (
	github.com/crossgate/cors/adapters/corsfasthttp => ../corsfasthttp
	github.com/crossgate/cors/conformance => ../../conformance
	github.com/crossgate/cors/core => ../../core
)
