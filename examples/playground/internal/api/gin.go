package api

import (
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/crossgate/cors/adapters/corsgin"
	cors "github.com/crossgate/cors/core"
)

// newGin installs CORS on the engine, before any route. On a group it would not run for
// preflights; after the routes, it would not run for these.
func newGin(d, group cors.Decider) (Server, error) {
	gin.SetMode(gin.ReleaseMode)
	data := newItems()
	r := gin.New()
	m := corsgin.NewMount(r, d)
	r.Use(m.Middleware())
	list := func(c *gin.Context) {
		all := data.all()
		c.Header("X-Total-Count", strconv.Itoa(len(all)))
		c.JSON(http.StatusOK, all)
	}
	put := func(c *gin.Context) {
		body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxBody))
		if err != nil {
			c.AbortWithStatus(http.StatusBadRequest)
			return
		}
		it, status := data.put(c.Param("id"), body)
		if status != http.StatusOK {
			c.AbortWithStatus(status)
			return
		}
		c.JSON(http.StatusOK, it)
	}
	r.GET("/items", list)
	r.PUT("/items/:id", put)
	r.DELETE("/items/:id", func(c *gin.Context) {
		c.Status(data.remove(c.Param("id")))
	})
	r.GET("/login", func(c *gin.Context) {
		http.SetCookie(c.Writer, cookie("gin"))
		c.Status(http.StatusNoContent)
	})
	r.GET("/me", func(c *gin.Context) {
		var u user
		if value, err := c.Cookie(cookie("gin").Name); err == nil {
			u.Name = &value
		}
		c.JSON(http.StatusOK, u)
	})
	r.GET("/error", func(c *gin.Context) {
		_ = c.Error(errDeliberate)
		c.AbortWithStatusJSON(http.StatusInternalServerError, gin.H{"error": errDeliberate.Error()})
	})
	r.GET("/redirect", func(c *gin.Context) {
		c.Redirect(http.StatusFound, target(c.Request.URL.RawQuery))
	})
	admin := r.Group(Group)
	admin.GET("/items", list)
	admin.PUT("/items/:id", put)
	return HTTP(r), errors.Join(m.Group(Group, group), m.Check())
}
