# shellcheck shell=sh disable=SC2154,SC2034 # they are set, and used, in the tests
# ask.sh - what the simulator's own tests share; source it after sim.sh.
token=
accept=		# another Accept header than JSON's
login() {	# login REFRESH-TOKEN [CURL OPTION...]
	refresh=$1; shift
	curl -s -u "$QBO_CLIENT_ID:$QBO_CLIENT_SECRET" \
		-d grant_type=refresh_token \
		--data-urlencode "refresh_token=$refresh" "$@" \
		"$QBO_TOKEN_URL" >"$dir/token"
	token=$(jq -r '.access_token // empty' "$dir/token")
	renewed=$(jq -r '.refresh_token // empty' "$dir/token")
	refresh=${renewed:-$refresh}
}
begin() {	# begin OPTION...: a fresh simulator, and logged in
	sim_start --from=2024-01-01 --to=2025-01-01 "$@" ||
		{ echo "Bail out! no simulator"; exit 1; }
	login "$QBO_REFRESH_TOKEN"
}
api() {		# api PATH CURL OPTION...: body in $dir/body, status in $status
	path=$1; shift
	: >"$dir/body"
	status=$(curl -s -o "$dir/body" -D "$dir/head" -w '%{http_code}' \
		-H "Authorization: Bearer $token" \
		-H "Accept: ${accept:-application/json}" "$@" \
		"$QBO_API_URL/v3/company/$QBO_REALM_ID/$path")
	curl_rc=$?
}
ask() {		# ask STATEMENT CURL OPTION...
	statement=$1; shift
	api query --get --data-urlencode "query=$statement" \
		-d minorversion=75 "$@"
}
got() { jq -r "$1" "$dir/body"; }	# got FILTER
print() { "$QB_SIM" --from=2024-01-01 --to=2025-01-01 "$@"; }
not() { ! "$@"; }
is_json() { jq . "$1" >/dev/null 2>&1; }
cdc() {		# cdc ENTITIES CHANGED-SINCE CURL OPTION...
	of=$1 after=$2; shift 2
	api cdc --get --data-urlencode "entities=$of" \
		--data-urlencode "changedSince=$after" -d minorversion=75 "$@"
}
change() {	# change ENTITY DO id=ID,ID|rows=N [at=TIME]: the Ids
	curl -s "$QBO_API_URL/sim/change" --get -d "entity=$1" -d "do=$2" \
		-d "$3" ${4:+--data-urlencode "$4"} >"$dir/changed"
	jq -r '.changed[]' "$dir/changed" 2>/dev/null
}
