// Package browser models what a browser does with CORS: the client side of the
// Fetch standard's CORS protocol (https://fetch.spec.whatwg.org), to be read beside
// it. Each file holds one idea, and cites the sections and steps that it follows.
//
// A [Client] stands for a browser that shows a page of some origin. [Client.Fetch]
// does what fetch(url, init) does in that page, over real connections, and returns a
// [Verdict]: what the page may read, or the first step of the standard that stands
// against it, in the words of Chromium's console.
//
//	page := browser.Client{Origin: "https://app.example"}
//	verdict, err := page.Fetch(ctx, browser.Request{Method: "PUT", URL: "https://api.example/", Credentials: browser.Include})
//
// Underneath are functions that decide without any connection: [CheckCORS],
// [NeedsPreflight], [PreflightHeader], [CheckPreflight], [MaxAge], [Readable] and the
// rules for methods, header names and values that they are made of.
//
// # Not modelled
//
// The HTTP cache, service workers, HTTP authentication, content and
// referrer policies, and cross-origin resource policy. No User-Agent, Referer or Sec-Fetch field is sent. Set-Cookie is not
// heeded: cookies are the one string in Client.Cookie. URLs are read by net/url, which
// repairs nothing: hosts must be ASCII, and IPv4 addresses in their usual form.
//
// Where Chromium, Firefox and WebKit differ from the standard and from each other in
// what is modelled, an [Engine] says so, as far as it was measured. Left out is what
// concerns the reading of heads: a space before a field's colon, which Chromium
// allows, and two equal lines of Location, which it follows. Nor
// does it follow a redirect to a URL with username and password within the page's own
// origin, which the standard allows.
package browser
