package recipes

import (
	"context"
	"slices"

	cors "github.com/crossgate/cors/core"
)

// Development returns c, but also allows development servers on the same machine, on any
// port: Vite on 5173, webpack on 8080.
func Development(c cors.Config) cors.Config {
	c.AllowOrigins = append(slices.Clone(c.AllowOrigins), "http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
	return c
}

// LocalNetwork returns c, but also allows development servers in the local network, so that
// you can try the page on a phone: http://192.168.1.20:5173.
func LocalNetwork(c cors.Config) cors.Config {
	c.AllowOriginFunc = func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		return o.Scheme == "http" && o.IsPrivate(), nil
	}
	return c
}
