/* covers: monthly_calls - by processes at once, which may be killed. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "monthlycalls.h"

enum { CHILDREN = 6, EACH = 400 };

/* A third of them fail.  Says how many succeeded. */
static void
count_in_child(int64_t most, int number, int to)
{
	struct monthly_calls m;
	struct failure why;
	int64_t succeeded = 0;

	open_calls(&m, most, november_us);
	for (int i = 0; i < EACH; i++) {
		int64_t counted_in = 0;
		enum monthly_calls_state state;

		do
			state = monthly_calls_take(&m, november_us,
						   clock_monotonic_ms(),
						   &counted_in, &why);
		while (state == MONTHLY_CALLS_BUSY);
		if (state == MONTHLY_CALLS_FAILED)
			abort();
		if (state == MONTHLY_CALLS_USED_UP)
			continue;
		if ((i + number) % 3)
			succeeded++;
		else
			monthly_calls_give_back(&m, &counted_in);
	}
	monthly_calls_close(&m);
	_exit(write(to, &succeeded, sizeof(succeeded)) != sizeof(succeeded));
}

/* How many calls succeeded, and the highest count that was seen. */
static int64_t
run_children(int64_t most, int64_t *highest)
{
	int64_t all = 0, succeeded;
	int ends[2], left = CHILDREN;

	*highest = 0;
	if (pipe(ends))
		abort();
	for (int i = 0; i < CHILDREN; i++)
		if (!fork())
			count_in_child(most, i, ends[1]);
	while (left) {
		int64_t seen = count_at("production", november_us);

		if (seen < 0)
			all = -1000000; /* it could not be read */
		if (seen > *highest)
			*highest = seen;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			left--;
	}
	close(ends[1]);
	while (read(ends[0], &succeeded, sizeof(succeeded)) > 0)
		all += succeeded;
	close(ends[0]);
	return all;
}

static void
test_together(void)
{
	int64_t highest, want = 0, all;

	forget();
	for (int number = 0; number < CHILDREN; number++)
		for (int i = 0; i < EACH; i++)
			want += (i + number) % 3 != 0;
	all = run_children(0, &highest);
	ok(all == want && count_at("production", november_us) == want,
	   "%d processes at once: all of %" PRId64 " calls are counted",
	   CHILDREN, want);
	forget();
	all = run_children(1000, &highest);
	ok(highest <= 1000 && all <= 1000 && all >= 1000 - CHILDREN &&
		   count_at("production", november_us) == all,
	   "with a limit none goes beyond it (%" PRId64 " succeeded, %" PRId64
	   " were seen)",
	   all, highest);
}

/* Writes a dot after each call that was counted. */
static void
count_for_ever(int dots)
{
	struct monthly_calls m;

	open_calls(&m, 0, november_us);
	while (take(&m, november_us) == MONTHLY_CALLS_TAKEN)
		if (write(dots, ".", 1) != 1)
			break;
	_exit(1);
}

/* Killed anywhere, the file holds what was counted, and perhaps one more. */
static void
test_killed(void)
{
	enum { KILLS = 200 };
	int64_t before = 0, by_killed = 0;
	int good = 0;

	forget();
	for (int i = 1; i <= KILLS; i++) {
		char dots[65536];
		int ends[2];

		if (pipe(ends))
			abort();
		pid_t child = fork();
		if (!child)
			count_for_ever(ends[1]);
		close(ends[1]);
		usleep((useconds_t)(i * 23));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		ssize_t said, all = 0;
		while ((said = read(ends[0], dots, sizeof(dots))) > 0)
			all += said;
		close(ends[0]);
		int64_t now = count_at("production", november_us);
		good += now == before + all || now == before + all + 1;
		by_killed += all;
		before = now;
	}
	ok(good == KILLS && by_killed > KILLS,
	   "%d of %d kills, %" PRId64 " calls: nothing is lost", good, KILLS,
	   by_killed);
}

int
main(void)
{
	begin_test();
	test_together();
	test_killed();
	rawserver_clean(folder);
	return tap_done();
}
