// Package cors allows PUT to one origin.
package cors

// Origin is the one.
const Origin = "https://app.example.com"

// Allows tells whether origin may read.
func Allows(origin string) bool { return origin == Origin }
