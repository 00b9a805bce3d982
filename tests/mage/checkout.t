#!/bin/sh
# A checkout on Windows, where git writes CRLF unless told otherwise: the
# scripts that containers mount must keep LF.
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
cd "${0%/*}/../.." || exit 74
git rev-parse --git-dir >/dev/null 2>&1 || {
	skip 'a checkout with autocrlf' 'this tree is not a git repository'
	done_testing
	exit
}
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

git -c core.autocrlf=true checkout-index --all --prefix="$dir/"
cr=$(printf '\r')
is 'with core.autocrlf=true no script and no file of the stack has CRLF' \
	"$(grep -rlI "$cr\$" "$dir/scripts" "$dir/sql" "$dir/compose.yaml")" ''
is 'a file that is not text is checked out as it is' \
	"$(git check-attr text -- x.gz x.png x.dump | cut -d: -f3 | sort -u)" ' unset'
done_testing
