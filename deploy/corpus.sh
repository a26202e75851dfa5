#!/usr/bin/env bash
# Keeps of what fuzzing found, and of what is committed, the smallest files that together reach all the code of the package that all of
# them reach, and some more of all sizes, for what happens in the libraries below: deploy/corpus.sh PACKAGE TARGET.
# go test -fuzz leaves its findings in $(go env GOCACHE)/fuzz; go test runs those of testdata/fuzz.
set -euo pipefail
package=$1 target=$2
most=${CORPUS_FILES:-50} size=${CORPUS_BYTES:-4096} more=${CORPUS_MORE:-10}

read -r path folder < <(go list -f '{{.ImportPath}} {{.Dir}}' "$package")
found=$(go env GOCACHE)/fuzz/$path/$target
kept=$folder/testdata/fuzz/$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/testdata/fuzz/$target"
# Tests read files beside them; what the target needs of those is there, too.
[ ! -d "$folder/testdata" ] || find "$folder/testdata" -mindepth 1 -maxdepth 1 ! -name fuzz -exec ln -s {} "$work/testdata/" \;
find "$found" "$kept" -type f -size "-$((size + 1))c" -exec cp {} "$work/testdata/fuzz/$target/" \; 2>/dev/null || true
(cd "$folder" && go test -c -cover -o "$work/test" .)

# A line of a profile ends in the number of times that its block was reached.
reached() { (cd "$work" && ./test -test.run "^$target\$/^$1\$" -test.coverprofile profile >/dev/null && awk '/ [1-9][0-9]*$/ {print $1}' profile); }

reached 'seed#[0-9]+' | sort -u >"$work/seen"
rm -rf "${kept:?}"
n=0
while read -r name; do
	[ "$n" -lt "$most" ] || break
	reached "$name" | sort -u >"$work/now" || { echo "$target: $name fails: keep it and mend that first" >&2; mkdir -p "$kept"; cp "$work/testdata/fuzz/$target/$name" "$kept/"; continue; }
	[ -n "$(comm -13 "$work/seen" "$work/now")" ] || continue
	sort -u "$work/seen" "$work/now" -o "$work/seen"
	mkdir -p "$kept"
	cp "$work/testdata/fuzz/$target/$name" "$kept/"
	n=$((n + 1))
done < <(find "$work/testdata/fuzz/$target" -type f -printf '%s %f\n' | sort -n | cut -d' ' -f2)
mapfile -t all < <(find "$work/testdata/fuzz/$target" -type f -printf '%s %f\n' | sort -n | cut -d' ' -f2)
for ((i = 1; i <= more && ${#all[@]} > 0; i++)); do
	name=${all[$(((${#all[@]} - 1) * i / more))]}
	mkdir -p "$kept"
	[ -e "$kept/$name" ] || { cp "$work/testdata/fuzz/$target/$name" "$kept/" && n=$((n + 1)); }
done
echo "$target: $n files in ${kept#"$PWD"/}"
