package main

import "regexp"

// userinfo is a URL's user name and password, or a token in their place.
var userinfo = regexp.MustCompile(`//[^/?#\s"'<>]*@`)

// withoutUserinfo is a text with "…" in place of the user names and passwords of URLs.
func withoutUserinfo(text string) string { return userinfo.ReplaceAllString(text, "//…@") }
