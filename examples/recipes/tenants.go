package recipes

import (
	"context"
	"net"
	"slices"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// TenantByHost allows the pages of a tenant on the host of that tenant.
func TenantByHost(origins map[string][]string) cors.Config {
	return cors.Config{
		AllowMethods: []string{"PUT", "DELETE"},
		AllowHeaders: []string{"Content-Type", "Authorization"},
		AllowOriginFunc: func(_ context.Context, r cors.Request, o cors.Origin) (bool, error) {
			return slices.Contains(origins[HostName(r.Host)], o.String()), nil
		},
	}
}

// HostName returns the name in a Host header: lower case, and without the port.
func HostName(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(host)
}

// tenantKey is the key of a tenant in a context.
type tenantKey struct{}

// WithTenant returns ctx with a tenant's name in it.
func WithTenant(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, tenantKey{}, name)
}

// Tenant returns the name of the tenant in ctx, or "".
func Tenant(ctx context.Context) string {
	name, _ := ctx.Value(tenantKey{}).(string)
	return name
}

// TenantByContext allows the pages of the tenant that middleware has put into the request's
// context. Without a tenant it allows no page.
func TenantByContext(origins map[string][]string) cors.Config {
	return cors.Config{
		AllowMethods: []string{"PUT", "DELETE"},
		AllowHeaders: []string{"Content-Type", "Authorization"},
		AllowOriginFunc: func(ctx context.Context, _ cors.Request, o cors.Origin) (bool, error) {
			return slices.Contains(origins[Tenant(ctx)], o.String()), nil
		},
	}
}
