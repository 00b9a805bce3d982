#!/bin/sh
# What differs in each response without a change of the object is not a change of the
# row: the signed links of attachments, the times of made-up tax codes.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
lib=$(cd "${0%/*}/../lib" && pwd)
dir=$(mktemp -d); trap 'pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
cat >rows.py <<END
"""rows.py ENTITY DAY PAYLOAD... - one window of rows that were fetched on that day."""
import json, sys
sys.path.insert(0, "$lib")
import stream
entity, day = sys.argv[1:3]
win, lines = stream.window(entity), []
for text in sys.argv[3:]:
    payload = json.loads(text)
    lines.append(stream.row(win, text.encode(), payload["Id"],
                            updated=payload["MetaData"]["LastUpdatedTime"]).replace(
        b"2025-09-12T18", b"2025-09-%sT18" % day.encode()))
sys.stdout.buffer.write(b"".join(lines) + stream.seal(win, lines) + stream.end(1, len(lines)))
END
# load ENTITY DAY PAYLOAD...: exit status, inserted+updated+unchanged+stale
load() {
	python3 rows.py "$@" | qb-load --schema="${schema:-raw}" >out 2>err
	echo "$? $(jq -r 'select(.load).load | [.inserted, .updated, .unchanged, .stale] | join("+")' out)"
}
file() {	# file ID LINK [NAME]
	printf '{"Id":"%s","FileName":"%s","TempDownloadUri":"%s","MetaData":{"LastUpdatedTime":"2025-01-02T03:04:05-08:00"}}' \
		"$1" "${3:-a.pdf}" "https://files.example/$2"
}
code() {	# code ID TIME NAME
	printf '{"Id":"%s","Name":"%s","MetaData":{"LastUpdatedTime":"2025-01-%sT03:04:05-08:00"}}' "$1" "$3" "$2"
}
link() { pg -c "select string_agg(right(payload->>'TempDownloadUri', 1), '' order by id) from $1.attachables"; }

is 'attachments are loaded' "$(load Attachable 12 "$(file 1 a)" "$(file 2 b)")" '0 2+0+0+0'
is 'with other links they are unchanged' "$(load Attachable 13 "$(file 1 c)" "$(file 2 d)")" '0 0+0+2+0'
is 'and the rows are not written' "$(link raw)" ab
is 'a change beside the link is one' "$(load Attachable 14 "$(file 1 e b.pdf)" "$(file 2 f)")" '0 0+1+1+0'
is 'and brings the new link' "$(link raw)" eb
is 'what is older remains stale' "$(load Attachable 13 "$(file 1 g)" "$(file 2 h)")" '0 0+0+1+1'

# rows that qb wrote when it took the whole payload: here, any other number
pg -c 'update raw.attachables set fingerprint = fingerprint + 7'
is 'rows with the fingerprint of a whole payload are written once more' \
	"$(load Attachable 15 "$(file 1 i b.pdf)" "$(file 2 j)")" '0 0+2+0+0'
is 'and no more' "$(load Attachable 16 "$(file 1 k b.pdf)" "$(file 2 l)") $(link raw)" '0 0+0+2+0 ij'
pg -c 'update raw.attachables set fingerprint = fingerprint + 7'
is 'nothing is lost by loading an archive of then again' \
	"$(load Attachable 15 "$(file 1 i b.pdf)" "$(file 2 j)" >/dev/null; link raw)" ij
is 'other entities have every byte of theirs' \
	"$(load Invoice 12 "$(file 1 a)") $(load Invoice 13 "$(file 1 b)")" '0 1+0+0+0 0 0+1+0+0'

is 'tax codes are loaded' "$(load TaxCode 12 "$(code TAX 02 Tax)" "$(code 5 02 California)")" '0 2+0+0+0'
is 'those that are made up have a new time each time' \
	"$(load TaxCode 13 "$(code TAX 03 Tax)" "$(code 5 02 California)")" '0 0+0+2+0'
is 'but not other content' "$(load TaxCode 14 "$(code TAX 04 Taxable)" "$(code 5 02 California)")" '0 0+1+1+0'
is 'the others have their time' "$(load TaxCode 15 "$(code TAX 05 Taxable)" "$(code 5 05 California)")" '0 0+1+1+0'
is 'a dry run says the same' \
	"$(python3 rows.py TaxCode 16 "$(code TAX 06 Taxable)" "$(code 5 06 California)" | qb-load --dry-run 2>err |
		jq -r 'select(.load).load | [.updated, .unchanged] | join("+")')" 1+1

# two loaders at once
schema=two
load Attachable 12 "$(file 1 a)" "$(file 2 b)" >/dev/null
python3 rows.py Attachable 13 "$(file 1 c b.pdf)" "$(file 2 d)" >one
python3 rows.py Attachable 14 "$(file 1 e b.pdf)" "$(file 2 f)" >two
qb-load --schema=two <one >out1 2>err1 & first=$!
qb-load --schema=two <two >out2 2>err2
wait $first
is 'two loaders at once agree' "$(pg -c "select payload->>'FileName' from two.attachables order by id" | paste -sd' ')" 'b.pdf a.pdf'
done_testing
