// Package browsers runs test cases in real browser engines, and in package browser's
// models of them. It holds only tests; testdata/README.md explains the cases.
package browsers
