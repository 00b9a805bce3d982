#!/bin/sh
# qb-envelope(5): its example is a stream, and what it says is refused is.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
page="${0%/*}/../../man/qb-envelope.5"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
demo=$tmp/demo.ndjson

sed -n '/^{"qb":/{s/\\e/\\/g;p;}' "$page" >"$demo"
is "the example has two rows, a seal and an end" \
	"$(sed 's/{"qb":"\([a-z]*\)".*/\1/' "$demo" | tr '\n' ' ')" \
	'row row seal end '
ok "the example is a whole stream" sh -c "qb-stamp <'$demo' >'$tmp/out'"
# The commands as the page prints them, from there.
sed -n '/^grep .*row"/,/^wc /p' "$page" >"$tmp/commands"
is "there are three commands" "$(wc -l <"$tmp/commands" | tr -d ' ')" 3
sed -n '/^grep .*seal"/p' "$page" >"$tmp/sum"
is "the command for a seal's sum gives it" \
	"$(cd "$tmp" && sh ./sum | cut -d' ' -f1)" \
	"$(sed -n 's/.*"sum":"\([0-9a-f]*\)".*/\1/p' "$demo")"
got=$(cd "$tmp" && sh ./commands | tr -s ' \n' ' ')
sum=$(sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p' "$demo")
bytes=$(sed -n 's/.*"bytes":\([0-9]*\),.*/\1/p' "$demo")
is "sha256sum and wc agree with the seal" "$got" "$sum - 2 $bytes "
ok "the text names that number of bytes" \
	grep -q "the 2 rows and $bytes bytes" "$page"

ok "a stamp with white space is taken out whole" sh -c \
	"sed 's/,\"stamp\":{/, \"stamp\" :  { /; s/,\"sum\":\"[^\"]*\"//' '$demo' | qb-stamp >'$tmp/out' &&
	! grep -q ', \"stamp' '$tmp/out'"
ok "the white space before its comma belongs to what is left" sh -c \
	"! sed 's/,\"stamp\":{/ &/' '$demo' | qb-stamp >'$tmp/out' 2>&1"
sed 's/,"sum":"[0-9a-f]*"//' "$demo" >"$tmp/before"
ok "a seal of the time before sums is read" sh -c "qb-stamp --at=2025-09-13T01:43:36.5Z --run=demo <'$tmp/before' >'$tmp/out'"
ok "and goes on with one" cmp -s "$tmp/out" "$demo"
ok "two streams make one" sh -c "cat '$demo' '$demo' | qb-stamp >'$tmp/out'"
gzip -c "$demo" >"$tmp/demo.gz"
ok "so do two compressed ones" sh -c \
	"cat '$tmp/demo.gz' '$tmp/demo.gz' | qb-stamp >'$tmp/out'"
ok "gzip members may meet inside a line" sh -c \
	"{ head -c 700 '$demo' | gzip; tail -c +701 '$demo' | gzip; } |
	qb-stamp >'$tmp/out'"
empty='{"qb":"seal","window":{"entity":"Bill","by":"updated","start":"2025-01-01T00:00:00Z","end":"2025-01-08T00:00:00Z","no":1,"of":1},"fetch":{"realm":"9130","pages":1,"count_before":0,"count_after":0,"left":0,"rows":0,"bytes":0,"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}'
printf '%s\n{"qb":"end","windows":1,"rows":0}\n' "$empty" >"$tmp/empty"
ok "a window without rows is a seal alone" sh -c \
	"qb-stamp <'$tmp/empty' >'$tmp/out'"

refused() { # refused STATUS WHAT COMMAND...: what COMMAND makes of the example
	status=$1 what=$2
	shift 2
	"$@" <"$demo" >"$tmp/bad"
	qb-stamp <"$tmp/bad" >"$tmp/out" 2>"$tmp/err"
	is "refused: $what" "$?" "$status"
}
refused 65 "a last line without a newline" head -c -1
refused 65 "an empty line" sed '2s/^/\n/'
refused 65 "a byte order mark" sed '1s/^/\xef\xbb\xbf/'
refused 65 "bad UTF-8 in a payload" sed '1s/Sol/\xff/'
refused 65 "an invalid number" sed '1s/100.00/0100.00/'
refused 65 "another first member" sed '1s/"qb":"row",//'
refused 65 "an unknown kind" sed '1s/"row"/"rows"/'
refused 65 "a row without its page" sed '1s/,"page":.*,"row"/,"row"/'
refused 65 "a member twice" sed '1s/,"row":{/,"row":{},&/'
refused 65 "a member after the payload" sed '1s/}$/,"more":1}/'
refused 65 "an entity that does not exist" sed 's/"Customer"/"Widget"/g'
refused 65 "a window that ends before it starts" sed 's/2025-01-08/2024-01-08/g'
refused 65 "a negative number" sed 's/"left":0/"left":-1/'
refused 65 "rows of two windows mixed" sed '2s/"no":1,"of":1/"no":2,"of":2/'
refused 65 "a row that was lost" sed 1d
refused 65 "a row that was added" sed 2p
refused 65 "rows that changed places" sed -n '1h;2{p;x;};1!p'
refused 65 "a byte that was changed" sed '1s/100.00/100.01/'
refused 65 "a seal whose pages were changed" sed '3s/"pages":1/"pages":2/'
refused 65 "a seal whose count was changed" sed '3s/"count_before":2/"count_before":3/'
refused 65 "a seal of another company" sed '3s/"9130"/"9131"/'
refused 65 "a seal to which something was added" sed '3s/,"stamp"/,"archive":{"file":"x"}&/'
refused 65 "a seal whose sum was changed" sed '3s/"sum":"./"sum":"x/'
refused 65 "a seal whose sum is no text" sed '3s/"sum":"[^"]*"/"sum":1/'
refused 65 "a stamp that was changed in one row" sed '1s/"run":"demo"/"run":"dema"/'
refused 65 "in all rows" sed '1,2s/"run":"demo"/"run":"dema"/'
refused 65 "in the seal" sed '3s/"run":"demo"/"run":"dema"/'
refused 65 "an end inside a window" sed 3d
refused 65 "an end that counts other windows" sed '4s/"windows":1/"windows":2/'
refused 65 "an end that counts other rows" sed '4s/"rows":2/"rows":3/'
refused 65 "a ticket" sed '1s/.*/{"qb":"ticket","window":{}}/'
refused 65 "gzip that is cut off" sh -c 'gzip | head -c -4'
refused 65 "gzip that is followed by something" sh -c 'gzip; echo more'
refused 75 "a stream without an end" sed 4d
ok "and the message counts what is complete" \
	grep -q 'complete windows: 1, rows: 2' "$tmp/err"
refused 75 "no stream at all" true
done_testing
