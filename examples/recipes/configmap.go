package recipes

import (
	"context"
	"time"

	cors "github.com/crossgate/cors/core"
	"github.com/crossgate/cors/core/policies"
)

// Mounted serves by the policies of a mounted ConfigMap, and follows its changes until ctx
// ends. It starts with defaults, which has each policy's name.
func Mounted(ctx context.Context, file string, defaults map[string]cors.Config, report func(error)) (*policies.Set, error) {
	set, err := policies.New(defaults)
	if err != nil {
		return nil, err
	}
	go policies.Follow(ctx, policies.File(file), 5*time.Second, set.LoadJSON, report)
	return set, nil
}
