# Tasks of Crossgate. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Every module of the workspace, as listed in go.work.
MODULES := $(shell awk '$$1 ~ /^\.\// {print $$1}' go.work)
PACKAGES := $(addsuffix /...,$(MODULES))

# The modules that users get. All others only hold tests and tools.
# conformance/release publishes the same ones; its TestThisWorkspace compares the two.
PUBLISHED := $(filter ./core ./conformance ./adapters/% ./conformance/cmd/%,$(MODULES))
PROOF := $(filter-out $(PUBLISHED),$(MODULES))

# The version that `make lint` installs into .tools/ (git ignores this folder).
GOLANGCI_VERSION := v2.15.0
GOLANGCI := .tools/golangci-lint-$(GOLANGCI_VERSION)

# The version that `make vuln` installs into .tools/.
GOVULNCHECK_VERSION := v1.1.4
GOVULNCHECK := .tools/govulncheck-$(GOVULNCHECK_VERSION)

# What `make test-race` runs: the library, the adapters under every kind of traffic, and the
# examples that serve. The tests of the other packages drive programs such as browsers, or
# make one call after the other.
RACED := $(addsuffix /...,$(filter ./core ./adapters/% ./conformance/matrix ./examples/operations,$(MODULES))) \
  ./conformance/browser ./conformance/corstest \
  $(addprefix ./examples/,playground playground/internal/api playground/internal/playground playground/internal/wire recipes websocket)

# The first port of the playground. It also uses the next ports.
PORT ?= 8800
# How long the clients of `make soak` run.
SOAKTIME ?= 5m
# Additional flags for go test, such as -race or -run.
TESTFLAGS ?=
# How long `make fuzz` spends on each target: a time, or a number of inputs such as 10000x.
FUZZTIME ?= 30s
# The targets that `make fuzz` leaves out, as an extended regular expression.
FUZZSKIP ?= ^$$
# The targets that `make fuzz` runs, as an extended regular expression.
FUZZONLY ?= .
# The targets whose inputs take milliseconds each.
FUZZSLOW := FuzzServers|FuzzHostile|FuzzJudge|FuzzBodies
# How many times, or how long, `make fuzz` tries to shorten an input that it finds.
FUZZMINIMIZE ?= 100x
# Where `make fuzz` keeps the inputs that reach new code.
FUZZCACHE ?= $(shell go env GOCACHE)/fuzz/github.com/crossgate/cors

export GOFLAGS := -buildvcs=false

.PHONY: help
help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## serve the playground: what would a browser do with this call under this policy? (PORT=8800)
	@echo "Compiling the playground. The first time takes about a minute. Then it prints the address to open."
	@go run ./examples/playground -port $(PORT)

.PHONY: pictures
pictures: ## take the README's pictures of the playground again, with Chromium
	go run ./examples/playground/pictures docs/images

# The package that takes longest is the first, so that the others run next to it.
.PHONY: test
test: ## run all tests of all modules, and say which ones this machine has to skip (TESTFLAGS=-race)
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  printf '\n*** NO CHROMIUM FOUND: its tests are SKIPPED. On Debian: apt-get install chromium ***\n\n'
	@{ command -v firefox-esr && command -v certutil; } >/dev/null || \
	  printf '\n*** NO FIREFOX FOUND: its tests are SKIPPED. On Debian: apt-get install firefox-esr libnss3-tools ***\n\n'
	@{ compgen -G '/usr/lib/*/webkit2gtk-4.1/MiniBrowser' && command -v Xvfb && command -v WebKitWebDriver; } >/dev/null || \
	  printf '\n*** NO WEBKIT FOUND: its tests are SKIPPED. On Debian: apt-get install libwebkit2gtk-4.1-0 webkit2gtk-driver xvfb ***\n\n'
	@/usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' >/dev/null 2>&1 || \
	  printf '\n*** NO WEBKITGTK FOR PYTHON FOUND: applications with a scheme of their own are NOT MEASURED. On Debian: apt-get install python3-gi gir1.2-webkit2-4.1 ***\n\n'
	@command -v cc >/dev/null || \
	  printf '\n*** NO C COMPILER FOUND: how long engines cache an answer is NOT MEASURED. On Debian: apt-get install gcc libc6-dev ***\n\n'
	@{ command -v npm && command -v php && /usr/bin/python3 -c 'import flask_cors'; } >/dev/null 2>&1 || \
	  printf '\n*** EXPRESS, FLASK-CORS OR PHP MISSING: comparisons are SKIPPED. On Debian: apt-get install npm php-cli python3-flask-cors ***\n\n'
	go test $(TESTFLAGS) ./examples/playground/internal/playground $(PACKAGES)

