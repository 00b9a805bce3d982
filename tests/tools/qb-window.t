#!/bin/sh
# qb-window: tickets that cover a range, and command lines that are refused.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

run() { # run ARGUMENT...: into $tmp/out and $tmp/err, the status in $status
	qb-window "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
	status=$?
}
refused() { # refused WHAT SAYING ARGUMENT...
	what=$1 saying=$2
	shift 2
	run "$@"
	is "$what: status" "$status" 64
	ok "$what: nothing is written" test ! -s "$tmp/out"
	ok "$what: the message has \"$saying\"" grep -qF -e "$saying" "$tmp/err"
	ok "$what: and what to do next" grep -q '^qb-window: next: ' "$tmp/err"
}

run customers Invoice --from=2025-01-01 --to=2025-01-10
is "tickets: status" "$status" 0
is "tickets are these, entity by entity, then the end" "$(cat "$tmp/out")" \
'{"qb":"ticket","window":{"entity":"Customer","by":"updated","start":"2025-01-01T00:00:00Z","end":"2025-01-08T00:00:00Z","no":1,"of":2}}
{"qb":"ticket","window":{"entity":"Customer","by":"updated","start":"2025-01-08T00:00:00Z","end":"2025-01-10T00:00:00Z","no":2,"of":2}}
{"qb":"ticket","window":{"entity":"Invoice","by":"updated","start":"2025-01-01T00:00:00Z","end":"2025-01-08T00:00:00Z","no":1,"of":2}}
{"qb":"ticket","window":{"entity":"Invoice","by":"updated","start":"2025-01-08T00:00:00Z","end":"2025-01-10T00:00:00Z","no":2,"of":2}}
{"qb":"end","windows":4,"rows":0}'
ok "there is no message" test ! -s "$tmp/err"

run --every 1mo --from 2025-01-31 customers --to 2025-03-31 --by created
is "options may stand anywhere, and apart from their values" \
	"$(sed -n '1s/.*"by":"created".*"end":"\(.*\)Z".*/\1/p' "$tmp/out")" \
	2025-02-28T00:00:00

run customers --from=2025-01-01 --to=2025-01-02 --tz=America/Guayaquil
is "days begin at midnight of the zone" \
	"$(sed -n '1s/.*"start":"\(.*\)","end":"\(.*\)Z".*/\1 \2/p' "$tmp/out")" \
	'2025-01-01T05:00:00Z 2025-01-02T05:00:00'

run customers Customer CUSTOMERS --from=2025-01-01 --to=2025-01-02
is "an entity named twice is read once" "$(wc -l <"$tmp/out" | tr -d ' ')" 2

