#!/bin/sh
# Each page says what --help says, and nothing else: options, their arguments,
# variables of the environment, defaults.
. "${0%/*}/../lib/tap.sh"
cd "${0%/*}/../.." || exit 1
bin=${QB_BUILD:-build}/bin
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# One line each: "--name=ARG", and "NAME" for a variable; then the default.
rows_of_help() {
	"$bin/$1" --help | awk '
		/^  (-|[A-Z])/ && !/^  --(help|version) / {
			spelled = $1
			preset = ""
			if (match($0, /\(default [^)]*\)/))
				preset = " " substr($0, RSTART + 9, RLENGTH - 10)
			print spelled preset
			if (match($0, /\[[A-Z_0-9]+\]/))
				print substr($0, RSTART + 1, RLENGTH - 2)
			if (match($0, /\[or [A-Z_0-9]+\]/))
				print substr($0, RSTART + 4, RLENGTH - 5)
		}' | sort -u
}
rows_of_page() {
	awk '
		function say() { if (spelled) print spelled preset }
		/^\.Sh / { say(); spelled = ""; sub(/^\.Sh /, ""); section = $0 }
		/^\.(It|El|Ss)/ { say(); spelled = preset = "" }
		/^\.It Fl -/ {
			spelled = "--" substr($3, 2)
			if ($4 == "Ns" && $5 == "=") spelled = spelled "=" $8 }
		/^\.It Ev QBO?_/ { spelled = $3 }
		/^The default is$/ { getline; preset = " " $2 }
		END { say() }' "man/$1.1" |
		grep -vxE -e '--(help|version)' | sort -u
}
# Variables that a page speaks of anywhere.
variables_of_page() {
	grep -oE 'Ev QBO?_[A-Z_]+' "man/$1.1" | cut -d' ' -f2 | sort -u
}
options_of_synopsis() {
	awk '/^\.Sh / { inside = $2 == "SYNOPSIS" } inside' "man/$1.1" |
		grep -oE 'Fl -[a-z][a-z-]*' | sed 's/Fl -/--/' | sort -u
}
options_of_usage() {
	"$bin/$1" --help | grep -E '^(usage:|        [[-])' |
		grep -oE -e '--[a-z][a-z-]*' | sort -u
}
options_of_help() {
	rows_of_help "$1" | grep -oE -e '^--[a-z][a-z-]*' | sort -u
}

# In commands that a page or the README shows, "qb-x ... --name" up to a pipe.
options_shown() {
	sed 's/\\-/-/g; s/\\&//g; s/\\e$/\\/' "$@" |
		sed -e :again -e '/\\$/{N;s/\\\n//;b again' -e '}' |
		grep -oE '(^|[^a-z.-])qb-[a-z]+ [^|;#`)<>]*' | awk '{
			sub(/^[^q]*/, "")
			for (i = 2; i <= NF; i++)
				if (match($i, /^\[?--[a-z][a-z-]*/)) {
					sub(/^\[/, "", $i)
					sub(/[^a-z-].*/, "", $i)
					print $1 " " $i
				}
		}' | sort -u
}

# An old name is a link, and has no page.
list() {
	find "$1" -name "qb-*$2" ! -type l -printf '%f\n' | sed "s/$2\$//" | sort
}
is 'each tool has its page, and each page its tool' \
	"$(list man .1)" "$(list "$bin" '')"

for program in "$bin"/qb-*; do
	tool=${program##*/}
	[ -f "man/$tool.1" ] || continue
	[ ! -L "$program" ] || continue
	rows_of_help "$tool" | grep -e '^--' >"$work/help"
	rows_of_page "$tool" | grep -e '^--' >"$work/page"
	is "$tool: options and their defaults are the same on the page" \
		"$(cat "$work/page")" "$(cat "$work/help")"
	rows_of_help "$tool" | grep -v -e '^--' >"$work/help"
	rows_of_page "$tool" | grep -v -e '^--' >"$work/page"
	cut -d' ' -f1 "$work/help" >"$work/names"
	is "$tool: no variable is missing on the page" \
		"$(variables_of_page "$tool" | comm -13 - "$work/names")" ''
	is "$tool: variables that the page lists are real, with their defaults" \
		"$(comm -23 "$work/page" "$work/help")" ''
	options_of_help "$tool" >"$work/real"
	options_of_synopsis "$tool" >"$work/named"
	is "$tool: the synopsis names real options" \
		"$(comm -23 "$work/named" "$work/real")" ''
	grep -q '^\.Op Ar option' "man/$tool.1" || # "and so on"
		is "$tool: the synopsis names all of them" \
			"$(comm -13 "$work/named" "$work/real")" ''
	is "$tool: --help's first line names what the synopsis names" \
		"$(options_of_usage "$tool")" "$(options_of_synopsis "$tool")"
	"$bin/$tool" --version >"$work/version"
	is "$tool: --version is one line with its name" \
		"$(cut -d' ' -f1 "$work/version")" "$tool"
	for wrong in --nonsense --hel --versio; do
		"$bin/$tool" $wrong </dev/null >"$work/out" 2>&1
		is "$tool $wrong: is no option, and the next command is --help" \
			"$? $(sed 's/.*next: //' "$work/out" | tail -n 1)" \
			"64 $tool --help"
	done
	rows_of_help "$tool" | grep -oE -e '^--[a-z-]+' | sed "s/^/$tool /" >>"$work/all"
	printf '%s --help\n%s --version\n' "$tool" "$tool" >>"$work/all"
done
# A row per entity that can be read, on the page and in the code.
entities_of_page() {
	sed -n 's/^\.It \([A-Z][A-Za-z]*\) Ta \([a-z_]*\) Ta \(.*\) Ta \(.*\)$/\1 \2 \3 \4/p' man/qb-window.1
}
entities_of_code() {
	qb-window --list | sed '1d; s/  */ /g; s/,/, /g'
}
ok 'the code has entities' [ "$(entities_of_code | wc -l)" -gt 30 ]
is 'qb-window(1) lists the entities, their tables, times and kinds as qb-window --list does' \
	"$(entities_of_page)" "$(entities_of_code)"
is 'and the reports' "$(sed -n 's/^\.It \([A-Z][A-Za-z]*\) Ta [a-z ]* Ta [^T]*$/\1/p' man/qb-window.1 | tr -d '\n')" \
	"$(qb-window report:none --from=2025-01-01 2>&1 | sed -n 's/.*one of these: //p' | tr -d ', ')"

sort -u -o "$work/all" "$work/all"
is 'messages that the pages list are said by a tool' \
	"$(python3 tests/tools/messages.py man/*.[157])" ''
for text in man/*.[157] README.md; do
	options_shown "$text" | comm -23 - "$work/all" >"$work/unreal"
	is "$text: the commands that it shows have real options" \
		"$(cat "$work/unreal")" ''
done
done_testing
