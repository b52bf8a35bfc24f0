// Package recipes has the sources of the pages below docs/recipes. Each of them is tested
// over sockets, for the most part by the pages of a browser (conformance/browser).
package recipes
