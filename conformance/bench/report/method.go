package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

const title = "# Benchmarks\n\nWhat Crossgate costs compared with other CORS libraries, each in the framework it was written for. Printed by `make bench`;\n" +
	"the last section says what was compared, and how.\n\n"

// compared are the modules whose versions matter to a reader.
var compared = []string{
	"github.com/gin-contrib/cors", "github.com/gin-gonic/gin", "github.com/go-chi/chi/v5", "github.com/go-chi/cors",
	"github.com/gofiber/fiber/v2", "github.com/gofiber/fiber/v3", "github.com/jub0bs/cors", "github.com/labstack/echo/v4",
	"github.com/labstack/echo/v5", "github.com/rs/cors", "github.com/valyala/fasthttp",
}

// method describes how the report was made.
func method(s settings, took time.Duration) string {
	var b strings.Builder
	fmt.Fprintf(&b, "## How this was measured\n\n- %s, %s/%s, %d CPUs, which other programs may have shared\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Fprintf(&b, "- %d rounds in which the libraries took turns, %s for each row in total (%s end to end); everything took %s\n",
		s.rounds, s.perRow, s.sockets, took.Round(time.Second))
	b.WriteString("- every number is a median over the rounds; a difference or ratio is the median of the rounds' differences or ratios,\n" +
		"  except the ratio of two layers, which is the ratio of their medians\n" +
		"- ratios say more than times: times depend on the machine, and on how busy it was\n" +
		"- requests were parsed by the servers' own parsers, from bytes with the header lines of a browser, and reused\n" +
		"- a hostile value has 1,000,000 bytes, or 64 KiB as an Origin, and hostile lines are 4,000; fasthttp's default\n" +
		"  ReadBufferSize of 4 KiB would refuse them\n")
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if slices.Contains(compared, m.Path) {
				fmt.Fprintf(&b, "- %s %s\n", m.Path, m.Version)
			}
		}
	}
	return b.String()
}
