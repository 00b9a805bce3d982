#!/bin/sh
# What qb-attachments does when files do not come as they should, and what it says.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d); trap 'sim_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
export QBO_TOKEN_FILE="$dir/token"
cat >script <<'END'
entity Attachable row 5000000000000503627 status 400 code 4002
END
company() {
	sim_start --attachments --from=2026-01-01 --to=2026-02-01 \
		--rows=all=0,Attachable=12,Invoice=2 "$@" || exit 1
}
company --seed=7
id=5000000000000503626
fetch() { qb-attachments --no-rate-limit "$@" >out 2>err; echo $?; }
trouble() { curl -sf "$QBO_API_URL/sim/files?do=$1" >/dev/null; }
calls() { grep -c 'kind=rows status=200' sim.log; }
said() { grep -qE "$1" err; }	# said PATTERN
sums() { (cd "$1" && sha256sum --check --quiet SHA256SUMS 2>&1); echo $?; }
left() { find "$1" -name '.*' ! -name .qb-lock -type f | wc -l; }
again() {	# again DIR: the same command, with nothing wrong
	trouble whole
	echo "$(fetch "$1" <stream) $(wc -l <out) $(sums "$1") $(left "$1")"
}
qb-window attachables --from=2026-01-01 | qb-fetch --no-rate-limit >stream
most='0 11 0 0'		# status, files, sha256sum -c, files that are left over

# --- links
is 'the storage of the simulator refuses a token' \
	"$(curl -s -H 'Authorization: Bearer x' "$QBO_API_URL/files/$id" | grep -c 'Only one auth mechanism')" 1
before=$(calls)
trouble "expired&times=3"
is 'for links that have expired others are asked for' "$(fetch a <stream) $(wc -l <out) $(cat err)" '0 11 '
is 'together, by one call' "$(($(calls) - before))" 2
trouble "expired&id=$id"
is 'a link that is always refused is given up' "$(fetch b <stream) $(wc -l <out)" '69 10'
ok 'with the words of the storage' said "attachment $id \(receipt [0-9].pdf\): HTTP 403, AccessDenied: Request has expired"
ok 'and what to do' said 'next: look at the attachments that are named above in QuickBooks'
is 'the same command fetches it, once it can be had' "$(again b)" "$most"
trouble "missing&id=$id"
is 'a file that is not there is named, and the others come' "$(fetch c <stream) $(wc -l <out)" '69 10'
ok 'with its status' said "attachment $id .*: HTTP 404, NoSuchKey"
ok 'and how many' said '1 of 11 attachments were not fetched'
ok 'without its link' test "$(grep -c Signature err)" = 0
trouble redirect\&times=2
is 'a redirect is followed' "$(fetch d <stream) $(wc -l <out)" '0 11'
trouble "elsewhere&id=$id"
is 'but not to another scheme' "$(fetch e <stream) $(wc -l <out)" '69 10'
ok 'which says where' said "attachment $id .*: HTTP 302 to 127.0.0.1"
is 'and the same command goes on' "$(again e)" "$most"