.PHONY: test-alone
test-alone: ## vet and test each published module without go.work, as its users get it; vet the others (TESTFLAGS=-short)
	@$(call alone,$(PUBLISHED),go vet ./... && go test -vet=off $(TESTFLAGS) ./...)
	@$(call alone,$(PROOF),go vet ./...)

# alone runs a command in each module without go.work, two modules at a time. It prints each module's output in one piece.
alone = printf '%s\n' $(1) | GOWORK=off xargs -P 2 -I MODULE bash -c \
  'out=$$(cd MODULE && { $(2); } 2>&1) && status=0 || status=$$?; printf "== MODULE\n%s\n" "$$out"; exit $$status'

# The race detector makes a test several times slower. This leaves out what finds no race: seeds of fuzz
# targets and long random tests make one call after the other, and browsers call applications that have their own
# tests here.
.PHONY: test-race
test-race: ## run the tests of what serves requests with the race detector, without browsers and long random tests
	go test -race -short -skip '^(Fuzz|TestDifferential|TestRandom)' -vet=off $(TESTFLAGS) $(RACED)

# One run for all modules, because each run loads and checks the same dependencies again.
.PHONY: lint
lint: $(GOLANGCI) ## run the linters of .golangci.yml over all modules, and compare the API with the last release
	$(GOLANGCI) run $(PACKAGES)
	@echo "== the API since the last release"; go run ./conformance/release api

.PHONY: lint-tool
lint-tool: $(GOLANGCI) ## only install the linters

$(GOLANGCI):
	@mkdir -p .tools
	GOBIN=$(CURDIR)/.tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@mv .tools/golangci-lint $@

# Not a part of check, because not every machine can reach the Go vulnerability database.
.PHONY: vuln
vuln: $(GOVULNCHECK) ## look for known vulnerabilities in each module's dependencies (asks the Go vulnerability database)
	@failed=; for m in $(MODULES); do \
	  echo "== $$m"; (cd $$m && GOWORK=off $(CURDIR)/$(GOVULNCHECK) ./...) || failed="$$failed $$m"; \
	done; test -z "$$failed" || { \
	  printf '\n*** NOT CLEAR:%s. If the lines above report an error in fetching the database, NOTHING WAS CHECKED.\n' "$$failed"; \
	  printf '*** Run this where the database is reachable, or set GOVULNDB to a copy of it (https or file).\n'; exit 1; }

$(GOVULNCHECK):
	@mkdir -p .tools
	GOBIN=$(CURDIR)/.tools go install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)
	@mv .tools/govulncheck $@

.PHONY: graph
graph: ## check that no adapter adds another framework to its users' modules
	@go test ./conformance/matrix -run 'TestModuleGraphs' -count=1

.PHONY: browsers-steady
browsers-steady: ## run the cases in all three engines 50 times in a row
	go test ./conformance/browsers -run 'TestEngines|TestModel' -count=50 -timeout=6h

.PHONY: browsers-page
browsers-page: ## measure the engines' limits again, and rewrite the tables of conformance/browsers/README.md
	go test ./conformance/browsers -run 'TestLimits|TestCap|TestPage' -count=1 -update

.PHONY: bench
bench: ## compare the cost of the middleware with other libraries, and print the report
	cd conformance/bench && go run ./report

