package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/crossgate/cors/adapters/corsfiber"
	cors "github.com/crossgate/cors/core"
)

// newFiber installs CORS first, with the app's Use and no prefix, before any route.
func newFiber(d, group cors.Decider) (Server, error) {
	data := newItems()
	app := fiber.New(fiber.Config{DisableStartupMessage: true, BodyLimit: maxBody, ReadTimeout: longest, WriteTimeout: 2 * longest})
	m := corsfiber.NewMount(app, d)
	app.Use(m.Middleware())
	list := func(c *fiber.Ctx) error {
		all := data.all()
		c.Set("X-Total-Count", strconv.Itoa(len(all)))
		return c.JSON(all)
	}
	put := func(c *fiber.Ctx) error {
		it, status := data.put(c.Params("id"), c.Body())
		if status != http.StatusOK {
			return fiber.NewError(status)
		}
		return c.JSON(it)
	}
	app.Get("/items", list)
	app.Put("/items/:id", put)
	app.Delete("/items/:id", func(c *fiber.Ctx) error {
		return c.SendStatus(data.remove(c.Params("id")))
	})
	app.Get("/login", func(c *fiber.Ctx) error {
		c.Append(fiber.HeaderSetCookie, cookie("fiber").String())
		return c.SendStatus(http.StatusNoContent)
	})
	app.Get("/me", func(c *fiber.Ctx) error {
		var u user
		if value := strings.Clone(c.Cookies(cookie("fiber").Name)); value != "" {
			u.Name = &value
		}
		return c.JSON(u)
	})
	app.Get("/error", func(*fiber.Ctx) error {
		return errDeliberate
	})
	app.Get("/redirect", func(c *fiber.Ctx) error {
		return c.Redirect(target(string(c.Request().URI().QueryString())), http.StatusFound)
	})
	admin := app.Group(Group)
	admin.Get("/items", list)
	admin.Put("/items/:id", put)
	return fiberServer{app}, errors.Join(m.Group(Group, group), m.Check())
}

// fiberServer is a fiber app with the method names of http.Server.
type fiberServer struct{ app *fiber.App }

func (s fiberServer) Serve(l net.Listener) error         { return s.app.Listener(l) }
func (s fiberServer) Shutdown(ctx context.Context) error { return s.app.ShutdownWithContext(ctx) }
