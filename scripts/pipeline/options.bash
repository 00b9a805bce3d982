# options.bash - the options of a script, and which tools they are passed to.
#
# The script sets $own and $shared, the tables of its options, $tools, and $usage.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

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
	for tool in $tools; do
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
	printf 'usage: %s\n%s\n\noptions:\n' "$usage" "$about"
	for name in "${names[@]}"; do
		printf '  %-22s %s\n' "--$name${argument[$name]:+=${argument[$name]}}" "${described[$name]}"
	done
	printf '  %-22s %s\n' --help 'print this help' --version 'print the version'
	exit
}

entities=()
window=() lock=() pending=() fetch=() archive=() stamp=() load=() check=()
status=() census=() # of qb-sync alone
to_given='' archive_dir='' reload='' no_resume='' run='' rejects='' jq='' no_count='' outside=''
plan='' json='' progress=auto quiet='' page_size=1000
from='' census_every=7d unlogged_every=7d if_running=fail

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
	from) from=$2 ;;
	census) census_every=$2 ;;
	unlogged) unlogged_every=$2 ;;
	if-running) if_running=$2 ;;
	unlisted) unlisted_names+=${unlisted_names:+,}$2 ;;
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
			qb-window --version | sed "s/^qb-window/$program/"
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
}

# The options of each tool, which reads them up to the --help behind them.
# A jq program is compiled for an empty stream, and qb-fetch reads its settings and
# the login for one, without any request.
try_settings() { echo "$end_of_stream" | qb-fetch "${fetch[@]}" >/dev/null; }
check_options() {	# check_options TOOL...
	local name
	for name; do
		declare -n given=$name
		"qb-$name" "${given[@]}" --help >/dev/null
		[ $? != 64 ] || exit 64
	done
	case " ${stamp[*]}" in
	*' --jq='*)
		echo "$end_of_stream" | qb-stamp "${stamp[@]}" >/dev/null
		[ $? != 64 ] || exit 64 ;;
	esac
	in_job try_settings || exit	# a credential helper may take its time
}
