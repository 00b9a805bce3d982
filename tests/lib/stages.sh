# shellcheck shell=sh disable=SC2154 # $dir is the test's
# stages.sh - qb-backfill with tests/lib/stage in the place of each tool but
# qb-window.  Source it after setting $dir to a temporary folder.
stages_root=$(cd "${0%/*}/../.." && pwd)
QB_REAL=$(cd "${QB_BUILD:-build}/bin" && pwd)
XDG_STATE_HOME=$dir/state
export QB_REAL XDG_STATE_HOME
cp -R "$stages_root/scripts/qb-backfill" "$stages_root/scripts/pipeline" "$dir/"
for tool in lock pending fetch archive stamp load check; do
	cp "$stages_root/tests/lib/stage" "$dir/qb-$tool"
done
ln -s "$QB_REAL/qb-window" "$dir/qb-window"
fresh() {	# fresh [NAME=TEXT...]: the files that tell the stages what to do
	rm -f "$dir"/qb-*.status "$dir"/qb-*.warns "$dir/ROWS" "$dir/CALLS" \
		"$dir/PAUSE" "$dir/loaded" "$dir/absent" "$dir/before" \
		"$dir/unloaded" "$dir/long" "$dir/called"
	for file; do
		printf '%s\n' "${file#*=}" >"$dir/${file%%=*}"
	done
}
run() {		# run ARGUMENT...: rc, $dir/out and $dir/err
	"$dir/qb-backfill" "$@" >"$dir/out" 2>"$dir/err"
	rc=$?
}
