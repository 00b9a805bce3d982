#!/bin/sh
# Each tool links what it uses, and nothing else.
. "${0%/*}/../lib/tap.sh"
bin=${QB_BUILD:-build}/bin

# Libraries beside the C library and a sanitizer's, by their bare names.
links() {
	readelf -d "$bin/$1" | sed -n 's/.*(NEEDED).*\[lib\(.*\)\.so.*/\1/p' |
		grep -vxE 'c|m|asan|ubsan|tsan|gcc_s|pthread|ld-linux.*' | sort |
		tr '\n' ' '
}
only() {		# only TOOL LIBRARY...: no others are linked
	tool=$1; shift
	[ -x "$bin/$tool" ] || { skip "$tool" 'not built yet'; return; }
	others=$(links "$tool")
	for name in "$@"; do
		others=$(printf '%s' "$others" | tr ' ' '\n' | grep -vx "$name" |
			tr '\n' ' ')
	done
	is "$tool links nothing but $*" "$others" ''
}
only qb-window z isal
only qb-stamp z isal crypto xxhash jq
only qb-archive z isal crypto xxhash
only qb-fetch z isal crypto xxhash curl
only qb-auth z isal crypto xxhash curl
only qb-load z isal crypto xxhash pq
only qb-pending z isal pq crypto xxhash
only qb-lock z isal pq
only qb-status z isal crypto xxhash pq
only qb-check z isal crypto xxhash curl pq
only qb-census z isal crypto xxhash curl pq
only qb-attachments z isal crypto xxhash curl pq
for program in "$bin"/qb-*; do
	readelf -h "$program" >/dev/null 2>&1 || continue
	[ ! -L "$program" ] || continue		# an old name
	case ${program##*/} in
	qb-window|qb-stamp|qb-archive|qb-fetch|qb-load|qb-pending|qb-check|\
	qb-auth|qb-lock|qb-status|qb-census|qb-attachments) ;;
	*) is "${program##*/} is listed in this test" no yes ;;
	esac
done
done_testing
