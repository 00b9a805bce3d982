# reload.bash - a --reload that was interrupted goes on where it was.
#
# All windows of a reload are loaded under one run name, so the load log tells
# which of them are done: those that this run loaded (qb-pending --run).  A file
# below the state folder keeps the name from the first start to the end.  Its own
# name is a digest of what the reload reads and where it goes, so that another
# reload never takes it for its own.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

reload_days=7	# after that a reload starts anew
reload_file=''	# while a reload is going on
reload_run=''	# its run name, where windows of it may be loaded already

# What is read again and does not come, qb-census asks for by its id: what
# QuickBooks has no more is marked as deleted.
read_stages() {
	if [ ! "$reload" ]; then
		stage qb-fetch qb-fetch "${fetch[@]}" <"$work/pending"
	else
		stage qb-fetch qb-fetch "${fetch[@]}" <"$work/pending" |
			stage qb-census qb-census "${census[@]}" 7>&-
	fi
}
read_names() {
	echo qb-fetch
	[ ! "$reload" ] || echo qb-census
}

# Of these: how many, and the calls that it took to know.
read_gone() {
	local line deleted calls
	[ -s "$work/census" ] || return 0
	while IFS= read -r line; do
		deleted=0 calls=0
		number deleted "$line"
		number calls "$line"
		total_deleted=$((total_deleted + deleted))
		total_calls=$((total_calls + calls))
	done <"$work/census"
}

reload_words() {	# what makes it this reload, a line each
	local word
	entities_of "$work/tickets" | sed 's/^ *[0-9]* //' | sort
	printf '%q\n' "${window[@]}" "${stamp[@]}" "${load[@]}" | sort
	# of qb-fetch what decides which rows come, and what is in them
	for word in "${fetch[@]}"; do
		case $word in
		--include=*|--currencies=*) printf '%q\n' "$word" ;;
		esac
	done
	[ -z "$archive_dir" ] || (cd "$archive_dir" 2>/dev/null && pwd) ||
		printf '%q %q\n' "$PWD" "$archive_dir"
	printf '%q\n' "${QBO_ENV-}" "${QBO_REALM_ID-}" "${PGHOST-}" \
		"${PGHOSTADDR-}" "${PGPORT-}" "${PGDATABASE-}" \
		"${PGSERVICE-}" "${PGUSER-}"
}
# $reload_file; as for the logins, a relative XDG_STATE_HOME is ignored.
find_reload() {
	local state=${XDG_STATE_HOME-} key
	[[ $state == /* ]] || state=${HOME:+$HOME/.local/state}
	[ "$state" ] || return
	key=$(reload_words | sha256sum) || return
	reload_file=$state/qb/reloads/${key:0:32}
}
# Set $reload_run if there is a reload to go on with.
resume_reload() {
	local began epoch run_name now
	printf -v now '%(%s)T' -1
	find_reload && [ -s "$reload_file" ] || return
	read -r began epoch run_name <"$reload_file" || return
	[[ $epoch =~ ^[0-9]{1,12}$ ]] && [ "$run_name" ] || return
	if [ "$no_resume" ]; then
		inform "starting anew, not continuing the reload that began at $began"
	elif [ $((now - epoch)) -gt $((reload_days * 86400)) ]; then
		inform "starting anew: the reload that began at $began is older than $reload_days days"
	else
		inform "continuing the reload that began at $began; --no-resume starts anew"
		reload_run=$run_name
	fi
}
# A name that is given may be that of earlier loads, and their windows must not pass
# for reloaded ones: as long as it is new, qb-pending leaves nothing out.
name_is_new() {	# name_is_new NAME
	qb-pending "${pending[@]}" --run="$1" <"$work/tickets" >"$work/pending" || exit
	[ "$(ranges_in "$work/pending")" = "$(ranges_in "$work/tickets")" ]
}
ranges_in() {
	grep -o '"entity":"[^"]*"\|"start":"[^"]*"\|"end":"[^"]*"' "$1"
}
# Once the lock is held: write down that it begins.
begin_reload() {
	local name=${run:-${QB_RUN_ID-}} text began epoch
	[ "$reload_file" ] || return 0
	if [ -z "$name" ]; then
		TZ=UTC0 printf -v name 'reload-%(%Y%m%dT%H%M%SZ)T-%08x' -1 "$SRANDOM"
	elif ! name_is_new "$name"; then
		inform "run $name has loaded windows of this range before: if interrupted, this reload starts from the first window"
		rm -f "$reload_file"
		return
	fi
	now_utc
	began=$text
	printf -v epoch '%(%s)T' -1
	if ! (umask 077
		mkdir -p "${reload_file%/*}" &&
		printf '%s %s %s\n' "$began" "$epoch" "$name" >"$reload_file.$$" &&
		sync "$reload_file.$$" &&
		mv "$reload_file.$$" "$reload_file" &&
		find "${reload_file%/*}" -type f -mtime +$reload_days -delete) 2>/dev/null; then
		rm -f "$reload_file.$$"
		say "cannot write $reload_file: if interrupted, this reload starts from the first window"
		return
	fi
	[ "$run" ] || stamp+=("--run=$name")
}
continue_reload() {
	[ "$run" ] || stamp+=("--run=$reload_run")
	pending+=("--run=$reload_run")
	inform 'what was deleted is looked for only in the windows that are left'
}
end_reload() {
	[ -z "$reload_file" ] || rm -f "$reload_file"
}
