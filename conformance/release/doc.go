// Command release proves, before it happens, that a release of this repository's
// modules works for the people who go get them, and then tags it.
//
//	go run ./conformance/release check [-version v0.1.0] [-update] [-out DIR]
//	go run ./conformance/release api
//	go run ./conformance/release tag [-do] v0.1.0
//
// Check makes the modules of a release from the tree as it lies there, committed or
// not, serves them from a module proxy made of files, and is a stranger to them: it
// gets each one, compares its module graph with testdata/graphs, and builds, runs
// and tests the program in testdata/strangers for each adapter. With -update it
// writes the graphs instead of comparing; with -out it leaves what a release
// publishes in DIR: the zips, their checksums (SHA256SUMS, and go.sum with the sums
// that the go command compares), and a CycloneDX bill of materials of each module.
//
// Api compares what the modules export with the last release, and tells whether they
// break it, add to it, or neither. It fails where they break it and no entry above that
// release in CHANGELOG.md begins "- **Breaking:**", or the version written there may not
// break anything; make lint runs it. Tag looks whether a version may be released (a clean
// tree on a branch, its section in CHANGELOG.md, a version that is high enough for
// what has changed), and prints how; with -do it makes the commits and tags, but
// pushes nothing. It does not run check, which takes minutes: do that before.
//
// # How a release is made
//
// The modules are versioned together: core, conformance, the adapters, the commands in
// conformance/cmd that are modules, and whatever they need. The others in go.work (such as this one) are for this repository alone.
//
// On main, each go.mod requires its siblings at the last released version (v0.0.0
// before there is one), and replaces them with their folders. So each module builds
// without go.work, and the requirements can be met by those who get a module @main,
// since dependants ignore replace lines.
//
// A release is two commits on main:
//
//   - "Release v0.1.0", which has the tags core/v0.1.0, adapters/corsgin/v0.1.0 and
//     so on. Here the siblings are required at v0.1.0; the published modules have no
//     replace lines (go install refuses commands of modules that have one), and the
//     siblings' sums in go.sum. The tagged tree is, byte for byte, what users get.
//   - "Build from the tree after v0.1.0", which takes back the replace lines and
//     go.sum, and leaves the requirements at v0.1.0.
//
// Both are pushed together with the tags. All that is in a module's zip comes from
// the tagged commit, so that anyone can make the same sums from it again.
package main
