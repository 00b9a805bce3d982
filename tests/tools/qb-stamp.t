#!/bin/sh
# shellcheck disable=SC2016
# Each promise of tools/qb-stamp.c, and of --jq in common/stream/jq_filter.h.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
gen="python3 $(cd "${0%/*}/../lib" && pwd)/stream.py"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
same() { cmp -s "$1" "$2"; }
bare() { sed 's/,"stamp":{"ingested_at":"[^"]*","run":"[^"]*"}//; s/,"sum":"[0-9a-f]*"//'; }
payloads() { sed -n 's/^{"qb":"row".*,"row":{[^}]*},"stamp":{[^}]*},"payload":\(.*\)}$/\1/p'; }
status() { "$@" >out 2>err; echo $?; }
count() { grep -c "$@"; }
$gen --windows=3 --rows=4 >three
$gen --windows=1 --rows=3000 >long
$gen --exotic --windows=2 >exotic

# --- stamping
is 'a stream is stamped' "$(status qb-stamp --at=2025-01-01T01:00:00+01:00 --run=r1 <three)" 0
stamp=',"stamp":{"ingested_at":"2025-01-01T00:00:00Z","run":"r1"}'
is 'each row and seal has the stamp, the end does not' "$(count -F "$stamp" out)" 15
is 'before the payload' "$(count '^{"qb":"row".*,"run":"r1"},"payload":{' out)" 12
is 'and last in a seal, whose sum is first' "$(count '^{"qb":"seal","sum":"[0-9a-f]\{64\}","window".*"run":"r1"}}$' out)" 3
bare <out >back
ok 'and nothing else changes, but for the sum' same back three
qb-stamp --run=r2 <out >out2; bare <out2 >back
ok 'a stamp takes the place of an older one' same back three
is 'of each' "$(count '"run":"r1"' out2) $(count '"run":"r2"' out2)" '0 15'
qb-stamp <exotic | bare >back
ok 'payloads of every escape, number and script pass byte for byte' same back exotic
qb-stamp <long >out
is 'rows of a window have one time' "$(grep -o '"ingested_at":"[^"]*"' out | sort -u | wc -l)" 1
is 'and one run, made of time and chance' \
	"$(sed -n '1s/.*"run":"[0-9]\{8\}T[0-9]\{6\}Z-[0-9a-f]\{8\}".*/made/p' out)" made
is 'the run may come from the environment' "$(QB_RUN_ID=else qb-stamp <three | count '"run":"else"')" 15
is 'and --run wins' "$(QB_RUN_ID=else qb-stamp --run=r <three | count '"run":"r"')" 15
mkfifo feed seen
qb-stamp <feed >seen & tool=$!
exec 3>feed 4<seen
head -n 1 three >&3
ok 'a row is passed on while the next is awaited' \
	timeout 60 sh -c 'IFS= read -r line <&4 && [ -n "$line" ]'
tail -n +2 three >&3; exec 3>&-; cat <&4 >/dev/null; exec 4<&-; wait $tool

# --- input that is wrong
sed '3s/Balance":/Balance": /' three >tampered
is 'a row that was changed exits 65' "$(status qb-stamp <tampered)" 65
is 'and no seal passes' "$(count '"qb":"seal"' out)" 0
ok 'and the line and the window are named' grep -q \
	'^qb-stamp: line 5: Invoice 1/3 (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z): .*bytes' err
ok 'with what to do' grep -q '^qb-stamp: next: ' err
is 'a last line that is cut exits 65' "$(head -c -1 three | status qb-stamp)" 65
is 'what is no envelope exits 65' "$(printf 'hello\n' | status qb-stamp)" 65
is 'a stream that is cut exits 75' "$(head -n 7 three | status qb-stamp)" 75
is 'and what came whole has passed' "$(count '"qb":"row"' out) $(count '"qb":"seal"' out)" '6 1'
is 'an output that is full exits 74' "$(qb-stamp <long 2>err >/dev/full; echo $?)" 74
{ qb-stamp <long 2>err; echo $? >rc; } | head -n 1 >/dev/null
is 'a reader that exited: exit 74' "$(cat rc)" 74
is 'an unknown option exits 64' "$(status qb-stamp --nonsense <three)" 64
is 'a word too many exits 64' "$(status qb-stamp word <three)" 64
is 'a run that would break the JSON exits 64' "$(status qb-stamp --run='a"b' <three)" 64
is 'an invalid time exits 64' "$(status qb-stamp --at=yesterday <three)" 64

# --- --jq: rows that it leaves alone
$gen --exotic --print-payloads >all
for refused in 'x1 nesting beyond 256' 's23 a lone high surrogate' 's24 a lone low one'; do
	id=${refused%% *}
	grep -a "^{\"Id\":\"$id\"" all >one; $gen --payloads=one >one.s
	is "libjq refuses ${refused#* }, and the row is named" \
		"$(status qb-stamp --jq=. <one.s) $(head -n 1 err)" \
		"65 qb-stamp: line 1: row \"$id\": libjq cannot read this payload"
	is "and without --jq it never sees it" "$(status qb-stamp <one.s)" 0
done
grep -av -e '^{"Id":"x1"' -e '^{"Id":"s2[34]"' all >readable
$gen --payloads=readable --windows=2 >exotic
is 'a program that changes nothing is fine' "$(status qb-stamp --jq=. <exotic)" 0
payloads <out >got
ok 'and leaves the bytes of every payload' same got readable
qb-stamp --jq='select(.Id|tonumber%2==0)' <three >out
qb-stamp <three | payloads | sed -n 'n;p' >want; payloads <out >got
ok 'rows that a filter keeps keep their bytes' same got want
is 'and the others are dropped' "$(count '"qb":"row"' out)" 6
is 'the end counts what is left' "$(tail -n 1 out)" '{"qb":"end","windows":3,"rows":6}'
is 'and so does each seal' "$(count '"jq":{"programs":\["select(.Id|tonumber%2==0)"\],"rows":2,"bytes":[0-9]*,"sha256":"[0-9a-f]\{64\}"}' out)" 3
bare <out | grep '"qb":"seal"' | sed 's/,"jq":{.*}}$/}/' >got; grep '"qb":"seal"' three >want
ok 'and still says what was fetched' same got want
is 'the rest has a stamp, also where the first row was dropped' "$(count '"stamp":' out)" 9
is 'and is a whole stream' "$(status qb-stamp <out >/dev/null)" ''
qb-stamp --jq=empty <three >out
is 'all rows may go, the windows stay' "$(sed 's/^{"qb":"\([a-z]*\)".*/\1/' out | tr '\n' ' ')" 'seal seal seal end '
qb-stamp <out >again; is 'with seals that hold' $? 0
cat three long | qb-stamp --jq='select(.Id=="1")' >out
is 'each of two streams has its own end' "$(count -x -e '{"qb":"end","windows":3,"rows":1}' -e '{"qb":"end","windows":1,"rows":1}' out)" 2

# --- --jq: rows that it changes
qb-stamp --run=r --at=2025-01-01T00:00:00Z --jq='{Id,TotalAmt}' <three >out
is 'a payload becomes what the program gives' "$(sed -n '1s/.*,"stamp":{[^}]*},"payload":/payload: /p' out)" \
	'payload: {"Id":"1","TotalAmt":902.61}}'
head -n 1 three | sed 's/,"payload":.*//' >want
head -n 1 out | bare | sed 's/,"payload":.*//' >got
ok 'and the rest of the row stays' same got want
qb-stamp <out >again; is 'and the new seals hold' $? 0
qb-stamp --jq='.x=1' <out | qb-stamp --jq='del(.x)' >again
is 'programs stand in the seal in their order' \
	"$(sed -n 's/.*"jq":{"programs":\(\[.*\]\),"rows".*/\1/p' again | sort -u)" \
	'["{Id,TotalAmt}",".x=1","del(.x)"]'
payloads <again >got; payloads <out >want
ok 'and each has had its turn' same got want
qb-stamp --jq='.note="a \"b\" \\ é 1.10"' <three >out
is 'a program is quoted as JSON wants it' \
	"$(sed -n 's/.*"programs":\(\[.*\]\),"rows".*/\1/p' out | sort -u)" \
	'[".note=\"a \\\"b\\\" \\\\ é 1.10\""]'
qb-stamp <out >again; is 'and the seals hold' $? 0
printf '%s\n' '{"Id":"1","a":100.00,"b":12345678901234567890,"b":2}' >one
$gen --payloads=one >one.s
# jq and libjq are of one source package: 1.6 prints 100, 1.7 keeps 100.00.
case $(jq --version) in
jq-1.6*) number=100 ;;
*) number=100.00 ;;
esac
is 'a payload that changes is printed by libjq, with its numbers' \
	"$(qb-stamp --jq='.c=1' <one.s | payloads)" \
	"{\"Id\":\"1\",\"a\":$number,\"b\":2,\"c\":1}"
