#!/bin/sh
# Each promise of tools/qb-archive.c, common/archive/writer.h and common/archive/sha256sums.h.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
lib=$(cd "${0%/*}/../lib" && pwd); gen="python3 $lib/stream.py"
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir" || exit 1
realm=4620816365000000000; of=$realm/Invoice
listed() { (cd "$1/$of" && sha256sum --strict --quiet -c SHA256SUMS) >/dev/null 2>&1; }
files() { (cd "$1" && find . -name '*.ndjson.gz' | wc -l); }
temporary() { find "$1" -name '*.tmp' | wc -l; }
same() { cmp -s "$1" "$2"; }
status() { "$@" >out 2>err; echo $?; }
$gen --windows=3 --rows=4 >three
$gen --windows=1 --rows=4000 >long

# --- what is written
qb-archive a <three >passed; is 'three windows are archived' $? 0
is 'each window has a file, named for its range and its digest' \
	"$(cd a && find . -name '*.gz' | sort | sed 's/_[0-9a-f]\{12\}\./_DIGEST./')" \
	"./$of/20250101T000000Z_20250108T000000Z_DIGEST.ndjson.gz
./$of/20250108T000000Z_20250115T000000Z_DIGEST.ndjson.gz
./$of/20250115T000000Z_20250122T000000Z_DIGEST.ndjson.gz"
for name in "a/$of"/*.gz; do
	digest=${name##*_}; digest=${digest%%.*}
	ok "the digest $digest in a name is the seal's" grep -q "\"sha256\":\"$digest" three
done
ok 'sha256sum -c accepts the list' listed a
is 'the list has a line a file' "$(wc -l <a/$of/SHA256SUMS)" 3
sed 's/,"archive":{[^}]*}//; s/,"sum":"[0-9a-f]*"//' passed >bare
ok 'all that passes is as it came, but for the seals'"'"' "archive" and "sum"' same bare three
first=$(cd a && find . -name '20250101*.gz'); first=${first#./}
is 'a seal that passes names its file' \
	"$(sed -n 's/^{"qb":"seal".*,"archive":{"file":"\([^"]*\)"}}$/\1/p' passed | head -n 1)" "$first"
zcat "a/$first" >one
{ head -n 5 passed; printf '%s\n' '{"qb":"end","windows":1,"rows":4}'; } >want
ok 'a file holds its rows and its seal as they passed, and an end of its own' same one want
is 'a file can be replayed alone' "$(status qb-stamp <"a/$first")" 0
printf '%s\n' '{"Id":"1"}' '{"Id":"2",nonsense}' >payload
python3 "$lib/windows.py" 'entity=Bill payload=payload' >sealed
is 'a payload is what was sealed, whatever it is' "$(status qb-archive --level=1 j <sealed)" 0
is 'and is kept as it is' "$(zcat j/*/Bill/*.gz | sed -n 's/.*"payload"://p')" "$(sed 's/$/}/' payload)"
for level in 0 1 6; do
	sed 's/nonsense/drivel/' sealed | cat three - |
		qb-archive --level=$level "k$level" >out 2>err
	is "what was not sealed so and is no JSON is named, from level $level" \
		"$? $(sed -n 's/qb-archive: \(line [0-9]*: .*\): byte [0-9]*: .*/\1/p' err)" \
		'65 line 18: Bill 1/1 (2025-01-01T00:00:00Z to 2025-01-08T00:00:00Z)'
	is 'its window has no file' "$(files "k$level") $(temporary "k$level")" '3 0'
done
sed -i 's/,nonsense//' payload
python3 "$lib/windows.py" 'entity=Bill payload=payload' | sed 's/{"Id":"1"}/{"Id":"7"}/' | qb-archive l >out 2>err
is 'where all are JSON the seal is' "$? $(grep -c 'were changed after they were sealed' err)" '65 1'
qb-stamp --run=r --at=2025-01-01T00:00:00Z <three | qb-archive s >/dev/null
is 'the stamp of rows is kept in the file' \
	"$(zcat s/$of/*.gz | grep -c '^{"qb":"row".*"stamp":{"ingested_at":"2025-01-01T00:00:00Z","run":"r"}')" 12