run customers,Customer "invoices, bills" vendors --from=2025-01-01 --to=2025-01-02
is "names may stand in a comma list" \
	"$(sed -n 's/.*"entity":"\([^"]*\)".*/\1/p' "$tmp/out" | tr '\n' ' ')" \
	'Customer Invoice Bill Vendor '

run customers --from=2024-02-29 --to=2025-06-01 --every=1y
is "a window may be a year" \
	"$(sed -n '1s/.*"end":"\(.*\)Z".*/\1/p' "$tmp/out")" 2025-02-28T00:00:00

run customers vendors --from=2025-01-01 --every=10000d
is "without --to the last window ends now, for every entity alike" \
	"$(sed -n 's/.*"end":"\([^"]*\)".*/\1/p' "$tmp/out" | sort -u | wc -l | tr -d ' ')" 1
end=$(sed -n '1s/.*"end":"\([^"]*\)".*/\1/p' "$tmp/out")
is "now is a whole second" "$(printf '%s' "$end" | tr -d 0-9)" --T::Z
ok "and not in the future" test "$(date -u -d "$end" +%s)" -le "$(date +%s)"

run customers --from=2025-01-01 --to=2999-01-01 --every=10000d
is "--to in the future: status" "$status" 0
ok "--to in the future is cut to now" grep -q '"end":"20' "$tmp/out"
ok "and a message says so" grep -q 'lies in the future: cut to 20' "$tmp/err"

run invoices --from=2025-01-01 --every=10000d --by=txn-date
ok "by date, a range ends with a whole day" \
	grep -q '"by":"txn-date".*"end":"[-0-9]*T00:00:00Z"' "$tmp/out"

run customers --from=2025-01-01 --to=2025-01-01T00:00:01
is "a second is a window" "$(tail -n 1 "$tmp/out")" \
	'{"qb":"end","windows":1,"rows":0}'

# A million windows, the most there may be.
qb-window customers --from=1890-01-01 --to=2004-01-30T16:00 --every=1h |
	tail -n 2 >"$tmp/out"
is "a million windows are counted right" \
	"$(sed 's/.*"no"/"no"/' "$tmp/out")" '"no":1000000,"of":1000000}}
{"qb":"end","windows":1000000,"rows":0}'

d='--from=2025-01-01 --to=2025-02-01'
# shellcheck disable=SC2086
{
refused "no entity" 'name at least one' $d
refused "an unknown entity" 'unknown entity "invoyces"' invoyces $d
ok "the nearest name is proposed" grep -qx 'qb-window: next: did you mean Invoice?' "$tmp/err"
refused "a name in Spanish" 'unknown entity "facturas"' facturas $d
ok "its English name is proposed" grep -q 'did you mean Invoice?' "$tmp/err"
refused "an entity that qb does not know" 'unknown entity "ChangeOrder"' ChangeOrder $d
ok "the way to read it nevertheless is named" grep -q -e '--unlisted=ChangeOrder' "$tmp/err"
refused "an unlisted entity that is no name" 'is not the name of an entity' --unlisted=change_orders $d
refused "an empty one" 'is not the name of an entity' --unlisted=ChangeOrder, $d
refused "an unknown report" 'unknown report "report:Profit"' report:Profit $d
ok "those that there are are named" grep -q 'one of these: AgedPayableDetail.*VendorExpenses' "$tmp/err"
refused "a basis that is none" 'unknown report' report:ProfitAndLoss:Fifo $d
refused "a basis of a report that has none" 'unknown report' report:CashFlow:Cash $d
windows_of() {	# windows_of ENTITY...: by, start and end of each
	qb-window "$@" | sed -n 's/.*"entity":"\([A-Za-z:]*\)","by":"\([a-z-]*\)","start":"\([^"]*\)","end":"\([^"]*\)".*/\1 \2 \3 \4/p'
}
is "what is read whole has one window, whatever --every and --by say" \
	"$(windows_of tax_codes preferences $d --every=1d --by=created)" \
	'TaxCode whole 2025-01-01T00:00:00Z 2025-02-01T00:00:00Z
Preferences whole 2025-01-01T00:00:00Z 2025-02-01T00:00:00Z'
is "rates are read by whole days of the zone" \
	"$(windows_of exchangerates --from=2025-01-01 --to=2025-01-02T12:00 --every=12h --tz=Europe/Madrid)" \
	'ExchangeRate as-of 2025-01-01T00:00:00Z 2025-01-02T00:00:00Z'
is "a report has a window for each period, in any case" \
	"$(windows_of report:PROFITANDLOSS:cash --from=2025-01-01 --to=2025-03-01 --every=1mo --tz=America/Guayaquil)" \
	'report:ProfitAndLoss:Cash report 2025-01-01T00:00:00Z 2025-02-01T00:00:00Z
report:ProfitAndLoss:Cash report 2025-02-01T00:00:00Z 2025-03-01T00:00:00Z'
qb-window exchangerates --from=2025-01-01T01:00 --to=2025-01-01T02:00 >"$tmp/out" 2>"$tmp/err"
is "no whole day: no ticket, and it is said" "$? $(wc -l <"$tmp/out") $(grep -c 'no day of the range is over' "$tmp/err")" "0 1 1"
is "an entity that is not listed says so" \
	"$(qb-window --unlisted=ChangeOrder,Glossary $d --every=1mo | sed -n 's/.*"entity":"\([A-Za-z]*\)","by":"updated".*,"unlisted":true}}$/\1/p' | paste -sd' ')" \
	'ChangeOrder Glossary'
is "what a group names is optional, what is named is not" \
	"$(qb-window lists customers $d --every=1mo | grep -c '"optional":true}$') $(qb-window lists customers $d --every=1mo | grep '"Customer"' | grep -c optional)" \
	"$(($(qb-window lists $d --every=1mo | grep -c optional) - 1)) 0"
qb-window --list >"$tmp/list" 2>/dev/null || list_failed=yes
is "--list has a line for each entity of all" \
	"${list_failed:-}$(sed 1d "$tmp/list" | cut -d' ' -f1 | sort)" \
	"$(qb-window all --from=2025-01-01 --to=2025-01-02 |
		sed -n 's/.*"entity":"\([A-Za-z]*\)".*/\1/p' | sort)"
is "with times and kind" "$(awk '$1 == "Invoice" || $1 == "TaxCode" {print $2, $3, $4}' "$tmp/list")" \
	'invoices updated,created,txn-date,change transaction
tax_codes whole list'
is "--by=change has one ticket per entity, for the whole range" \
	"$(qb-window customers invoices --by=change --from=2025-01-01 --to=2026-01-01 |
		grep -c '"by":"change","start":"2025-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z","no":1,"of":1}')" 2
refused "parts of it" '--every does not go with --by=change' invoices $d --by=change --every=1mo
refused "a name beside --list" 'unexpected argument "invoices"' invoices --list
refused "an empty name in a list" 'empty entity name in "invoices,,bills"' invoices,,bills $d
refused "no --from" '--from is required' customers --to=2025-02-01
refused "an impossible date" '2025-02-30' customers --from=2025-02-30
refused "--from after --to" 'is not before' customers --from=2025-02-01 --to=2025-01-01
refused "--from at --to" 'is not before' customers --from=2025-02-01 --to=2025-02-01
refused "--from in the future" '--from=2999-01-01 lies in the future' customers --from=2999-01-01
refused "both in the future" 'lies in the future' customers --from=2999-01-01 --to=2999-02-01
refused "an unknown zone" 'unknown time zone "Mars/Olympus"' customers $d --tz=Mars/Olympus
refused "a zone that climbs out" 'unknown time zone' customers $d --tz=../../etc/passwd
refused "a time that the clocks skip" 'the clocks went' customers \
	--from=2025-03-09T02:30 --tz=America/New_York
refused "no length" '--every takes' customers $d --every=0d
refused "an unknown unit" '--every takes' customers $d --every=1m
ok "the message names the units" grep -q 'hours, days, weeks, months or years' "$tmp/err"
refused "too many windows" 'more than 1000000 windows' customers --from=1800-01-01 --every=1h
refused "an unknown field" '--by takes' customers $d --by=changed
refused "customers by date" 'Customer cannot be selected by txn-date' customers $d --by=txn-date
refused "a date with a time" 'whole days' invoices --from=2025-01-01T10:00 --by=txn-date
refused "a date with a zone" 'no time zone' invoices $d --by=txn-date --tz=America/Guayaquil
refused "half days by date" 'whole days' invoices $d --by=txn-date --every=12h
refused "an unknown option" '--since' customers $d --since=2025-01-01
}

qb-window customers --from=2025-01-01 --to=2025-02-01 >/dev/full 2>"$tmp/err"
is "a full disk: status" "$?" 74
ok "a full disk is named" grep -q 'No space left' "$tmp/err"
qb-window customers --from=2025-01-01 --to=2025-02-01 >&- 2>"$tmp/err"
is "no standard output: status" "$?" 74

mkfifo "$tmp/gone"
{ qb-window customers --from=1900-01-01 --to=2000-01-01 --every=1h \
	>"$tmp/gone" 2>"$tmp/err"; printf '%s\n' "$?" >"$tmp/status"; } &
head -n 1 <"$tmp/gone" >"$tmp/out"
wait
is "a reader that exited: status" "$(cat "$tmp/status")" 74
ok "a reader that exited is named" grep -q 'the next command in the pipe exited' "$tmp/err"

ok "it links no libpq, no libcurl and no libjq" sh -c \
	"! ldd \"\$(command -v qb-window)\" | grep -E 'libpq|libcurl|libjq'"
done_testing
