#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one package on each processor:
# tools/fuzz.sh 5000x, or tools/fuzz.sh 10m. Begins no other after one that fails.
#
# A number of inputs is the better choice for a gate: it does not depend on
# how busy the machine is, and go test cannot be caught by its own deadline.
# So is one for making inputs smaller, which go test does for a minute each.
#
# A package is built once for all its targets, and one that has none is not:
# go test -fuzz would link anew for each target, go test -list for everything.
set -euo pipefail

# with_targets gives the packages that have targets.
with_targets() {
	go list -f '{{.ImportPath}} {{.Dir}}{{range .TestGoFiles}} {{$.Dir}}/{{.}}{{end}}{{range .XTestGoFiles}} {{$.Dir}}/{{.}}{{end}}' ./... |
		while read -r package folder files; do
			# shellcheck disable=SC2086 # they are several
			[ -z "$files" ] || ! grep -q '^func Fuzz' $files || echo "$package $folder"
		done
}

# fuzz_package runs the targets of a package, in its folder, where inputs that fail are kept.
fuzz_package() {
	local program=$BUILT/${1//\//-}.test
	go test -c -fuzz=. -o "$program" "$1"
	cd "$2"
	for target in $("$program" -test.list='^Fuzz'); do
		echo "fuzz $1 $target"
		"$program" -test.run='^$' -test.fuzz="^$target\$" -test.fuzztime="$DURATION" -test.fuzzminimizetime=1000x \
			-test.parallel=1 -test.fuzzcachedir="$CACHE/$1"
	done
}

# one_package shows what was said when all is said; 255 has xargs begin no other.
one_package() {
	local said=0
	set +e
	(set -e; fuzz_package "$@") >"$BUILT/$$.out" 2>&1 </dev/null || said=255
	cat "$BUILT/$$.out"
	return "$said"
}

DURATION=${1:?usage: tools/fuzz.sh NUMBERx|TIME}
BUILT=$(mktemp -d)
trap 'rm -rf "$BUILT"' EXIT
CACHE=$(go env GOCACHE)/fuzz
export DURATION BUILT CACHE
export -f fuzz_package one_package
with_targets | xargs -P "$(nproc)" -L 1 bash -c 'one_package "$@"' bash
