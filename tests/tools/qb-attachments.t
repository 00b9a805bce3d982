#!/bin/sh
# What qb-attachments promises of the files, against the simulator.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
# shellcheck source=tests/lib/pg.sh
. "${0%/*}/../lib/pg.sh"
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
QB_SIM=$(readlink -f "$QB_SIM")
dir=$(mktemp -d); trap 'sim_stop; pg_stop; rm -rf "$dir"' EXIT; cd "$dir" || exit 1
pg_start || exit 1
export QBO_TOKEN_FILE="$dir/token"
sim_start --seed=7 --attachments --from=2026-01-01 --to=2026-02-01 \
	--rows=all=0,Attachable=130,Invoice=3 || exit 1

calls() { grep -c 'kind=\(count\|rows\) status=200' sim.log; }
files() { grep -c 'kind=file' sim.log; }
sums() { (cd files && sha256sum --check --quiet SHA256SUMS 2>&1); echo $?; }
fetch() { qb-attachments --no-rate-limit "$@" >out 2>err; echo $?; }
change() { curl -sf "$QBO_API_URL/sim/change?entity=Attachable&$1" | jq -r '.changed[]'; }
read_rows() { qb-window attachables invoices --from=2026-01-01 | qb-fetch --no-rate-limit >stream; }
one() { jq -r --arg id "$1" 'select(.id == $id).file' out; }

read_rows
before=$(calls)
is 'files are fetched' "$(fetch files <stream) $(cat err)" '0 '
is 'all but those of notes' "$(wc -l <out) $(jq -r 'select(.payload.FileName).row.id' stream | wc -l)" '117 117'
is 'by one call for a hundred links' "$(($(calls) - before))" 2
is 'and one request for a file' "$(files)" 117
is 'sha256sum accepts the list' "$(sums)" 0
is 'which has all of them' "$(sed 's/^[^ ]*  //' files/SHA256SUMS | sort | sha256sum)" \
	"$(cd files && find . -type f -name '[0-9]*' | sed 's,^\./,,' | sort | sha256sum)"
is 'a line says which file is which' "$(jq -r '[.sha256, .file] | join("  ")' out | sort | sha256sum)" \
	"$(sort files/SHA256SUMS | sha256sum)"
is 'and how long it is, as its row does' "$(jq -r '[.id, .bytes] | join(" ")' out | sort | sha256sum)" \
	"$(jq -r 'select(.payload.FileName) | [.row.id, .payload.Size] | join(" ")' stream | sort | sha256sum)"
is 'nothing is left beside them' "$(find files -name '.*' ! -name .qb-lock -type f | wc -l)" 0
is 'only the owner may read them' "$(find files -mindepth 1 -perm /077 | wc -l) $(stat -c %a files)" '0 700'
is 'a name from outside harms nobody' \
	"$(find files -type f -name '[0-9]*' | grep -vE '^files/[0-9]+-[^/]+$'; find files -type f | LC_ALL=C grep -c '[[:cntrl:]]')" 0
is 'but is known again' "$(find files -name '*-.._.._etc_passwd' | wc -l) $(find files -name '*-📎 Zürich — résumé.pdf' | wc -l)" '2 1'
is 'a file has the time of its attachment' \
	"$(TZ=UTC stat -c %Y "files/$(one 5000000000000503624)")" \
	"$(date -d "$(jq -r 'select(.qb == "row" and .row.id == "5000000000000503624").row.updated' stream)" +%s)"

# --- again
before=$(calls) known=$(files)
cp files/SHA256SUMS list
is 'the same again fetches nothing' "$(fetch files <stream) $(calls) $(files) $(wc -l <out)" "0 $before $known 117"
is 'and changes nothing' "$(cmp files/SHA256SUMS list; sums)" 0
rm "files/$(one 5000000000000503624)"
first=$(one 5000000000000503625)
is 'a file that was removed comes again' "$(fetch files <stream) $(($(files) - known)) $(sums)" '0 1 0'
is 'its line stays' "$(cmp files/SHA256SUMS list)" ''

