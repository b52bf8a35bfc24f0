// Package pasted reads what developers copy from their browser: a request, as DevTools
// copies it ("Copy as cURL" for bash and for cmd, "Copy as fetch", "Copy as fetch
// (Node.js)"), and the console's message about a request that CORS blocked. It reads the
// texts of Chromium, Firefox and WebKit.
//
//	text, err := pasted.Parse(clipboard)
//	verdict, err := page.Fetch(ctx, text.Request.Fetch())
//
// The package only reads the text. It runs nothing, and opens no file and no connection.
// It accepts the options of curl that DevTools writes. Any other option is an error, and
// so is any text that would make curl or a shell read a file or start a program. Its work
// is linear in the length of the text.
package pasted
