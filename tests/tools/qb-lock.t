#!/bin/sh
# qb-lock: only one process holds the lock on an entity of a schema.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
dir=$(mktemp -d) || exit 1
trap 'exec 5>&- 6>&-; wait; pg_stop; rm -rf "$dir"' EXIT
pg_start || { echo 'Bail out! no PostgreSQL'; exit 1; }
mkfifo "$dir/one" "$dir/two"
exec 5<>"$dir/one" 6<>"$dir/two"

ask() {		# ask ARGUMENT...: rc, $dir/out and $dir/err; it does not stay
	qb-lock "$@" </dev/null >"$dir/out" 2>"$dir/err" 5>&- 6>&-
	rc=$?
}
held() {	# held FILE: until it says so
	until [ -s "$1" ]; do sleep 0.05; done
}
ask invoices
is 'nobody else is there: status' $rc 0
is 'and it says so' "$(cat "$dir/out")" locked
qb-alone invoices </dev/null >"$dir/out" 5>&- 6>&-
is 'under its old name it says what it said then' "$? $(cat "$dir/out")" '0 alone'
qb-lock invoices items <"$dir/one" >"$dir/one.out" 5>&- 6>&- &
first=$!
held "$dir/one.out"
ask Invoice
is 'the second leaves: status' $rc 75
is 'with nothing on standard output' "$(cat "$dir/out")" ''
ok 'it says who is there' grep -qE \
	'^qb-lock: another run is loading Invoice into schema raw: server process [0-9]+ of user .* since 2' "$dir/err"
ok 'and what to do' grep -q '^qb-lock: next: run the same command again when' "$dir/err"
ask customers Item
is 'one of several is enough' $rc 75
ask customers
is 'another entity is free' $rc 0
ask invoices --schema=other
is 'another schema is free' $rc 0
pg -c 'create role t_alone login' 2>"$dir/err"
PGUSER=t_alone ask invoices
is 'a role without any right is told the same' $rc 75
pg -c 'drop role t_alone'
ask customers --schema=
is 'a schema without a name is none' $rc 64
exec 5>&-
wait $first
is 'it ends when its input does' $? 0
ask invoices items
is 'and then it is free' $rc 0

qb-lock items <"$dir/two" >"$dir/two.out" 6>&- &
second=$!
held "$dir/two.out"
kill -KILL $second
wait $second 2>/dev/null
ask items
is 'a killed one leaves nothing behind' $rc 0
for wrong in unicorns --nonsense ''; do
	# shellcheck disable=SC2086 # nothing is one of them
	ask $wrong
	is "\"$wrong\": status" $rc 64
done
PGPORT=1 ask items
is 'no server: status' $rc 75
PGDATABASE=nowhere ask items
is 'no such database: status' $rc 69

# Ten at once, in two orders: one gets both.
qb-lock items bills <"$dir/two" >"$dir/a" 2>"$dir/err" 6>&- &
held "$dir/a"
exec 6>&-
wait
mkfifo "$dir/three"
exec 6<>"$dir/three"
for i in 1 2 3 4 5 6 7 8 9 10; do
	set -- items bills
	[ $((i % 2)) = 0 ] || set -- bills items
	{
		qb-lock "$@" <"$dir/three" >"$dir/got.$i" 2>/dev/null
		echo $? >"$dir/rc.$i"
	} 6>&- &
done
until [ "$(cat "$dir"/rc.* 2>/dev/null | wc -l)" = 9 ]; do sleep 0.1; done
is 'of ten who want two entities in two orders one gets both' \
	"$(cat "$dir"/got.*)" locked
exec 6>&-
wait
is 'and the others left with 75' "$(cat "$dir"/rc.* | sort | uniq -c | tr -s ' \n' '  ')" ' 1 0 9 75 '
done_testing
