// Package browser models what a browser does with CORS: the client side of the CORS
// protocol in the Fetch standard (https://fetch.spec.whatwg.org). Read it together with
// the standard. Each file holds one idea, and cites the sections and steps that it
// follows.
//
// A [Client] is a browser that shows a page of some origin. [Client.Fetch] does what
// fetch(url, init) does in that page, over real connections. It returns a [Verdict]: what
// the page may read, or the first step of the standard that refuses the request, in the
// words of Chromium's console.
//
//	page := browser.Client{Origin: "https://app.example"}
//	verdict, err := page.Fetch(ctx, browser.Request{Method: "PUT", URL: "https://api.example/", Credentials: browser.Include})
//
// Other functions decide without a connection: [CheckCORS], [NeedsPreflight],
// [PreflightHeader], [CheckPreflight], [MaxAge], [Readable], and the rules for methods,
// header names and values that they use.
//
// # Not modelled
//
// The package does not model the HTTP cache, service workers, HTTP authentication,
// content and referrer policies, and cross-origin resource policy. It sends no
// User-Agent, Referer or Sec-Fetch field. It ignores Set-Cookie: Client.Cookie is the
// only cookie. Package net/url parses URLs and repairs nothing: hosts must be ASCII, and
// IPv4 addresses must have their usual form.
//
// Chromium, Firefox and WebKit differ from the standard and from each other. An [Engine]
// describes the differences that were measured. It does not describe these: Chromium
// allows a space before a field's colon, and it follows a redirect with two equal
// Location lines. Chromium does not follow a redirect to a URL with username and password
// within the page's own origin, which the standard allows.
package browser
