module project.example/fake/adapters/corsfake

go 1.26.0

require (
	project.example/fake/conformance v0.0.0
	project.example/fake/core v0.0.0
)

replace (
	project.example/fake/conformance => ../../conformance
	project.example/fake/core => ../../core
)
