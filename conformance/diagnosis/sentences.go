package diagnosis

import "strings"

// Kinds returns all causes, the commonest first.
func Kinds() []Kind {
	return []Kind{
		OriginNotListed, NoCORS, ResponseNotCovered, ServerFailed, ProxyFailed, PreflightUnanswered, AuthenticationFirst,
		RedirectToLogin, RedirectSlash, RedirectElsewhere, MethodNotListed, HeaderNotListed, ListMalformed,
		WildcardWithCredentials, CredentialsNotAllowed, TwoLayers, OriginMisspelt, CacheWithoutVary, OpaqueOrigin,
		MixedContent, LocalNetwork, CookiesKept, NoResponse, NotAllowedAnywhere,
	}
}

// Title says in a few words what is wrong.
func (k Kind) Title() string { return titles()[k].title }

// Fix says in a few words what to change.
func (k Kind) Fix() string { return titles()[k].fix }

func titles() map[Kind]struct{ title, fix string } {
	return map[Kind]struct{ title, fix string }{
		OriginNotListed:         {"the origin is not listed", "add the origin to the list, exactly as the console prints it"},
		NoCORS:                  {"no CORS settings cover this path", "install the CORS middleware for the whole application"},
		PreflightUnanswered:     {"nothing answers OPTIONS", "install the CORS middleware before the router"},
		AuthenticationFirst:     {"authentication refuses the preflight", "install the CORS middleware before authentication"},
		ResponseNotCovered:      {"this response alone has no CORS headers", "send CORS headers with every response, errors too"},
		ServerFailed:            {"the server failed", "fix the error; send CORS headers with errors too"},
		ProxyFailed:             {"a proxy or CDN answered", "look into the proxy's log, and fix what it reports"},
		RedirectSlash:           {"a redirect adds or removes a slash", "request the URL that the redirect leads to"},
		RedirectToLogin:         {"a redirect leads to a login page", "answer 401 instead of the redirect"},
		RedirectElsewhere:       {"the server redirects", "request the URL that the redirect leads to"},
		MethodNotListed:         {"the method is not listed", "add the method to the list, in the same case"},
		HeaderNotListed:         {"a request header is not listed", "add the header to the list, or do not set it"},
		ListMalformed:           {"a list of methods or headers is malformed", "write names with commas between them"},
		WildcardWithCredentials: {"the server sends `*`, the script sends credentials", "list the origins; or fetch without credentials"},
		CredentialsNotAllowed:   {"credentials are not allowed", "allow credentials; or fetch without them"},
		TwoLayers:               {"CORS headers are added twice", "add them in one place: the proxy or the application"},
		OriginMisspelt:          {"the server spells the origin differently", "send the origin exactly as the browser does"},
		CacheWithoutVary:        {"a cache mixes up origins", "send `Vary: Origin` with every response"},
		OpaqueOrigin:            {"the page has the origin `null`", "serve the page from a URL, without `sandbox`"},
		MixedContent:            {"an https page requests an http URL", "serve the API with https"},
		LocalNetwork:            {"a public page requests a private address", "let the user allow it; or make the API public"},
		CookiesKept:             {"the browser does not send the cookies", "set the cookies with `SameSite=None; Secure`"},
		NoResponse:              {"there is no HTTP response", "check address, port, certificate and firewall"},
		NotAllowedAnywhere:      {"the browser allows this request for no server", "change the request"},
	}
}

