package recipes

import cors "github.com/crossgate/cors/core"

// BehindCDN has two policies: one for public paths, whose cached copies serve every origin,
// and one for other paths, whose copies are cached for each Origin.
func BehindCDN() (*cors.Routes, error) {
	public, err := cors.Compile(cors.Config{AllowOrigins: []string{"*"}})
	if err != nil {
		return nil, err
	}
	listed, err := cors.Compile(cors.Config{
		AllowOrigins: []string{"https://app.example.com", "https://admin.example.com"},
		AllowMethods: []string{"PUT"},
		AllowHeaders: []string{"Content-Type"},
	})
	if err != nil {
		return nil, err
	}
	return cors.NewRoutes(map[string]cors.Decider{"/assets/": public, "/api/": listed})
}
