# progress.bash - how far a run is, how fast, and how long it will take.
#
# In: one pipe with two kinds of lines: what qb-load says of each window that it
# has committed (receipts), and the status lines of qb-fetch.
# Out: standard error, as --progress says; and $work/sums when the pipe ends.
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of the script and of its other parts

# Receipts as short lines, each written whole: a long one would mix with a status
# line that qb-fetch writes into the same pipe.
receipts() {
	local line name entity rows inserted updated unchanged deleted calls
	local windows=0 all_rows=0
	while IFS= read -r line; do
		[[ $line == '{"qb":"receipt",'* ]] || continue
		# of what is gone, beside the windows that were to be read
		if [[ $line == *'"by":"census"'* ]]; then
			printf '%s\n' "$line" >>"$work/census"
			continue
		fi
		entity='' rows=0 inserted=0 updated=0 unchanged=0 deleted=0 calls=0
		name_of_entity "$line"
		for name in rows inserted updated unchanged deleted calls; do
			number $name "$line"
		done
		windows=$((windows + 1))
		all_rows=$((all_rows + rows))
		printf '%s %s\n' $windows $all_rows >>"$work/loaded"
		printf 'receipt %s %s %s %s %s %s %s\n' "$entity" "$rows" \
			"$inserted" "$updated" "$unchanged" "$deleted" "$calls"
	done
}

# Of all entities, and of each: windows to read, windows loaded, and their rows.
to_read=0 done_windows=0 done_rows=0
done_inserted=0 done_updated=0 done_unchanged=0 done_deleted=0
declare -A of=() loaded=() rows_of=() inserted_of=() updated_of=() unchanged_of=() deleted_of=()
entities_to_read=()
# By qb-fetch: `fetched` is empty as long as it has said nothing.
fetched='' fetch_calls=0 counted_windows=0 counted_rows=0 current=''
receipt_calls=0
most_share=0 changed=yes shown_us=0
# Calls a second are those since `older`, which is five to ten seconds ago.
older_us=0 older_calls=0 newer_us=0 newer_calls=0

progress_begin() {
	local count entity
	while read -r count entity; do
		entities_to_read+=("$entity")
		of[$entity]=$count
		to_read=$((to_read + count))
	done < <(entities_of "$work/pending")
	current=${entities_to_read[0]-}
	now_us
	fetch_began_us=$us older_us=$us newer_us=$us
}
rate_of_calls() {	# $rate, in tenths of calls a second
	if [ $((us - newer_us)) -ge 5000000 ]; then
		older_us=$newer_us older_calls=$newer_calls
		newer_us=$us newer_calls=$fetch_calls
	fi
	rate=0
	[ "$us" = "$older_us" ] || rate=$(((fetch_calls - older_calls) * 10000000 / (us - older_us)))
}

