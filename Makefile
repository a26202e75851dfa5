# Guardroom. `make help` explains the targets; each one works in a fresh clone.
SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS   += --no-print-directory

# SQLite is compiled in.
export CGO_ENABLED := 1

GO       ?= go
FUZZTIME ?= 30s
DATA     ?=
PACKAGES ?= ./...
# Without git, as in a source archive, the binary says "dev".
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
APP      := github.com/guardroom/guardroom/internal/app
COMMIT   := $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
# Version and commit are said here alone: what Go would stamp on its own differs between a clone and an archive.
BUILD    := -trimpath -buildvcs=false -ldflags '-X $(APP).version=$(VERSION) -X $(APP).commit=$(COMMIT)'

GO_FOLDERS := $(wildcard cmd internal migrations static views web)
SCRIPTS    := $(shell find static/js -name '*.ts' 2>/dev/null)
# Where goroutines meet. The detector costs a second build of everything, so the rest goes without.
CONCURRENT := ./internal/app/... ./internal/behavior ./internal/export/... ./internal/llm/... ./internal/outbox/... ./internal/mail/... ./internal/guard/... ./internal/review/... ./internal/secret/... ./internal/store/... ./web/...

.PHONY: help
help: ## Explain the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/guardroom, with its version and commit inside
	@mkdir -p bin
	$(GO) build $(BUILD) -o bin/guardroom ./cmd/guardroom

.PHONY: run
run: front-end build ## Build, set up ./data with a first admin and sample traffic, and serve it
	bin/guardroom quickstart --data data

# What drives a browser through the whole server, or over every page, takes longer than all the rest: make e2e.
BROWSED := /internal/e2e$$|/views/storybook$$
.PHONY: test
test: front-end ## Run the tests (Go, PostgreSQL, Redis; what is not installed is skipped and says so); make e2e has the browser's
	$(GO) test $(if $(filter ./...,$(PACKAGES)),$$($(GO) list ./... | grep -vE '$(BROWSED)'),$(PACKAGES))

.PHONY: assets
assets: static/dist/app.js ## Bundle the scripts into static/dist (needs Node; the pages work without)

static/dist/app.js: $(SCRIPTS) package.json node_modules/.package-lock.json
	npm run --silent build

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund

# Building without Node is fine for a user and a mistake in CI.
.PHONY: front-end
front-end:
	@if command -v npm >/dev/null; then \
		$(MAKE) assets || { [ "$${CI:-}" != true ] && echo 'The scripts could not be bundled. Going on: the pages work without them.' >&2; }; \
	elif [ "$${CI:-}" = true ]; then \
		echo 'Node is missing.' >&2; exit 1; \
	else \
		echo 'Node is not installed, so the scripts are not bundled. Going on: the pages work without them.' >&2; \
	fi

.PHONY: generate
generate: ## Generate the Go code of the templates and the docs made from declarations
	$(GO) tool templ generate
	$(GO) tool oapi-codegen -config web/client/oapi-codegen.yaml web/openapi.json
	$(GO) test ./internal/config ./cmd/guardroom -run 'UpToDate$$' -count=1 -update

.PHONY: fmt
fmt: ## Format Go code and templates
	gofmt -w $(GO_FOLDERS)
	$(GO) tool templ fmt views

.PHONY: check
check: check-format check-generated check-scripts ## Check format, generated code, types, and the code for mistakes and known holes
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	@$(MAKE) check-holes
	@if command -v npm >/dev/null; then $(MAKE) check-packages; fi

.PHONY: check-format
check-format:
	@unformatted=$$(gofmt -l $(GO_FOLDERS)); [ -z "$$unformatted" ] || { printf 'run make fmt:\n%s\n' "$$unformatted" >&2; exit 1; }

.PHONY: check-generated
check-generated:
	@fingerprint() { find views web -name '*_templ.go' -print0 -o -name '*.gen.go' -print0 | sort -z | xargs -0 -r sha256sum; }; \
	before=$$(fingerprint); $(GO) tool templ generate >/dev/null; \
	$(GO) tool oapi-codegen -config web/client/oapi-codegen.yaml web/openapi.json; after=$$(fingerprint); \
	[ "$$before" = "$$after" ] || { echo 'generated code was out of date; commit what changed now' >&2; exit 1; }

