# shellcheck shell=sh disable=SC2034,SC2154 # variables of the test
# census.sh - a company, its tables, and a census of them, for the tests of
# qb-census.  Source it after pg.sh and sim.sh; the test sets $world and $range.
company() { # company [RULE...]: it answers as it is now, by a script
	printf '%s\n' "$@" >"$dir/script"
	# shellcheck disable=SC2086
	sim_start $world --script="$dir/script" || exit 1
}
tickets() { # tickets [ENTITY]
	# shellcheck disable=SC2086
	qb-window "${1:-invoices}" --by=created $range --every=1mo
}
met() { grep -c 'kind=\(count\|rows\) status=200 .*answer=whole' "$dir/sim.log"; }
census() { # census [OPTION...]: tickets come from $dir/tickets; $calls it took
	calls=$(met)
	qb-census --no-rate-limit "$@" <"$dir/tickets" >"$dir/out" 2>"$dir/err"
	status=$?
	calls=$(($(met) - calls))
}
gone() { jq -r 'select(.qb == "gone").gone.id' "$dir/out" | sort -n | paste -sd' ' -; }
seals() { jq -c 'select(.qb == "seal") | .window.entity, .fetch.rows' "$dir/out" | paste -sd' ' -; }
says() { # says WHAT TEXT: on standard error
	ok "$1: \"$2\" is said" grep -qF -e "$2" "$dir/err"
}
sound() { # sound: what comes out passes qb-stamp, which checks the seals
	qb-stamp <"$dir/out" >"$dir/stamped" 2>>"$dir/err"
}
ids() { # ids CONDITION: of the table, in one line
	pg -c "select id from raw.invoices where $1 order by id::int" | paste -sd' ' -
}
again() { # the tables as QuickBooks was at first; everything is loaded
	pg -c 'drop schema if exists raw cascade'
	qb-load <"$dir/all" >"$dir/receipts" || exit 1
}
created="(payload #>> '{MetaData,CreateTime}')::timestamptz"
there() { # there FROM TO: the ids that QuickBooks has, by qb-fetch
	qb-window invoices --by=created --from="$1" --to="$2" |
		qb-fetch --no-rate-limit | jq -r 'select(.qb == "row").row.id'
}
missed() { # missed FROM TO: those that only the table has
	there "$1" "$2" | sort >"$dir/there"
	pg -c "select id from raw.invoices where $created >= '$1' and $created < '$2'" |
		sort | comm -23 - "$dir/there"
}
