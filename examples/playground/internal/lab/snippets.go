package lab

// Snippet is the one line that differs between frameworks.
type Snippet struct {
	Framework string `json:"framework"`
	Code      string `json:"code"`
	Guide     string `json:"guide"`
}

// snippets say where to put the policy, in each framework.
func snippets() []Snippet {
	return []Snippet{
		{"net/http", "handler := corshttp.New(policy)(mux) // around the mux and all other middleware", guides + "frameworks/nethttp.md"},
		{"chi", "r.Use(corschi.New(policy)) // on the root router, before the routes", guides + "frameworks/chi.md"},
		{"gin", "r.Use(corsgin.New(policy)) // on the engine, never on a group", guides + "frameworks/gin.md"},
		{"echo", "e.Use(corsecho.New(policy)) // on the Echo, never on a group", guides + "frameworks/echo.md"},
		{"fiber", "app.Use(corsfiber.New(policy)) // on the app, without a path, before the routes", guides + "frameworks/fiber.md"},
	}
}