qb-archive a <three | qb-stamp --jq=empty >out
is 'the archive that a seal names stays' "$(count '"archive":{"file":"[^"]*"},"stamp"' out)" 3

# --- --jq: what goes wrong
fails() {	# fails WHAT PROGRAM STATUS MESSAGE
	is "$1 exits $3" "$(status qb-stamp --jq="$2" <three)" "$3"
	is "$1: the message" "$(head -n 1 err)" "qb-stamp: $4"
	is "$1: no seal passes" "$(count '"qb":"seal"' out)" 0
}
fails 'a program that gives two values' '.,.' 65 \
	'line 1: row "1": the program returns more than one value for a row'
fails 'one that gives no object' '.Id' 65 \
	'line 1: row "1": the program returns string instead of an object'
fails 'one that fails' 'if .Id=="3" then error("no third") else . end' 65 \
	'line 3: row "3": the program fails: no third'
fails 'one that fails after a value' '.,error("late")' 65 \
	'line 1: row "1": the program fails: late'
fails 'one that halts' halt 65 'line 1: row "1": the program halts'
is 'one that does not compile exits 64' "$(status qb-stamp --jq='.a b' <three)" 64
ok 'one that does not compile: the message' \
	grep -q '^qb-stamp: --jq: the program does not compile: syntax error.* line 1: .a b$' err
