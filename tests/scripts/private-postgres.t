#!/bin/sh
# Each promise of scripts/private-postgres.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
tool=$(cd "${0%/*}/../../scripts" && pwd)/private-postgres
dir=$(mktemp -d /tmp/qb-server.XXXXXX); chmod 755 "$dir"
started=
cleanup() {
	for name in $started; do "$tool" stop "$dir/$name"; done
	rm -rf "$dir"
}
trap cleanup EXIT; trap 'exit 1' INT TERM HUP
cd "$dir" || exit 1
unset PGHOST PGPORT PGUSER PGDATABASE

start() {	# start NAME: its assignments are evaluated
	started="$started $1"
	where=$("$tool" start "$dir/$1" 2>err) && eval "$where" &&
		export PGHOST PGPORT PGUSER PGDATABASE
}
ask() { psql -X -A -t -c "$1" 2>&1; }
gone() { [ ! -e "$1" ]; }

ok 'it starts' start one
is 'and prints where it is' "$where" "PGHOST=$dir/one/socket PGPORT=5432 PGUSER=qb PGDATABASE=qb"
is 'the database is there, in UTF-8' "$(ask 'show server_encoding')" UTF8
is 'it does not listen on the network' "$(ask 'show listen_addresses')" ''
is 'and keeps all in its folder' "$(ask 'show data_directory') $(ls one)" "$dir/one/data data
lock
log
socket"
ask 'create table kept as select 7 as n' >/dev/null
is 'starting it again is fine' "$("$tool" start one)" "$where"
is 'it stops' "$("$tool" stop one; echo $?)" 0
case $(ask 'select 1') in *'No such file'*) rc=0 ;; *) rc=1 ;; esac
ok 'and is gone then' [ $rc = 0 ]
is 'stopping it again is fine' "$("$tool" stop one; echo $?)" 0
ok 'it starts again' start one
is 'with what was in it' "$(ask 'select n from kept')" 7
"$tool" stop one
mv one moved; ok 'in another place, too' start moved
is 'with what was in it' "$(ask 'select n from kept')" 7
"$tool" stop moved

deep=$(printf 'd%.0s' $(seq 60))/$(printf 'e%.0s' $(seq 60))
ok 'a folder too deep for a socket' start "$deep"
ok 'works with a short one' [ "$(ask 'select 1')" = 1 ]
ok 'and that is said' grep -q "it is in $PGHOST until stop" err
"$tool" stop "$deep"
ok 'which goes with it' gone "$PGHOST"

mkdir -m 700 private
ok 'a folder that is open to its owner only' start private/server
is 'works too' "$(ask 'select 1')" 1
"$tool" stop private/server

odd="o'd\"d, \$(x)"
where=$("$tool" start "$odd" 2>err); rc=$?; eval "$where"
is 'a folder with any name works' "$rc $(ask 'select 1')" '0 1'
"$tool" stop "$odd"

"$tool" start two >first & "$tool" start two >second; wait; started="$started two"
ok 'two at once start one' cmp -s first second
"$tool" stop two
is 'a word that is none' "$("$tool" begin two 2>err; echo $?)" 64
is 'no folder' "$("$tool" start 2>err; echo $?)" 64
is 'a folder that cannot be' "$("$tool" start /dev/null/x 2>err >out; echo $?)" 74
done_testing