# --- what comes
trouble "html&id=$id&times=1"
is 'an HTML page instead of a file passes' "$(fetch --retry-for=20s f <stream) $(wc -l <out)" '0 11'
trouble "html&id=$id"
is 'or does not' "$(fetch --retries=1 g <stream) $(wc -l <out)" '75 10'
ok 'and is told as what it is' said "attachment $id .*: an HTML page came instead of the file"
is 'it is not stored' "$(grep -rl DOCTYPE g; left g)" 0
is 'the same command goes on' "$(again g)" "$most"
trouble "short&id=$id&times=1"
is 'a file of another size is fetched once more' "$(fetch h <stream) $(wc -l <out)" '0 11'
trouble "long&id=$id"
is 'then it is refused' "$(fetch i <stream) $(wc -l <out) $(left i)" '69 10 0'
ok 'with both sizes' said "attachment $id .*: [0-9]+ bytes came, and its Size is [0-9]+"
is 'unless any size will do' "$(fetch --any-size i <stream) $(wc -l <out) $(sums i)" '0 11 0'
trouble "cut&id=$id&times=1"
is 'a body that is cut is fetched again' "$(fetch --retry-for=20s j <stream) $(wc -l <out) $(sums j)" '0 11 0'
trouble "reset&id=$id"
is 'a connection that is always reset is given up for now' "$(fetch --retries=1 k <stream) $(wc -l <out) $(left k)" '75 10 0'
ok 'and to be tried again' said 'next: run the same command again'
is 'which goes on' "$(again k)" "$most"
trouble "busy&id=$id"
is 'so is a storage that is busy' "$(fetch --retries=0 l <stream) $(wc -l <out)" '75 10'
ok 'with its words' said "attachment $id .*: HTTP 503, SlowDown"
trouble whole

# --- this machine
is 'a disk that is full ends it' "$( (ulimit -f 40; fetch m <stream) )" 74
ok 'and says what is full' said 'm: write: File too large'
is 'no half file stays' "$(left m)" 0
is 'and the same command goes on' "$(again m)" "$most"
qb-attachments --no-rate-limit n <stream 2>err | :
is 'a reader that has exited does not harm the files' "$(again n)" "$most"
trouble slow
qb-attachments --no-rate-limit --jobs=2 o <stream >out 2>err & child=$!
until [ "$(left o 2>/dev/null)" = 2 ]; do sleep 0.05; done
kill -9 $child; wait $child 2>/dev/null
is 'after a kill the same command goes on' "$(again o)" "$most"
mkdir p; : >p/.qb-lock
exec 9>p/.qb-lock; flock 9
is 'two at once do not mix' "$(fetch p <stream)" 75
ok 'and it is said' said 'p: another process is writing there'
exec 9>&-

# --- what is asked
is 'without a folder' "$(fetch <stream)" 64
ok 'it says so' said 'no folder to write to'
is 'with two' "$(fetch a b <stream)" 64
is 'with a file' "$(fetch script <stream)" 74
is 'at a terminal' "$(python3 "$lib/terminal.py" 80 qb-attachments x >out 2>&1; grep -ci 'usage: qb-attachments' out)" 1
is 'tickets are no rows' "$(qb-window attachables --from=2026-01-01 | fetch q)" 65
is 'an empty input is no stream' "$(fetch q </dev/null)" 75
is 'a cut stream is not complete' "$(head -c 300 stream | fetch q) $(wc -l <out)" '65 0'
qb-window attachables --from=2026-01-01 --every=7d | qb-fetch --no-rate-limit >weeks
sed '/"qb":"end"/d' weeks >endless
is 'but what was sealed is fetched' "$(fetch q <endless) $(wc -l <out)" '75 11'
sed 's/4620816365022138560/4620816365022138561/g' weeks >other
is 'nor is one that was changed' "$(fetch r <other)" 65
is 'a file may be too large' "$(fetch --most-megabytes=1 r <stream)" 0

# --- QuickBooks
company --seed=7 --script="$dir/script"
rm -f token
is 'a row that QuickBooks cannot return is named' "$(fetch s <stream) $(wc -l <out)" '69 10'
ok 'with its words' said 'attachment 5000000000000503627: .*4002'
company --seed=7 --link-life=0s
rm -f token
before=$(grep -c kind=file sim.log)
is 'links that are never valid are given up' "$(fetch t <stream) $(wc -l <out)" '69 0'
is 'after two others' "$(($(grep -c kind=file sim.log) - before))" "$((3 * 11))"
company --seed=7 --realm=1234567890123456
rm -f token
is 'a stream of another company is refused' "$(fetch u <weeks) $(wc -l <out)" '69 0'
ok 'and both are named' said 'of the company 4620816365022138560, and QBO_REALM_ID is 1234567890123456'
done_testing
