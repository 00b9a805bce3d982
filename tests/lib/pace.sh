# shellcheck shell=sh disable=SC2034,SC2154 # variables are pace.py's, the test's
# pace.sh - how often a company was asked; with tap.sh and sim.sh, see pace.py.
requests=0 throttled=0 crossed=0 late=0 slower=0 sent=0 least_gap=0	# of the last judged()
judged() {	# judged LOG [FILE]: the figures of pace.py as variables
	pace=$(python3 "${0%/*}/../lib/pace.py" "$@") || return
	eval "$pace"
	printf '%s\n' "$pace" | paste -sd ' ' | sed 's/^/# /'
}
under() { awk "BEGIN { exit !($1 <= $2) }"; }
# A machine that stands still for a moment hands over at once what was sent in
# that time, so a few may come too close together; without a limit nearly all do.
keeps_limits() {	# keeps_limits WHAT [PER CENT that may]
	ok "$1: no second has more than 10 ($most_second)" under "$over_second" "${2:-0.5}"
	ok "$1: no minute has more than 500 ($most_minute)" under "$over_minute" "${2:-0.5}"
}
tickets() {	# tickets ENTITY
	qb-window "$1" --from=2025-01-01 --to=2025-02-01 --every=31d
}
whole() { qb-stamp <"$1" | tail -n 1; }	# its end, when every seal holds
