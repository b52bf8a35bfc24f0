// Package soak holds one long test. It serves every adapter of this repository over real
// sockets, under normal and hostile traffic at once. Meanwhile policies are replaced,
// clients disconnect, send slowly and send garbage, and handlers panic. The test judges
// each answer by the data of its request. At the end, goroutines, memory and file
// descriptors must be the same as before.
//
// `make soak` runs it for five minutes and prints a report; `make test` runs it for two
// seconds. SOAK.md is the latest report.
package soak
