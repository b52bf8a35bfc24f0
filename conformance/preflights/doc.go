//go:build unix

// Package preflights counts how many preflights browsers send for a page of 200 calls.
// The count depends on the form of the answers, and on the library that answers.
// README.md shows the counts, and the command measure writes it.
package preflights
