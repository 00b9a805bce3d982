#!/bin/bash
# Lines that say that an object is gone, through qb-archive, qb-stamp and back
# out of the archive: every byte stays, every cut is noticed.
cd "${0%/*}/../.." || exit 1
. tests/lib/tap.sh
PATH=$PWD/${QB_BUILD:-build}/bin:$PATH
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
make_stream() {	# make_stream GONE BY...: a window for each BY, with two rows or none
	python3 - "$@" <<'PYTHON'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/lib")
import stream
out = sys.stdout.buffer
ids, total = sys.argv[1].split(), 0
for no, by in enumerate(sys.argv[2:], 1):
    win = stream.window(no=no, of=len(sys.argv) - 2, by=by)
    lines = [] if by == "census" else [
        stream.row(win, b'{"Id":"%d","TotalAmt":100.00}' % i, str(i))
        for i in (1, 2)]
    lines += [stream.gone(win, i, deleted="2025-09-12T10:00:00Z" if i == "3"
                          else None) for i in ids]
    out.write(b"".join(lines) + stream.seal(win, lines))
    total += len(lines)
out.write(stream.end(len(sys.argv) - 2, total))
PYTHON
}
make_stream '3 4"é' change census >"$dir/stream"

qb-archive "$dir/archive" <"$dir/stream" >"$dir/archived"
is 'qb-archive takes gone lines' $? 0
files=("$dir"/archive/*/Invoice/*.gz)
is 'a file for each window' ${#files[@]} 2
zcat "${files[@]}" | grep '"qb":"gone"' | sort >"$dir/out"
grep '"qb":"gone"' "$dir/stream" | sort | cmp - "$dir/out"
is 'the lines are in the archive, byte for byte' $? 0
(cd "$dir"/archive/*/Invoice && sha256sum -c --quiet SHA256SUMS)
is 'as it is listed' $? 0

make_stream '' change census >"$dir/empty"
qb-archive "$dir/archive2" <"$dir/empty" >"$dir/archived2"
is 'a census that found nothing gone has no file' "$? $(find "$dir/archive2" -name '*.gz' | wc -l)" '0 1'
is 'and its seal names none' "$(grep -c '"archive":' "$dir/archived2")" 1

zcat "${files[@]}" | qb-stamp --run=r --at=2026-01-01T00:00:00Z >"$dir/stamped"
is 'qb-stamp takes them out of an archive' $? 0
is 'and stamps each' "$(grep -c '"gone":{.*},"stamp":{"ingested_at":"2026-01-01T00:00:00Z","run":"r"}}$' "$dir/stamped")" 4
qb-stamp --run=s <"$dir/stamped" >"$dir/again"
is 'a second stamp replaces the first' "$? $(grep -c '"run":"s"' "$dir/again")" '0 8'

qb-stamp --jq 'select(.Id == "1") | .more = 1' <"$dir/stream" >"$dir/filtered"
is 'a program of --jq drops rows, not gone lines' "$? $(grep -c '"qb":"row"' "$dir/filtered") $(grep -c '"qb":"gone"' "$dir/filtered")" '0 1 4'
qb-stamp <"$dir/filtered" >"$dir/out"
is 'and the new seals are right' $? 0
is 'so is the end' "$(tail -n 1 "$dir/filtered")" '{"qb":"end","windows":2,"rows":5}'

lines=$(wc -l <"$dir/stream")
bad=0
for n in $(seq 0 $((lines - 1))); do
	head -n "$n" "$dir/stream" | qb-stamp >"$dir/out" 2>"$dir/err"
	[ $? = 75 ] || bad=$((bad + 1))
	sed "$((n + 1))d" "$dir/stream" | qb-stamp >"$dir/out" 2>"$dir/err"
	case $? in
	65 | 75) ;;
	*) bad=$((bad + 1)) ;;
	esac
done
is 'a stream that is cut, or lacks one line, does not pass' $bad 0
sed 's/"id":"3"/"id":"9"/' "$dir/stream" | qb-stamp >"$dir/out" 2>"$dir/err"
is 'another id breaks the seal' $? 65
is 'nothing of that window is sealed' "$(grep -c '"id":"9"' "$dir/out") $(grep -c '"qb":"seal"' "$dir/out")" '1 0'

echo '{"qb":"ticket","window":{"entity":"Invoice","by":"census","start":"2025-01-01T00:00:00Z","end":"2025-02-01T00:00:00Z","no":1,"of":1}}
{"qb":"end","windows":1,"rows":0}' >"$dir/tickets"
QBO_ENV=sandbox QBO_REALM_ID=1 QBO_CLIENT_ID=a QBO_CLIENT_SECRET=b QBO_REFRESH_TOKEN=c \
	XDG_STATE_HOME=$dir QBO_API_URL=http://127.0.0.1:1 QBO_TOKEN_URL=http://127.0.0.1:1 \
	qb-fetch <"$dir/tickets" >"$dir/out" 2>"$dir/err"
is 'a ticket by census cannot be fetched' $? 65
ok 'and that is said' grep -q 'rows cannot be queried by "census"' "$dir/err"
qb-window invoices --from=2025-01-01 --by=census >"$dir/out" 2>"$dir/err"
is 'qb-window makes none' $? 64
done_testing
