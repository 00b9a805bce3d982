#!/bin/bash
# The commands of README.md that need no person: each as it is printed there, in
# its order, against the simulator.  README.es.md has the same ones:
# tests/mage/languages.t.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
readme=$(cd "${0%/*}/../.." && pwd)/README.md
dir=$(mktemp -d) || exit 1
trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
sim_start --seed=7 --rows=all=0,Customer=60,Invoice=200,Item=30 \
	--from=2025-01-01 --to=2025-07-01 || { echo 'Bail out! no simulator'; exit 1; }
export QBO_TOKEN_FILE="$dir/token.json"
cd "$dir" || exit 1

# The code of a section, a file for each paragraph of it, without the indent.
code_of() {	# code_of SECTION FOLDER
	mkdir "$2"
	awk -v section="## $1" -v folder="$2" '
	/^## / { inside = $0 == section }
	!inside || !/^    [^ ]/ && !/^    +[^ ]/ { open = 0; next }
	!open { open = 1; file = sprintf("%s/%02d", folder, ++n) }
	{ print substr($0, 5) >file }' "$readme"
}
run() {		# run FILE: its commands in a shell, as a person would
	title=$(grep -v '^#' "$1" | grep 'qb-' | head -n 1)
	case $(cat "$1") in
	*parallel*) command -v parallel >/dev/null || {
		skip "$title" 'GNU parallel is not installed'; return; } ;;
	esac
	bash -o pipefail -c ". $1" </dev/null >out 2>err
	rc=$?
	[ $rc = 0 ] || sed 's/^/# /' err
	is "$title" $rc 0
}

code_of 'A first run against Intuit'\''s sandbox' first
for file in first/*; do
	grep -q 'qb-window' "$file" && run "$file"
done
is 'and the rows are there' \
	"$(pg -c 'select (select count(*) from raw.customers),
		(select count(*) from raw.invoices), (select count(*) from raw.items)')" '60|200|30'

code_of 'Composing' composing
for file in composing/*; do run "$file"; done
is 'the copy that tee keeps has the items' "$(grep -c '^{"qb":"row"' items.ndjson)" 30
is 'what is left out is not there' \
	"$(pg -c "select count(*), count(payload->'PrimaryPhone') from no_phone.customers")" '60|0'
is 'the replay has the invoices' "$(pg -c 'select count(*) from replay.invoices')" 200
is 'all of those commands were found' "$(cat first/* composing/* | grep -c 'qb-window')" 5

# An example of an error: the command, and what it says.
code_of 'How it ends' ends
grep -v '^\$ ' ends/01 >want
bash -c "$(sed -n 's/^\$ //p' ends/01)" >got 2>&1
is 'a wrong time is refused with the words that are shown' "$(cat got)" "$(cat want)"
done_testing
