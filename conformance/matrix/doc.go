// Package matrix holds only tests. They run every adapter of this repository with the
// conformance suite, and compare the adapters. It is a separate module because it needs
// all frameworks at once. Nothing imports it.
package matrix
