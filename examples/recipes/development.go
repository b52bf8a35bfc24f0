package recipes

import (
	"context"
	"slices"

	cors "github.com/crossgate/cors/core"
)

// Development is c, and allows the development servers on the same machine too: Vite on
// 5173, webpack on 8080, whatever the port.
func Development(c cors.Config) cors.Config {
	c.AllowOrigins = append(slices.Clone(c.AllowOrigins), "http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")
	return c
}

// LocalNetwork is c, and allows development servers of the local network too, so that you
// can try the page on a phone: http://192.168.1.20:5173.
func LocalNetwork(c cors.Config) cors.Config {
	c.AllowOriginFunc = func(_ context.Context, _ cors.Request, o cors.Origin) (bool, error) {
		return o.Scheme == "http" && o.IsPrivate(), nil
	}
	return c
}
