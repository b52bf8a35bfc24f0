package recipes

import cors "github.com/crossgate/cors/core"

// Shells is for a site, its desktop application and its browser extension.
func Shells() cors.Config {
	return cors.Config{
		AllowOrigins: []string{
			"https://app.example.com",
			"app://.",                // Electron, where the application registers the scheme app
			"tauri://localhost",      // Tauri on macOS and Linux
			"http://tauri.localhost", // Tauri on Windows
			"chrome-extension://abcdefghijklmnopabcdefghijklmnop", // your extension: its id is the same everywhere
			"moz-extension://*", // Firefox gives an extension another id in each installation
		},
		AllowMethods: []string{"PUT", "DELETE"},
		AllowHeaders: []string{"Content-Type", "Authorization"}, // a token, not a cookie
	}
}
