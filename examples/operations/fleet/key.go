package main

import (
	"context"

	"github.com/nats-io/nats.go/jetstream"
)

// Key returns a read function for policies.Follow that reads a key of a NATS JetStream
// bucket. A missing or deleted bucket or key is an error, so the policies in force stay.
func Key(js jetstream.JetStream, bucket, key string) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		kv, err := js.KeyValue(ctx, bucket)
		if err != nil {
			return nil, err
		}
		entry, err := kv.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		return entry.Value(), nil
	}
}
