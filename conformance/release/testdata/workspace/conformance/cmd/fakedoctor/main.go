// Command fakedoctor says whether its argument is an origin that may read.
package main

import (
	"fmt"
	"os"
	"strings"

	cors "project.example/fake/core"
)

func main() { fmt.Println(strings.Join(os.Args[1:], " ") == cors.Origin) }
