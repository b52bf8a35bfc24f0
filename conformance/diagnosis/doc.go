// Package diagnosis says why a browser blocks a page's request, and what to change on the
// server.
//
//	d, err := diagnosis.Of(ctx, &browser.Client{Origin: "https://app.example.com"}, request)
//	for _, cause := range d.Causes { … }
//
// It makes the request as a model of a browser does, and then asks the server further
// questions, because one console message can have several causes: does the server list other
// origins but not this one, does it send no CORS headers at all, does authentication come before
// CORS, or did a cache answer? The questions are GET, HEAD and OPTIONS requests without cookies
// and without Authorization. A [Cause] contains the evidence, the header lines that the server
// must send, and the changes to the settings of several systems.
//
// [ByCode] and [OfMessage] use only a console's message. Use them if no server can be asked.
package diagnosis
