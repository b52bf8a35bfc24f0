package policies

import (
	"context"
	"fmt"
	"io"
	"os"
)

// maxFile is the greatest number of bytes that File reads.
const maxFile = 1 << 20

// File returns a read function for Follow that reads a file of at most 1 MiB. Only the
// content counts, so it does not matter how the file is replaced: by an editor, a rename,
// the symbolic link of a ConfigMap, or on a network file system. Kubernetes never updates a
// subPath mount.
//
// A larger file is an error, and so is anything but a regular file, such as a pipe. If a
// read takes longer than its context allows, for example on a network file system that
// hangs, it returns an error. The read may go on in the background; there is never more
// than one.
func File(name string) func(context.Context) ([]byte, error) {
	return bounded(name, func() ([]byte, error) { return readFile(name) })
}

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name) // before it is opened: opening a pipe can block for ever
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("policies: %s is a directory; name a file", name)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("policies: %s is not a regular file", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	document, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(document) > maxFile {
		return nil, fmt.Errorf("policies: %s has more than %d bytes, which is the limit for a document", name, maxFile)
	}
	return document, nil
}

// bounded makes a read function from a function without a context. A call may outlive its
// context; the next call begins only after it has ended.
func bounded(name string, call func() ([]byte, error)) func(context.Context) ([]byte, error) {
	type reading struct {
		document []byte
		err      error
	}
	busy := make(chan struct{}, 1)
	return func(ctx context.Context) ([]byte, error) {
		select {
		case busy <- struct{}{}:
		case <-ctx.Done():
			return nil, fmt.Errorf("policies: an earlier read of %s has not ended yet: %w", name, ctx.Err())
		}
		done := make(chan reading, 1)
		go func() {
			document, err := call()
			done <- reading{document, err}
			<-busy
		}()
		select {
		case r := <-done:
			return r.document, r.err
		case <-ctx.Done():
			return nil, fmt.Errorf("policies: reading %s takes too long: %w", name, ctx.Err())
		}
	}
}
