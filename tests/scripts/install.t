#!/bin/sh
# make install: each tool, its page, the SQL files in their folders, and the old
# name of qb-lock.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
cd "${0%/*}/../.." || exit 1
[ "$(cd "${QB_BUILD:-build}" && pwd)" = "$PWD/build" ] || {	# else it builds all anew
	skip 'what make install installs' 'this is not the usual build'
	done_testing
	exit
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# With the compiler and the flags of this run, or all would be built anew; without
# its jobserver, which is not ours.
MAKEFLAGS=$(printf %s "${MAKEFLAGS-}" | sed 's/ *--jobserver[^ ]*//g; s/ *-j[0-9]*//g')
export MAKEFLAGS
unset MAKELEVEL
make -s install DESTDIR="$dir" PREFIX=/usr >"$dir/said" 2>&1
is 'it installs' "$? $(cat "$dir/said")" '0 '
names() { for file in "$@"; do printf '%s\n' "${file##*/}"; done | sort; }
is 'every tool and script, and the old name' \
	"$(ls "$dir/usr/bin")" "$(names build/bin/qb-*)"
is 'the pages of all of them' "$(names "$dir"/usr/share/man/man1/*.1 | sed 's/\.1$//')" \
	"$(names build/bin/qb-*)"
is 'the SQL files, in their folders' "$(cd "$dir/usr/share/qb" && find sql -name '*.sql' | sort)" \
	"$(find sql -name '*.sql' | sort)"
is 'the parts of the scripts' "$(ls "$dir/usr/share/qb/pipeline")" "$(ls scripts/pipeline)"
is 'the units of systemd' "$(ls "$dir/usr/lib/systemd/system")" "$(ls systemd)"
ok 'with the folder of the tools' grep -q '^ExecStart=/usr/bin/qb-sync ' "$dir/usr/lib/systemd/system/qb-sync@.service"
is 'qb-sync finds them' "$("$dir/usr/bin/qb-sync" --version | cut -d' ' -f1)" qb-sync
is 'qb-backfill finds them' "$("$dir/usr/bin/qb-backfill" --version | cut -d' ' -f1)" qb-backfill
is 'the old name is that tool' "$(readlink "$dir/usr/bin/qb-alone")" qb-lock
is 'what is installed runs' "$("$dir/usr/bin/qb-lock" --version | cut -d' ' -f1)" qb-lock
make help >"$dir/help"
is 'make help lists the targets that README and CONTRIBUTING use' \
	"$(grep -ohE '(^ {4,}|`)make [a-z][a-z-]+' README.md CONTRIBUTING.md | sed 's/.*make //' | sort -u |
		while read -r target; do grep -q "^$target " "$dir/help" || echo "$target"; done)" ''
done_testing
