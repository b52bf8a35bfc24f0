package policydiff

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	cors "github.com/crossgate/cors/core"
)

// others returns the differences that are neither wider nor narrower. said has the wider and
// narrower ones.
func others(old, next *cors.Config, said []Change) (changes []Change) {
	note := func(field, was, is string) {
		if was != is {
			changes = append(changes, Change{Field: field, Value: arrow(was, is), Direction: Other, Proven: true})
		}
	}
	// An element may have no effect, because of "*" or the standard's safelist.
	list := func(field string, was, is []string) {
		known := make(map[string]bool)
		for _, c := range said {
			if c.Field == field {
				known[c.Value] = true
			}
		}
		for _, both := range [...][2][]string{{was, is}, {is, was}} {
			for _, name := range both[1] {
				if _, found := slices.BinarySearch(both[0], name); !found && !known[name] {
					changes = append(changes, Change{Field: field, Value: name, Direction: Other, Proven: true})
				}
			}
		}
	}
	note("VaryBy", strings.Join(old.VaryBy, ", "), strings.Join(next.VaryBy, ", "))
	list("AllowMethods", old.AllowMethods, next.AllowMethods)
	list("AllowHeaders", old.AllowHeaders, next.AllowHeaders)
	list("ExposeHeaders", old.ExposeHeaders, next.ExposeHeaders)
	note("MaxAge", old.MaxAge.String(), next.MaxAge.String())
	note("PreflightStatus", status(old), status(next))
	note("PassPreflight", onOff(old.PassPreflight), onOff(next.PassPreflight))
	was, is := reflect.ValueOf(old.Dangerously), reflect.ValueOf(next.Dangerously)
	for i := range was.NumField() {
		note("Dangerously."+was.Type().Field(i).Name, onOff(was.Field(i).Bool()), onOff(is.Field(i).Bool()))
	}
	return changes
}

// status returns the status of the answer to a preflight.
func status(c *cors.Config) string {
	if c.PreflightStatus == 0 {
		return "204"
	}
	return strconv.Itoa(c.PreflightStatus)
}