.PHONY: check-scripts
check-scripts:
	@if [ -x node_modules/.bin/tsc ]; then npm run --silent check; \
	else echo 'The types of the scripts are not checked: make assets installs what that needs.' >&2; fi

# govulncheck exits with 3 when it found a hole, and otherwise when the database is out of reach.
.PHONY: check-holes
check-holes:
	@status=0; $(GO) tool govulncheck ./... || status=$$?; \
	if [ $$status = 3 ]; then exit 1; fi; \
	if [ $$status != 0 ]; then echo 'Known holes are NOT checked: the database could not be reached.' >&2; fi

# npm audit exits with 1 both for a hole and when the registry cannot be asked; only the first prints a report.
.PHONY: check-packages
check-packages: ## Look for known holes in the npm packages that ship
	@report=$$(npm audit --omit=dev --json 2>/dev/null || true); \
	case "$$report" in \
	*'"auditReportVersion"'*'"total": 0'*) echo 'No known hole in the npm packages.' ;; \
	*'"auditReportVersion"'*) echo "$$report" >&2; exit 1 ;; \
	*) echo 'Known holes of npm packages are NOT checked: the registry could not be asked.' >&2 ;; \
	esac

# The tool has a go.mod of its own, so that its dependencies are not the server's. Licences are read from the module cache, which
# the build has filled: without a proxy, nothing waits for a network to be asked about a version of ours that it does not have.
.PHONY: sbom
sbom: build ## Write what ships, with licences (CycloneDX): bin/sbom.go.json, bin/sbom.npm.json and docs/licences.md
	$(GO) -C deploy/sbom build -o '$(CURDIR)/bin/cyclonedx-gomod' github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod
	@GOFLAGS= GOPROXY=off bin/cyclonedx-gomod bin -json -std -licenses -version '$(VERSION)' -output bin/sbom.go.json bin/guardroom \
		2>bin/sbom.log || { cat bin/sbom.log >&2; exit 1; }
	npm sbom --omit dev --sbom-format cyclonedx --package-lock-only >bin/sbom.npm.json
	@node deploy/sbom/licences.mjs bin/sbom.go.json bin/sbom.npm.json

.PHONY: reproducible
reproducible: front-end ## Build twice, in two folders, from nothing, and want the same bytes as of make build (some minutes)
	@set -e; a=$$(mktemp -d); b=$$(mktemp -d); trap 'rm -rf "$$a" "$$b"' EXIT; \
	cp -r go.mod go.sum cmd internal migrations static views web "$$a"; cp -r "$$a"/. "$$b"; \
	for d in "$$a" "$$b"; do (cd "$$d" && GOCACHE="$$d/.cache" $(GO) build $(BUILD) -o guardroom ./cmd/guardroom); done; \
	cmp "$$a/guardroom" "$$b/guardroom"; sha256sum "$$a/guardroom" | cut -d' ' -f1

.PHONY: scan
scan: build ## Let wapiti (Debian) attack a server of its own, signed in, over TLS, and want no finding
	@deploy/scan.sh bin/guardroom

.PHONY: race
race: ## Run the tests of the concurrent packages under the race detector
	$(GO) test -race -timeout 30m $(CONCURRENT)

# 1,000,000 take a quarter of an hour on two cores; PostgreSQL makes a tenth of what SQLite makes.
CLAIMS ?= 1000000
.PHONY: claims
claims: ## Let 50 reviewers make CLAIMS (1000000) claims, and want no item to have had two holders
	GUARDROOM_CLAIMS=$(CLAIMS) $(GO) test -count=1 -timeout 60m -v -run 'NobodyHolds' ./internal/store

# A million take long: the worker rests four times as long as it works. It gives up after an hour, and says how far it came.
ROWS ?= 1000000
.PHONY: retention
retention: ## Post while the retention worker removes ROWS (1000000) texts, and want the 99th percentile within twice that without it
	GUARDROOM_RETENTION=$(ROWS) $(GO) test -run '^$$' -bench 'Retention$$' -benchtime 1x -v -timeout 2h ./internal/app

.PHONY: bench
bench: ## Run all benchmarks (PACKAGES=./internal/guard/... for some; so for test and fuzz)
	$(GO) test -run '^$$' -bench . -benchmem $(PACKAGES)

