#!/bin/sh
# Which entities qb-backfill takes: groups, lists with commas, reports, those that qb does not
# list; and those that the company does not have.  The other tools are stand-ins.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/stages.sh
. "${0%/*}/../lib/stages.sh"
range='--from=2025-01-01 --to=2025-02-01 --every=1mo'
backfill() {	# backfill WORD...
	# shellcheck disable=SC2086 # options
	run "$@" $range
}
called() { grep "^qb-$1 " "$dir/called"; }
said() { sed 's/; [0-9]* calls\{0,1\}, [0-9.]* s$/; N calls, T s/; /^20..-..-..T/d' "$dir/err"; }

# --- what is named
fresh
backfill all
is 'all: every entity that is listed' "$rc $(wc -l <"$dir/tickets")" \
	"0 $(qb-window --list | wc -l)"
is 'for qb-lock and qb-check, too' "$(called lock) $(called check)" \
	'qb-lock all qb-check all --from=2025-01-01 --to=2025-02-01'
fresh
backfill lists,transactions report:ProfitAndLoss:Cash --unlisted=ChangeOrder --unlisted=Widget,Gadget
is 'groups with commas, a report, and what is not listed' \
	"$rc $(called lock) $(called check)" \
	'0 qb-lock lists,transactions report:ProfitAndLoss:Cash --unlisted=ChangeOrder,Widget,Gadget qb-check lists,transactions report:ProfitAndLoss:Cash --unlisted=ChangeOrder,Widget,Gadget --from=2025-01-01 --to=2025-02-01'
is 'their tickets' "$(grep -c '"entity":"\(Gadget\|Widget\|ChangeOrder\|report:ProfitAndLoss:Cash\)"' "$dir/tickets")" 4
ok 'and a line for each' grep -q 'report:ProfitAndLoss:Cash: 1 window, 24 rows' "$dir/err"
fresh
backfill --unlisted=ChangeOrder
is 'only what is not listed' "$rc $(called check)" \
	'0 qb-check --unlisted=ChangeOrder --from=2025-01-01 --to=2025-02-01'
for words in invocies all,customers '--unlisted=change order'; do
	fresh
	# shellcheck disable=SC2086 # options
	"$QB_REAL/qb-window" "$words" $range >/dev/null 2>"$dir/want"
	backfill "$words"
	is "$words: what qb-window says of it, once, and nothing is started" \
		"$rc $(cat "$dir/called" 2>/dev/null) $(cat "$dir/err")" "64  $(cat "$dir/want")"
done
fresh
backfill
is 'no name at all' "$rc" 64

# --- not in this company
fresh 'absent= Budget  JournalCode '
backfill lists
is 'what only a group named is left out, with a line each' "$rc $(said)" \
	"0 qb-backfill: Budget: not in this company, left out
qb-backfill: JournalCode: not in this company, left out
qb-backfill: 13 windows, 312 rows: 312 inserted, 0 updated, 0 unchanged; N calls, T s"
is 'qb-check is asked about the others' \
	"$(called check | tr ' ' '\n' | grep -c '^[A-Z]') $(called check | grep -c 'Budget\|JournalCode')" '13 0'
is 'their proof is what is printed' "$(cat "$dir/out")" 'the report of qb-check'
backfill lists -q
is 'with --quiet that is no message' "$rc $(cat "$dir/out" "$dir/err")" '0 '
fresh 'absent= Budget '
backfill lists --progress=json
is 'in JSON the windows are those of the others' \
	"$(grep progress_total "$dir/err" | jq -c '[.windows, .of, .status]')" '[14,14,0]'
is 'and the last share is 1' "$(grep '"progress"' "$dir/err" | tail -n 1 | jq '.share <= 1')" true

fresh 'absent= Budget '
backfill customers budgets invoices --keep-going
is 'one that was named: status 69, the cause once, and what to do' "$rc $(said)" \
	"69 qb-fetch: Budget is not in this company, and is left out: 400, 5020: no right to use this
qb-backfill: 2 windows, 48 rows: 48 inserted, 0 updated, 0 unchanged; N calls, T s
qb-backfill: next: leave Budget out of the command"
is 'the others are proven' "$(called check) $(cat "$dir/out")" \
	'qb-check Customer Invoice --from=2025-01-01 --to=2025-02-01 the report of qb-check'
fresh 'absent= Budget '
backfill customers budgets -q
is '--quiet says only that' "$rc $(said)" \
	"69 qb-fetch: Budget is not in this company, and is left out: 400, 5020: no right to use this
qb-backfill: next: leave Budget out of the command"
fresh 'absent= Budget '
backfill lists,budgets
is 'by a group and by its name: it was named' "$rc $(said | tail -n 1)" \
	'69 qb-backfill: next: leave Budget out of the command'
fresh 'absent= Widget '
backfill customers --unlisted=ChangeOrder,Widget
is 'one of --unlisted' "$rc $(called check)" \
	'69 qb-check Customer --unlisted=ChangeOrder --from=2025-01-01 --to=2025-02-01'
fresh 'absent= Budget '
backfill budgets
is 'nothing else is named: there is nothing to prove' "$rc $(said) $(called check)" \
	"69 qb-fetch: Budget is not in this company, and is left out: 400, 5020: no right to use this
qb-backfill: nothing was loaded; N calls, T s
qb-backfill: next: leave Budget out of the command "
fresh 'absent= Budget ' 'unloaded= Customer '
backfill customers budgets
is 'where more is wrong, that is told, and the proof waits' \
	"$rc $(said | grep -c 'not in this company') $(said | grep 'not finished') $(called check)" \
	'69 1 qb-backfill: not finished: qb-fetch exited with status 69 '
fresh 'absent= Budget ' qb-check.status=75
backfill lists
is 'the verdict of the others counts' "$rc" 75

# --- not in this company any more, or not for who logged in
fresh 'absent= Budget  Invoice ' 'before= Invoice '
backfill all -q
is 'what was loaded before is not left out because a group named it' "$rc $(said)" \
	"69 qb-fetch: Invoice is not in this company, and is left out: 400, 5020: no right to use this
qb-backfill: Invoice: it was loaded before; its table stays as it is
qb-backfill: next: log in as an administrator of the company (qb-auth login), or name the entities without Invoice"
is 'the others are proven' \
	"$(called check | tr ' ' '\n' | grep -c '^[A-Z]') $(called check | grep -c 'Budget\|Invoice ')" \
	"$(($(qb-window --list | wc -l) - 3)) 0"
fresh 'absent= Budget  Invoice ' 'before= Invoice '
backfill invoices customers
is 'nor if it was named' "$rc $(said | tail -n 1)" \
	'69 qb-backfill: next: log in as an administrator of the company (qb-auth login), or leave Invoice out of the command'

# --- planned
fresh 'absent= Budget '
backfill TaxCode customers budgets lists --plan
is 'a plan: what is read whole has no count; the others are planned' \
	"$rc $(sed -n '/TaxCode\|Budget\|qb-check/p' "$dir/out" | tr -s ' ')" \
	"69 TaxCode 4 0.1
qb-check 17 0.1"
fresh 'absent= Budget '
backfill lists --plan --json
is 'in JSON' "$rc $(jq -c 'select(.entity == "TaxCode" or .qb == "plan_total") | [.rows, .scans, .calls]' "$dir/out" | paste -sd' ')" \
	'0 [null,null,4] [312,13,60]'
done_testing
