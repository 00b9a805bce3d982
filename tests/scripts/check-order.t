#!/bin/sh
# scripts/check-order sees each kind of breach, in a small tree of its own.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
root=$(cd "${0%/*}/../.." && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir -p "$dir/scripts" "$dir/common/base" "$dir/common/http" "$dir/common/postgres" \
	"$dir/tools" "$dir/tests/common"
cp "$root/scripts/check-order" "$dir/scripts/"
cd "$dir" || exit 1

unit() {	# unit PATH INCLUDE...: a header that says something, and its .c
	unit=$1
	printf 'int x(void);\n' >"common/$unit.h"
	printf '#include "%s.h"\n' "$@" >"common/$unit.c"
}
tree() {	# a tree in which all is well
	rm -f common/*/* tools/* tests/common/*
	cat >common/order <<'END'
base:
	buf clock
http: base
	client
postgres: base
	connection
tools/qb-filter: base
tools/qb-load: base postgres
pure: tools/qb-filter
END
	unit base/buf
	unit base/clock base/buf
	unit http/client base/clock
	printf '#include <curl/curl.h>\n' >>common/http/client.c
	unit postgres/connection base/buf
	printf '#include <libpq-fe.h>\n#include <time.h>\n' >>common/postgres/connection.c
	printf '#include "base/buf.h"\n' >tools/qb-filter.c
	printf '#include "postgres/connection.h"\n' >tools/qb-load.c
}
red() {		# red WHAT SAID: the tree as it is now is refused with these words
	scripts/check-order >said 2>&1
	is "$1: refused" $? 1
	is "$1: and named" "$(cat said)" "$2"
	tree
}

tree
scripts/check-order >said 2>&1
is 'a tree in which all is well' "$? $(cat said)" '0 '

printf '#include "postgres/connection.h"\n' >>common/http/client.c
red 'a wing that is not under this one' \
	'common/http/client.c: http may not include the wing postgres (postgres/connection.h)'
printf '#include "http/client.h"\n' >>common/base/buf.h
red 'upwards, from a header' \
	'common/base/buf.h: base may not include the wing http (http/client.h)'
printf '#include "base/clock.h"\n' >>common/base/buf.c
red 'a file of the same wing that stands behind it' \
	'common/base/buf.c: may not include base/clock.h, which stands behind it'
unit base/stray
red 'a file that common/order does not list' 'common/base/stray.c: not listed in common/order
common/base/stray.h: not listed in common/order'
printf '#include "buf.h"\n' >>common/base/clock.c
red 'a header without its wing' \
	'common/base/clock.c: "buf.h" is not listed in common/order'
printf '#include "base/buf.h"\n' >common/base/clock.c
red 'a file without its own header' \
	'common/base/clock.c: does not include its own header'
printf '#ifndef H\n#define BASE_CLOCK_H\n/* all */\n#include "base/buf.h"\n#endif\n' >common/base/clock.h
red 'a header that only forwards' 'common/base/clock.h: only forwards to other headers'
printf '#include "postgres/connection.h"\n' >>tools/qb-filter.c
red 'a filter that reaches PostgreSQL' \
	'tools/qb-filter.c: tools/qb-filter may not include the wing postgres (postgres/connection.h)'
sed 's/^base:/base: http/; s/^http:.*/http:/' common/order >order && mv order common/order
unit http/client
printf '#include <curl/curl.h>\n' >>common/http/client.c
red 'a wing of a pure filter that comes to stand on libcurl' \
	'tools/qb-filter: is pure, and would link libcurl'
printf '#include "http/client.h"\n' >>tools/qb-load.c
red 'a loader that reaches QuickBooks' \
	'tools/qb-load.c: tools/qb-load may not include the wing http (http/client.h)'
printf '#include "base/buf.h"\n' >tools/qb-new.c
red 'a tool that common/order does not list' 'tools/qb-new.c: not listed in common/order
tools/qb-new.c: tools/qb-new may not include the wing base (base/buf.h)'
printf '#include <curl/curl.h>\n' >>common/base/buf.c
red 'a foreign library by a second file' \
	'common/base/buf.c: <curl/curl.h> may only be included by common/http/client.c'
printf '#include <sqlite3.h>\n' >>common/base/buf.c
red 'a foreign library that nobody knows' \
	"common/base/buf.c: <sqlite3.h> is not the C library's, and scripts/check-order names no file for it"
done_testing
