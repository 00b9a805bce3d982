#!/bin/sh
# qb-load over TCP: what the server is to do about a client that is gone.
set -u
. "${0%/*}/../lib/tap.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d /tmp/qb-tcp.XXXXXX) || exit 1
chmod 755 "$dir"
server=
trap '[ -z "$server" ] || { kill -INT "$server"; wait "$server"; } 2>/dev/null; "$root/scripts/private-postgres" stop "$dir/pg"; rm -rf "$dir"' EXIT
unset PGOPTIONS PGSERVICE PGPASSWORD
eval "$("$root/scripts/private-postgres" start "$dir/pg")" || { echo 'Bail out! no PostgreSQL'; exit 1; }
export PGPORT PGUSER PGDATABASE
postgres=$(readlink "/proc/$(head -n 1 "$dir/pg/data/postmaster.pid")/exe")
"$root/scripts/private-postgres" stop "$dir/pg"
# the same server once more, with a port of this machine
as=
[ "$(id -u)" != 0 ] || as="setpriv --reuid=$(stat -c %u "$dir/pg/data") --regid=$(stat -c %g "$dir/pg/data") --clear-groups"
PGPORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
PGHOST=127.0.0.1
export PGHOST
cd "$dir/pg/data" || exit 1
$as "$postgres" -D . -c listen_addresses=127.0.0.1 -c port="$PGPORT" >>"$dir/log" 2>&1 &
server=$!
cd "$dir" || exit 1
for _ in $(seq 200); do ! psql -X -q -c 'select 1' >/dev/null 2>&1 || break; sleep 0.1; done
pg() { psql -X -q -A -t "$@"; }
load() { python3 "$root/tests/lib/windows.py" "$@" | qb-load >out 2>err; echo $?; }

is 'a window is loaded over TCP' "$(load 'entity=Term ids=1-3')" 0
pg -c "create table raw.seen (said text)" \
	-c "create function raw.see() returns trigger language plpgsql as \$\$ begin
		insert into raw.seen select string_agg(current_setting('tcp_keepalives_' || of), ' ' order by of)
			from unnest(array['idle', 'interval', 'count']) of;
		return new; end \$\$" \
	-c 'create trigger see before insert on raw.terms for each row execute function raw.see()'
is 'and another' "$(load 'entity=Term ids=4')" 0
is 'a client that is gone is noticed within two minutes' "$(pg -c 'select said from raw.seen')" '6 60 10'
pg -c 'alter role qb set tcp_keepalives_idle = 20' -c 'alter role qb set tcp_keepalives_count = 3' -c 'delete from raw.seen'
is 'and a third' "$(load 'entity=Term ids=5')" 0
is 'or sooner, as the server was told' "$(pg -c 'select split_part(said, $$ $$, 1) || $$ $$ || split_part(said, $$ $$, 2) from raw.seen')" '3 20'
done_testing
