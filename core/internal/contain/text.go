package contain

import "fmt"

// Text returns the text of an error or of a panic's value. The Error or String method of
// the value may panic too. Package fmt recovers from that, unless the method panics with a
// value whose own method panics; Text recovers from that as well.
func Text(v any) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("a value of type %T, whose text cannot be read", v)
		}
	}()
	return fmt.Sprint(v)
}
