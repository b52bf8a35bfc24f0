package recipes

import cors "github.com/crossgate/cors/core"

// WebViews is for a site and its mobile apps, whose pages are part of the app.
func WebViews() cors.Config {
	return cors.Config{
		AllowOrigins: []string{
			"https://app.example.com",
			"capacitor://localhost", // Capacitor on iOS
			"ionic://localhost",     // Ionic's older web view on iOS
			"https://localhost",     // Capacitor on Android; http://localhost before version 6
		},
		AllowMethods: []string{"PUT", "DELETE"},
		AllowHeaders: []string{"Content-Type", "Authorization"}, // a token, not a cookie
	}
}
