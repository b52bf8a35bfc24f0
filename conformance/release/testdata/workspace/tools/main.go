// Command tools is for this workspace alone.
package main

import "project.example/fake/adapters/corsfake"

func main() { _ = corsfake.New(nil) }
