# named.bash - the entities of a run: which of them only a group named, which qb does
# not list, and which the company does not have.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

unlisted_names=''	# of --unlisted, with commas
declare -A optional=() unlisted=()

# The words by which the tools are told of what the command line names.
typed_words() {	# typed_words: $words
	words=("${entities[@]}")
	[ -z "$unlisted_names" ] || words+=("--unlisted=$unlisted_names")
}
# The same of entities by their own names.
name_words() {	# name_words ENTITY...: $words
	local entity others=''
	words=()
	for entity; do
		if [ "${unlisted[$entity]-}" ]; then
			others+=,$entity
		else
			words+=("$entity")
		fi
	done
	[ -z "$others" ] || words+=("--unlisted=${others#,}")
}
# $named_entities, in the order of the tickets in a file; an entity that only a group
# named is optional, for a company may not have it.
read_named() {	# read_named FILE
	local entity is_optional is_unlisted
	named_entities=()
	while read -r entity is_optional is_unlisted; do
		named_entities+=("$entity")
		[ "$is_optional" = 0 ] || optional[$entity]=yes
		[ "$is_unlisted" = 0 ] || unlisted[$entity]=yes
	done < <(awk '/^{"qb":"ticket"/ && match($0, /"entity":"[^"]*"/) {
		name = substr($0, RSTART + 10, RLENGTH - 11)
		if (!seen[name]++)
			print name, /"optional":true/ ? 1 : 0, /"unlisted":true/ ? 1 : 0
	}' "$1")
}
# Tickets of entities that are optional say so.
mark_optional() {
	awk -v names=" ${!optional[*]} " '
		/^{"qb":"ticket"/ && !/"optional":true/ && match($0, /"entity":"[^"]*"/) {
			name = substr($0, RSTART + 10, RLENGTH - 11)
			if (index(names, " " name " ")) sub(/}$/, ",\"optional\":true}")
		}
		{ print }'
}

# --- what the company does not have

# As qb-fetch tells it: those that are optional and were never loaded, and those that the
# run fails for; of these, those that were loaded before; the windows of all of them, which
# are not read; and of each what qb-fetch said.
left_out=() refused=() left_out_windows=0
declare -A absent=() lost=()
read_absent() {
	local entity windows line
	[ -s "$work/absent" ] || return 0
	while read -r entity windows; do
		line=$(grep "^qb-fetch:.*\<$entity\>.*not in this company" "$work/said" | head -n 1)
		absent[$entity]=${line:-$program: $entity: not in this company}
		left_out_windows=$((left_out_windows + windows))
	done <"$work/absent"
	read_lost
	while read -r entity windows; do
		if [ "${optional[$entity]-}" ] && [ ! "${lost[$entity]-}" ]; then
			left_out+=("$entity")
		else
			refused+=("$entity")
		fi
	done <"$work/absent"
}
# A table that has been loaded would grow old, and nobody would notice.
read_lost() {
	local entity text="${!absent[*]}"
	name_words "${!absent[@]}"
	qb-check "${words[@]}" "${lock[@]}" --from=2000-01-01 --offline --json \
		"--absent=${text// /,}" >"$work/known_absent" 2>"$work/trouble" ||
		[ -s "$work/known_absent" ] || cat "$work/trouble" >&2
	for entity in "${!absent[@]}"; do
		grep -q "\"entity\":\"$entity\",.*\"verdict\":\"absent\"" "$work/known_absent" ||
			lost[$entity]=yes
	done
}
present() {	# present ENTITY...: $present, those that the company has
	local entity
	present=()
	for entity; do
		[ "${absent[$entity]-}" ] || present+=("$entity")
	done
}
# Does only that keep the run from being complete?
all_but_absent() {
	[ "$verdict $teller" = '69 qb-fetch' ] && [ ${#refused[@]} != 0 ] &&
		[ $((total_windows + left_out_windows)) = "$(windows_in "$work/pending")" ]
}
# That is told once, at the end (messages).
absent_told=''
say_absent() {
	local entity
	[ ! "$absent_told" ] || return 0
	absent_told=yes
	for entity in "${left_out[@]}"; do
		inform "$entity: not in this company, left out"
	done
	for entity in "${refused[@]}"; do
		printf '%s\n' "${absent[$entity]}" >&2
		[ ! "${lost[$entity]-}" ] ||
			say "$entity: it was loaded before; its table stays as it is"
	done
}
# What to do of those: whoever logged in may have no right to see what was loaded before.
next_absent() {
	local entity text='' of='leave' behind=' out of the command'
	for entity in "${refused[@]}"; do
		text+=", $entity"
		[ ! "${optional[$entity]-}" ] || of='name the entities without' behind=''
	done
	text="$of ${text#, }$behind"
	[ ${#lost[@]} = 0 ] ||
		text="log in as an administrator of the company (qb-auth login), or $text"
	say "next: $text"
}
