package playground

import (
	"net/url"
	"strings"
)

// groupPolicy returns the policy of the group. It lists the second page but not the first;
// the default policy is the reverse.
func groupPolicy(other string) string {
	return strings.ReplaceAll(`{
  "allowOrigins": ["{other}"],
  "allowCredentials": true,
  "allowMethods": ["PUT"],
  "allowHeaders": ["content-type"],
  "maxAge": "10m"
}`, "{other}", other)
}

// preset is a policy to start from.
type preset struct {
	Name   string `json:"name"`
	Note   string `json:"note"`
	Policy string `json:"policy"`
	Open   string `json:"open,omitempty"` // the address at which to open the page for this preset
}

// presets returns the policies that the page offers; the first is in force at the start.
// They are written by hand, not marshalled, because people read them.
func presets(page, other string) []preset {
	u, err := url.Parse(page)
	if err != nil {
		return nil
	}
	fill := strings.NewReplacer("{page}", page, "{other}", other, "{port}", u.Port())
	list := []preset{
		{
			Name: "Default",
			Note: "This page may read, sign in and PUT; it may not DELETE, nor send X-Debug.",
			Policy: `{
  "allowOrigins": ["{page}"],
  "allowCredentials": true,
  "allowMethods": ["PUT"],
  "allowHeaders": ["content-type", "x-request-id"],
  "exposeHeaders": ["x-total-count"],
  "maxAge": "10m"
}`,
		},
		{
			Name: "Public API",
			Note: "Any page may read everything but the group, and never with cookies.",
			Policy: `{
  "allowOrigins": ["*"],
  "allowMethods": ["*"],
  "allowHeaders": ["*", "authorization"],
  "exposeHeaders": ["*"],
  "maxAge": "10m"
}`,
		},
		{
			Name: "Both pages",
			Note: "Everything that is tried here but in the group is allowed, to the second page too.",
			Policy: `{
  "allowOrigins": ["{page}", "{other}"],
  "allowCredentials": true,
  "allowMethods": ["DELETE", "PUT"],
  "allowHeaders": ["content-type", "x-debug", "x-request-id"],
  "exposeHeaders": ["x-total-count"],
  "maxAge": "10m"
}`,
		},
		{
			Name: "Strict",
			Note: "Plain reading, for this page alone; other origins' requests do not even reach a handler.",
			Policy: `{
  "allowOrigins": ["{page}"],
  "enforce": "all"
}`,
		},
		{
			Name: "Subdomains",
			Note: "Any subdomain of localhost, which 127.0.0.1 is not.",
			Open: "http://app.localhost:{port}/#proof",
			Policy: `{
  "allowOrigins": ["http://*.localhost:{port}"],
  "allowMethods": ["PUT"],
  "allowHeaders": ["content-type"],
  "maxAge": "10m"
}`,
		},
	}
	for i := range list {
		list[i].Policy = fill.Replace(list[i].Policy)
		list[i].Open = fill.Replace(list[i].Open)
	}
	return list
}