.PHONY: preflights
preflights: ## count the preflights of a page of 200 calls in three engines, also with other libraries (PART=webkit)
	cd conformance/preflights && go run ./measure $(PART)

.PHONY: soak
soak: ## serve all adapters under normal and hostile traffic at once, and print a report (SOAKTIME=5m TESTFLAGS=-race)
	go test $(TESTFLAGS) ./conformance/matrix/soak -run '^TestSoak$$' -count=1 -timeout=0 -v -soak=$(SOAKTIME)

.PHONY: release-check
release-check: ## build and test each module as a user's project gets it, from a local module proxy
	go run ./conformance/release check

.PHONY: explore
explore: ## test more random policies and requests than `make test`, and other ones
	go test ./conformance/matrix -run 'TestAdaptersAgree|TestBrowserAgreesWithPolicy' -count=1 -rapid.seed=$$RANDOM$$RANDOM -rapid.checks=5000

# This finds targets by their declarations, so that none can be forgotten. It compiles each
# package once. Minimising is limited: if coverage differs from run to run, it would waste a
# minute each time.
.PHONY: fuzz
fuzz: ## fuzz every target of all modules in turn, up to the first finding (FUZZTIME=30s FUZZSKIP=FuzzAdapter)
	@binary=$$(mktemp) before=; trap 'rm -f $$binary' EXIT; \
	grep -rn --include='*_test.go' '^func Fuzz' $(MODULES) | sed -E 's/^(.*)\/[^/]*:[0-9]+:func (Fuzz[A-Za-z0-9_]*).*/\1 \2/' | sort -u | \
	grep -E '$(FUZZONLY)' | grep -Ev '$(FUZZSKIP)' | while read -r dir target; do \
	  echo "== $$dir $$target"; \
	  [ "$$dir" = "$$before" ] || (cd $$dir && go test -vet=off -c -fuzz . -o $$binary .); before=$$dir; \
	  (cd $$dir && $$binary -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime $(FUZZTIME) \
	    -test.fuzzminimizetime $(FUZZMINIMIZE) -test.fuzzcachedir $(FUZZCACHE)/$$dir </dev/null) || \
	    { echo "*** found in $$dir: the input is the newest file in $$dir/testdata/fuzz/$$target, unless a seed failed; run in $$dir: go test -run $$target"; exit 1; }; \
	done

# The limit is a number of inputs, not of seconds. On a busy machine, a time limit would end during the seeds, which
# `make test` runs anyway. The cache is new, because the inputs that a machine has kept from earlier runs would make
# each target slower. Only `make fuzz` runs FuzzAdapter: it serves each input over a socket,
# so its seeds alone need some seconds, and every framework must be compiled again for it.
.PHONY: fuzz-quick
fuzz-quick: ## fuzz each target that needs no server with 10,000 inputs, the slow ones with 2,000
	@cache=$$(mktemp -d); trap 'rm -rf $$cache' EXIT; \
	$(MAKE) --no-print-directory fuzz FUZZMINIMIZE=0x FUZZCACHE=$$cache FUZZTIME=10000x FUZZSKIP='FuzzAdapter|$(FUZZSLOW)'; \
	$(MAKE) --no-print-directory fuzz FUZZMINIMIZE=0x FUZZCACHE=$$cache FUZZTIME=2000x FUZZONLY='$(FUZZSLOW)'

# Do not use `go work sync`: it raises every module to the versions of the whole
# workspace, and leaves testify in the requirements of corsgin.
.PHONY: tidy
tidy: ## tidy every module, and report if their versions differ (go.work.sum)
	@for m in $(MODULES); do (cd $$m && GOWORK=off go mod tidy); done
	@rm -f go.work.sum && go build $(PACKAGES)
	@test ! -e go.work.sum || { echo "these modules need versions that differ between the modules of go.work:"; cat go.work.sum; exit 1; }

.PHONY: check
check: lint test fuzz-quick test-alone ## run what .ci/run runs, without its installations and the race detector
	@test ! -e go.work.sum || { echo "there is a new go.work.sum; run make tidy"; exit 1; }
