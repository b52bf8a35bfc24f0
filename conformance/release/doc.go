// Command release checks, before a release, that this repository's modules work for the
// people who go get them. It then tags the release.
//
//	go run ./conformance/release check [-version v0.1.0] [-update] [-out DIR]
//	go run ./conformance/release api
//	go run ./conformance/release tag [-do] v0.1.0
//
// Check makes the modules of a release from the files of the tree, committed or not, and
// serves them from a module proxy made of files. It then uses them as a stranger would:
// it gets each module, compares its module graph with testdata/graphs, and builds, runs
// and tests the program in testdata/strangers for each adapter. With -update it writes
// the graphs instead of comparing them. With -out it writes the files that a release
// publishes to DIR: the zips, their checksums (SHA256SUMS, and go.sum with the sums that
// the go command compares), and a CycloneDX bill of materials of each module.
//
// Api compares the exports of the modules with the last release, and reports whether they
// break it, add to it, or neither. It fails if they break it and no entry above that
// release in CHANGELOG.md begins "- **Breaking:**", or if the version written there must
// not break anything. make lint runs it.
//
// Tag checks whether a version may be released: it needs a clean tree on a branch, a
// section in CHANGELOG.md, and a version that is high enough for the changes. It prints
// how to release the version. With -do it makes the commits and tags, but pushes nothing.
// It does not run check, which takes minutes, so run check first.
//
// # How a release is made
//
// These modules have the same version: core, conformance, the adapters, the commands in
// conformance/cmd that are modules, and the modules that they need. The other modules in
// go.work (such as this one) are only for this repository.
//
// On main, each go.mod requires its siblings at the last released version (v0.0.0 before
// the first one), and replaces them with their folders. Each module therefore builds
// without go.work. People who get a module @main can also get its requirements, because
// their builds ignore the replace lines.
//
// A release is two commits on main:
//
//   - "Release v0.1.0", which has the tags core/v0.1.0, adapters/corsgin/v0.1.0 and so
//     on. Its modules require their siblings at v0.1.0. The published modules have no
//     replace lines (go install refuses commands of modules with replace lines), and
//     their go.sum has the siblings' sums. The tagged tree is, byte for byte, what users
//     get.
//   - "Build from the tree after v0.1.0", which restores the replace lines and go.sum,
//     and keeps the requirements at v0.1.0.
//
// Push both together with the tags. Everything in a module's zip comes from the tagged
// commit, so anyone can reproduce its sums.
package main
