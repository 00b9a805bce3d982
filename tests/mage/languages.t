#!/bin/sh
# README and RUNBOOK say the same in both languages, as far as a machine can see:
# the same code blocks, sections and numbers of sections.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
cd "${0%/*}/../.." || exit 74

# The indented blocks, a line between them, without comments and pictures.
code() {
	awk '
	function tell() { if (text !~ /──/) printf "%s", text; text = "" }
	/^    / { sub(/[ \t]+# .*/, ""); text = text $0 "\n"; next }
	/./ { if (text != "") { tell(); print "--" } }
	END { tell() }' "$1"
}
sections() { sed -n 's/^\(##* [0-9]*\).*/\1/p' "$1"; }
# What stands between backquotes and is a name of something.
# shellcheck disable=SC2016 # these are no commands
names() { grep -o '`[^`]*`' "$1" | grep _ | sort -u; }

for name in README RUNBOOK; do
	ok "$name has code blocks" [ "$(code $name.md | wc -l)" -gt 20 ]
	is "$name.es.md has the code blocks of $name.md" "$(code $name.es.md)" "$(code $name.md)"
	is "and its sections" "$(sections $name.es.md)" "$(sections $name.md)"
	is "and speaks of the same settings and columns" "$(names $name.es.md)" "$(names $name.md)"
done
done_testing