// sentence says what is wrong, without evidence.
func sentence(kind Kind, a Asked) string {
	origin := a.Origin
	if origin == "" {
		origin = "the page's origin"
	}
	switch kind {
	case OriginNotListed:
		return "The server does not list " + origin + ". Is the origin listed with the same scheme, host and port?"
	case OriginMisspelt:
		return "Access-Control-Allow-Origin must be exactly " + origin + ": one origin, without a path, a slash at the end or a default port. Browsers accept no patterns and no lists in this header."
	case NoCORS:
		return "The server sends no CORS headers here, to any origin. No CORS settings cover this path."
	case PreflightUnanswered:
		return "Nothing answers the preflight, an OPTIONS request. Install the CORS middleware before the router, so that it answers."
	case AuthenticationFirst:
		return "Authentication answers before CORS. A preflight never carries cookies or Authorization, so CORS must answer it first. A 401 needs CORS headers too."
	case RedirectToLogin:
		return "The server redirects the script to a login page. Answer 401 instead of the redirect, and let the script send the user to the login page."
	case RedirectSlash:
		return "The server redirects to the same path with or without a slash at the end. Request the URL that it redirects to."
	case RedirectElsewhere:
		return "The server redirects the request. Browsers do not follow a redirect of a preflight. After a redirect from one origin to another, the request has the origin null."
	case ResponseNotCovered:
		return "This response has no CORS headers. Send them with every response, errors too. Install the CORS middleware before authentication and limits."
	case ServerFailed:
		return "The server failed. Its error has no CORS headers, so the page cannot see the status. Fix the error, and send CORS headers with errors too."
	case ProxyFailed:
		return "A proxy or CDN answered instead of the application. Its own responses do not have the application's CORS headers. Fix what it reports."
	case TwoLayers:
		return "CORS headers are added twice, for example by a proxy and by the application. Browsers refuse two Access-Control-Allow-Origin values, even if they are equal. Add the headers in one place."
	case CacheWithoutVary:
		return "The response depends on the Origin, and has no Vary: Origin. A cache can then give it to a page of another origin. Send Vary: Origin with every response, even if the request has no Origin."
	case OpaqueOrigin:
		return "The page has the origin null: it is a sandboxed frame, a file or a data: URL. Serve the page from a URL. In a sandbox, add allow-same-origin."
	case MixedContent:
		return "An https page requests an http URL. Browsers block that before CORS. Serve the API with https."
	case LocalNetwork:
		return "A page from the internet requests an address of this machine or network. Chromium 142 and later ask the user, and send nothing until the user allows it. The server cannot change that. " +
			"Serve the page from the same network, or make the API public. An http page cannot ask the user."
	case CookiesKept:
		return "Browsers do not send these cookies with calls from pages of other sites. Set the cookies with SameSite=None; Secure."
	case MethodNotListed:
		method := "the method " + a.Method
		if a.Method == "" {
			method = "the script's method"
		}
		return "The server does not list " + method + ". Methods are case-sensitive. With credentials, * is not a wildcard."
	case HeaderNotListed:
		return "The server does not list a header that the script sets. With credentials, * is not a wildcard. Without credentials, it does not cover Authorization."
	case ListMalformed:
		return "Access-Control-Allow-Methods or -Headers is not a list of names with commas between them. One malformed element makes the whole list invalid."
	case WildcardWithCredentials:
		return "The server answers with *, and the request has credentials. If the page's origin is on your list, send it instead of *. Or fetch without credentials."
	case CredentialsNotAllowed:
		return "The request has credentials. The server must send Access-Control-Allow-Credentials: true, once and in lower case."
	case NotAllowedAnywhere:
		return "The browser refuses this request for every server. No server can allow it."
	case NoResponse:
		return "There is no HTTP response: no connection, an invalid certificate, or a malformed response. Some consoles call that a CORS error too."
	}
	return ""
}

// sends returns the header lines that the server must send, if header lines cure the cause.
func sends(kind Kind, a Asked) []string {
	switch kind { //nolint:exhaustive // no header cures the others
	case OriginNotListed, OriginMisspelt, NoCORS, TwoLayers, WildcardWithCredentials, CredentialsNotAllowed, ServerFailed, ResponseNotCovered, OpaqueOrigin:
		return headerLines(a, false)
	case PreflightUnanswered, AuthenticationFirst:
		return append([]string{status204}, headerLines(a, true)...)
	case RedirectToLogin:
		return append([]string{"(status 401)"}, headerLines(a, false)...)
	case MethodNotListed:
		return []string{"Access-Control-Allow-Methods: " + a.method()}
	case HeaderNotListed:
		return []string{"Access-Control-Allow-Headers: " + a.headers()}
	case ListMalformed:
		return []string{"Access-Control-Allow-Methods: " + joined(a.methods()), "Access-Control-Allow-Headers: " + a.headers()}
	case CacheWithoutVary:
		return []string{"Vary: Origin"}
	case CookiesKept:
		return []string{"Set-Cookie: …; SameSite=None; Secure"}
	}
	return nil
}

// ofResponses reports whether only servers send these headers.
func ofResponses(names []string) bool {
	for _, name := range names {
		name = strings.ToLower(name)
		if !strings.HasPrefix(name, "access-control-") || strings.HasPrefix(name, "access-control-request-") {
			return false
		}
	}
	return len(names) > 0
}

// writeUpper says in which case a script must write a method.
func writeUpper(method string) string {
	return "Write the method as " + method + " in the script. Methods are case-sensitive, and browsers write only GET, HEAD, POST, PUT, DELETE and OPTIONS in upper case themselves."
}

// Describe returns a cause without evidence, for a request that a page wants to make.
func Describe(kind Kind, asked Asked) Cause {
	c := Cause{Kind: kind, Blocks: kind != CookiesKept && kind != LocalNetwork}
	upper := strings.ToUpper(asked.Method)
	switch {
	case kind == MethodNotListed && asked.Method != upper:
		asked.Method = upper
		c.What = writeUpper(upper)
	case kind == HeaderNotListed && ofResponses(asked.Headers):
		c.What = "The script sets " + joined(asked.Headers) + ". Only servers send this header: remove it from the script."
		c.script = true
		return c
	default:
		c.What = sentence(kind, asked)
	}
	c.Sends, c.asked = sends(kind, asked), asked
	return c
}
