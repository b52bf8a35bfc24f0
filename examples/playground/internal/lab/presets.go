package lab

// Preset is an example to start from: a situation, a policy that fits it, and a call.
type Preset struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Explain string `json:"explain"` // in one sentence
	Format  string `json:"format"`
	Policy  string `json:"policy"`
	Call    Call   `json:"call"`
}

// Presets are the situations, in the order in which they are shown.
func Presets() []Preset {
	return []Preset{
		{
			ID: "spa", Name: "SPA with cookies",
			Explain: "One web app, on an origin of its own, signs in with cookies and changes data.",
			Format:  formatJSON,
			Policy: `{
  "allowOrigins": ["https://app.example.com"],
  "allowCredentials": true,
  "allowMethods": ["DELETE", "PATCH", "PUT"],
  "allowHeaders": ["content-type", "x-csrf-token"],
  "exposeHeaders": ["x-request-id"],
  "maxAge": "2h"
}
`,
			Call: Call{
				Origin: "https://app.example.com", URL: "https://api.example.com/items/1", Method: "PUT",
				Headers: [][2]string{{"Content-Type", "application/json"}}, Credentials: "include",
			},
		},
		{
			ID: "public", Name: "Public API",
			Explain: "Every page on the web may read, and none with its visitor's cookies.",
			Format:  formatJSON,
			Policy: `{
  "allowOrigins": ["*"],
  "allowMethods": ["*"],
  "allowHeaders": ["*", "authorization"],
  "exposeHeaders": ["*"],
  "maxAge": "2h"
}
`,
			Call: Call{
				Origin: "https://dashboard.example.org", URL: "https://api.example.com/items?page=2", Method: "GET",
				Headers: [][2]string{{"Authorization", "Bearer 8f1c"}}, Credentials: "omit",
			},
		},
		{
			ID: "previews", Name: "Preview deployments",
			Explain: "The app, and a preview of it for each pull request below a domain that is yours alone.",
			Format:  formatYAML,
			Policy: `allowOrigins:
  - https://app.example.com
  # a preview of each pull request: app-pr-12.preview.example.com
  - https://app-*.preview.example.com
allowCredentials: true
allowMethods: [PUT]
allowHeaders: [content-type]
maxAge: 10m
`,
			Call: Call{
				Origin: "https://app-pr-12.preview.example.com", URL: "https://api.example.com/items/1", Method: "PUT",
				Headers: [][2]string{{"Content-Type", "application/json"}}, Credentials: "include",
			},
		},
		{
			ID: "desktop", Name: "Desktop app",
			Explain: "An application in a web view (Tauri, Capacitor, Electron) has an origin with a scheme of its own.",
			Format:  formatYAML,
			Policy: `allowOrigins:
  - tauri://localhost          # Tauri on macOS, Linux and iOS
  - http://tauri.localhost     # Tauri on Windows and Android
  - capacitor://localhost      # Capacitor on iOS
allowMethods: [DELETE, PUT]
allowHeaders: [authorization, content-type]
maxAge: 10m
`,
			Call: Call{
				Origin: "tauri://localhost", URL: "https://api.example.com/items/1", Method: "DELETE",
				Headers: [][2]string{{"Authorization", "Bearer 8f1c"}}, Credentials: "omit",
			},
		},
		{
			ID: "extension", Name: "Browser extension",
			Explain: "One extension of Chromium, by its ID; name each browser's, and never all of a scheme with cookies.",
			Format:  formatJSON,
			Policy: `{
  "allowOrigins": ["chrome-extension://ghbmnnjooekpmoecnnnilnnbdlolhkhi"],
  "allowHeaders": ["authorization", "content-type"],
  "exposeHeaders": ["x-request-id"],
  "maxAge": "2h"
}
`,
			Call: Call{
				Origin: "chrome-extension://ghbmnnjooekpmoecnnnilnnbdlolhkhi", URL: "https://api.example.com/items", Method: "POST",
				Headers: [][2]string{{"Content-Type", "application/json"}}, Credentials: "omit",
			},
		},
		{
			ID: "tenant", Name: "One origin per tenant",
			Explain: "Every tenant has a subdomain, all of them are yours, and the domain itself is not among them.",
			Format:  formatYAML,
			Policy: `allowOrigins: ["https://*.example.com"]
allowCredentials: true
allowMethods: [PUT]
allowHeaders: [content-type]
exposeHeaders: [x-total-count]
maxAge: 10m
enforce: unsafe   # other sites' pages cannot send PUT or POST either
`,
			Call: Call{
				Origin: "https://acme.example.com", URL: "https://api.example.com/items/1", Method: "PUT",
				Headers: [][2]string{{"Content-Type", "application/json"}}, Credentials: "include",
			},
		},
	}
}

// presetOf returns the preset with an ID.
func presetOf(id string) (Preset, bool) {
	for _, p := range Presets() {
		if p.ID == id {
			return p, true
		}
	}
	return Preset{}, false
}
