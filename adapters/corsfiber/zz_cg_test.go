package corsfiber_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

func TestZZ(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	routes, _ := strconv.Atoi(os.Getenv("ROUTES"))
	if n == 0 {
		return
	}
	app := fiber.New()
	p := cors.MustCompile(cors.Config{AllowOrigins: []string{"https://group.example.com"}, AllowMethods: []string{"PUT"}})
	var m *corsfiber.Mount
	switch os.Getenv("LAYER") {
	case "new":
		app.Use(corsfiber.New(p))
	case "guard":
		app.Use(corsfiber.New(p, cors.Guard(cors.PolicyWins)))
	case "mount":
		m = corsfiber.NewMount(app, cors.MustCompile(cors.AllowAll()))
		app.Use(m.Middleware())
	case "none":
		app.Use(func(c *fiber.Ctx) error { return c.Next() })
	}
	for i := range routes {
		app.Get(fmt.Sprintf("/group/items-%d", i), func(c *fiber.Ctx) error { return nil })
		app.Put(fmt.Sprintf("/group/items-%d", i), func(c *fiber.Ctx) error { return nil })
	}
	if m != nil {
		if err := m.Group("/group", p); err != nil {
			t.Fatal(err)
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
	}
	h := app.Handler()
	var c fasthttp.RequestCtx
	c.Init(new(fasthttp.Request), nil, nil)
	c.Request.Header.SetMethod(os.Getenv("METHOD"))
	c.Request.SetRequestURI(os.Getenv("TARGET"))
	c.Request.Header.Set("Origin", "https://group.example.com")
	if os.Getenv("METHOD") == "OPTIONS" {
		c.Request.Header.Set("Access-Control-Request-Method", "PUT")
	}
	for range n {
		c.ResetUserValues()
		c.Response.Reset()
		h(&c)
	}
}
