#!/bin/sh
# qb-fetch reads windows that touch each other by one scan: with as few calls as
# there are pages and counts, and each window is sealed with its own rows.
# tests/lib/scans.py says what every stream here must promise.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
export XDG_STATE_HOME="$dir/state"

from=2025-01-01T00:00:00Z to=2026-01-01T00:00:00Z
rows=all=0,Invoice=900,Customer=120
world() { printf '%s\n' --seed=3 --from=$from --to=$to "--rows=$rows"; }
begin() {	# begin RULE...: the company anew, with its rules
	printf '%s\n' "$@" >"$dir/script"
	rm -rf "$dir/state"
	# shellcheck disable=SC2046 # a word a line
	sim_start $(world) --script="$dir/script" || exit 1
}
tickets() {	# tickets ENTITY OPTION...
	entity=$1; shift
	qb-window "$entity" --from=$from --to=$to "$@" >"$dir/tickets"
}
fetch() {	# fetch OPTION...: $dir/tickets into $dir/out, $dir/err, $status
	: >"$dir/sim.log"
	qb-fetch --no-rate-limit --retries=1 "$@" <"$dir/tickets" \
		>"$dir/out" 2>"$dir/err"
	status=$?
	[ $status = 0 ] || sed 's/^/# /' "$dir/err"
}
calls() { python3 "$lib/scans.py" --calls "$dir/sim.log"; }	# all counts pages
scans() { python3 "$lib/scans.py" --scans <"$dir/out"; }
ids() { sed -n 's/^{"qb":"row",.*"row":{"id":"\([^"]*\)".*/\1/p' "$1" | sort; }
printed() {	# printed ENTITY: the Ids that the company has
	# shellcheck disable=SC2046
	"$QB_SIM" $(world) --print="$1" | jq -r .Id | sort
}
true_stream() {	# true_stream WHAT [OPTION...]: what every stream promises
	stream=$1; shift
	python3 "$lib/scans.py" --tickets="$dir/tickets" "$@" <"$dir/out" >"$dir/broken"
	is "$stream: rows, seals and scans are true" "$(cat "$dir/broken")" ''
	qb-stamp <"$dir/out" >"$dir/stamped" 2>"$dir/stamp.err"
	stamp=$?
	[ $status = 0 ] && want=0 || want=75
	is "$stream: qb-stamp reads it" "$stamp" "$want"
}
proven() {	# proven WHAT ENTITY WINDOWS: a run that read all there is
	is "$1: status" $status 0
	true_stream "$1" --log="$dir/sim.log"
	is "$1: windows" "$(grep -c '"qb":"seal"' "$dir/out")" "$3"
	printed "$2" >"$dir/there"
	ids "$dir/out" >"$dir/came"
	ok "$1: every row came, once" cmp -s "$dir/came" "$dir/there"
}
incomplete() {	# incomplete WHAT: some of it is not there, and that is said
	case $status in
	69 | 75) tap_said 0 "$1: status $status" ;;
	*) tap_said 1 "$1: status $status" ;;
	esac
	is "$1: no end" "$(grep -c '"qb":"end"' "$dir/out")" 0
	true_stream "$1"
}
at_most() {	# at_most WHAT MOST: calls
	made=$(calls | cut -d' ' -f1)
	ok "$1: $made calls, $2 at most" [ "$made" -le "$2" ]
}
printed Invoice >"$dir/invoices"
is 'there are rows to read' "$(wc -l <"$dir/invoices")" 900

# --- calls

begin
qb-window Invoice --from=2020-01-01 --to=2021-01-01 --every=7d >"$dir/tickets"
fetch
is 'a year without rows: status' $status 0
true_stream 'a year without rows' --log="$dir/sim.log"
is 'is one count' "$(calls)" '1 1 0'
is 'and 53 windows' "$(grep -c '"qb":"seal"' "$dir/out")" 53

