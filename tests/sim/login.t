#!/bin/sh
# qb-sim: tokens, consent and limits.
set -u
here=${0%/*}
# shellcheck source=tests/lib/tap.sh
. "$here/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "$here/../lib/sim.sh"
# shellcheck source=tests/sim/ask.sh
. "$here/ask.sh"
count="select count(*) from Item"
rows=all=5
said() { jq -r '.error // "tokens"' "$dir/token"; }

# Refresh tokens
begin --rows=$rows
first=$QBO_REFRESH_TOKEN second=$refresh
is "a refresh says how long both live" "$(jq -r '[.token_type, .expires_in,
	.x_refresh_token_expires_in] | join(" ")' "$dir/token")" \
	"bearer 3600 8726400"
ok "the refresh token is another one" test "$first" != "$second"
ask "$count"
is "the access token is good" "$status" 200
login "$first"
is "newest: the one before is refused" "$(said)" invalid_grant
login "$second"
is "newest: the newest is taken" "$(said)" tokens
login "$refresh" -u "$QBO_CLIENT_ID:wrong"
is "a wrong secret" "$(said)" invalid_client
login "$refresh" -d grant_type=password
login_type=$(curl -s -u "$QBO_CLIENT_ID:$QBO_CLIENT_SECRET" \
	-d grant_type=password "$QBO_TOKEN_URL" | jq -r .error)
is "a grant of another type" "$login_type" unsupported_grant_type
login "$refresh" -H 'x-include-refresh-token-hard-expires-in: true'
is "the hard limit is told to whom asks" \
	"$(jq .x_refresh_token_hard_expires_in "$dir/token")" 157680000

begin --rows=$rows --rotation=previous
first=$QBO_REFRESH_TOKEN second=$refresh
login "$first"
is "previous: the one before is taken" "$(said)" tokens
login "$first"
is "previous: the one before that is not" "$(said)" invalid_grant
begin --rows=$rows --rotation=all --rotate-every=2
first=$QBO_REFRESH_TOKEN
is "every second refresh brings another: not the first" "$refresh" "$first"
login "$refresh"
ok "but the second" test "$refresh" != "$first"
login "$refresh"
login "$first"
is "all: the oldest is taken" "$(said)" tokens
begin --rows=$rows --reuse-revokes
login "$QBO_REFRESH_TOKEN"
is "an old one used again" "$(said)" invalid_grant
login "$(jq -r .refresh_token "$dir/token")"
ask "$count"
is "ends the connection" "$status" 401
"$QB_SIM" --rotation=never --env="$dir/no" >/dev/null 2>&1
is "a rotation that is none: status" "$?" 64

# Access tokens
begin --rows=$rows --token-requests=2
ask "$count"
ask "$count"
is "an access token for two requests: the second" "$status" 200
ask "$count"
is "the third" "$status" 401
is "its code" "$(got '.fault.error[0].code')" 3200
ok "its header" grep -q '^WWW-Authenticate: Bearer realm="Intuit", error="invalid_token"' "$dir/head"
login "$refresh"
ask "$count"
is "a new one is good again" "$status" 200
begin --rows=$rows --token-life=1ms
ask "$count"
is "an access token that was short-lived" "$status" 401
begin --rows=$rows
QBO_REALM_ID=123 ask "$count"
is "another company: status" "$status" 403
is "its code" "$(got '.fault.error[0].code')" 3100
begin --rows=$rows --wrong-cluster
QBO_REALM_ID=123 ask "$count"
is "sandbox for production: status" "$status" 401
ok "its code" grep -q '<Error code="130">' "$dir/body"

# Revoking
revoke() {
	curl -s -o "$dir/body" -w '%{http_code}' \
		-u "$QBO_CLIENT_ID:$QBO_CLIENT_SECRET" \
		-H 'Content-Type: application/json' -d "{\"token\":\"$1\"}" \
		"$QBO_API_URL/v2/oauth2/tokens/revoke"
}
is "a token that nobody knows is not revoked" "$(revoke nobody)" 400
is "a refresh token is" "$(revoke "$refresh")" 200
ask "$count"
is "the access token is stale then" "$status" 401
login "$refresh"
is "and the refresh token dead" "$(said)" invalid_grant

# Consent, as a browser meets it
begin --rows=$rows
found=$(curl -s "$QBO_API_URL/.well-known/openid_sandbox_configuration")
is "discovery: the token endpoint" \
	"$(printf '%s' "$found" | jq -r .token_endpoint)" "$QBO_TOKEN_URL"
consent() {
	curl -s -o "$dir/page" -w '%{http_code} %{redirect_url}' --get \
		-d "client_id=$QBO_CLIENT_ID" -d response_type=code \
		-d "scope=${1:-com.intuit.quickbooks.accounting}" \
		--data-urlencode redirect_uri=http://localhost:9/back \
		--data-urlencode 'state=a b&c' \
		"$(printf '%s' "$found" | jq -r .authorization_endpoint)"
}
back=$(consent)
is "consent goes back with code, state and realm" \
	"$(printf '%s' "$back" | sed 's/code=[^&]*/code=C/')" \
	"302 http://localhost:9/back?code=C&state=a%20b%26c&realmId=$QBO_REALM_ID"
code=$(printf '%s' "$back" | sed 's/.*code=\([^&]*\).*/\1/')
exchange() {
	curl -s -u "$QBO_CLIENT_ID:$QBO_CLIENT_SECRET" \
		-d grant_type=authorization_code -d "code=$1" \
		--data-urlencode "redirect_uri=$2" "$QBO_TOKEN_URL" >"$dir/token"
	said
}
is "the code is for one redirect" "$(exchange "$code" http://localhost:9/b)" \
	invalid_grant
code=$(consent | sed 's/.*code=\([^&]*\).*/\1/')
is "the code gives tokens" "$(exchange "$code" http://localhost:9/back)" tokens
token=$(jq -r .access_token "$dir/token")
ask "$count"
is "they are good" "$status" 200
is "the code is good for once" "$(exchange "$code" http://localhost:9/back)" \
	invalid_grant
is "a scope that the app lacks" "$(consent com.intuit.quickbooks.payment)" \
	"302 http://localhost:9/back?error=invalid_scope&state=a%20b%26c"
is "a client that nobody knows gets no consent" "$(curl -s -o "$dir/page" \
	-w '%{http_code}' "$QBO_API_URL/connect/oauth2?client_id=x&state=y")" 400
begin --rows=$rows --deny
found=$(curl -s "$QBO_API_URL/.well-known/openid_configuration")
is "a person may say no" "$(consent)" \
	"302 http://localhost:9/back?error=access_denied&state=a%20b%26c"

# Limits
twenty() {	# for curl -K
	for _ in $(seq 20); do
		printf 'url = "%s/v3/company/%s/query?query=select+count(*)+from+Item"\noutput = "%s"\n' \
			"$QBO_API_URL" "$QBO_REALM_ID" "$dir/throttled"
	done
}
spread() {	# ms from the first question to the last
	awk '/kind=(count|gateway)/ { sub(/ms=/, ""); if (!n++) first = $1; last = $1 }
		END { print last - first }' "$dir/sim.log"
}
# All within a second: where the machine stood still between, once more.
for _ in 1 2 3 4 5; do
	begin --rows=$rows --limits --retry-after=7
	twenty | curl -s -w '%{http_code}\n' -H "Authorization: Bearer $token" \
		-K - >"$dir/codes"
	ask "$count"
	[ "$(spread)" -ge 900 ] || break
done
is "ten of twenty at once are answered" "$(grep -c 200 "$dir/codes")" 10
is "the others are throttled" "$(grep -c 429 "$dir/codes")" 10
is "so is the next" "$status" 429
ok "with the header that was asked for" grep -qi '^Retry-After: 7' "$dir/head"
begin --rows=$rows --per-minute=3
ask "$count"
ask "$count"
ask "$count"
is "three a minute: the third" "$status" 200
ask "$count"
is "the fourth" "$status" 429
ok "without Retry-After, as Intuit" \
	not grep -qi retry-after "$dir/head"
done_testing