ok 'one that does not compile: nothing passes' test ! -s out
fails 'one that needs a module' 'import "m" as m; .' 64 \
	'--jq: the program does not compile: module not found: m'
for program in '.CustomerRef.name|tonumber' '.CustomerRef.name.x' '.CustomerRef.name|fromjson' \
	'.CustomerRef|.[0]' '.+.CustomerRef.name' '.CustomerRef.name*9|fromjson' '.CustomerRef.name|@base64d'; do
	status qb-stamp --jq="$program" <three >/dev/null
	is "what $program says is reported without the payload" \
		"$(count 'the program fails: ' err) $(count 'Customer 3' err)" '1 0'
done
is 'a program does not see our secrets' \
	"$(QBO_CLIENT_SECRET=hush QBO_REFRESH_TOKEN=hush PGPASSWORD=hush SEEN=seen \
	   qb-stamp --jq='{Id,a:env,b:$ENV}' <three | tee out | count hush) $(count '"SEEN":"seen"' out)" '0 12'
printf 'def only: {own:1}; def select(f): {own:2};\n' >.jq
is 'definitions in ~/.jq are not there' "$(HOME=$dir status qb-stamp --jq=only <three)" 64
is 'and change no program' "$(HOME=$dir qb-stamp --jq='select(true)' <three | count '"own"')" 0
is 'a seal that does not hold is noticed before it is written anew' "$(status qb-stamp --jq=. <tampered)" 65
is 'and does not pass' "$(count '"qb":"seal"' out)" 0
done_testing
