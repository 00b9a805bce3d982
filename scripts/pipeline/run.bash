# run.bash - one run of a script: what it says, its temporary folder, its process
# group, what happens when it is stopped, and the lock on what it loads.
#
# The script sets $program, its own name, and $in_path, where the shell finds that.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154,SC2317 # variables and functions of the other parts

say() { printf '%s: %s\n' "$program" "$*" >&2; }
inform() { [ "$quiet" ] || say "$*"; }
die() {		# die STATUS WHY NEXT
	say "$2"
	say "next: $3"
	exit "$1"
}
misused() { die 64 "$1" "$program --help"; }

# The command that resumes this run, to be copied.
command_line() {
	local name=${0##*/}
	[ "$in_path" = "$0" ] || name=$0
	printf '%q' "$name"
	[ $# = 0 ] || printf ' %q' "$@"
}

# A temporary folder, locked for as long as a process of this run lives.  Those
# that nobody has locked were left by runs that were killed.
begin() {
	local stem=${TMPDIR:-/tmp}/$program dead
	for dead in "$stem".*; do
		if [ ! -d "$dead" ] || [ ! -O "$dead" ] || [ -L "$dead" ]; then
			continue
		fi
		(exec 6>>"$dead/lock" && flock -n 6 && rm -rf "$dead") 2>/dev/null
	done
	while :; do
		work=$(mktemp -d "$stem.XXXXXX") || exit 74
		if ! { exec 6>>"$work/lock"; } 2>/dev/null; then
			[ ! -d "$work" ] || exit 74
			continue
		fi
		flock 6 || exit 74
		# another run may have removed it before it was locked
		[ ! -e "$work/lock" ] || return
	done
}
job='' holder='' work=''
release() {	# the lock; see qb-lock(1)
	[ "$holder" ] || return 0
	exec 5>&-
	wait "$holder"
	holder=''
}
finish() { release; [ ! "$work" ] || rm -rf "$work"; }

# What is loaded already: the last line of a file, "WINDOWS ROWS".
safe() {
	local windows=0 rows=0
	[ ! "$work" ] || [ ! -s "$work/loaded" ] ||
		read -r windows rows < <(tail -n 1 "$work/loaded")
	if [ "$windows" = 0 ]; then
		echo 'nothing was loaded by this run; what was loaded before stays'
	else
		echo "at least $windows windows with $rows rows are loaded and stay"
	fi
}

# The pipeline is a process group of its own, so that it can be ended as one:
# by SIGTERM, and 0.8 s later by SIGKILL.
end_job() {
	[ "$job" ] || return 0
	kill -TERM -- "-$job" 2>/dev/null
	for _ in {1..16}; do
		kill -0 -- "-$job" 2>/dev/null || break
		sleep 0.05
	done
	kill -KILL -- "-$job" 2>/dev/null
	wait "$job"
	job=''
}
# Run a function in a process group of its own: a signal need not wait for its end.
in_job() {
	set -m
	"$@" </dev/null &
	job=$!
	set +m
	wait "$job"
	set -- $?
	job=''
	return "$1"
}
stop() {	# stop SIGNAL
	trap '' INT TERM HUP
	end_job
	[ -z "$holder" ] || kill -TERM "$holder" 2>/dev/null
	[ ! -t 2 ] || printf '\r\033[K' >&2
	say "stopped: $(safe)"
	say "next: $again"
	finish
	trap - EXIT "$1"
	kill -s "$1" $$
}
# Set first: whoever stops a run is told what is loaded, however early it is.
set_traps() {
	trap finish EXIT
	trap 'stop INT' INT
	trap 'stop TERM' TERM
	trap 'stop HUP' HUP
	trap '' TTOU	# a background job writes to the terminal
}

# As sleep(1), but a signal ends it at once: bash runs no trap before a command that it
# waits for has ended.
pause() {	# pause SECONDS
	[ -e "$work/never" ] || mkfifo "$work/never" || exit 74
	read -r -t "$1" _ <>"$work/never"
	return 0
}

# Only one run at a time loads an entity into a schema.
take_lock() {	# take_lock ENTITY...
	local status
	try_lock "$@" && return
	status=$?
	say "next: $again"
	exit "$status"
}
# What qb-lock says goes to descriptor $lock_says.  Not the errors of this function: a
# signal may end the script in the middle of it, and that is told.
lock_says=2
try_lock() {	# try_lock ENTITY...: false with qb-lock's status
	local status
	rm -f "$work/held" "$work/locked"
	mkfifo "$work/held" || exit 74
	exec 5<>"$work/held"
	qb-lock "${lock[@]}" "$@" <"$work/held" >"$work/locked" 2>&"$lock_says" 5>&- &
	holder=$!
	until [ -s "$work/locked" ]; do
		pause 0.05
		kill -0 "$holder" 2>/dev/null || break
	done
	[ ! -s "$work/locked" ] || return 0
	wait "$holder"
	status=$?
	holder=''
	exec 5>&-
	return "$status"
}
