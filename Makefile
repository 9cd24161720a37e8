# make demo needs Go, git and make, nothing else; make test also programs of the
# machine, which .ci/run names and installs. What check and generate need besides
# is built into .tools/ from tools/*/go.mod, at the versions pinned there. check
# also needs a C compiler, for the race detector.

MODULE  := github.com/var-project/var
VERSION := $(or $(shell git describe --tags --always --dirty 2>/dev/null),unknown)
COMMIT  := $(or $(shell git rev-parse HEAD 2>/dev/null),unknown)
# The date of the commit, not of the build: the same commit gives the same bytes.
DATE    := $(or $(shell git log -1 --format=%cI 2>/dev/null),unknown)
STAMP   := -s -w \
	-X $(MODULE)/pkg/cli.Version=$(VERSION) \
	-X $(MODULE)/pkg/cli.Commit=$(COMMIT) \
	-X $(MODULE)/pkg/cli.Date=$(DATE)

PREFIX  ?= /usr/local
DESTDIR ?=
# How long each fuzz target runs: a number of inputs (20000x) or a time (10m).
FUZZ    ?= 20000x
# More flags of the bench, and which scenarios its page shows.
BENCH      ?=
BENCH_DOCS ?= usual,block/500/*,release/500/*,nothing/*

PLUGINS   := $(patsubst plugins/%/,%,$(sort $(dir $(wildcard plugins/*/*.go))))
PROTOS    := $(wildcard pkg/internal/wire/*.proto pkg/internal/wire/*/*.proto)
GENERATED := ':(glob)pkg/internal/wire/**/*.pb.go' docs/reference
# Modules of their own besides the main one: tools with code of ours.
TOOLS     := $(patsubst %/go.mod,%,$(wildcard tools/*/go.mod))

GO       := go
LINT     := .tools/golangci-lint
PROTOGEN := .tools/protogen

.PHONY: all build test crash check demo bench bench-docs bench-parts mutants screenshots generate install clean
.PHONY: lint format race fuzz tidy generated generate-proto generate-docs

all: build

build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='$(STAMP)' -o bin/var ./cmd/var
	@set -e; for p in $(PLUGINS); do \
		echo "plugin $$p"; \
		CGO_ENABLED=0 $(GO) build -trimpath -ldflags='$(STAMP) -X main.version=$(VERSION)' -o bin/plugins/var-plugin-$$p ./plugins/$$p; \
	done

# Everything, the scripts and matrices that run the built programs included.
test: build
	$(GO) test -timeout=40m ./...
	$(GO) test -tags failpoints ./pkg/internal/failpoint

# Kills var and its plugins wherever a crash could make a difference, and often in the run after it
# too: hours. ROUNDS=600 plays so many of the rounds, spread over all.
crash:
	VAR_TEST_ALL=$(if $(ROUNDS),,1) VAR_CRASH_ROUNDS=$(ROUNDS) $(GO) test -timeout=8h -v -run='^TestCrash' ./cmd/var

# Takes the pictures of docs/page.md anew, with Chromium.
screenshots:
	VAR_SCREENSHOTS=$(CURDIR)/docs/page $(GO) test -count=1 -run='^TestThePage' ./cmd/var

demo: build
	bin/var lab demo

# What passes of the built programs cost, in worlds of the lab: docs/performance.md. BENCH are its flags, as in
# make bench BENCH='--scenario block/500/* --delay 20ms'; --scenario list names all.
# The report alone goes to stdout, for programs.
bench:
	@$(MAKE) --no-print-directory build >&2
	@$(GO) run ./tools/bench -bin bin $(BENCH)

# Refreshes the table and the picture of docs/performance.md; on a machine that does nothing else.
bench-docs: build
	$(GO) run ./tools/bench -bin bin -scenario '$(BENCH_DOCS)' -update docs/performance.md -svg docs/performance/growth.svg $(BENCH)

# What single parts cost: the micro benchmarks.
bench-parts:
	$(GO) test -run='^$$' -bench=. -benchmem ./...

# Breaks lines on purpose, one at a time; the tests must notice each.
mutants:
	$(GO) -C tools/mutants run .

# The gate: the same here and in CI.
check: generated lint tidy race fuzz

lint: $(LINT)
	$(GO) vet ./...
	$(LINT) run ./...
	@set -e; for m in $(TOOLS); do \
		if [ -n "$$(find $$m -name '*.go')" ]; then (cd $$m && set -x && $(abspath $(LINT)) run ./... && $(GO) test ./...); fi; \
	done

format: $(LINT)
	$(LINT) fmt ./...

# Short leaves out the tests that only watch other processes: the race
# detector sees nothing of those, and test runs them. SQLite, which a machine
# turned from C into Go, would take five times as long when it is watched too.
race: build
	$(GO) test -race -gcflags=modernc.org/...=-race=false -short -timeout=40m ./...

fuzz:
	tools/fuzz.sh $(FUZZ)

tidy:
	$(GO) mod tidy -diff
	$(GO) mod verify

# What is committed (or staged) must be what the sources give.
generated: generate
	git diff --exit-code -- $(GENERATED)
	@new=$$(git ls-files --others --exclude-standard -- $(GENERATED)); \
	if [ -n "$$new" ]; then echo "generated, but not in git: $$new"; exit 1; fi

generate: generate-proto generate-docs

generate-proto: $(PROTOGEN)
	$(if $(PROTOS),$(PROTOGEN) -module $(MODULE) $(PROTOS))

generate-docs: build
	$(GO) run ./tools/reference -bin bin -out docs/reference $(PLUGINS)

# var finds plugins/ beside its real path, so this works below any PREFIX.
# What was built is installed as it is: root may have neither Go nor its cache.
install: $(if $(wildcard bin/var),,build)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/var/plugins
	install -m 0755 bin/var $(DESTDIR)$(PREFIX)/lib/var/var
	install -m 0755 $(addprefix bin/plugins/var-plugin-,$(PLUGINS)) $(DESTDIR)$(PREFIX)/lib/var/plugins/
	ln -sf ../lib/var/var $(DESTDIR)$(PREFIX)/bin/var

clean:
	rm -rf bin .tools

$(LINT): tools/lint/go.mod tools/lint/go.sum
	CGO_ENABLED=0 $(GO) -C tools/lint build -trimpath -o $(abspath $@) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(PROTOGEN): $(wildcard tools/protogen/*.go) tools/protogen/go.mod tools/protogen/go.sum
	CGO_ENABLED=0 $(GO) -C tools/protogen build -trimpath -o $(abspath $@) .
