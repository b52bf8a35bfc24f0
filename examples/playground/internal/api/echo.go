package api

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"github.com/crossgate/cors/adapters/corsecho"
	cors "github.com/crossgate/cors/core"
)

// newEcho installs CORS first, with the Echo's Use: it then runs for routes and for echo's
// own answers.
func newEcho(d, group cors.Decider) (Server, error) {
	data := newItems()
	e := echo.New()
	m := corsecho.NewMount(e, d)
	e.Use(m.Middleware())
	list := func(c echo.Context) error {
		all := data.all()
		c.Response().Header().Set("X-Total-Count", strconv.Itoa(len(all)))
		return c.JSON(http.StatusOK, all)
	}
	put := func(c echo.Context) error {
		body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
		if err != nil {
			return echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
		}
		it, status := data.put(c.Param("id"), body)
		if status != http.StatusOK {
			return echo.NewHTTPError(status)
		}
		return c.JSON(http.StatusOK, it)
	}
	e.GET("/items", list)
	e.PUT("/items/:id", put)
	e.DELETE("/items/:id", func(c echo.Context) error {
		return c.NoContent(data.remove(c.Param("id")))
	})
	e.GET("/login", func(c echo.Context) error {
		c.SetCookie(cookie("echo"))
		return c.NoContent(http.StatusNoContent)
	})
	e.GET("/me", func(c echo.Context) error {
		var u user
		if ck, err := c.Cookie(cookie("echo").Name); err == nil {
			u.Name = &ck.Value
		}
		return c.JSON(http.StatusOK, u)
	})
	e.GET("/error", func(echo.Context) error {
		return errDeliberate
	})
	e.GET("/redirect", func(c echo.Context) error {
		return c.Redirect(http.StatusFound, target(c.QueryString()))
	})
	admin := e.Group(Group)
	admin.GET("/items", list)
	admin.PUT("/items/:id", put)
	return HTTP(e), errors.Join(m.Group(Group, group), m.Check())
}