# --- content that changes
id=5000000000000503625
change "do=edit&id=$id" >/dev/null		# other content of the same length
sleep 1.1
read_rows
is 'another content gets a file of its own' "$(fetch files <stream) $(one $id)" "0 ${first%%-*}.2-${first#*-}"
ok 'which is told' grep -q "attachment $id has other content than before" err
is 'and nothing is lost' "$(test -f "files/$first" && sums)" 0
is 'nor fetched again' "$(fetch files <stream) $(cat err)" '0 '
change "do=edit&id=$id" >/dev/null
sleep 1.1
known=$(files)
is 'rows that are older than QuickBooks do not fetch either' "$(fetch files <stream) $(($(files) - known))" '0 0'
read_rows
is 'until the change is read' "$(fetch files <stream) $(one $id)" "0 ${first%%-*}.3-${first#*-}"

id=$(one 5000000000000503626)
known=$(files)
cp "files/$id" kept
touch -d 2026-01-01 "files/$id"
is 'what only seems older is compared' "$(fetch files <stream) $(($(files) - known)) $(cmp "files/$id" kept)" '0 1 '
is 'once' "$(fetch files <stream) $(($(files) - known))" '0 1'

# a file that somebody wrote to
printf x >>"files/$id"
is 'a file that was changed is not overwritten' "$(fetch files <stream) $(tail -c 1 "files/$id")" '65 x'
ok 'but named' grep -q "files/$id is not what SHA256SUMS lists" err
is 'and its content is beside it' "$(cmp kept "files/${id%%-*}.2-${id#*-}")" ''
is 'which is enough the next time' "$(fetch files <stream)" 0
cp kept "files/$id"

# a run that died before it listed a file
id=$(one 5000000000000503629)
sed -i "/$id/d" files/SHA256SUMS
is 'a file that is not listed is, if it is the same' "$(fetch files <stream) $(sums) $(grep -c "$id" files/SHA256SUMS)" '0 0 1'
sed -i "/$id/d" files/SHA256SUMS
echo other >"files/$id"
is 'or stays beside' "$(fetch files <stream) $(cat "files/$id") $(sums) $(test -f "files/${id%%-*}.2-${id#*-}" && echo there)" '0 other 0 there'
: >files/.qb-99999999-0badcafe.tmp
ln -s /etc/hostname "files/5000000000000503630.2-x"
fetch files <stream >/dev/null
is 'what a process left behind is removed' "$(find files -name '.qb-9*')" ''

# --- deleted at QuickBooks
qb-window attachables --from=2026-01-01 --to=2026-01-06 | qb-fetch --no-rate-limit >stream
gone=$(change 'do=delete&rows=1')
is 'what QuickBooks has no more is told' "$(fetch other <stream) $(grep -c "attachment $gone: QuickBooks has it no more" err)" '0 1'
qb-window invoices --from=2026-01-01 | qb-fetch --no-rate-limit >others
is 'a stream of other entities has none' "$(fetch none <others) $(cat err) $(wc -c <out)" \
	'0 qb-attachments: there are no attachments in the input 0'

# --- the table
qb-load <stream >/dev/null
have=$(pg -c "select count(*) from raw.attachables where payload ? 'FileName'")
is 'the table is another way to say which' "$(fetch --schema=raw table </dev/null) $(wc -l <out)" "0 $((have - 1))"
is 'with the same files' "$(diff -r -x SHA256SUMS -x .qb-lock other table)" ''
known=$(calls)
pg -c "update raw.attachables set deleted_at_utc = now() where id = '$gone'"
is 'and no call where all are there' "$(fetch --schema=raw table </dev/null) $(($(calls) - known))" '0 0'
is 'a schema without the table has none' "$(fetch --schema=empty table </dev/null) $(cat err)" \
	'0 qb-attachments: there are no attachments in the table'

# --- an archive
qb-archive archive <stream >/dev/null
find archive -name '*.gz' -exec cat {} + >archived
is 'an archive is a stream, too' "$(fetch table <archived) $(wc -l <out)" "0 $((have - 1))"

# --- links that differ in each response
pg_fresh
load() {	# load BY: what is new
	qb-window attachables --by="$1" --from=2026-01-01 | qb-pending | qb-fetch --no-rate-limit >fetched &&
		qb-stamp <fetched | qb-load >receipts
}
load updated
change 'do=edit&rows=2' >/dev/null
sleep 1.1
load change
is 'a change of attachments is read' "$? $(grep -c '^{"qb":"row"' fetched)" '0 2'
load change
# the third was edited above
is 'and not again, though their links are other ones' \
	"$? $(grep -c '^{"qb":"row"' fetched) $(jq -c 'select(.qb == "seal").fetch.log.known' fetched)" '0 0 3'
done_testing
