package recipes

import cors "github.com/crossgate/cors/core"

// Previews is for deployments of branches, each on a host of its own.
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
