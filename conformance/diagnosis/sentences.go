package diagnosis

import (
	"github.com/crossgate/cors/conformance/browser"
)

// sentence says what is wrong, without what a server has shown.
func sentence(kind Kind, a Asked) string {
	origin := a.Origin
	if origin == "" {
		origin = "the page's origin"
	}
	switch kind {
	case OriginNotListed:
		return "The server does not list " + origin + ". Is the origin listed, with its scheme and port?"
	case OriginMisspelt:
		return "The server does not write the origin as the browser does: " + origin + ", without a path, a slash at its end or a default port, and one alone."
	case NoCORS:
		return "The server sends CORS headers to nobody here: no CORS settings cover this path."
	case PreflightUnanswered:
		return "Nothing answers the preflight: the server has no answer to OPTIONS here. CORS must answer it before the router does."
	case AuthenticationFirst:
		return "Authentication answers before CORS. A preflight never carries cookies or Authorization, so it must be answered before anybody is asked who they are."
	case RedirectToLogin:
		return "The server redirects the script to a page where people sign in. Answer 401 instead of the redirect, and let the page's script send the user there."
	case RedirectSlash:
		return "The server redirects to the same path with or without a slash at its end. Ask for the right URL at once."
	case RedirectElsewhere:
		return "The server redirects the request. Browsers follow no redirect of a preflight, and after a redirect to another origin the request has the origin null."
	case ResponseNotCovered:
		return "The server allows the page to send the request, and the response itself has no CORS headers: the settings cover OPTIONS alone, or not this status. CORS must be around everything that answers, errors too."
	case ServerFailed:
		return "The server failed, and its error has no CORS headers, so the page does not see the status. Fix the error; let CORS wrap what writes errors."
	case ProxyFailed:
		return "A proxy or CDN answered, not the application. CORS headers of the application are not on what a proxy answers itself."
	case TwoLayers:
		return "Two layers send CORS headers, such as a proxy and the application. Browsers refuse that, even if both say the same. Keep one."
	case CacheWithoutVary:
		return "The answer depends on the Origin and does not say so. Caches give the answer for one origin to a page of another. Send Vary: Origin with every response, without an Origin too."
	case OpaqueOrigin:
		return "The page's origin is null: it is a sandboxed frame, a file or a data: URL. Serve the page from a URL, or allow the sandbox its own origin (allow-same-origin)."
	case MixedContent:
		return "An https page asks an http server. Browsers block that before CORS. Serve the API with https."
	case LocalNetwork:
		return "A page from the internet asks a server of this machine or network. Chromium 142 and later ask the user first, and nothing is sent unless the user allows it. The server can do nothing for it: serve the page from the same network, or the API in public. An http page cannot ask at all."
	case CookiesKept:
		return "The cookies are not meant for pages of other sites, so browsers do not send them with this request. Set them with SameSite=None; Secure."
	case MethodNotListed:
		return "The server does not list the method " + a.Method + ". Methods are compared with their case: write it as the request does."
	case HeaderNotListed:
		return "The server does not list a header that the script sets. * lists no header of a request with credentials, and never Authorization."
	case ListMalformed:
		return "Access-Control-Allow-Methods or -Headers is not a list of names with commas between them. One wrong element tampers it all."
	case WildcardWithCredentials:
		return "The server answers with *, and the request has credentials. Answer with the page's origin, from a list; or fetch without credentials."
	case CredentialsNotAllowed:
		return "The request has credentials, and the server does not send Access-Control-Allow-Credentials: true, in lower case and once."
	case NotAllowedAnywhere:
		return "No server can allow this: the browser itself refuses it."
	case NoResponse:
		return "There is no response: no connection, a wrong certificate, or what came is not HTTP. Consoles call that a CORS error too."
	}
	return ""
}

// sends are the header lines that the server must send, where these are the cure.
func sends(kind Kind, a Asked) []string {
	switch kind {
	case OriginNotListed, OriginMisspelt, NoCORS, TwoLayers, WildcardWithCredentials, CredentialsNotAllowed, ServerFailed, ResponseNotCovered, OpaqueOrigin:
		return headerLines(a, false)
	case PreflightUnanswered, AuthenticationFirst:
		return append([]string{"(status 204)"}, headerLines(a, true)...)
	case RedirectToLogin:
		return append([]string{"(status 401)"}, headerLines(a, false)...)
	case MethodNotListed:
		return []string{"Access-Control-Allow-Methods: " + a.Method}
	case HeaderNotListed, ListMalformed:
		lines := []string{"Access-Control-Allow-Headers: " + joined(a.Headers)}
		if kind == ListMalformed && !browser.SafelistedMethod(a.Method) {
			lines = append(lines, "Access-Control-Allow-Methods: "+a.Method)
		}
		return lines
	case CacheWithoutVary:
		return []string{"Vary: Origin"}
	case CookiesKept:
		return []string{"Set-Cookie: …; SameSite=None; Secure"}
	}
	return nil
}
