#!/bin/sh
# qb-backfill beside tools that do as they are told: which stage's status it
# ends with, what it hands to whom, and that it leaves nothing running.
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cp -R "${0%/*}/../../scripts/qb-backfill" "${0%/*}/../../scripts/pipeline" "$dir/"
export XDG_STATE_HOME="$dir/state"
QB_REAL=$(cd "${QB_BUILD:-build}/bin" && pwd)
export QB_REAL

# A tool notes its arguments, without those of its status file, and passes on what comes.  The file of its name says
# with which status it ends at once; "pipe" writes on until nobody reads, which
# is 74, and "cut" ends with 75 when its input ends.
cat >"$dir/qb-window" <<'END'
#!/bin/sh
dir=${0%/*} me=${0##*/}
case " $* " in
*' --list-options '*) exec "$QB_REAL/$me" --list-options ;;
*' --help '*) exit "$(cat "$dir/$me.wrong" 2>/dev/null || echo 0)" ;;
esac
if [ "$me" = qb-fetch ] && [ ! -e "$dir/asked" ]; then
	# whether the settings are complete, asked with an empty stream
	: >"$dir/asked"
	cat >"$dir/empty"
	[ ! -e "$dir/settings.hang" ] || sleep 1000
	exit "$(cat "$dir/settings" 2>/dev/null || echo 0)"
fi
file=''
for word; do
	shift
	case $word in
	--status-file=*) file=${word#*=} ;;
	*) set -- "$@" "$word" ;;
	esac
done
printf '%s %s\n' "$me" "$*" >>"$dir/called"
[ ! "$file" ] || [ ! -s "$dir/$me.tells" ] || cat "$dir/$me.tells" >>"$file"
[ ! -s "$dir/$me.said" ] || cat "$dir/$me.said" >&2
status=$(cat "$dir/$me.status" 2>/dev/null)
case $status in
pipe)
	trap '' PIPE
	while echo x; do sleep 0.01; done 2>/dev/null
	exit 74 ;;
cut) cat >/dev/null; exit 75 ;;
all) cat >/dev/null; cat "$dir/receipts" 2>/dev/null; exit 65 ;;
?*) exit "$status" ;;
esac
case $me in
qb-lock)
	echo locked
	cat >/dev/null ;;
qb-window)
	echo '{"qb":"ticket","window":{"entity":"Invoice","no":1,"of":1}}'
	echo '{"qb":"end","windows":1,"rows":0}'
	exit ;;
qb-load)
	cat >/dev/null
	echo '{"qb":"receipt","window":{"entity":"Invoice","no":1,"of":1},"load":{"rows":7,"inserted":4,"updated":2,"unchanged":1}}' ;;
qb-check)
	echo 'the table of qb-check' ;;
*)
	if [ -e "$dir/$me.hang" ]; then sleep 1000; fi
	cat ;;
esac
END
chmod +x "$dir/qb-window"
for tool in lock pending fetch census archive stamp load check; do
	cp "$dir/qb-window" "$dir/qb-$tool"
done

