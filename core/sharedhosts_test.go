package cors_test

import (
	"slices"
	"testing"

	cors "github.com/crossgate/cors/core"
)

// TestSharedHosts checks that a listed host where strangers publish has a warning, and that
// a customer's own host there has none.
func TestSharedHosts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code string // of the warning, or of the error with credentials
		list []string
	}{
		{"shared-origin", []string{
			"https://storage.googleapis.com", "https://storage.cloud.google.com", "https://s3.amazonaws.com", "https://s3.eu-central-1.amazonaws.com", "https://s3-eu-west-1.amazonaws.com",
			"https://s3.dualstack.us-east-1.amazonaws.com", "https://s3.cn-north-1.amazonaws.com.cn", "https://nyc3.digitaloceanspaces.com", "https://s3.us-west-002.backblazeb2.com",
			"https://f002.backblazeb2.com", "https://s3.eu-central-1.wasabisys.com", "https://s3.wasabisys.com", "https://s3.fr-par.scw.cloud", "https://fsn1.your-objectstorage.com",
			"https://raw.githack.com", "https://ipfs.io", "https://dweb.link", "https://codepen.io", "https://jsfiddle.net", "https://htmlpreview.github.io",
		}},
		{"shared-hosting", []string{
			"https://*.googleusercontent.com", "https://*.devtunnels.ms", "https://*.euw.devtunnels.ms", "https://*.cloudapp.azure.com", "https://*.westeurope.cloudapp.azure.com",
			"https://*.wordpress.com", "https://*.tumblr.com", "https://*.weebly.com", "https://*.gradio.live", "https://*.neocities.org", "https://my-*.neocities.org",
			"https://*.surge.sh", "https://*.nip.io:8443", "https://*.substack.com", "https://*.arweave.net",
		}},
		{"public-suffix-credentials", []string{
			"https://*.github.io", "https://*.vercel.app", "https://*.pages.dev", "https://*.web.app", "https://*.ngrok-free.app", "https://*.trycloudflare.com", "https://*.hf.space",
			"https://*.s3.amazonaws.com", "https://*.blob.core.windows.net", "https://*.azurewebsites.net", "https://*.w3s.link",
		}},
		{"", []string{
			"https://my-bucket.s3.amazonaws.com", "https://s3-backup.s3.amazonaws.com", "https://my-bucket.s3.eu-central-1.amazonaws.com", "https://my.nyc3.digitaloceanspaces.com", "https://me.github.io",
			"https://me.wordpress.com", "https://s3.example.com", "https://ipfs.example.com", "https://raw.githack.com.example.com", "https://example-storage.googleapis.com",
		}},
	} {
		for _, origin := range tt.list {
			p, err := cors.Compile(cors.Config{AllowOrigins: []string{origin}, AllowCredentials: true})
			var codes []string
			for _, e := range cors.ConfigErrors(err) {
				codes = append(codes, e.Code)
			}
			if p != nil {
				for _, w := range p.Warnings() {
					codes = append(codes, w.Code)
				}
			}
			if tt.code == "" && len(codes) > 0 || tt.code != "" && !slices.Contains(codes, tt.code) {
				t.Errorf("%s: got %q, want %q", origin, codes, tt.code)
			}
		}
	}
}
