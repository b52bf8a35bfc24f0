package adapt

import (
	"context"

	"github.com/valyala/fasthttp"

	cors "github.com/crossgate/cors/core"
)

// Allows is cors.Allows for the request of c. ctx is for the policy's AllowOriginFunc.
func Allows(ctx context.Context, d cors.Decider, c *fasthttp.RequestCtx) bool {
	r := cors.Request{Method: Method(c), Origin: single(lines(&c.Request.Header, "Origin"))}
	r.Host, r.Path, r.FetchSite = Metadata(c)
	return cors.Allows(ctx, d, r)
}
