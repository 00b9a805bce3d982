# shellcheck shell=bash
# verdict.sh - how a benchmark tells whether a ratio is reached; to be sourced.
line() {	# line WHAT RATIO MOST [HELD]: HELD where MOST is not reached yet
	local verdict
	verdict=$(awk -v r="$2" -v most="$3" -v held="${4:-$3}" 'BEGIN {
		if (r <= most) print "reached"
		else if (r > 1.5 * held) print "out by half again"
		else print "not reached" (held > most ? "; held at " held : "")
	}') || verdict='out by half again: it cannot be told'
	printf '%-52s %7.2f %7.2f  %s\n' "$1" "$2" "$3" "$verdict"
}
