// Package diagnosis says why a browser blocks a page's request, and what to change on the
// server.
//
//	d, err := diagnosis.Of(ctx, &browser.Client{Origin: "https://app.example.com"}, request)
//	for _, cause := range d.Causes { … }
//
// It makes the request in the browser's model, and then asks the server further questions,
// to tell apart what a console gives one name: is it this origin that the server does not
// list, does it send CORS headers to nobody, is there authentication before CORS, did a
// cache answer? The questions are GET, HEAD and OPTIONS requests alone, without cookies and
// without Authorization. A [Cause] holds the evidence, the header lines that the server
// must send, and the change in the settings of several systems, as those spell it.
//
// [ByCode] and [OfMessage] say the same of a console's message alone, where there is no
// server to ask.
package diagnosis
