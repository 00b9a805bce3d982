#!/bin/sh
# What runs qb-sync unattended: the units of systemd, and the line of cron as its page
# prints it.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
build=$(cd "${QB_BUILD:-build}" && pwd) || exit 1
cd "${0%/*}/../.." || exit 1
root=$PWD
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT
mkdir -p "$dir/units" "$dir/home" "$dir/local/bin"

# --- systemd: as installed, beside what it calls
for unit in systemd/*; do
	sed "s,@PREFIX@,$dir/local," "$unit" >"$dir/units/${unit##*/}"
done
printf '#!/bin/sh\n' >"$dir/local/bin/qb-sync"
chmod +x "$dir/local/bin/qb-sync"
if command -v systemd-analyze >"$dir/which"; then
	for unit in qb-sync@acme.service qb-sync@acme.timer; do
		SYSTEMD_UNIT_PATH="$dir/units:" systemd-analyze verify --man=no \
			"$dir/units/$unit" >"$dir/said" 2>&1
		is "systemd accepts $unit" "$? $(grep -F "$dir/units" "$dir/said")" '0 '
	done
	is 'the timer runs every night' "$(systemd-analyze calendar '*-*-* 02:15:00' >"$dir/said" 2>&1; echo $?)" 0
else
	skip 'systemd accepts the units' 'no systemd-analyze'
fi
# shellcheck disable=SC2016 # the variable of systemd
is 'the words of QB_SYNC are operands and options' \
	"$(grep -c '^ExecStart=.* \$QB_SYNC$' systemd/qb-sync@.service)" 1

# Log in, as the page has it, reads the same file by a shell.
grep '^QB_SYNC=' man/qb-sync.1 >"$dir/acme.env"
is 'a shell can read the settings of the page' "$(sh -c '. "$1"; echo "$QB_SYNC"' sh "$dir/acme.env" 2>&1)" \
	'all --from=2015-01-01'

# --- cron: the line as printed, by a shell with the environment that cron gives
line=$(sed -n 's/^15 2 \* \* \*  //p' man/qb-sync.1)
ok 'the page has a line for cron' [ "$line" ]
cd "$dir/home" || exit 1
pg_start || exit 1
sim_start --seed=7 --from=2025-01-01 --to=2025-06-01 --rows=all=0,Invoice=30 || exit 1
{
	sed 's/^export //' "$dir/sim.env"
	printf 'PGHOST=%s\nPGPORT=%s\nPGUSER=%s\nPGDATABASE=%s\n' "$PGHOST" "$PGPORT" "$PGUSER" "$PGDATABASE"
} >qb.env
cron() {	# cron LINE: as cron runs it, where qb is installed
	env -i HOME="$dir/home" LOGNAME=qb SHELL=/bin/sh PATH=/usr/bin:/bin \
		/bin/sh -c "$(printf %s "$1" | sed "s,/usr/local/bin,$build/bin,")" >"$dir/mail" 2>&1
}
cron "$(printf %s "$line" | sed 's/--if-running/invoices --from=2025-01-01 &/')"
is 'the first load' "$? $(cat "$dir/mail")" '0 '
is 'is whole' "$(pg -c 'select count(*) from raw.invoices')" 30
cron "$line"
is 'then the line as it is: no mail when all is well' "$? $(cat "$dir/mail")" '0 '
is 'the login is kept in the home directory' "$(find "$dir/home/.local/state/qb" -name 'sandbox-*.json' | wc -l)" 1
ok 'and so is the archive' test -d "$dir/home/qb-archive"
sim_stop
cron "$line"
is 'mail when QuickBooks cannot be reached' "$?" 75
ok 'with the cause' grep -q '^qb-sync: not finished: ' "$dir/mail"
ok 'and the next command' grep -q '^qb-sync: next: ' "$dir/mail"
cd "$root" || exit 1
done_testing
