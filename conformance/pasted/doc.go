// Package pasted reads what developers copy out of their browser: a request, as DevTools
// copies it ("Copy as cURL" for bash and for cmd, "Copy as fetch", "Copy as fetch
// (Node.js)"), and the console's message about a request that CORS blocked. It knows the
// spellings of Chromium, Firefox and WebKit.
//
//	text, err := pasted.Parse(clipboard)
//	verdict, err := page.Fetch(ctx, text.Request.Fetch())
//
// It only reads the text. It runs nothing, and opens no file and no connection. It
// understands the options of curl that DevTools writes; any other option is an error, and
// so is everything by which curl or a shell would read a file or start a program. Its work
// is linear in the length of the text.
package pasted
