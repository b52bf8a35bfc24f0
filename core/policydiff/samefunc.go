package policydiff

import (
	"context"
	"unsafe"

	cors "github.com/crossgate/cors/core"
)

type originFunc = func(context.Context, cors.Request, cors.Origin) (bool, error)

// sameFunc reports whether f and g are the same function value. Two closures of one literal
// are different: they may hold different variables and allow different origins. Go compares
// functions only with nil, and package reflect returns only the address of the code, which
// such closures share. A function value is one pointer to its code and variables; sameFunc
// compares these pointers and reads nothing through them.
func sameFunc(f, g originFunc) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&f)) == *(*unsafe.Pointer)(unsafe.Pointer(&g))
}
