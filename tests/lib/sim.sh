# shellcheck shell=sh disable=SC2154 # $dir is the test's
# sim.sh - the simulator for shell tests.  Source it after setting $dir to a
# temporary folder; sim_start sets the QBO_* variables and QB_SIM_PID.
#	trap 'sim_stop; rm -rf "$dir"' EXIT
#	sim_start --seed=7 --rows=all=0,Invoice=500 || exit 1
# Not in a subshell: the simulator ends with the shell that started it.
QB_SIM=${QB_SIM:-$(command -v qb-sim || printf '%s' "${QB_BUILD:-build}/tests/sim/qb-sim")}
sim_start() {	# sim_start OPTION...: returns when it answers
	sim_stop
	rm -f "$dir/sim.env"
	"$QB_SIM" --env="$dir/sim.env" --log="$dir/sim.log" "$@" &
	sim_child=$!
	until [ -s "$dir/sim.env" ]; do
		kill -0 "$sim_child" 2>/dev/null || { sim_child=; return 1; }
		sleep 0.02
	done
	set -a
	# shellcheck source=/dev/null
	. "$dir/sim.env"
	set +a
}
sim_stop() {
	[ -n "${sim_child:-}" ] || return 0
	kill "$sim_child" 2>/dev/null
	wait "$sim_child" 2>/dev/null
	sim_child=
}
