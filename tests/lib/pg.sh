# pg.sh - a PostgreSQL for shell tests.  Source it, call pg_start; a fresh
# database is there then, named by PGHOST, PGPORT, PGUSER and PGDATABASE.
#
# One server serves a whole test run: where QB_TEST_PGHOST (and _PGPORT,
# _PGUSER) are exported, that one is used and left running.  Otherwise
# pg_start makes one in a temporary folder, and pg_stop (call it from the
# trap) removes it with all that is in it.
pg_root=$(cd "$(dirname "$0")/../.." && pwd)
pg_own=

pg_start() {
	if [ -n "${QB_TEST_PGHOST:-}" ]; then
		PGHOST=$QB_TEST_PGHOST
		PGPORT=${QB_TEST_PGPORT:-5432}
		PGUSER=${QB_TEST_PGUSER:-qb}
	else
		pg_own=$(mktemp -d /tmp/qb-pg.XXXXXX)
		chmod 755 "$pg_own"
		pg_where=$("$pg_root/scripts/private-postgres" start "$pg_own") ||
			return 1
		eval "$pg_where"
	fi
	export PGHOST PGPORT PGUSER
	unset PGOPTIONS PGSERVICE PGPASSWORD
	pg_fresh
}

pg_fresh() {		# another empty database, and PGDATABASE names it
	pg_count=$((${pg_count:-0} + 1))
	PGDATABASE="t_$$_$pg_count"
	export PGDATABASE
	psql -X -q -d postgres -c "create database $PGDATABASE" || return 1
	pg_made="${pg_made:-} $PGDATABASE"
}

pg_stop() {
	if [ -n "$pg_own" ]; then
		"$pg_root/scripts/private-postgres" stop "$pg_own"
		rm -rf "$pg_own"
		pg_own=
		return
	fi
	for pg_name in ${pg_made:-}; do
		psql -X -q -h "$QB_TEST_PGHOST" -p "${QB_TEST_PGPORT:-5432}" \
			-U "${QB_TEST_PGUSER:-qb}" -d postgres \
			-c "drop database if exists $pg_name with (force)"
	done
	pg_made=
}

pg() { psql -X -q -A -t "$@"; }	# pg -c 'select 1': the bare values
