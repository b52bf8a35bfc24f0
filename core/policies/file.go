package policies

import (
	"context"
	"fmt"
	"io"
	"os"
)

// maxFile is how many bytes File reads at most.
const maxFile = 1 << 20

// File returns a read for Follow that reads a file of at most 1 MiB. What counts is the
// content alone, so it does not matter how the file is replaced: by an editor, a rename,
// a ConfigMap's exchange of a symbolic link, or on a network file system. A Kubernetes
// subPath mount is never updated.
//
// A larger file is an error, and so is what is not a regular file, such as a pipe. A
// reading that takes longer than its context, as on a network file system that hangs, is
// given up with an error. It may go on in the background; there is never more than one.
func File(name string) func(context.Context) ([]byte, error) {
	return bounded(name, func() ([]byte, error) { return readFile(name) })
}

func readFile(name string) ([]byte, error) {
	info, err := os.Stat(name) // before it is opened: to open a pipe can take for ever
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

// bounded makes a read of a function that has no context. One call of it may outlive its
// context, and no other begins before that has ended.
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
			return nil, fmt.Errorf("policies: an earlier reading of %s has not ended yet: %w", name, ctx.Err())
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
			return nil, fmt.Errorf("policies: the reading of %s takes too long: %w", name, ctx.Err())
		}
	}
}
