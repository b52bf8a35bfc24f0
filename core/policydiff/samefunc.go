package policydiff

import (
	"context"
	"unsafe"

	cors "github.com/crossgate/cors/core"
)

type originFunc = func(context.Context, cors.Request, cors.Origin) (bool, error)

// sameFunc reports whether f and g are one function value. Two closures of one literal are
// two: they may hold different variables, and allow different origins. Go compares
// functions with nil alone, and package reflect tells only where their code is, which such
// closures share. A function value is one pointer, to its code and variables; nothing is
// read through it here.
func sameFunc(f, g originFunc) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&f)) == *(*unsafe.Pointer)(unsafe.Pointer(&g))
}
