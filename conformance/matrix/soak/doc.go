// Package soak holds one long test: every adapter of this repository, served over
// real sockets, under good and hostile traffic at once, while policies are replaced,
// clients leave, dawdle and send garbage, and handlers panic. Each answer is judged
// by what was written down with its request, and when all is over, goroutines, memory
// and file descriptors must be what they were before.
//
// `make soak` runs it for five minutes and prints a report; `make test` runs it for
// two seconds. SOAK.md holds the newest report.
package soak