tickets Invoice --every=1d
fetch
proven 'a year of one page' Invoice 365
is 'is two calls' "$(calls)" '2 1 1'
for option in --page-size=899 --page-size=900; do
	fetch $option
	proven "$option" Invoice 365
	at_most "$option" 4
done
fetch --page-size=100
proven 'ten pages' Invoice 365
is 'and two counts' "$(calls)" '11 2 9'
fetch --page-size=100 --jobs=1
proven 'one request at a time' Invoice 365
is 'is not more' "$(calls)" '11 2 9'
cp "$dir/out" "$dir/one-job"
fetch --page-size=100 --jobs=10
same() { sed 's/"at":"[^"]*"//; /"qb":"seal"/d' "$1"; }
same "$dir/one-job" >"$dir/a"
same "$dir/out" >"$dir/b"
ok 'ten jobs write the same lines as one' cmp -s "$dir/a" "$dir/b"

tickets Invoice --every=1y
fetch
proven 'one window' Invoice 1
is 'of one page is two calls' "$(calls)" '2 1 1'
fetch --page-size=100
is 'of nine pages eleven' "$(calls)" '11 2 9'

rows=all=0,Invoice=3300,Customer=383,Item=150
begin
qb-window customers invoices items --from=$from --to=$to --every=7d >"$dir/tickets"
fetch
is 'a year of 3,833 rows in 159 windows: status' $status 0
true_stream 'a year of 3,833 rows' --log="$dir/sim.log"
is 'its windows and rows' "$(tail -n 1 "$dir/out")" \
	'{"qb":"end","windows":159,"rows":3833}'
at_most 'a year of 3,833 rows in 159 windows' 14
is 'three scans' "$(scans | wc -l)" 3

# --- which windows are one scan

rows=all=0,Invoice=900,Customer=120
begin
{
	qb-window Invoice --from=2025-01-01 --to=2025-01-15 --every=7d
	qb-window Invoice --from=2025-01-16 --to=2025-01-30 --every=7d
	qb-window Customer --from=2025-01-30 --to=2025-02-13 --every=7d
	qb-window Customer --from=2025-02-13 --to=2025-02-27 --every=7d --by=created
} | grep -v '"qb":"end"' >"$dir/tickets"
printf '%s\n' '{"qb":"end","windows":8,"rows":0}' >>"$dir/tickets"
fetch
is 'a gap, another entity, another time: status' $status 0
true_stream 'a gap, another entity, another time' --log="$dir/sim.log"
is 'are scans of their own' "$(scans | cut -d' ' -f1-3)" \
	"$(printf '%s 2\n' '2025-01-01T00:00:00Z 2025-01-15T00:00:00Z' \
		'2025-01-16T00:00:00Z 2025-01-30T00:00:00Z' \
		'2025-01-30T00:00:00Z 2025-02-13T00:00:00Z' \
		'2025-02-13T00:00:00Z 2025-02-27T00:00:00Z')"
{
	qb-window Invoice --from=2025-01-08 --to=2025-01-15 --every=7d
	qb-window Invoice --from=2025-01-01 --to=2025-01-08 --every=7d
	qb-window Invoice --from=2025-01-04 --to=2025-01-11 --every=7d
} | grep -v '"qb":"end"' >"$dir/tickets"
printf '%s\n' '{"qb":"end","windows":3,"rows":0}' >>"$dir/tickets"
fetch
is 'windows that go back, or overlap: status' $status 0
is 'are read each by itself' "$(scans | cut -d' ' -f1)" \
	"$(printf '2025-01-%sT00:00:00Z\n' 08 01 04)"
qb-window Invoice --from=2025-01-01 --to=2025-07-01 --every=7d >"$dir/tickets"
qb-window Invoice --from=2025-07-01 --to=$to --every=7d >>"$dir/tickets"
fetch
is 'two streams: status' $status 0
is 'are two streams, and no scan goes over an end' \
	"$(grep -c '"qb":"end"' "$dir/out") $(scans | wc -l)" '2 2'

