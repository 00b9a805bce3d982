# options.bash - the options of qb-backfill, and which tools they are passed to.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

# Options of this script: name, argument, help.
own='
archive|DIR|keep each window in a file below DIR before it is loaded
reload||load windows again that were loaded before
no-resume||with --reload: start anew, even if the last one was interrupted
plan||count what would be read, print what it costs, and read nothing
json||with --plan: one line of JSON per entity and one for the total
progress|HOW|progress on standard error: auto, json or none (default auto)
quiet||for cron: print nothing when all is well (also -q)
'
# Options that are passed on: name, and the tools that take it.  What --help says
# of one is asked of the first of its tools.
shared='
from window check
to window check
every window
tz window check
by window check
page-size fetch
scan-rows fetch
jobs fetch
retries fetch check
retry-for fetch check
settle pending
no-count fetch
keep-going fetch
outside check
level archive
run stamp
jq stamp
schema lock pending load check
rejects load
dsn lock pending load check
'
# Older spellings, still accepted.
declare -A former=([all]=reload [patience]=retry-for)

# The tables above as arrays: what an option takes, what is said of it, and the
# tools that it is passed to.
declare -A argument=() described=() taken_by=()
names=()
describe() {	# describe NAME ARGUMENT HELP TOOLS
	names+=("$1")
	argument[$1]=$2 described[$1]=$3 taken_by[$1]=$4
}
# Of "TOOL OPTION": argument, default, variable and help, with tabs between.
declare -A listed=()
ask_tools() {
	local tool name text
	for tool in window pending fetch archive stamp lock load check; do
		name=''
		while IFS= read -r text; do
			name=${text%%$'\t'*}
			[ "${listed[$tool $name]+set}" ] ||
				listed[$tool $name]=${text#*$'\t'}
		done < <("qb-$tool" --list-options)
		[ "$name" ] ||
			die 74 "qb-$tool cannot be run, or is of another version" \
				'install all tools of qb in one folder'
	done
}
read_tables() {
	local name value preset variable text tools
	while read -r name tools; do
		[ "${listed[${tools%% *} $name]+set}" ] || continue
		text=${listed[${tools%% *} $name]}
		# tabs are white space to read: an empty field would be lost
		IFS='|' read -r value preset variable text <<<"${text//$'\t'/|}"
		describe "$name" "$value" "$text${preset:+ (default $preset)}${variable:+ [$variable]}" "$tools"
	done <<<"$shared"
	while IFS='|' read -r name value text; do
		[ -z "$name" ] || describe "$name" "$value" "$text" ''
	done <<<"$own"
}

help() {
	local name
	printf 'usage: qb-backfill ENTITY... --from=TIME [--to=TIME] [--archive=DIR] [OPTION...]\n%s\n\noptions:\n' "$about"
	for name in "${names[@]}"; do
		printf '  %-22s %s\n' "--$name${argument[$name]:+=${argument[$name]}}" "${described[$name]}"
	done
	printf '  %-22s %s\n' --help 'print this help' --version 'print the version'
	exit
}

entities=()
window=() lock=() pending=() fetch=() archive=() stamp=() load=() check=()
to_given='' archive_dir='' reload='' no_resume='' run='' rejects='' jq='' no_count='' outside=''
plan='' json='' progress=auto quiet='' page_size=1000

keep() {	# keep NAME VALUE: what this script itself wants to know
	case $1 in
	to) to_given=yes ;;
	reload) reload=yes ;;
	no-resume) no_resume=yes ;;
	archive)
		[ "$2" ] || die 64 '--archive needs a folder' \
			'use --archive=DIR, or leave it out'
		archive_dir=$2; check+=("--archive=$2") ;;
	run) run=$2 ;;
	jq) jq=yes ;;
	rejects) rejects=yes ;;
	no-count) no_count=yes ;;
	page-size) page_size=$2 ;;
	outside) outside=yes ;;
	plan) plan=yes ;;
	json) json=yes ;;
	quiet) quiet=yes ;;
	progress)
		case $2 in
		auto|json|none) progress=$2 ;;
		*) misused "--progress=$2 is none of auto, json and none" ;;
		esac ;;
	esac
}
spelled() {	# spelled NAME: the present name of an option, or nothing
	local name=$1
	[ -z "$name" ] || name=${former[$1]-$1}
	[ -z "$name" ] || [ -z "${argument[$name]+known}" ] || echo "$name"
}
take() {	# take NAME VALUE HAS_VALUE: pass an option on to its tools
	local name tool
	name=$(spelled "$1")
	[ "$name" ] || misused "unknown option --$1"
	[ -z "${argument[$name]}" ] || [ "$3" ] ||
		misused "option --$1 needs a value"
	[ "${argument[$name]}" ] || [ -z "$3" ] ||
		misused "option --$1 takes no value"
	keep "$name" "$2"
	for tool in ${taken_by[$name]}; do
		local -n words=$tool
		words+=("--$name${argument[$name]:+=$2}")
	done
}
takes_value() {
	local name
	name=$(spelled "$1")
	[ "$name" ] && [ "${argument[$name]}" ]
}
read_options() {
	local name
	while [ $# -gt 0 ]; do
		case $1 in
		-h|--help) help ;;
		-V|--version)
			qb-window --version | sed 's/^qb-window/qb-backfill/'
			exit ;;
		-q) take quiet '' '' ;;
		--) shift; entities+=("$@"); break ;;
		--*=*) name=${1%%=*}; take "${name#--}" "${1#*=}" yes ;;
		--*)
			if takes_value "${1#--}" && [ $# -gt 1 ]; then
				take "${1#--}" "$2" yes
				shift
			else
				take "${1#--}" '' ''
			fi ;;
		-*) misused "unknown option $1" ;;
		*) entities+=("$1") ;;
		esac
		shift
	done
	[ ${#entities[@]} -gt 0 ] ||
		die 64 'no entity is named' 'name some, such as customers invoices items'
	[ -z "$no_resume" ] || [ "$reload" ] ||
		die 64 '--no-resume needs --reload' 'add --reload, or leave --no-resume out'
	[ -z "$json" ] || [ "$plan" ] ||
		die 64 '--json needs --plan' 'add --plan, or use --progress=json'
}
