package corslog

import (
	"context"
	"log/slog"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// maxText is the greatest number of bytes of a request's value that are logged.
const maxText = 200

// cut shortens s to maxText bytes.
func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return s[:maxText]
}

// clean makes s safe for a log: short and printable. Not every handler of slog escapes
// values.
func clean(s string) string {
	short := cut(s)
	q := strconv.Quote(short)
	if q = q[1 : len(q)-1]; len(q) == len(short)+strings.Count(short, `"`)+strings.Count(short, `\`) {
		q = short // nothing but quotes and backslashes was escaped
	}
	if len(s) > maxText {
		q += "…"
	}
	return q
}

// words says why a request is refused and what to change. It knows only the request and the
// reason, not the policy.
func words(r cors.Request, reason cors.Reason) (cause, fix string) {
	origin, method := strconv.Quote(clean(r.Origin)), strconv.Quote(clean(r.RequestMethod))
	switch reason {
	case cors.OriginNotAllowed:
		if r.Origin == "null" {
			return "the page has no origin of its own: it is a sandboxed frame or a file, or a redirect led to another origin",
				"serve the page from a URL of its own, and add its origin to AllowOrigins"
		}
		return "no element of AllowOrigins matches the origin, and no AllowOriginFunc allows it",
			"if its pages may read the responses, add " + origin + " to AllowOrigins"
	case cors.OriginMalformed:
		return "the Origin header is not one origin as browsers write it",
			"find the proxy or client that changes the Origin header"
	case cors.OriginCheckFailed:
		return "AllowOriginFunc returned an error or panicked, so the origin is not allowed",
			"fix the function or the service it calls"
	case cors.OriginMissing:
		return "a page of another site made this request with an unsafe method and no Origin",
			"use fetch with CORS from an allowed origin; forms and links of other sites cannot be allowed"
	case cors.MethodNotAllowed:
		if strings.EqualFold(r.RequestMethod, "PATCH") && r.RequestMethod != "PATCH" {
			return "the policy does not allow the method " + method + "; methods are case-sensitive, and browsers do not change this one to upper case",
				`send "PATCH" in the script`
		}
		return "the policy does not allow the method " + method,
			"if the origin may use it, add " + method + " to AllowMethods"
	case cors.HeaderNotAllowed:
		return "the policy does not allow one of the request headers " + strconv.Quote(clean(r.RequestHeaders)),
			"if the origin may send it, add it to AllowHeaders; else do not set it in the script"
	case cors.HeaderMalformed:
		return "Access-Control-Request-Headers is not a list of header names as browsers write it",
			"find the proxy or client that changes the header"
	case cors.HeadersTooLong:
		return "the script sets more request headers than the policy reads",
			"set fewer headers in the script"
	case cors.MountUnattached:
		return "a policy of the Mount is attached where no route is registered, so no page may read through the Mount",
			"call Check on the Mount at start: its error names the attachment and the nearest route"
	case cors.MountUncertain:
		return "it is not certain which route of the Mount serves the request, so no page may read the response",
			"install middleware that rewrites paths before the Mount, and register a route for responses that no route serves"
	}
	return "the decision has the reason " + reason.String(), "see the documentation of that reason in package cors"
}

// Warnings logs the warnings of a policy at level Warn. Call it once, when the program
// starts. For a nil policy it logs at level Info that no CORS header is sent.
func Warnings(logger *slog.Logger, policy *cors.Policy) {
	ctx := context.Background()
	if policy == nil {
		logger.LogAttrs(ctx, slog.LevelInfo, "cors: there is no policy, so no CORS header is sent")
		return
	}
	for _, w := range policy.Warnings() {
		logger.LogAttrs(ctx, slog.LevelWarn, "cors: warning",
			slog.String("field", w.Field), slog.String("value", clean(w.Value)), slog.String("code", w.Code), slog.String("hint", w.Hint))
	}
}
