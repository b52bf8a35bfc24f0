//go:build unix

// Package preflights counts how many preflights browsers send for a page of 200 calls,
// by the form that the answer to a preflight has, and by the library that answers.
// README.md has what was counted, and command measure writes it.
package preflights
