# shellcheck shell=sh disable=SC2154,SC2034
# company.sh - sourced by tests that read from companyserver.py, or from the one that
# $company_server names, with $dir set.
company=
company_start() {	# company_start [WORD...]: rows in $dir/rows, requests in $dir/asked
	company_stop
	: >"$dir/asked"
	: >"$dir/port"
	python3 "${0%/*}/../lib/${company_server:-companyserver.py}" "$dir/rows" "$dir/asked" "$@" >"$dir/port" &
	company=$!
	until [ -s "$dir/port" ]; do sleep 0.05; done
	url=http://127.0.0.1:$(cat "$dir/port")
	export QBO_API_URL="$url" QBO_TOKEN_URL="$url/token" QBO_ENV=sandbox \
		QBO_REALM_ID=1234567890 QBO_CLIENT_ID=client \
		QBO_CLIENT_SECRET=secret QBO_REFRESH_TOKEN=r XDG_STATE_HOME="$dir/state"
}
company_stop() {
	[ -z "$company" ] || { kill "$company"; wait "$company"; } 2>/dev/null
	company=
}
