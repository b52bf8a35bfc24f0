package contain

import "fmt"

// Text returns the text of an error, or of what a function panicked with. A method Error
// or String of an application may panic too: package fmt catches that, unless the method
// panics with a value whose own method panics.
func Text(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("a value of type %T, whose text cannot be read", v)
		}
	}()
	return fmt.Sprint(v)
}