note_receipt() {	# note_receipt ENTITY ROWS INSERTED UPDATED UNCHANGED DELETED CALLS
	done_windows=$((done_windows + 1))
	done_rows=$((done_rows + $2))
	done_inserted=$((done_inserted + $3))
	done_updated=$((done_updated + $4))
	done_unchanged=$((done_unchanged + $5))
	done_deleted=$((done_deleted + $6))
	receipt_calls=$((receipt_calls + $7))
	loaded[$1]=$((${loaded[$1]-0} + 1))
	rows_of[$1]=$((${rows_of[$1]-0} + $2))
	inserted_of[$1]=$((${inserted_of[$1]-0} + $3))
	updated_of[$1]=$((${updated_of[$1]-0} + $4))
	unchanged_of[$1]=$((${unchanged_of[$1]-0} + $5))
	deleted_of[$1]=$((${deleted_of[$1]-0} + $6))
	current=$1
	[ "${loaded[$1]}" != "${of[$1]-0}" ] || entity_end "$1"
}
# The windows of an entity that the company does not have are not read; of each, how
# many they are.
declare -A dropped=()
note_absent() {	# note_absent LINE
	local name names left
	[[ $1 =~ \"absent\":\[([^]]*)\] ]] || return 0
	names=${BASH_REMATCH[1]//[\",]/ }
	for name in $names; do
		[ -z "${dropped[$name]-}" ] || continue
		left=$((${of[$name]-0} - ${loaded[$name]-0}))
		dropped[$name]=$left
		of[$name]=$((${of[$name]-0} - left))
		to_read=$((to_read - left))
	done
}
note_status() {	# note_status LINE: of qb-fetch
	local rows=0 calls=0 windows_counted=0 rows_counted=0 entity='' name
	for name in rows calls windows_counted rows_counted; do
		number $name "$1"
	done
	note_absent "$1"
	fetched=$rows fetch_calls=$calls
	counted_windows=$windows_counted counted_rows=$rows_counted
	name_of_entity "$1" && current=$entity
}

# What is read is reckoned in calls, since calls are what takes the time: those that
# were made, of those that the windows counted so far will have taken (a page has
# page_size rows) and, for each window that is not counted yet, as many as one of
# those takes on average.  Where nothing is counted, as with --no-count, a window that
# is loaded takes the place of one that is counted.  What is read counts for three
# quarters, what is loaded for one.
estimate() {	# $share: done, in millionths; 1000000 only at the end
	local known read_share load_share rows_left=0
	local calls=$fetch_calls rows=${fetched:-0} windows=$counted_windows
	[ "$windows" -ge "$done_windows" ] || windows=$done_windows
	[ "$windows" -le "$to_read" ] || windows=$to_read
	[ "$counted_rows" -le "$rows" ] || rows_left=$((counted_rows - rows))
	[ "$calls" != 0 ] || calls=1
	known=$((calls * 1000 + rows_left * 1000 / page_size))
	read_share=$((calls * 1000 * 1000000 / known))
	[ "$to_read" = 0 ] || read_share=$((read_share * windows / to_read))
	load_share=$read_share
	# with --jq fewer rows may be loaded than were read
	if [ "$counted_rows" -gt "$done_rows" ] && [ "$to_read" != 0 ] && [ -z "$jq" ]; then
		load_share=$((done_rows * 1000000 / counted_rows))
		load_share=$((load_share * windows / to_read))
	fi
	share=$(((3 * read_share + load_share) / 4))
	[ "$share" -le 990000 ] || share=990000
	[ "$done_windows" != "$to_read" ] || share=1000000
}
# Nothing is said of the time left during the first five seconds, nor before a
# hundredth is done in the first minute: it would only be a guess.
estimate_left() {	# $left: seconds, or empty
	local took_ms=$(((us - fetch_began_us) / 1000))
	left=''
	[ "$share" -gt 0 ] && [ $took_ms -ge 5000 ] || return
	[ "$share" -ge 10000 ] || [ $took_ms -ge 60000 ] || return
	left=$((took_ms * (1000000 - share) / share / 1000))
}

# Parts of the line, the first of them the most important; a narrow terminal has
# room for fewer.
line_of_progress() {	# line_of_progress WIDTH: $line
	local us text share left passed percent rate='' rows known='' total
	now_us
	estimate
	estimate_left
	# the share never goes back, although what is counted may turn out larger
	[ "$share" -ge "$most_share" ] && most_share=$share
	passed=$(((us - began_us) / 1000000))
	percent=$((most_share / 10000))
	rows=${fetched:-0}
	[ "$rows" -ge "$done_rows" ] || rows=$done_rows
	counted "$rows" row
	rows="  $text"
	rate_of_calls
	[ "$rate" = 0 ] && rate='' || rate="  $((rate / 10)).$((rate % 10)) calls/s"
	clock $passed
	passed="  $text"
	[ -z "$left" ] || { about "$left"; known=", about $text left"; }
	grouped "$to_read"
	total=$text
	grouped "$done_windows"
	for line in \
		"$percent %  $current $text/$total windows$rows$rate$passed$known" \
		"$percent %  $current $text/$total windows$rows$passed$known" \
		"$percent %  $current $text/$total windows$passed$known" \
		"$percent %  $current $text/$total$passed$known" \
		"$percent %  $current$passed$known" \
		"$percent %$passed$known" \
		"$percent %$passed"; do
		[ ${#line} -gt "$1" ] || return
	done
	line=${line:0:$1}
}

# The last column stays free: some terminals begin a new line behind it.
width_of_terminal() {	# $width
	local size
	size=$(stty size <&4 2>/dev/null)
	width=${size#* }
	[[ $width =~ ^[1-9][0-9]*$ ]] || width=${COLUMNS-}
	[[ $width =~ ^[1-9][0-9]*$ ]] || width=80
	width=$((width - 1))
}

# Where nothing can be deleted, as in most loads of qb-backfill, nothing is said of it.
deleted_member() {	# deleted_member NUMBER: ,"deleted":NUMBER
	[ "$program" != qb-sync ] && [ "$1" = 0 ] || printf ',"deleted":%d' "$1"
}
json_of_entity() {	# json_of_entity NAME: $line, of what is loaded of it
	local text
	now_utc
	printf -v line '{"qb":"progress_entity","at":"%s","entity":"%s","windows":%d,"of":%d,"rows":%d,"inserted":%d,"updated":%d,"unchanged":%d%s}' \
		"$text" "$1" "${loaded[$1]-0}" "${of[$1]-0}" "${rows_of[$1]-0}" \
		"${inserted_of[$1]-0}" "${updated_of[$1]-0}" "${unchanged_of[$1]-0}" \
		"$(deleted_member "${deleted_of[$1]-0}")"
}
json_of_progress() {	# $line
	local text us share left passed rows=${fetched:-0}
	now_us
	estimate
	estimate_left
	[ "$share" -ge "$most_share" ] && most_share=$share
	[ "$rows" -ge "$done_rows" ] || rows=$done_rows
	tenths $((us - began_us))
	passed=$text
	now_utc
	printf -v line '{"qb":"progress","at":"%s","seconds":%s,"entity":"%s","windows":%d,"of":%d,"rows":%d,"calls":%d,"share":%d.%06d,"seconds_left":%s}' \
		"$text" "$passed" "$current" "$done_windows" "$to_read" "$rows" \
		"$fetch_calls" $((most_share / 1000000)) \
		$((most_share % 1000000)) "${left:-null}"
}

windows_of_entity() {	# windows_of_entity NAME: $text, such as "3 windows, 7 rows: ..."
	local windows
	if [ "${loaded[$1]-0}" = "${of[$1]-0}" ]; then
		counted "${loaded[$1]-0}" window
	else
		counted "${of[$1]-0}" window
		windows=$text
		grouped "${loaded[$1]-0}"
		text="$text of $windows"
	fi
	text+=", $(sums_of "${rows_of[$1]-0}" "${inserted_of[$1]-0}" \
		"${updated_of[$1]-0}" "${unchanged_of[$1]-0}" "${deleted_of[$1]-0}")"
}
entity_end() {	# entity_end NAME: tell what became of it
	local text line at
	case $display in
	text)
		# qb-sync has a line for each at its end: only a long load is told here
		[ "$program" != qb-sync ] || [ "${of[$1]-0}" -gt 2 ] || return 0
		now_utc
		at=$text
		windows_of_entity "$1"
		printf '%s %s: %s\n' "$at" "$1" "$text" >&4 ;;
	json)
		json_of_entity "$1"
		printf '%s\n' "$line" >&4 ;;
	esac
}

show() {
	local line width text
	case $display in
	terminal)
		width_of_terminal
		line_of_progress "$width"
		printf '\r\033[K%s' "$line" >&4 ;;
	text)
		line_of_progress 1000
		now_utc
		printf '%s %s\n' "$text" "$line" >&4 ;;
	json)
		json_of_progress
		printf '%s\n' "$line" >&4 ;;
	esac
	now_us
	shown_us=$us
	changed=''
}

# Show what is due, and set $wait to the seconds until the next time.
show_due() {
	local us since pause
	now_us
	since=$((us - shown_us))
	pause=$least_us
	[ "$changed" ] || pause=$idle_us
	if [ "$since" -ge "$pause" ]; then
		show
		since=0 pause=$idle_us
	fi
	pause=$((pause - since))
	printf -v wait '%d.%06d' $((pause / 1000000)) $((pause % 1000000))
}

progress() {
	local line='' part status least_us idle_us wait=0 us fetch_began_us
	case $display in
	terminal) least_us=200000 idle_us=1000000 ;;
	json) least_us=1000000 idle_us=1000000 ;;
	*) least_us=5000000 idle_us=60000000 ;;
	esac
	progress_begin
	# a file gets its first line after five seconds, not at once
	[ "$display" != text ] || shown_us=$fetch_began_us
	while show_due; do
		IFS= read -r -t "$wait" part
		status=$?
		line+=$part
		[ $status -le 128 ] || continue		# time is up
		[ $status = 0 ] || break
		case $line in
		'receipt '*)
			# shellcheck disable=SC2086 # its words
			note_receipt ${line#receipt } ;;
		'{"qb":"status",'*) note_status "$line" ;;
		esac
		line='' changed=yes
	done
	[ "$display" != terminal ] || printf '\r\033[K' >&4
	for part in "${entities_to_read[@]}"; do
		[ "${loaded[$part]-0}" = 0 ] || [ "${loaded[$part]}" = "${of[$part]}" ] ||
			entity_end "$part"
	done
	[ "$fetch_calls" -ge "$receipt_calls" ] || fetch_calls=$receipt_calls
	echo "$done_windows $done_rows $done_inserted $done_updated $done_unchanged $done_deleted $fetch_calls ${fetched:--}" >"$work/sums"
	for part in "${!loaded[@]}"; do
		echo "$part ${inserted_of[$part]} ${updated_of[$part]} ${unchanged_of[$part]} ${deleted_of[$part]}"
	done >"$work/sums.each"
	for part in "${!dropped[@]}"; do
		echo "$part ${dropped[$part]}"
	done | sort >"$work/absent"
}

