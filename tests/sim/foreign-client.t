#!/bin/sh
# The simulator speaks QuickBooks to a client that knows nothing of it:
# python-quickbooks with intuit-oauth, pinned in foreign-client.txt.
set -u
# shellcheck source=tests/lib/tap.sh
. "${0%/*}/../lib/tap.sh"
dir=$(mktemp -d)
trap 'sim_stop; rm -rf "$dir"' EXIT
# shellcheck source=tests/lib/sim.sh
. "${0%/*}/../lib/sim.sh"
venv=${QB_BUILD:-build}/venv
pins=${0%/*}/foreign-client.txt

# A venv that was made of these very pins is kept.
make_venv() {
	cmp -s "$pins" "$venv/pins" && return
	rm -rf "$venv"
	python3 -m venv "$venv" &&
		"$venv/bin/pip" install -q --disable-pip-version-check \
			-r "$pins" && cp "$pins" "$venv/pins"
}
# Something small, that is there whenever the registry is.
registry_answers() {
	[ ! -x "$venv/bin/pip" ] || "$venv/bin/pip" download -q --disable-pip-version-check --no-cache-dir \
		--no-deps --retries 1 --timeout 20 --dest "$dir/small" six
}
if ! make_venv >"$dir/pip.log" 2>&1 && ! make_venv >>"$dir/pip.log" 2>&1; then
	if ! registry_answers >/dev/null 2>&1; then
		echo "1..0 # SKIP PyPI cannot be reached"
		exit 0
	fi
	sed 's/^/# /' "$dir/pip.log"
fi
ok "the clients are installed" test -s "$venv/pins"

rows=all=5,Customer=1250,Invoice=2600,Item=40,RecurringTransaction=60
sim_start --pseudo-codes=fixed --custom-fields=7 --without=Budget --rows="$rows" --seed=4 --from=2024-01-01 --to=2025-01-01 ||
	{ echo "Bail out! no simulator"; exit 1; }
# plain http, as on loopback, is a switch of oauthlib
OAUTHLIB_INSECURE_TRANSPORT=1 NO_PROXY=127.0.0.1 PYTHONDONTWRITEBYTECODE=1 \
	"$venv/bin/python" "${0%/*}/foreign_client.py" \
	>"$dir/seen" 2>"$dir/err"
is "the client comes to its end" "$?" 0
sed 's/^/# /' "$dir/err"

print() { "$QB_SIM" --seed=4 --rows="$rows" --from=2024-01-01 --to=2025-01-01 \
	--print="$1"; }
seen() { sed -n "s/^$1 //p" "$dir/seen"; }
inactive=$(print Customer | jq -c 'select(.Active == false)' | wc -l)
cents=$(print Invoice | jq -s 'map(.TotalAmt * 100 | round) | add')
ok "some customers are inactive" test "$inactive" -gt 0

is "a refresh gives a new refresh token" "$(seen rotated)" True
is "an access token lives an hour" "$(seen expires_in)" 3600
is "a refresh token from before is refused" "$(seen old_token)" 400
is "COUNT counts active customers" \
	"$(seen customer_count)" "$((1250 - inactive))"
is "COUNT counts all customers when asked" "$(seen customer_count_all)" 1250
is "COUNT counts invoices" "$(seen invoice_count)" 2600
is "COUNT counts items" "$(seen item_count_all)" 40
is "pages hold every customer" "$(seen customers)" 1250
is "no customer comes twice" "$(seen customer_ids)" 1250
is "inactive customers are among them" "$(seen customers_inactive)" "$inactive"
is "they are renamed" "$(seen renamed)" True
is "one page by default has active ones alone" "$(seen customers_by_default)" \
	1000
is "without ORDERBY customers come by name" "$(seen by_name)" True
is "pages hold every invoice" "$(seen invoices)" 2600
is "no invoice comes twice" "$(seen invoice_ids)" 2600
is "amounts add up to the cent" "$(seen invoice_cents)" "$cents"
is "an invoice read by its Id is the same" "$(seen same_by_id)" True
is "a name with an apostrophe is found" "$(seen by_display_name)" 1
is "the company answers" "$(seen company)" "Simulated Company"
is "recurring transactions are counted" "$(seen recurring_count)" 60
is "and read, whatever their type" "$(seen recurring)" 60
is "none of them twice" "$(seen recurring_ids)" 60
is "each as its own type" "$(seen recurring_types)" 12
is "with name and schedule" "$(seen recurring_named)" True
is "one by its Id is the same" "$(seen recurring_by_id)" True
is "the preferences are one object" "$(seen preferences)" 1
is "with a truth in it" "$(seen currencies_enabled)" True
is "a query finds one company" "$(seen companies) $(seen country)" "1 US"
is "its currencies" "$(seen currencies)" 5
is "have a rate each on a day" "$(seen rates) $(seen rate_codes)" "5 True"
is "which add up" "$(seen rate_sum)" "$(print ExchangeRate |
	jq -s 'map(select(.AsOfDate == "2024-01-31").Rate * 1000000 | round) | add / 1000000')"
active=$(print TaxCode | jq -c 'select(.Active)' | wc -l)
is "tax codes come with TAX and NON" "$(seen tax_codes) $(seen pseudo_codes)" \
	"$((active + 2)) TAX,NON"
is "a filter on Active leaves these out" "$(seen tax_codes_filtered)" 5
is "one of them by its Id" "$(seen tax_code_by_id)" False
is "custom fields come with the include" "$(seen custom_fields)" "[0, 7]"
is "what the plan lacks is a fault" "$(seen fault_absent)" 5020
is "an unknown entity is a fault" "$(seen fault_entity)" 4001
is "a statement that cannot be read is a fault" "$(seen fault_parse)" 4000
is "a page that is too large is a fault" "$(seen fault_size)" 4001
is "the connection can be revoked" "$(seen revoked)" True
done_testing
