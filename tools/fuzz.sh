#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one package on each processor:
# tools/fuzz.sh 5000x, or tools/fuzz.sh 10m. Begins no other after one that fails.
#
# A number of inputs is the better choice for a gate: it does not depend on
# how busy the machine is. So is one for making inputs smaller, which is
# otherwise done for a minute each. And a number starts from the inputs that are
# committed, not from what a machine has found before: those grow to minutes.
#
# A package is built once for all its targets, and one that has none is not:
# go test -fuzz would link anew for each target, go test -list everything.
set -euo pipefail

# fuzz_package runs the targets of the package in a folder, where inputs that fail are kept.
fuzz_package() {
	local package targets target program=$BUILT/${1//\//-}.test
	package=$(go list "$1")
	go test -c -fuzz=. -o "$program" "$1"
	cd "$1"
	targets=$("$program" -test.list='^Fuzz')
	for target in ${targets:?"$package has none that go test knows"}; do
		echo "fuzz $package $target"
		"$program" -test.run='^$' -test.fuzz="^$target\$" -test.fuzztime="$DURATION" -test.fuzzminimizetime=1000x \
			-test.parallel=1 -test.fuzzcachedir="$CACHE/$package"
	done
}

# one_package shows what was said when all is said.
one_package() {
	local said=$BUILT/$$.out failed=0
	[ ! -e "$BUILT/failed" ] || return 0
	bash -euo pipefail -c 'fuzz_package "$1"' bash "$1" >"$said" 2>&1 </dev/null || failed=1
	[ "$failed" = 0 ] || touch "$BUILT/failed"
	cat "$said"
	return "$failed"
}

DURATION=${1:?usage: tools/fuzz.sh NUMBERx|TIME}
BUILT=$(mktemp -d)
trap 'rm -rf "$BUILT"' EXIT
case $DURATION in
*x) CACHE=$BUILT/corpus ;;
*) CACHE=$(go env GOCACHE)/fuzz ;;
esac
export DURATION BUILT CACHE
export -f fuzz_package one_package

grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n 1 dirname | LC_ALL=C sort -u |
	xargs -n 1 -P "$(nproc)" bash -c 'one_package "$1"' bash
