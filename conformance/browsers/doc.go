// Package browsers puts cases to real browser engines, and to package browser's
// models of them. It holds tests alone; testdata/README.md explains the cases.
package browsers