# --- when all is over

sums_of() {	# sums_of ROWS INSERTED UPDATED UNCHANGED DELETED
	local text
	counted "$1" row
	printf %s "$text"
	grouped "$2"
	printf ': %s inserted' "$text"
	grouped "$3"
	printf ', %s updated' "$text"
	grouped "$4"
	printf ', %s unchanged' "$text"
	[ "$5" = 0 ] || {
		grouped "$5"
		printf ', %s deleted' "$text"
	}
}

# total: windows and rows of this run; used: calls of it, and its time.
read_sums() {
	total_windows=0 total_rows=0 total_inserted=0 total_updated=0
	total_unchanged=0 total_deleted=0 total_calls=0 total_fetched=-
	[ ! -s "$work/sums" ] ||
		read -r total_windows total_rows total_inserted total_updated \
			total_unchanged total_deleted total_calls \
			total_fetched <"$work/sums"
}
calls_and_time() {	# $text
	local us calls=0 used=$total_calls
	[ ! -s "$work/check" ] || {
		number calls "$(tail -n 1 "$work/check")"
		used=$((used + calls))
	}
	now_us
	tenths $((us - began_us))
	us=$text
	counted "$used" call
	text="$text, $us s"
}
# The last line of a run, whatever became of it.
say_totals() {	# say_totals STATUS
	local text words all us loaded_before calls=0
	all=$(windows_in "$work/pending")
	[ "$all" = 0 ] || all=$((all - left_out_windows))
	if [ "$display" = json ]; then
		[ ! -s "$work/check" ] || number calls "$(tail -n 1 "$work/check")"
		now_us
		tenths $((us - began_us))
		us=$text
		now_utc
		printf '{"qb":"progress_total","at":"%s","seconds":%s,"windows":%d,"of":%d,"rows":%d,"inserted":%d,"updated":%d,"unchanged":%d%s,"calls":%d,"status":%d}\n' \
			"$text" "$us" "$total_windows" "$all" "$total_rows" \
			"$total_inserted" "$total_updated" "$total_unchanged" \
			"$(deleted_member "$total_deleted")" \
			$((total_calls + calls)) "$1" >&2
		return
	fi
	[ -z "$quiet" ] || return 0
	loaded_before=$(($(windows_in "$work/tickets") - left_out_windows))
	if [ "$all" = 0 ] && [ "$loaded_before" = 0 ]; then
		words='nothing was loaded'
	elif [ "$all" = 0 ]; then
		counted "$loaded_before" window
		words="up to date: $text, all loaded before"
	elif [ "$total_windows" = 0 ]; then
		counted "$all" window
		words="0 of $text loaded"
	else
		counted "$all" window
		words=$text
		[ "$total_windows" = "$all" ] || {
			grouped "$total_windows"
			words="$text of $words"
		}
		words+=", $(sums_of "$total_rows" "$total_inserted" \
			"$total_updated" "$total_unchanged" "$total_deleted")"
	fi
	calls_and_time
	say "$words; $text"
}
