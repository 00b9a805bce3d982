# shellcheck shell=sh disable=SC2154,SC2034 # they are set, and used, in the tests
# changes.sh - what tests of windows by change share; source it after sim.sh.
lib=${0%/*}/../lib
ago() { date -u -d "$1 ago" +%Y-%m-%dT%H:%M:%SZ; }
# As after a load of many rows by queries: of custom fields nothing is asked
# (tests/tools/qb-fetch-fields.t).  After sim_start, before the first request.
no_more_fields() {
	(umask 077; mkdir -p "$dir/state/qb")
	printf '%s none '"$(date -u +%F)"'\n' Bill CreditMemo Customer Estimate Invoice \
		Purchase PurchaseOrder RefundReceipt SalesReceipt Vendor \
		>"$dir/state/qb/sandbox-$QBO_REALM_ID.fields"
}
begin() {	# begin RULES OPTION...: a simulator where that happens, and no login yet
	rm -rf "$dir/state" "$dir/sim.log"
	printf '%s\n' "$1" >"$dir/script"
	shift
	sim_start --seed=6 --from="$from" --to="$to" --rows="$rows" \
		--script="$dir/script" "$@" ||
		{ echo "Bail out! no simulator"; exit 1; }
	no_more_fields
}
change() {	# change ENTITY DO id=ID,ID|rows=N [at=TIME]: the Ids
	curl -s "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" \
		-d "$3" ${4:+--data-urlencode "$4"} | jq -r '.changed[]'
}
tickets() {	# tickets ENTITY...: by change, from $since to $end
	qb-window "$@" --by=change --from="$since" --to="$end"
}
fetch() {	# fetch TICKETS OPTION...: $dir/out, $dir/err and $status
	with=$1; shift
	rm -f "$dir/status"
	qb-fetch --no-rate-limit --status-file="$dir/status" "$@" <"$with" \
		>"$dir/out" 2>"$dir/err"
	status=$?
}
said() { grep -qF -e "$1" "$dir/err"; }
not() { ! "$@"; }
seals() { jq -r "select(.qb == \"seal\") | $1" "$dir/out"; }
by() { seals '"\(.window.entity) \(.window.by)"' | sort | paste -sd,; }
rows() {	# rows ENTITY: their Ids
	jq -r "select(.qb == \"row\" and .window.entity == \"$1\").row.id" "$dir/out" | sort
}
gone() {	# gone ENTITY: their Ids
	jq -r "select(.qb == \"gone\" and .window.entity == \"$1\").gone.id" "$dir/out" | sort
}
requests() {	# requests [KIND]: that were sent
	grep -c "method=GET kind=${1:-[a-z]*}" "$dir/sim.log"
}
answered() {	# as Intuit meters them: also what came broken, but came
	grep -E 'kind=(rows|count|cdc) status=200' "$dir/sim.log" | grep -vc 'fault=reset$'
}
told() { tail -n 1 "$dir/status" | jq -r "$1"; }
in_archive() {	# the windows that qb-archive finds in it, and its status
	rm -rf "$dir/archive"
	qb-stamp <"$dir/out" 2>"$dir/stamp.err" |
		qb-archive "$dir/archive" >"$dir/filed" 2>"$dir/archive.err"
	echo "$? $(find "$dir/archive" -name '*.gz' | wc -l)"
}
# whole WHAT [calls]: it is complete, and a valid stream; all calls are in seals
whole() {
	is "$1: status" "$status" 0
	is "$1: what is promised of streams" \
		"$(python3 "$lib/scans.py" <"$dir/out" 2>&1)" ""
	is "$1: qb-archive takes all of it" "$(in_archive)" "0 $(seals 1 | wc -l)"
	is "$1: the status file" \
		"$(told '[.calls, .windows, .windows_sealed, .rows] | tojson')" \
		"[$(answered),$(seals 1 | wc -l),$(seals 1 | wc -l),$(grep -c '^{"qb":"\(row\|gone\)"' "$dir/out")]"
	[ -z "${2:-}" ] || is "$1: its calls are in its seals" \
		"$(jq -s 'map(select(.qb == "seal").fetch.calls) | add' "$dir/out")" "$(answered)"
}
# broken WHAT STATUS WINDOWS: so many are sealed, and there is no end
broken() {
	is "$1: status" "$status" "$2"
	is "$1: so many are sealed" "$(seals 1 | wc -l)" "$3"
	is "$1: what is promised of streams" \
		"$(grep -c '"qb":"end"' "$dir/out") $(python3 "$lib/scans.py" <"$dir/out" 2>&1)" "0 "
	is "$1: qb-archive takes those, and no more" "$(in_archive)" "75 $3"
}
# as_queried WHAT ENTITY...: the payloads of each are those that queries find
as_queried() {
	case=$1; shift
	python3 "$lib/stream.py" --read <"$dir/out" | sort >"$dir/got"
	qb-window "$@" --from="$since" --to="$end" | qb-fetch --no-rate-limit 2>/dev/null |
		python3 "$lib/stream.py" --read | sort >"$dir/want"
	ok "$case: there are rows" test -s "$dir/want"
	ok "$case: each row as queries find it, byte for byte" cmp -s "$dir/got" "$dir/want"
}