run() {		# run [TOOL=STATUS...] -- ARGUMENT...
	rm -f "$dir"/*.status "$dir/called" "$dir/asked"
	while [ "$1" != -- ]; do
		echo "${1#*=}" >"$dir/qb-${1%%=*}.status"
		shift
	done
	shift
	"$dir/qb-backfill" "$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}
ends() {	# ends WHAT STATUS TOOL=STATUS...
	what=$1 want=$2
	shift 2
	run "$@" -- invoices --from=2025-01-01 --archive="$dir/archive"
	is "$what" "$rc" "$want"
}

ends 'all went well' 0
is 'the table of qb-check is what it prints' "$(cat "$dir/out")" \
	'the table of qb-check'
ok 'a line an entity, without a terminal' grep -qE \
	'^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z Invoice: 1 window, 7 rows: 4 inserted, 2 updated, 1 unchanged$' "$dir/err"
ok 'and the sum at the end' grep -qE \
	'^qb-backfill: 1 window, 7 rows: 4 inserted, 2 updated, 1 unchanged; [0-9]+ calls?, [0-9]+\.[0-9] s$' "$dir/err"
ends "qb-check's verdict is the last" 75 check=75
ends 'a wrong range is told before anything begins' 64 window=64
ok 'and nothing else was called' test "$(wc -l <"$dir/called")" = 1
ends 'log in again, and not the cut stream behind it' 77 \
	fetch=77 archive=cut stamp=cut load=cut
is 'qb-check is not asked then' "$(grep -c qb-check "$dir/called")" 0
ok 'the stage that tells it is named' grep -q \
	'qb-fetch exited with status 77' "$dir/err"
ends 'refused by QuickBooks, and not the cut line behind it' 69 \
	fetch=69 stamp=cut load=all
ends 'refused by the server, and not the writers before it' 69 \
	fetch=pipe archive=pipe stamp=pipe load=69
ends 'wrong data, and not the writers before it' 65 \
	fetch=pipe archive=pipe stamp=65 load=cut
ends 'the server is away for a while, and not the writers before it' 75 \
	fetch=pipe archive=pipe stamp=pipe load=75
ends 'a full disk in the middle, and not its neighbours' 74 \
	fetch=pipe archive=74 stamp=cut load=cut
ends 'what is loaded cannot be told: nothing is read' 69 pending=69
is 'and no other stage is started' "$(grep -cE 'qb-(fetch|archive|stamp|load|check) ' "$dir/called")" 0
ends 'a full disk at the end' 74 load=74
run fetch=pipe stamp=65 load=cut -- invoices --from=2025-01-01
is 'the same without an archive' "$rc" 65
ends 'incomplete' 75 fetch=75 archive=cut stamp=cut load=cut
ok 'the stage that began it is named' grep -q \
	'qb-fetch exited with status 75' "$dir/err"
ends 'a tool that was killed in a line can be run again' 75 \
	fetch=137 archive=all load=cut
ends 'a bug is told as one' 70 stamp=70 load=cut
ends 'wrong options of a stage' 64 fetch=64 load=cut
run census=75 archive=cut stamp=cut load=cut -- invoices --from=2025-01-01 --reload --no-resume
ok 'with --reload, what did not come could not be asked for' grep -q \
	'qb-census exited with status 75' "$dir/err"
run fetch=pipe census=69 archive=cut load=cut -- invoices --from=2025-01-01 --reload --no-resume
is 'and not the writer before it' "$rc" 69
rm -rf "$dir/state"

run -- Customer invoices --from=2025-01-01 --to 2025-02-01 --every=1mo \
	--tz=America/Guayaquil --by=created --page-size=500 --jobs=2 \
	--archive="$dir/a b" --level=3 --run=r1 --schema='my raw' --no-count
is 'each option goes to its stages' "$(sort "$dir/called")" \
"qb-archive --level=3 $dir/a b
qb-check Customer invoices --from=2025-01-01 --to=2025-02-01 --tz=America/Guayaquil --by=created --archive=$dir/a b --schema=my raw
qb-fetch --page-size=500 --jobs=2 --no-count
qb-load --schema=my raw
qb-lock --schema=my raw Customer invoices
qb-pending --schema=my raw
qb-stamp --run=r1
qb-window Customer invoices --from=2025-01-01 --to=2025-02-01 --every=1mo --tz=America/Guayaquil --by=created"
run -- invoices --from=2025-01-01 --archive=
is 'an archive without a name is refused' "$rc" 64
ok 'before anything is begun' test ! -e "$dir/called"
for option in reload all; do
	run -- invoices --from=2025-01-01 --$option
	is "--$option asks nobody what is pending" "$(grep -c qb-pending "$dir/called")" 0
	is "--$option looks for what did not come" "$(grep -c qb-census "$dir/called")" 1
done
run -- invoices --from=2025-01-01 --patience=2m
ok 'an older spelling is passed on as it is spelled today' \
	grep -qx 'qb-fetch --retry-for=2m' "$dir/called"
"$dir/qb-backfill" --help >"$dir/help"
is 'and stands in no help' "$(grep -cE -e '--(all|patience)' "$dir/help")" 0
is 'what an option takes, and its default, are those of its tool' \
	"$(sed -n 's/^  \(--retry-for=\|--page-size=\)\([A-Z]*\).*(default \(.*\))$/\2 \3/p' "$dir/help" | paste -sd' ')" \
	'N 1000 TIME 10m'
for status in 64 77; do
	echo $status >"$dir/settings"
	run -- invoices --from=2025-01-01
	is "settings that are missing, a login that is lost: $status" \
		"$rc $(cut -d' ' -f1 "$dir/called")" "$status qb-window"
done
rm "$dir/settings"
is 'they are asked about with an empty stream' "$(cat "$dir/empty")" \
	'{"qb":"end","windows":0,"rows":0}'
run -- invoices --from=2025-01-01
is 'without --to the same now for qb-window and qb-check' \
	"$(grep -o -e '--to=[0-9TZ:-]*' "$dir/called" | sort | uniq -c | tr -s ' ' | cut -d' ' -f2)" 2
for wrong in '--nonsense' '--from' '--all=yes' '-x' '--='; do
	run -- invoices "$wrong"
	is "$wrong exits 64" "$rc" 64
done
ok 'and says what to do next' grep -q 'next: qb-backfill --help' "$dir/err"
for tool in lock pending fetch archive stamp load check; do
	echo 64 >"$dir/qb-$tool.wrong"
	run -- invoices --from=2025-01-01 --archive="$dir/archive"
	is "a wrong option of qb-$tool exits 64, before anything is begun" \
		"$rc $(cut -d' ' -f1 "$dir/called")" '64 qb-window'
	rm "$dir/qb-$tool.wrong"
done
run stamp=64 -- invoices --from=2025-01-01 '--jq=('
is 'and so does a program that is none' \
	"$rc $(cut -d' ' -f1 "$dir/called" | paste -sd' ')" '64 qb-window qb-stamp'
run -- --from=2025-01-01
is 'no entity exits 64' "$rc" 64
echo '{"qb":"receipt","window":{"entity":"Invoice","no":1,"of":1},"load":{"rows":7,"inserted":4,"updated":2,"unchanged":0}}' >"$dir/receipts"
run load=all -- invoices --from=2025-01-01 --rejects="$dir/rejects"
is 'with --rejects, 65 of qb-load is still the verdict' "$rc" 65
ok 'what became of the rows is told, too' grep -q \
	'1 window, 7 rows: 4 inserted, 2 updated, 0 unchanged; ' "$dir/err"
rm "$dir/receipts"
is 'but qb-check is asked' "$(grep -c qb-check "$dir/called")" 1

echo 'qb-fetch: something to know' >"$dir/qb-fetch.said"
run -- invoices --from=2025-01-01
ok 'what a stage says is passed on' grep -q '^qb-fetch: something' "$dir/err"
script -qec "TERM=xterm '$dir/qb-backfill' invoices --from=2025-01-01" \
	"$dir/typed" </dev/null >/dev/null
ok 'on a terminal a line moves' grep -q \
	"$(printf '\r\033\[K0 %%  Invoice 0/1 windows  0 rows  0:00')" "$dir/typed"

printf '%s\n' 'qb-fetch: not read: Invoice 1/2 (..): it changed' \
	'qb-fetch: 1 window was not read' 'qb-fetch: next: run the same command again' >"$dir/qb-fetch.said"
run fetch=75 -- invoices --from=2025-01-01 "--jq=del(.A)" --keep-going
is 'the end tells the windows that were not read, and how to go on' \
	"$(sed -n '/not finished/,$p' "$dir/err")" \
	"qb-backfill: not finished: qb-fetch exited with status 75
$(head -n 2 "$dir/qb-fetch.said")
qb-backfill: at least 1 windows with 7 rows are loaded and stay
qb-backfill: next: $dir/qb-backfill invoices --from=2025-01-01 --jq=del\\(.A\\) --keep-going"
is 'what a tool says is said once' "$(grep -c 'it changed' "$dir/err") $(grep -c next: "$dir/err")" '2 1'
ok '--keep-going is for qb-fetch' grep -q '^qb-fetch --keep-going$' "$dir/called"
printf '%s\n' 'qb-fetch: the rate limit' \
	'qb-fetch: next: run the same command again, but not before 12:00' >"$dir/qb-fetch.said"
run fetch=75 -- invoices --from=2025-01-01
is 'what a tool says of the next command is kept, also where it is to wait' \
	"$(tail -n 2 "$dir/err")" \
	"qb-backfill: next: run the same command again, but not before 12:00
qb-backfill: then: $dir/qb-backfill invoices --from=2025-01-01"
printf '%s\n' 'qb-fetch: the login is lost' 'qb-fetch: next: qb-auth login' >"$dir/qb-fetch.said"
printf '%s\n' 'qb-load: input ended before its end line' 'qb-load: next: again' >"$dir/qb-load.said"
run fetch=77 load=cut -- invoices --from=2025-01-01
is 'one cause and what helps; what follows from it is not told' \
	"$(sed 's/[0-9]* calls, [0-9.]* s$/N calls, T s/' "$dir/err")" \
	"qb-fetch: the login is lost
qb-backfill: 0 of 1 window loaded; N calls, T s
qb-backfill: not finished: qb-fetch exited with status 77
qb-fetch: the login is lost
qb-backfill: nothing was loaded by this run; what was loaded before stays
qb-backfill: next: qb-auth login
qb-backfill: then: $dir/qb-backfill invoices --from=2025-01-01"
rm "$dir"/qb-*.said

for status in 75 69; do
	run lock=$status -- invoices --from=2025-01-01
	is "somebody else is at it, or may not ask: $status" "$rc" $status
	is 'nothing is begun then' "$(grep -cE 'qb-(pending|fetch|load)' "$dir/called")" 0
done
rm -f "$dir"/*.status

# A folder that is held, one that a killed run held, one that it had just made.
mkdir -p "$dir/tmp/qb-backfill.held" "$dir/tmp/qb-backfill.left" \
	"$dir/tmp/qb-backfill.bare" "$dir/tmp/other"
echo 3 >"$dir/tmp/qb-backfill.left/lock"
exec 8>"$dir/tmp/qb-backfill.held/lock"
flock 8
TMPDIR=$dir/tmp run -- invoices --from=2025-01-01
is 'folders of runs that were killed are swept away' \
	"$rc $(cd "$dir/tmp" && echo *)" '0 other qb-backfill.held'
exec 8>&-
# Between the making of a folder and its being held another that begins may sweep
# it away, before its lock is there.
cat >"$dir/mktemp" <<'END'
#!/bin/sh
made=$(PATH=${PATH#*:} mktemp "$@") || exit
[ -e "${0%/*}/swept" ] || rmdir "$made"
: >"${0%/*}/swept"
echo "$made"
END
chmod +x "$dir/mktemp"
PATH=$dir:$PATH TMPDIR=$dir/tmp run -- invoices --from=2025-01-01
is 'one that is swept away before it is held is made again' \
	"$rc $(cat "$dir/swept" && cat "$dir/out")" '0 the table of qb-check'
rm "$dir/mktemp"
TMPDIR=$dir/nowhere run -- invoices --from=2025-01-01
is 'without a folder for it nothing is begun: status' "$rc" 74

# As soon as it begins, and while a stage is at work.
cat >"$dir/mktemp" <<'END'
#!/bin/sh
echo mktemp >>"${0%/*}/called"
sleep 0.2
PATH=${PATH#*:} mktemp "$@"
END
chmod +x "$dir/mktemp"
touch "$dir/qb-fetch.hang"
for case in TERM=143=mktemp TERM=143=qb-fetch HUP=129=qb-fetch; do
	signal=${case%%=*} status=${case#*=} at=${case##*=}
	rm -f "$dir/called" "$dir/asked"
	PATH=$dir:$PATH "$dir/qb-backfill" invoices --from=2025-01-01 \
		>"$dir/out" 2>"$dir/err" &
	pid=$!
	until grep -q "$at" "$dir/called" 2>/dev/null; do sleep 0.05; done
	kill -s "$signal" $pid
	wait $pid
	is "SIG$signal in $at ends it" "$?" "${status%=*}"
	is "and it says what is safe, and the command that goes on" \
		"$(cat "$dir/err")" \
		"qb-backfill: stopped: nothing was loaded by this run; what was loaded before stays
qb-backfill: next: qb-backfill invoices --from=2025-01-01"
done
rm "$dir/mktemp"
# While the settings are looked at.
rm -f "$dir/asked" "$dir/empty"
touch "$dir/settings.hang"
"$dir/qb-backfill" invoices --from=2025-01-01 >"$dir/out" 2>"$dir/err" &
pid=$!
until [ -s "$dir/empty" ]; do sleep 0.05; done
began=$(date +%s)
kill -TERM $pid
wait $pid
is 'SIGTERM while the settings are looked at ends it' "$?" 143
ok 'and does not wait for them' [ $(($(date +%s) - began)) -lt 20 ]
rm "$dir/settings.hang"
# A tool that is not there.
mv "$dir/qb-stamp" "$dir/other"
PATH=/usr/bin:/bin run -- invoices --from=2025-01-01
is 'a tool that is missing is named: status' "$rc" 74
ok 'and by its name' grep -q 'qb-backfill: qb-stamp cannot be run' "$dir/err"
mv "$dir/other" "$dir/qb-stamp"
is 'no stage is left running' "$(pgrep -f "$dir/qb-" | tr '\n' ' ')" ''
done_testing
