package recipes

import cors "github.com/crossgate/cors/core"

// Previews is for preview deployments of branches, each with its own host.
func Previews() cors.Config {
	return cors.Config{
		AllowOrigins: []string{
			"https://app.example.com",
			"https://app-*.team.example.com", // app-1234.team.example.com, app-fix-login.team.example.com
		},
		AllowMethods: []string{"PUT", "DELETE"},
		AllowHeaders: []string{"Content-Type", "Authorization"},
	}
}
