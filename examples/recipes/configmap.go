package recipes

import (
	"context"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// Mounted returns policies that follow a mounted ConfigMap until ctx ends. They start with
// defaults, which must have every policy's name.
func Mounted(ctx context.Context, file string, defaults map[string]cors.Config, report func(error)) (*policies.Set, error) {
	set, err := policies.New(defaults)
	if err != nil {
		return nil, err
	}
	go policies.Follow(ctx, policies.File(file), 5*time.Second, set.LoadJSON, report)
	return set, nil
}
