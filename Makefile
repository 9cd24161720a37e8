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
# Where systemd looks for units that no package brought; /usr/lib/systemd/system in one.
UNITDIR ?= /etc/systemd/system
# What is packed is for this machine, unless it is said otherwise: make package ARCH=arm64.
ARCH    ?= $(shell $(GO) env GOARCH)
# What make cross builds for.
TARGETS ?= linux/amd64 linux/arm64 darwin/arm64 windows/amd64
# How long each fuzz target runs: a number of inputs (5000x) or a time (10m).
FUZZ    ?= 5000x
# More flags of the bench, and which scenarios its page shows.
BENCH      ?=
BENCH_DOCS ?= usual,block/500/*,release/500/*,nothing/*

PLUGINS   := $(patsubst plugins/%/,%,$(sort $(dir $(wildcard plugins/*/*.go))))
PROTOS    := $(wildcard pkg/internal/wire/*.proto pkg/internal/wire/*/*.proto)
GENERATED := ':(glob)pkg/internal/wire/**/*.pb.go' docs/reference
# Modules of their own besides the main one: tools with code of ours.
TOOLS     := $(patsubst %/go.mod,%,$(wildcard tools/*/go.mod))

# All is compiled in one way, so that it is compiled once: the programs as they are shipped, their tests, and what reads
# them. Only the race detector needs another one.
export CGO_ENABLED := 0
export GOFLAGS := $(filter-out -trimpath,$(GOFLAGS)) -trimpath

GO       := go
LINT     := .tools/golangci-lint
PROTOGEN := .tools/protogen

.PHONY: all build test crash check demo bench bench-docs bench-parts mutants screenshots generate install clean
.PHONY: lint format race fuzz tidy generated generate-proto generate-docs
.PHONY: man completions package image cross

all: build

build:
	$(GO) build -buildvcs=false -ldflags='$(STAMP)' -o bin/var ./cmd/var
	@set -e; for p in $(PLUGINS); do \
		echo "plugin $$p"; \
		$(GO) build -buildvcs=false -ldflags='$(STAMP) -X main.version=$(VERSION)' -o bin/plugins/var-plugin-$$p ./plugins/$$p; \
	done

# Everything, the scripts and matrices that run the built programs included. What vet says, lint says.
test: build man completions
	$(GO) test -vet=off -timeout=40m ./...
	$(GO) test -vet=off -tags failpoints ./pkg/internal/failpoint
	$(GO) -C tools/protogen test ./...
	$(GO) -C tools/package test ./...
	@$(MAKE) --no-print-directory reproducible

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

# vet is one of its linters.
lint: $(LINT)
	$(LINT) run ./...
	@set -e; for m in $(TOOLS); do \
		if [ -n "$$(find $$m -name '*.go')" ]; then (cd $$m && set -x && $(abspath $(LINT)) run ./...); fi; \
	done

format: $(LINT)
	$(LINT) fmt ./...

# Short leaves out the tests that only watch other processes: the race
# detector sees nothing of those, and test runs them. SQLite, which a machine
# turned from C into Go, would take five times as long when it is watched too.
race: build
	CGO_ENABLED=1 $(GO) test -race -gcflags=modernc.org/...=-race=false -vet=off -short -timeout=40m ./...

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

# The manual and the completions of shells, as this version of the program has them.
man: build
	rm -rf build/man
	$(GO) run ./tools/man -version '$(VERSION)' -date '$(DATE)' -out build/man

completions: build
	@mkdir -p build/completions
	@for s in bash zsh fish; do bin/var completion $$s >build/completions/var.$$s || exit; done

# A .deb and an .rpm in dist/, and an image that docker load and podman load read, with SHA256SUMS.
# The same commit gives the same bytes.
package: pack-deb-rpm
image: pack-image
pack-deb-rpm: KINDS := deb rpm
pack-image: KINDS := image
pack-deb-rpm pack-image: man completions
	$(GO) -C tools/package build -o $(abspath .tools/package) .
	$(if $(filter $(ARCH),$(shell $(GO) env GOARCH)),,$(MAKE) --no-print-directory cross TARGETS=linux/$(ARCH))
	.tools/package -bin $(if $(filter $(ARCH),$(shell $(GO) env GOARCH)),bin,build/linux-$(ARCH)) -man build/man \
		-completions build/completions -version '$(VERSION)' -commit '$(COMMIT)' -date '$(DATE)' -arch $(ARCH) -out dist $(KINDS)
.PHONY: pack-deb-rpm pack-image

# A copy of the tree elsewhere gives the program that bin/ has. Seconds: what was compiled is not compiled again.
reproducible: build
	@set -e; elsewhere=$$(mktemp -d); trap 'rm -rf "$$elsewhere"' EXIT; mkdir "$$elsewhere/a folder"; \
	git ls-files -z --cached --others --exclude-standard | tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$$elsewhere/a folder"; \
	(cd "$$elsewhere/a folder" && $(GO) build -buildvcs=false -ldflags='$(STAMP)' -o ../var ./cmd/var); \
	cmp bin/var "$$elsewhere/var" && echo "the same bytes: $$(sha256sum <bin/var)"
.PHONY: reproducible

# The programs for other systems, each in a folder of build/, with SHA256SUMS. Not in CI: every dependency is compiled
# anew for each, which takes five minutes of a processor.
cross:
	@set -e; for t in $(TARGETS); do \
		export GOOS=$${t%/*} GOARCH=$${t#*/}; out=build/$$GOOS-$$GOARCH; \
		suffix=$$([ $$GOOS != windows ] || echo .exe); echo "cross $$t"; \
		$(GO) build -buildvcs=false -ldflags='$(STAMP)' -o $$out/var$$suffix ./cmd/var; \
		for p in $(PLUGINS); do \
			$(GO) build -buildvcs=false -ldflags='$(STAMP) -X main.version=$(VERSION)' -o $$out/plugins/var-plugin-$$p$$suffix ./plugins/$$p; \
		done; \
		(cd $$out && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS); \
	done

# var finds plugins/ beside its real path, so this works below any PREFIX. What was built is installed as it is: root may
# have neither Go nor its cache. The manual and completions are installed where they were made (make man completions).
install: $(if $(wildcard bin/var),,build)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/var/plugins
	install -m 0755 bin/var $(DESTDIR)$(PREFIX)/lib/var/var
	install -m 0755 $(addprefix bin/plugins/var-plugin-,$(PLUGINS)) $(DESTDIR)$(PREFIX)/lib/var/plugins/
	ln -sf ../lib/var/var $(DESTDIR)$(PREFIX)/bin/var
	install -d $(DESTDIR)$(PREFIX)/share/doc/var $(DESTDIR)$(UNITDIR)
	install -m 0644 config.example.toml CHANGELOG.md LICENSE $(DESTDIR)$(PREFIX)/share/doc/var/
	for u in deploy/systemd/var.service deploy/systemd/var-once.service deploy/systemd/var-once.timer; do \
		sed 's|/usr/bin/var|$(PREFIX)/bin/var|' $$u >$(DESTDIR)$(UNITDIR)/$${u##*/} && chmod 0644 $(DESTDIR)$(UNITDIR)/$${u##*/} || exit; \
	done
	install -d $(DESTDIR)$(PREFIX)/sbin
	sed 's|/usr/bin/var|$(PREFIX)/bin/var|' deploy/systemd/var-as-service >$(DESTDIR)$(PREFIX)/sbin/var-as-service
	chmod 0755 $(DESTDIR)$(PREFIX)/sbin/var-as-service
	install -d $(DESTDIR)$(PREFIX)/lib/sysusers.d $(DESTDIR)$(PREFIX)/lib/tmpfiles.d
	install -m 0644 deploy/systemd/var.sysusers $(DESTDIR)$(PREFIX)/lib/sysusers.d/var-project.conf
	install -m 0644 deploy/systemd/var.tmpfiles $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/var-project.conf
	for f in build/man/*.1; do [ ! -e $$f ] || install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $$f || exit; done
	for f in build/man/*.5; do [ ! -e $$f ] || install -D -m 0644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $$f || exit; done
	[ ! -e build/completions/var.bash ] || install -D -m 0644 build/completions/var.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/var
	[ ! -e build/completions/var.zsh ] || install -D -m 0644 build/completions/var.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_var
	[ ! -e build/completions/var.fish ] || install -D -m 0644 build/completions/var.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/var.fish

clean:
	rm -rf bin build dist .tools

$(LINT): tools/lint/go.mod tools/lint/go.sum
	$(GO) -C tools/lint build -o $(abspath $@) github.com/golangci/golangci-lint/v2/cmd/golangci-lint

$(PROTOGEN): $(wildcard tools/protogen/*.go) tools/protogen/go.mod tools/protogen/go.sum
	$(GO) -C tools/protogen build -o $(abspath $@) .
