# words.bash - numbers, times and lines of JSON, as the scripts write and read them.
# Each sets a variable instead of printing, for no process is to be started for it.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

grouped() {	# grouped NUMBER: $text, with a comma between thousands
	text=$1
	while [[ $text =~ ^([0-9]+)([0-9]{3}.*)$ ]]; do
		text=${BASH_REMATCH[1]},${BASH_REMATCH[2]}
	done
}
counted() {	# counted NUMBER THING: $text, such as "1 call" or "1,356 calls"
	grouped "$1"
	text="$text $2"
	[ "$1" = 1 ] || text+=s
}
clock() {	# clock SECONDS: $text, such as 0:42 or 1:02:03
	if [ "$1" -lt 3600 ]; then
		printf -v text '%d:%02d' $(($1 / 60)) $(($1 % 60))
	else
		printf -v text '%d:%02d:%02d' $(($1 / 3600)) $(($1 / 60 % 60)) $(($1 % 60))
	fi
}
about() {	# about SECONDS: $text, how long it takes, rounded up
	if [ "$1" -lt 55 ]; then
		text="$((($1 / 5 + 1) * 5)) s"
	elif [ "$1" -le 3600 ]; then
		text="$((($1 + 59) / 60)) min"
	else
		text="$(($1 / 3600)) h $(($1 % 3600 / 60)) min"
	fi
}
now_us() {	# $us: microseconds since 1970
	us=${EPOCHREALTIME/[.,]/}
}
now_utc() {	# $text: now, RFC 3339 in UTC
	TZ=UTC0 printf -v text '%(%Y-%m-%dT%H:%M:%SZ)T' -1
}
tenths() {	# tenths MICROSECONDS: $text, in seconds, such as 2.1
	printf -v text '%d.%d' $(($1 / 1000000)) $(($1 / 100000 % 10))
}
number() {	# number NAME LINE: set NAME to that member of a line of JSON, if it has it
	[[ $2 =~ \"$1\":([0-9]+) ]] && printf -v "$1" %s "${BASH_REMATCH[1]}"
}
name_of_entity() {	# name_of_entity LINE: $entity
	[[ $1 =~ \"entity\":\"([^\"]+)\" ]] && entity=${BASH_REMATCH[1]}
}

# Of a file of tickets: how many there are, and a line for each entity, with how many.
windows_in() {
	local windows all=0 line
	while IFS= read -r line; do
		windows=0
		number windows "$line"
		all=$((all + windows))
	done < <(grep -s '^{"qb":"end"' "$1")
	echo "$all"
}
entities_of() {
	sed -n 's/^{"qb":"ticket".*"entity":"\([^"]*\)".*/\1/p' "$1" |
		awk '!n[$0]++ { names[++last] = $0 }
			END { for (i = 1; i <= last; i++) print n[names[i]], names[i] }'
}
