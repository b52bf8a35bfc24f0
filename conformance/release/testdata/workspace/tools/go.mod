module project.example/fake/tools

go 1.26.0

require project.example/fake/adapters/corsfake v0.0.0

require (
	project.example/fake/conformance v0.0.0 // indirect
	project.example/fake/core v0.0.0 // indirect
)

replace (
	project.example/fake/adapters/corsfake => ../adapters/corsfake
	project.example/fake/conformance => ../conformance
	project.example/fake/core => ../core
)
