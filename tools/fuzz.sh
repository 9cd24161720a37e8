#!/usr/bin/env bash
# Runs every fuzz target of the module for a while, one after the other:
# tools/fuzz.sh 5000x, or tools/fuzz.sh 10m. Stops at the first that fails.
#
# A number of inputs is the better choice for a gate: it does not depend on
# how busy the machine is, and go test cannot be caught by its own deadline.
# So is one for making inputs smaller, which go test does for a minute each.
set -euo pipefail
duration=${1:?usage: tools/fuzz.sh NUMBERx|TIME}

# go test -list prints the targets of a package, then "ok <package> <time>".
listed=$(go test -list '^Fuzz' ./...)
targets=$(awk '/^Fuzz/ { found[++n] = $1 }
	$1 == "ok" { for (i = 1; i <= n; i++) print $2, found[i]; n = 0 }' <<<"$listed")

while read -r package target; do
	[ -n "$target" ] || continue
	echo "fuzz $package $target"
	go test -run='^$' -fuzz="^$target\$" -fuzztime="$duration" -fuzzminimizetime=1000x "$package" </dev/null
done <<<"$targets"
