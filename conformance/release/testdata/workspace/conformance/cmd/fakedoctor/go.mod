module project.example/fake/conformance/cmd/fakedoctor

go 1.26.0

require project.example/fake/core v0.0.0

replace project.example/fake/core => ../../../core