tickets Invoice --every=1d
gzip -c <"$dir/tickets" >"$dir/tickets.gz"
: >"$dir/sim.log"
qb-fetch --no-rate-limit <"$dir/tickets.gz" >"$dir/out"
status=$?
proven 'tickets of gzip' Invoice 365
is 'are one scan too' "$(calls)" '2 1 1'

# --- scans of a bounded number of rows

tickets Invoice --every=1d
fetch --page-size=50 --scan-rows=200
proven 'scans of 200 rows' Invoice 365
ok 'are several' [ "$(scans | wc -l)" -ge 5 ]
is 'none has more' "$(scans | awk '$4 > 200')" ''
is 'and they follow each other' "$(scans | awk 'NR > 1 && $1 != end; { end = $2 }')" ''
# 18 full pages, two counts for each scan, one for the entity
at_most 'scans of 200 rows' $(((18 + 2 * $(scans | wc -l) + 1) * 11 / 10))
tickets Invoice --every=90d
fetch --page-size=50 --scan-rows=20
proven 'windows of more rows than a scan' Invoice 5
fetch --page-size=50 --scan-rows=20 --jobs=1
proven 'the same, one request at a time' Invoice 5
tickets Invoice --every=1d
fetch --page-size=50 --scan-rows=1
proven 'scans of one row' Invoice 365

# What was proven before the server is gone stays.
begin 'request 15..999 reset'
fetch --page-size=50 --scan-rows=200 --retry-for=1s --jobs=1
is 'a server that goes away: status' $status 75
true_stream 'a server that goes away'
ok 'what was proven before is sealed' \
	[ "$(grep -c '"qb":"seal"' "$dir/out")" -gt 30 ]

# --- without counts, and by other times

begin
fetch --page-size=100 --no-count
proven 'without counts' Invoice 365
is 'it is only pages' "$(calls | cut -d' ' -f2)" 0
is 'and the seals say so' "$(sed -n 's/^{"qb":"seal",.*"fetch":\({[^}]*}\).*/\1/p' "$dir/out" |
	jq -c '[.count_before, .count_after]' | sort -u)" '[null,null]'
for by in created txn-date; do
	qb-window Invoice --from=2024-06-01 --to=$to --every=7d --by=$by >"$dir/tickets"
	fetch --page-size=100
	is "by $by: status" $status 0
	true_stream "by $by" --log="$dir/sim.log"
	ok "by $by: most rows came, none twice" \
		[ "$(ids "$dir/out" | sort -u | wc -l)" -gt 800 ]
	ok "by $by: few calls" [ "$(calls | cut -d' ' -f1)" -le 22 ]
done

# --- a filter that is ignored

for by in updated created txn-date; do
	for rule in 'any always ignore-filter' 'page 2 times 99 ignore-filter'; do
		begin "$rule"
		qb-window Invoice --from=2025-03-01 --to=2025-09-01 --every=7d \
			--by=$by >"$dir/tickets"
		fetch --page-size=100
		is "$rule, by $by: status" $status 69
		is "$rule, by $by: nothing is sealed" "$(grep -c '"qb":"[se]' "$dir/out")" 0
		ok "$rule, by $by: it is named" grep -q 'Invoice 1.*2025-03-01T00:00:00Z' "$dir/err"
	done
done

# --- a row that cannot be had

tickets Invoice --every=7d
# shellcheck disable=SC2046
"$QB_SIM" $(world) --print=Invoice | jq -r '[.Id, .MetaData.LastUpdatedTime] | @tsv' >"$dir/times"
poisoned() {	# poisoned PLACE FAULT: in a row of the company
	bad=$(sed -n "${1}p" "$dir/times" | cut -f1)
	second=$(sed -n "${1}p" "$dir/times" | cut -f2)
	awk -F'\t' -v second="$second" '$2 != second { print $1 }' "$dir/times" |
		sort >"$dir/others"
	begin "row $bad $2"
	fetch --page-size=100
	incomplete "row $1, $2"
	fetch --page-size=100 --keep-going
	incomplete "row $1, $2, --keep-going"
	ids "$dir/stamped" >"$dir/came"
	ok "row $1, $2, --keep-going: all others came" cmp -s "$dir/came" "$dir/others"
	at_most "row $1, $2, --keep-going" 30
}
for place in 1 450 451 900; do
	poisoned $place 'status 400 code 4002'
	is "row $place is a refusal" $status 69
	ok "row $place is named by its place" grep -Eq 'row [0-9]+' "$dir/err"
