module project.example/fake/core

go 1.26.0
