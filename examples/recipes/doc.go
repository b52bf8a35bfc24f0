// Package recipes has the source code of the pages below docs/recipes. Each recipe is tested
// over sockets, most of them with the browser model (conformance/browser).
package recipes