.PHONY: figures
figures: ## Measure what the guard costs and write docs/guard-figures.md (some minutes)
	GUARDROOM_FIGURES='$(CURDIR)/docs/guard-figures.md' $(GO) test -run '^$$' -bench 'Cost$$' -benchtime 300ms -timeout 60m ./internal/guard/detectors

# A family without a detector yet answers so with exit code 5; that is no failure of the rest.
.PHONY: eval
eval: build ## Measure the guard on labelled data: make eval DATA=folder of FAMILY.dev.jsonl; pages go to bin/
	@[ -d '$(DATA)' ] || { echo 'make eval DATA=DIR: the folder with the labelled data' >&2; exit 1; }
	@ran=0; for family in injection bias pii moderation grounding; do \
		file='$(DATA)'/$$family.dev.jsonl; [ -f "$$file" ] || continue; \
		status=0; bin/guardroom eval --family $$family --data "$$file" --by source --html bin/eval-$$family.html || status=$$?; \
		[ $$status = 0 ] || [ $$status = 5 ] || exit $$status; ran=$$((ran + 1)); echo; \
	done; [ $$ran -gt 0 ] || { echo 'found no FAMILY.dev.jsonl' >&2; exit 1; }

.PHONY: simulate
simulate: build ## Watch 2,000 simulated users for four weeks and plant 100 of each fault: the table of docs/behaviour.md (some minutes)
	bin/guardroom simulate

.PHONY: fuzz
fuzz: ## Run every fuzz test for FUZZTIME (30s)
	@targets=$$($(GO) test -list '^Fuzz' $(PACKAGES) | awk '/^Fuzz/ {names[++n] = $$1} /^ok/ {for (i = 1; i <= n; i++) print $$2, names[i]; n = 0}'); \
	[ -n "$$targets" ] || { echo 'found no fuzz test' >&2; exit 1; }; \
	while read -r package target; do \
		echo "$$package $$target"; \
		$(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null; \
	done <<<"$$targets"

# The parsers that strangers' bytes come to first.
EXPOSED := ./internal/review:FuzzSubmission ./internal/httpsig:FuzzRead ./internal/export:FuzzCSV ./internal/export:FuzzParseManifest ./internal/sso:FuzzClaims \
	./internal/guard/remote:FuzzTemplate ./internal/guard/remote:FuzzAnswer ./internal/guard/textview:FuzzNew ./internal/guard/detectors:FuzzScreen \
	./internal/harmless:FuzzHarmless ./internal/secret:FuzzPasskeyAnswers ./internal/review:FuzzParsePolicy ./web:FuzzQuiet
.PHONY: corpus
corpus: ## Keep in testdata/fuzz the smallest inputs that fuzzing found and that reach more code (EXPOSED=PACKAGE:TARGET … for some)
	@for each in $(EXPOSED); do deploy/corpus.sh "$${each%%:*}" "$${each##*:}"; done

.PHONY: fuzz-long
fuzz-long: ## Run the most exposed fuzz tests for ten minutes each (FUZZTIME for another time), then make corpus
	@for each in $(EXPOSED); do \
		echo "$$each"; \
		$(GO) test -run '^$$' -fuzz "^$${each##*:}\$$" -fuzztime $(if $(filter file,$(origin FUZZTIME)),10m,$(FUZZTIME)) "$${each%%:*}" </dev/null; \
	done
	@$(MAKE) corpus

.PHONY: e2e
e2e: front-end ## Run the browser tests: the traps of reviewing, and axe over every page, light and dark, wide and narrow
	$(GO) test -count=1 -timeout 30m ./internal/e2e/... ./views/storybook/...

.PHONY: analyst
analyst: front-end ## Let a scripted analyst decide 200 items by keyboard, and report keys and times
	GUARDROOM_ANALYST=1 $(GO) test -v -count=1 -run 'TestAnalyst$$' ./internal/e2e/...

.PHONY: screenshots
screenshots: front-end ## Take the pictures of the README
	@mkdir -p docs/images
	GUARDROOM_SCREENSHOTS='$(CURDIR)/docs/images' $(GO) test -count=1 -run 'Screenshots$$' ./internal/e2e/...

.PHONY: clean
clean: ## Remove what was built; ./data stays
	rm -rf bin node_modules static/dist/app.js static/dist/app.js.map
