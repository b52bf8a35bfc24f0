// Package recipes has a working answer to each of the questions that README.md is
// about. What the README shows is the source here, and what it says is tested over
// sockets, for the most part by a browser's pages (conformance/browser).
package recipes
