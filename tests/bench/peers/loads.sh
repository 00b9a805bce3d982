# shellcheck shell=bash disable=SC2154,SC2034 # $out, $here, $peak, $build: run's
# loads.sh - how each peer is started.  load_NAME STAGE FROM TO: STAGE is first,
# again (the same once more, from the beginning) or next (the range that follows).
# table_NAME prints SQL for the ids and amounts it holds.

with_peak() {	# with_peak COMMAND...: into $peaks
	"$peak" "$peaks" "${1##*/}" "$@"
}
python_of() { printf '%s\n' "$build/venv-$1/bin/python"; }
redirected() {	# to the simulator, and talking to nobody else
	RUNTIME__DLTHUB_TELEMETRY=false PYTHONPATH=$PWD/$here/redirect "$@"
}

# --- qb --------------------------------------------------------------------
load_qb() {
	with_peak qb-window invoices customers --from="$2" --to="$3" \
		--every=24mo | with_peak qb-fetch | with_peak qb-stamp |
		with_peak qb-load
}
table_qb() {
	echo "select id, payload->>'TotalAmt' as amount from raw.$1"
}
schema_qb=raw

# --- the Mage shape --------------------------------------------------------
load_mage_rows() {
	with_peak "$(python_of mage)" "$here"/mage_shape.py rows mage_rows "$2" "$3"
}
load_mage_values() {
	with_peak "$(python_of mage)" "$here"/mage_shape.py values mage_values \
		"$2" "$3"
}
table_mage_rows() {
	echo "select id, payload->>'TotalAmt' as amount from mage_rows.$1"
}
table_mage_values() {
	echo "select id, payload->>'TotalAmt' as amount from mage_values.$1"
}

# --- singer ----------------------------------------------------------------
# It knows no end of the range: what is there now is read, and the state says
# from when on the next run reads.
tap() {		# tap STAGE FROM TO, into a target
	local config=$out/tap.json state=()

	jq -n --arg from "$2" '{start_date: $from, user_agent: "bench",
		sandbox: "true", realm_id: env.QBO_REALM_ID,
		client_id: env.QBO_CLIENT_ID, client_secret: env.QBO_CLIENT_SECRET,
		refresh_token: env.QBO_REFRESH_TOKEN}' >"$config"
	[ "$1" != next ] || state=(--state "$out/$peer.state")
	redirected with_peak "$build/venv-tap/bin/tap-quickbooks" --config "$config" \
		--catalog "$out/catalog.json" "${state[@]}"
}
singer() {	# singer VENV CONFIG STAGE FROM TO
	local venv=$1 config=$2 target=$build/venv-$1/bin/target-postgres

	shift 2
	[ -s "$out/catalog.json" ] ||
		"$(python_of tap)" "$here"/catalog.py >"$out/catalog.json" || return 1
	printf '%s\n' "$config" >"$out/$venv.json"
	tap "$@" | with_peak "$target" --config "$out/$venv.json" \
		>"$out/$peer.states" || return 1
	tail -n 1 "$out/$peer.states" >"$out/$peer.state"
}
load_tap_meltano() {
	singer meltano "$(jq -n '{default_target_schema: "meltano",
		sqlalchemy_url: "postgresql+psycopg://\(env.PGUSER)@/\(env.PGDATABASE)?host=\(env.PGHOST)&port=\(env.PGPORT)"}')" "$@"
}
load_tap_pipelinewise() {
	singer pipelinewise "$(jq -n '{default_target_schema: "pipelinewise",
		host: env.PGHOST, port: env.PGPORT, user: env.PGUSER,
		password: "-", dbname: env.PGDATABASE}')" "$@"
}
table_tap_meltano() {
	echo "select \"Id\" as id, to_jsonb(t)->>'TotalAmt' as amount from meltano.$1 as t"
}
table_tap_pipelinewise() {
	echo "select id, to_jsonb(t)->>'totalamt' as amount from pipelinewise.$1 as t"
}
needs_tap_meltano='tap meltano'
needs_tap_pipelinewise='tap pipelinewise'
schema_tap_meltano=meltano
schema_tap_pipelinewise=pipelinewise
needs_mage_rows=mage
needs_mage_values=mage

# --- ingestr -----------------------------------------------------------------
load_ingestr() {
	rm -rf "$out/pipelines"
	redirected with_peak "$(python_of ingestr)" "$here"/ingestr_source.py \
		"$out/pipelines" ingestr "$2" "$3"
}
table_ingestr() {
	echo "select id, to_jsonb(t)->>'total_amt' as amount from ingestr.${1%s} as t"
}
needs_ingestr=ingestr

# --- what the table says of them ---------------------------------------------
pinned() {	# pinned VENV PACKAGE...: "PACKAGE VERSION, ..."
	local venv=$1
	shift
	for package in "$@"; do
		grep -i "^$package==" "$here"/"$venv".txt | tr '\n' ' '
	done | sed 's/==/ /g; s/ *$//'
}
about_mage_rows() {
	echo "requests, a row at a time: $(pinned mage requests psycopg2-binary)"
}
about_mage_values() {
	echo "the same with execute_values: $(pinned mage requests psycopg2-binary)"
}
about_tap_meltano() {
	echo "$(pinned tap tap-quickbooks) | $(pinned meltano meltanolabs-target-postgres)"
}
about_tap_pipelinewise() {
	echo "$(pinned tap tap-quickbooks) | $(pinned pipelinewise pipelinewise-target-postgres)"
}
about_ingestr() {
	echo "its source: $(pinned ingestr dlt), $(sed "s/==/ /" "$here"/ingestr.alone.txt)"
}
