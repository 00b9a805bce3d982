#!/bin/sh
# seed-secrets with a stub in place of Mage: which lines of a file are accepted,
# and that nothing is stored from a file with a wrong line.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
program=$(cd "${0%/*}/../../scripts/mage" && pwd)/seed-secrets
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$dir" STORE="$dir/store"

# What seed-secrets imports of Mage; its secrets are files below $STORE.
mkdir -p "$dir/mage_ai/settings" "$dir/mage_ai/orchestration/db" \
	"$dir/mage_ai/data_preparation/shared" "$STORE"
echo 'set_repo_path = print' >"$dir/mage_ai/settings/repo.py"
printf '%s\n' 'class db_connection:' '    start_session = staticmethod(print)' \
	>"$dir/mage_ai/orchestration/db/__init__.py"
printf '%s\n' 'class database_manager:' '    run_migrations = staticmethod(print)' \
	>"$dir/mage_ai/orchestration/db/database_manager.py"
cat >"$dir/mage_ai/data_preparation/shared/secrets.py" <<'END'
import os


def path(name):
    return os.path.join(os.environ['STORE'], name)


def get_secret_value(name, suppress_warning=False):
    if not os.path.exists(path(name)):
        return None
    with open(path(name), encoding='utf-8') as file:
        return file.read()


def delete_secret(name):
    os.remove(path(name))


def create_secret(name, value):
    with open(path(name), 'x', encoding='utf-8') as file:
        file.write(value)
END

seed() { rc=0; python3 "$program" "$@" >"$dir/out" 2>&1 || rc=$?; }
stored() { (cd "$STORE" && for f in *; do [ ! -e "$f" ] || echo "$f=$(cat "$f")"; done); }
empty() { rm -f "$STORE"/*; }
refused() {	# refused WHAT TEXT...: status 64, each text printed, nothing stored
	is "$1 is refused with status 64" "$rc" 64
	shift
	for text; do ok "and says: $text" grep -qF -e "$text" "$dir/out"; done
	is 'and nothing is stored' "$(stored)" ''
}

printf '%s\n' '# a comment' '' 'QBO_ENV=sandbox' ' QBO_CLIENT_ID = "an id" ' \
	"QBO_CLIENT_SECRET='a secret'" >"$dir/qb.env"
seed "$dir/qb.env"
is 'lines NAME=value are stored, without quotes' "$rc $(stored)" \
	"0 QBO_CLIENT_ID=an id
QBO_CLIENT_SECRET=a secret
QBO_ENV=sandbox"
ok 'each name is printed' grep -qx 'QBO_CLIENT_SECRET: set' "$dir/out"
ok 'and no value' test -z "$(grep -e 'a secret' -e 'an id' "$dir/out")"

empty
printf '\357\273\277QBO_ENV=sandbox\r\nexport QBO_REALM_ID=123\r\n' >"$dir/in"
seed - <"$dir/in"
is 'a BOM, CRLF and export are accepted' "$rc $(stored)" "0 QBO_ENV=sandbox
QBO_REALM_ID=123"

empty
printf '\377\376Q\0B\0O\0_\0E\0N\0V\0=\0s\0a\0n\0d\0b\0o\0x\0\r\0\n\0' >"$dir/in"
seed - <"$dir/in"
is 'so is UTF-16, as Windows writes it' "$rc $(stored)" '0 QBO_ENV=sandbox'

empty
printf '%s\n' QBO_ENV=sandbox QBO_CLIENT_SECRT=a-value >"$dir/in"
seed - <"$dir/in"
refused 'a misspelt name' 'standard input, line 2: unknown name "QBO_CLIENT_SECRT"' \
	'did you mean QBO_CLIENT_SECRET?'
ok 'without its value' test -z "$(grep a-value "$dir/out")"
printf '%s\n' QBO_ENV=sandbox 'export qbo_client_id=x' >"$dir/qb.env"
seed "$dir/qb.env"
refused 'a name in lower case' "$dir/qb.env, line 2: unknown name \"qbo_client_id\"" \
	'did you mean QBO_CLIENT_ID?'
printf '%s\n' QBO_ENV=sandbox EDITOR=vi >"$dir/in"
seed - <"$dir/in"
refused 'a name of another program' 'line 2: unknown name "EDITOR"' \
	'remove that line; seed-secrets --help lists the names'
printf '%s\n' QBO_ENV=sandbox 'a-secret-alone' >"$dir/in"
seed - <"$dir/in"
refused 'a line without =' 'line 2 is not NAME=value'
ok 'without the line itself' test -z "$(grep a-secret-alone "$dir/out")"
printf '\377\376Q' >"$dir/in"
seed - <"$dir/in"
refused 'text of no known encoding' 'standard input is neither UTF-8 nor UTF-16'
seed - </dev/null
refused 'an empty file' 'standard input has no line NAME=value'
seed "$dir/not-there"
refused 'a file that does not exist' 'No such file or directory'
seed --unknown
refused 'an unknown option' 'usage: seed-secrets'

printf '%s\n' QBO_ENV=sandbox QBO_REALM_ID=1 >"$dir/in"
seed - <"$dir/in"
printf '%s\n' QBO_ENV=production QBO_REALM_ID= QBO_CLIENT_ID=x >"$dir/in"
seed --keep - <"$dir/in"
is 'with --keep a secret that is set is kept; an empty value changes nothing' \
	"$rc $(stored)" "0 QBO_CLIENT_ID=x
QBO_ENV=sandbox
QBO_REALM_ID=1"
printf '%s\n' QBO_ENV=production >"$dir/in"
seed - <"$dir/in"
is 'without it the secret is replaced' "$rc $(stored | sed -n 2p)" '0 QBO_ENV=production'

# At a terminal: what is asked, and what the terminal shows of the answers.
cat >"$dir/terminal.py" <<'END'
import os
import pty
import re
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp('python3', ['python3', *sys.argv[1:]])
said, asked = '', 0
try:
    while True:
        said += os.read(terminal, 4096).decode()
        found = re.findall(r'(\w+)(?: \([^)]*\))?: $', said)
        if found:
            asked += 1
            os.write(terminal, f'answer-{asked}\n'.encode())
except OSError:
    pass
print(said.replace('\r\n', '\n'))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
ask() { rc=0; python3 "$dir/terminal.py" "$program" "$@" >"$dir/out" 2>&1 || rc=$?; }
empty
ask
is 'at a terminal it asks for the names of QuickBooks alone' "$rc $(stored)" \
	"0 QBO_CLIENT_ID=answer-2
QBO_CLIENT_SECRET=answer-3
QBO_ENV=answer-1
QBO_REALM_ID=answer-4
QBO_REFRESH_TOKEN=answer-5"
is 'what is not secret is shown while it is typed, the others are not' \
	"$(grep -o 'answer-.' "$dir/out" | tr '\n' ' ')" 'answer-1 answer-2 answer-4 '
empty
ask --all
is 'with --all also for those of PostgreSQL' "$rc $(stored | grep -c ^PG)" '0 5'
ok 'without showing the password' test "$(stored | sed -n 's/PGPASSWORD=//p' |
	xargs -I{} grep -c {} "$dir/out")" = 0
done_testing
