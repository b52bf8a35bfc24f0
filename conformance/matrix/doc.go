// Package matrix holds tests alone: every adapter of this repository, against the
// conformance suite and against each other. It is a module of its own because it
// needs all frameworks at once. Nothing imports it.
package matrix