gzip -c three | qb-archive z >zipped
ok 'input may be gzip' same zipped passed
$gen --windows=1 --rows=0 | qb-archive e >/dev/null
is 'a window without rows has its file too' "$(zcat e/$of/*_e3b0c44298fc.ndjson.gz | wc -l)" 2

# --- a provisional window
windows() { python3 "$lib/windows.py" "$@"; }
windows 'entity=Bill' | qb-archive p >/dev/null
windows 'entity=Bill ids= provisional=true calls=1' >empty
touch -d '1 hour ago' p/*/Bill/* p/*/Bill p/* p/.qb-lock p; touch -d '1 minute ago' mark
is 'a provisional window without rows is passed on' "$(status qb-archive p <empty)" 0
ok 'as it came' same out empty
is 'and nothing of the folder changes' "$(find p -newer mark)" ''
windows 'entity=Bill ids= provisional=true archive=4620/Bill/x' | status qb-archive p >/dev/null
is 'no file is named, not even one of another archive' "$(grep -c archive out)" 0
qb-stamp <out >stamped; is 'and the sum of that seal holds' $? 0
windows 'entity=Bill provisional=true ids=7' | status qb-archive p >/dev/null
is 'one with rows has its file' "$(files p) $(grep -c '"archive":{"file":' out)" '2 1'
windows 'entity=Bill provisional=true ids=7' | qb-stamp --jq=empty | status qb-archive p2 >/dev/null
is 'even if a program dropped them' "$(files p2) $(grep -c '"archive":{"file":' out)" '1 1'
windows 'entity=Bill ids= provisional=false' | status qb-archive p3 >/dev/null
is 'and one that is final has its, without rows too' "$(files p3)" 1

qb-archive b <three >/dev/null
ok 'the same windows give the same bytes' diff -r a b
{ cat three long; } | status qb-archive c >/dev/null
is 'streams may follow each other' "$(files c)" 4
cat c/$of/*.gz | status qb-archive "$dir/deep/er/d" >/dev/null
sort -o c/$of/SHA256SUMS c/$of/SHA256SUMS; sort -o deep/er/d/$of/SHA256SUMS deep/er/d/$of/SHA256SUMS
ok 'an archive of an archive is the same archive' diff -r c deep/er/d

# --- rights
qb-archive private <three >/dev/null
is 'folders are for the owner alone' "$(find private -type d ! -perm 700 | wc -l)" 0
is 'and so are files' "$(find private -type f ! -perm 600 | wc -l)" 0
(umask 0277; status qb-archive strict <long >/dev/null) 2>/dev/null
is 'and a stricter umask is honoured' "$(find strict -type f -perm /0200 | wc -l)" 0

# --- the same window again
before=$(ls -i a/$of); cp a/$of/SHA256SUMS sums
is 'the same windows again are fine' "$(status qb-archive a <three)" 0
ok 'and pass as before' same out passed
is 'and leave the files that stand' "$(ls -i a/$of)" "$before"
status qb-archive --level=1 a <three >/dev/null
is 'at another level too' "$(ls -i a/$of)" "$before"
printf X | dd of="a/$first" bs=1 seek=20 conv=notrunc 2>/dev/null
status qb-archive a <three >/dev/null
ok 'a damaged file is written anew' same "a/$first" "b/$first"
printf X | dd of="a/$first" bs=1 seek=20 conv=notrunc 2>/dev/null
status qb-archive --level=1 a <three >/dev/null
ok 'and when its bytes are others, so is its line' listed a
is 'in its place' "$(wc -l <a/$of/SHA256SUMS)" 3
ok 'and the file is whole' gzip -t "a/$first"
rm "a/$first"; status qb-archive a <three >/dev/null
ok 'a missing file is written again' same "a/$first" "b/$first"
: >"a/$first"; status qb-archive a <three >/dev/null
ok 'an empty one is, too' same "a/$first" "b/$first"
sed -i 1d a/$of/SHA256SUMS; status qb-archive a <three >/dev/null
ok 'a file that no line names gets one' listed a
is 'and the others keep theirs' "$(wc -l <a/$of/SHA256SUMS)" 3
size=$(wc -c <a/$of/SHA256SUMS)
for cut in 1 40 70 117; do
	truncate -s $((size - cut)) a/$of/SHA256SUMS
	status qb-archive a <three >/dev/null
	ok "a list cut $cut bytes short is completed" listed a
	is 'without a line lost' "$(sort -u a/$of/SHA256SUMS | wc -l) $(wc -l <a/$of/SHA256SUMS)" '3 3'
done
printf '%064d  other.gz' 0 >>a/$of/SHA256SUMS; status qb-archive a <long >/dev/null
ok 'an incomplete line is dropped, whatever it says' listed a

# --- two at once
$gen --windows=40 --rows=1 --seed=2 >x; $gen --windows=40 --rows=1 --seed=3 >y
( while [ ! -e written ]; do
	[ ! -e two/$of/SHA256SUMS ] || listed two || echo torn; sleep 0.02
done ) >torn &
writers=
for name in x y x y; do qb-archive two <$name >/dev/null & writers="$writers $!"; done
# shellcheck disable=SC2086 # four of them
wait $writers
: >written; wait
is 'and sha256sum -c accepts the list all the while' "$(cat torn)" ''
is 'four processes in one folder keep every window' "$(files two)" 80
is 'and list each once' "$(wc -l <two/$of/SHA256SUMS)" 80
ok 'with its sum' listed two
is 'and leave nothing else' "$(temporary two)" 0

# --- what dead processes left
: & wait $!; touch "a/.qb-$!-0.tmp" "a/.qb-$$-0.tmp"; status qb-archive a <three >/dev/null
is 'what a dead process left is swept away, what a live one writes is not' "$(temporary a)" 1
rm -f "a/.qb-$$-0.tmp"
mkfifo feed; qb-archive killed <feed >/dev/null & tool=$!
exec 3>feed; head -n 3000 long >&3; kill -9 $tool; wait $tool 2>/dev/null; exec 3>&-
is 'a tool that is killed leaves no file in place' "$(files killed)" 0
status qb-archive killed <three >/dev/null
is 'and the next one cleans up' "$(temporary killed)" 0

# --- what goes wrong
head -n 14 three >short
is 'a stream cut in its last window exits 75' "$(status qb-archive cut1 <short)" 75
is 'and leaves nothing of that window' "$(files cut1) $(temporary cut1)" '2 0'
ok 'the windows before it are kept' listed cut1
head -c 3000 three | status qb-archive cut2 >/dev/null
is 'one that is cut in a line leaves nothing either' "$(files cut2) $(temporary cut2)" '0 0'
sed '7s/Balance":/Balance": /' three >tampered
is 'a row that was changed exits 65' "$(status qb-archive t <tampered)" 65
is 'and leaves nothing of its window' "$(files t) $(temporary t)" '1 0'
is 'whose seal does not pass' "$(grep -c '"qb":"seal"' out)" 1
sed 's/"fetch":{"realm":"[0-9]*"/"fetch":{"realm":"..\/..\/x"/' three >climbing
is 'a realm that is not digits exits 65' "$(status qb-archive r/r <climbing)" 65
is 'and makes no folder' "$(find . -name x -type d | wc -l)" 0
sed 's/"entity":"Invoice"/"entity":"..\/Invoice"/' three >climbing
is 'so does an unknown entity' "$(status qb-archive r/r <climbing)" 65
# a limit on the size of files stands for a full disk; the pipe keeps it off out
limited() { { (ulimit -f "$1"; exec qb-archive "$2") 2>err; echo $? >rc; } | cat >out; cat rc; }
is 'a disk that is full exits 74' "$(limited 8 full <long)" 74
is 'and passes no seal' "$(grep -c '"qb":"seal"' out)" 0
is 'and leaves no half file' "$(files full) $(temporary full)" '0 0'
ok 'and names the folder' grep -q '^qb-archive: full: write: File too large' err
cp -r two narrow
# 80 lines of 122 bytes, 480 bytes of room: three lines fit, the fourth is torn
$gen --windows=8 --rows=1 >eight
is 'no room for the list exits 74' "$(limited $(($(wc -c <two/$of/SHA256SUMS) / 512 + 1)) narrow <eight)" 74
ok 'and the list stays whole' listed narrow
is 'with a line for each seal that passed' \
	"$(grep -c '"qb":"seal"' out) $(wc -l <narrow/$of/SHA256SUMS)" '3 83'
is 'and the same command finishes it when there is room' "$(status qb-archive narrow <eight)" 0
ok 'with every file listed' listed narrow
is 'which are all' "$(wc -l <narrow/$of/SHA256SUMS)" 88
: >plain
is 'a DIR that is a file exits 74' "$(status qb-archive plain <three)" 74
ok 'and is named' grep -q '^qb-archive: plain' err
# root may write anywhere: somebody else tries
chmod 755 "$dir"; mkdir -m 555 locked
nobody() { if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi; }
if nobody qb-archive --version >out 2>err; then
	is 'a DIR without rights exits 74' "$(status nobody qb-archive locked <three)" 74
	is 'and is named' "$(head -n 1 err)" 'qb-archive: locked: .qb-lock: Permission denied'
	is 'one that cannot be made, too' "$(status nobody qb-archive locked/in <three)" 74
else
	skip 'a DIR without rights exits 74' 'nobody else may run the tool here'
fi
qb-archive f <three >/dev/full 2>err; is 'output that cannot be written exits 74' $? 74
is 'no DIR exits 64' "$(status qb-archive <three)" 64
is 'two exit 64' "$(status qb-archive a b <three)" 64
status qb-archive --level=0 stored <three >/dev/null
is 'level 0 packs nothing, and is gzip all the same' \
	"$(gzip -t stored/*/*/*.gz && cat stored/*/*/*.gz | grep -ac '"qb":"row"')" "$(grep -c '"qb":"row"' three)"
qb-archive six <long >/dev/null; cat six/$of/*.gz | gzip -dc >six.rows
for level in 0 1 2 9; do
	qb-archive --level=$level "at$level" <long >/dev/null
	cat "at$level/$of"/*.gz | gzip -dc >rows
	ok "gzip reads the same from level $level" same rows six.rows
done
is 'level 1 is smaller than a fifth' \
	$(($(cat at1/$of/*.gz | wc -c) < $(wc -c <long) / 5)) 1
is 'an invalid level exits 64' "$(status qb-archive --level=10 a <three)" 64
is 'an unknown option exits 64' "$(status qb-archive --nonsense a <three)" 64
is 'a ticket exits 65' "$(printf '{"qb":"ticket","window":{}}\n' | status qb-archive a)" 65

# --- memory, in KiB
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(["qb-archive", "m"], stdin=sys.stdin, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)'
}
less=$(peak <long); more=$($gen --windows=1 --rows=16000 | peak)
ok "a window four times as long takes no more memory ($less and $more KiB)" \
	test "$more" -lt $((less + 4096))

# --- the order of things
if strace -o trace -e trace=fsync,renameat,write qb-archive o <three >out 2>/dev/null; then
	# per window: the file (fsync, rename, folder), then its line, then the seal
	is 'a seal is written after its file and its line are on the disk' \
		"$(sed -n 's/^fsync.*/fsync/p; s/^renameat.*ndjson.gz.*/file/p
		    s/^renameat.*SHA256SUMS.*/list/p; s/^write(1,.*/out/p' trace |
		   sed -n '/file/,$p' | tr '\n' ' ')" \
		'file fsync fsync list fsync fsync file fsync fsync fsync file fsync fsync out '
else
	skip 'a seal is written after its file and its line are on the disk' 'strace may not trace here'
fi
done_testing
