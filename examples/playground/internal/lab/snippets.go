package lab

// Snippet is the one line that differs between frameworks.
type Snippet struct {
	Framework string `json:"framework"`
	Code      string `json:"code"`
	Guide     string `json:"guide"`
}

// snippets say where to put the policy, in each framework.
func snippets() []Snippet {
	guide := func(module string) string { return "https://pkg.go.dev/github.com/crossgate/cors/adapters/" + module }
	return []Snippet{
		{"net/http", "handler := corshttp.New(policy)(mux) // around the mux and all other middleware", guide("corshttp")},
		{"chi", "r.Use(corschi.New(policy)) // on the root router, before the routes", guide("corschi")},
		{"gin", "r.Use(corsgin.New(policy)) // on the engine, never on a group", guide("corsgin")},
		{"echo", "e.Use(corsecho.New(policy)) // on the Echo, never on a group", guide("corsecho")},
		{"fiber", "app.Use(corsfiber.New(policy)) // on the app, without a path, before the routes", guide("corsfiber")},
	}
}