done
poisoned 450 'status 500 code 10000'
poisoned 450 'status 400 code 500'
two=$(sed -n '1p;2p;500p' "$dir/times" | cut -f1 | sed 's/.*/row & status 400 code 4002/')
begin "$two"
fetch --page-size=100 --keep-going
incomplete 'three rows, --keep-going'
is 'three rows: all others came' "$(ids "$dir/stamped" | wc -l)" 897

# --- counts that are too slow, pages that are too large

tickets Invoice --every=7d
begin 'count-longer 40d status 504'
fetch --page-size=100
proven 'a count of more than 40 days is too slow' Invoice 53
# four halvings, and twice the length is tried once more
ok 'longer ones are halved, and not tried again' \
	[ "$(grep -c 'kind=count status=504' "$dir/sim.log")" -le 8 ]
begin 'count-over 300 status 504'
fetch --page-size=100
proven 'a count of more than 300 rows is too slow' Invoice 53
begin 'page 1 times 1 status 504' 'page 4 times 1 status 504'
fetch --page-size=100
proven 'pages that are too large' Invoice 53
begin 'request 2 status 404 body html' 'request 4 status 403 body html' \
	'request 6 status 302 body html'
fetch --page-size=100 --jobs=1 --retries=2
proven 'pages of a server before QuickBooks' Invoice 53
begin 'any always status 404 body html'
fetch
incomplete 'one that stays'
ok 'says what to look at' grep -q 'QBO_REALM_ID\|QBO_API_URL' "$dir/err"

# --- what it says of its calls

begin
tickets Invoice --every=7d
fetch --page-size=100 --status-file="$dir/status"
is 'the status file ends with the calls, windows and rows' \
	"$(tail -n 1 "$dir/status" | jq -c '[.qb, .tool, .calls, .windows,
		.windows_counted, .windows_sealed, .rows_counted, .rows]')" \
	"[\"status\",\"qb-fetch\",$(calls | cut -d' ' -f1),53,53,53,900,900]"
fetch --page-size=100 --plan
plan_used=$(calls | cut -d' ' -f1)
is 'a plan: status' $status 0
is 'reads nothing but counts' "$(calls | cut -d' ' -f3)" 0
is 'and says what it used' "$(tail -n 1 "$dir/out")" \
	"{\"qb\":\"plan\",\"calls_used\":$plan_used}"
planned=$(jq -s -c 'map(select(.entity)) | [length, (map(.windows) | add),
	(map(.rows) | add), (map(.calls) | add)]' "$dir/out")
fetch --page-size=100
is 'and is what is done then' "$planned" "[1,53,900,$(calls | cut -d' ' -f1)]"

# --- memory

rows=all=0,Invoice=300000
begin
qb-window Invoice --from=$from --to=$to --every=1d >"$dir/tickets"
: >"$dir/sim.log"
peak=$(python3 -c 'import resource, subprocess, sys
status = subprocess.call(["qb-fetch", "--no-rate-limit"], stdin=sys.stdin,
                         stdout=open(sys.argv[1], "wb"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, status)' \
	"$dir/out" <"$dir/tickets")
is '300,000 rows: status' "${peak#* }" 0
ok "take less than 24 MB: ${peak% *} KiB" [ "${peak% *}" -lt 24576 ]
is 'all came' "$(tail -n 1 "$dir/out")" '{"qb":"end","windows":365,"rows":300000}'
at_most '300,000 rows in windows of a day' $(((300 + 2 * 15 + 1) * 11 / 10))
qb-stamp <"$dir/out" >/dev/null
is 'and every seal holds' $? 0
done_testing
