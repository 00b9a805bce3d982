/* covers: monthly_calls */
#include <fcntl.h>
#include <sys/file.h>

#include "monthlycalls.h"

static void
test_counting(void)
{
	struct settings sandbox = production;
	struct monthly_calls a, b;
	struct failure why;
	int64_t one = 0, two = 0;

	forget();
	open_calls(&a, 0, november_us);
	open_calls(&b, 0, november_us);
	ok(count_at("production", november_us) == 0, "it begins with 0");
	ok(monthly_calls_take(&a, november_us, now_ms, &one, &why) ==
			   MONTHLY_CALLS_TAKEN &&
		   monthly_calls_take(&b, november_us, now_ms, &two, &why) ==
			   MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == 2,
	   "calls of two processes are counted together, before they are sent");
	ok(monthly_calls_take(&a, november_us, now_ms, &one, &why) ==
			   MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == 2,
	   "a call that waits after that is not counted again");
	monthly_calls_give_back(&a, &one);
	ok(count_at("production", november_us) == 1 && !one,
	   "one that failed is given back");
	monthly_calls_give_back(&a, &one);
	ok(count_at("production", november_us) == 1, "once");
	monthly_calls_close(&a);
	monthly_calls_close(&a);
	monthly_calls_close(&b);
	ok(count_at("production", november_us) == 1, "closing changes nothing");
	ok(monthly_calls_left(&b, november_us) == INT64_MAX,
	   "without a limit there is no end");

	sandbox.env = "sandbox";
	if (!monthly_calls_open(&a, &sandbox, november_us, &why))
		abort();
	ok(take(&a, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("sandbox", november_us) == 1 &&
		   count_at("production", november_us) == 1,
	   "the sandbox has a count of its own");
	monthly_calls_close(&a);
	sandbox.client_id = "another";
	if (!monthly_calls_open(&a, &sandbox, november_us, &why))
		abort();
	ok(take(&a, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("sandbox", november_us) == 1,
	   "and so has another app");
	monthly_calls_close(&a);
	ok(!strstr(file, "CANARY"), "no file is named after the client ID");
}

static void
test_limit(void)
{
	struct monthly_calls m;
	struct failure why = { 0 };
	int64_t counted[3] = { 0 }, more = 0;

	forget();
	open_calls(&m, 3, november_us);
	for (int i = 0; i < 3; i++) {
		ok(monthly_calls_left(&m, november_us) == 3 - i, "%d are left",
		   3 - i);
		if (monthly_calls_take(&m, november_us, now_ms, &counted[i],
				       &why) != MONTHLY_CALLS_TAKEN)
			abort();
	}
	ok(monthly_calls_take(&m, november_us, now_ms, &more, &why) ==
			   MONTHLY_CALLS_USED_UP &&
		   !more && why.kind == FAILURE_LATER,
	   "one more than the limit is not taken");
	is(why.text, "the app's 3 calls of November 2026 are used up (3 of 3)",
	   "which says how many");
	is(why.next,
	   "run the same command again from 2026-12-01 (UTC), or raise "
	   "QBO_MONTHLY_CALLS",
	   "and when it goes on");
	ok(monthly_calls_left(&m, november_us) == 0 &&
		   count_at("production", november_us) == 3,
	   "none are left");
	monthly_calls_give_back(&m, &counted[1]);
	ok(monthly_calls_left(&m, november_us) == 1 &&
		   take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   take(&m, november_us) == MONTHLY_CALLS_USED_UP,
	   "what one gives back another one takes");
	monthly_calls_close(&m);
	open_calls(&m, 2, november_us);
	ok(take(&m, november_us) == MONTHLY_CALLS_USED_UP &&
		   monthly_calls_left(&m, november_us) == 0,
	   "a limit that was lowered below the count holds");
	monthly_calls_close(&m);
	open_calls(&m, 1, december_us);
	if (take(&m, december_us) != MONTHLY_CALLS_TAKEN ||
	    monthly_calls_take(&m, december_us, now_ms, &more, &why) !=
		    MONTHLY_CALLS_USED_UP)
		abort();
	ok(strstr(why.text, "December 2026") &&
		   strstr(why.next, "from 2027-01-01 (UTC)"),
	   "after December comes January");
	monthly_calls_close(&m);
}

static void
test_month_change(void)
{
	struct monthly_calls m;
	struct failure why;
	int64_t late = 0, waits = 0;

	forget();
	open_calls(&m, 2, november_us);
	if (monthly_calls_take(&m, december_us - 1, now_ms, &late, &why) ||
	    monthly_calls_take(&m, december_us - 1, now_ms, &waits, &why))
		abort();
	ok(take(&m, december_us - 1) == MONTHLY_CALLS_USED_UP,
	   "until the last microsecond of the month it is used up");
	ok(monthly_calls_left(&m, december_us) == 2 &&
		   take(&m, december_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("production", december_us) == 1,
	   "then it goes on, in the file of the new month");
	monthly_calls_give_back(&m, &late);
	ok(count_at("production", november_us) == 2 &&
		   count_at("production", december_us) == 1,
	   "a call that fails after the month stays counted there");
	ok(monthly_calls_take(&m, december_us, now_ms, &waits, &why) ==
			   MONTHLY_CALLS_TAKEN &&
		   count_at("production", december_us) == 2,
	   "one that was not sent until then is counted in the new month");
	monthly_calls_close(&m);
}

static void
test_lock(void)
{
	struct monthly_calls m;
	struct failure why;
	int64_t one = 0;

	forget();
	open_calls(&m, 5, november_us);
	if (monthly_calls_take(&m, november_us, now_ms, &one, &why) !=
	    MONTHLY_CALLS_TAKEN)
		abort();
	int fd = open(file, O_RDWR);
	if (fd < 0 || flock(fd, LOCK_EX))
		abort();
	ok(take(&m, november_us) == MONTHLY_CALLS_BUSY,
	   "while another one has the lock it is busy");
	monthly_calls_give_back(&m, &one);
	ok(count_at("production", november_us) == 1 &&
		   monthly_calls_left(&m, november_us) == 5,
	   "what is given back meanwhile is left");
	flock(fd, LOCK_UN);
	ok(take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == 1,
	   "and given back with the next call");
	flock(fd, LOCK_EX);
	if (take(&m, november_us) != MONTHLY_CALLS_BUSY)
		abort();
	now_ms += MONTHLY_CALLS_MOST_BUSY_MS + 1;
	ok(monthly_calls_take(&m, november_us, now_ms, &one, &why) ==
			   MONTHLY_CALLS_FAILED &&
		   why.kind == FAILURE_LATER &&
		   strstr(why.text, "QBO_MONTHLY_CALLS cannot be kept"),
	   "with a limit a lock that is not released is a failure");
	close(fd);
	monthly_calls_close(&m);
}

static void
test_removed(void)
{
	struct monthly_calls m, other;
	struct failure why;
	int64_t one = 0;

	forget();
	open_calls(&m, 2, november_us);
	if (monthly_calls_take(&m, november_us, now_ms, &one, &why) ||
	    unlink(file))
		abort();
	open_calls(&other, 2, november_us);
	ok(take(&other, november_us) == MONTHLY_CALLS_TAKEN &&
		   take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   take(&m, november_us) == MONTHLY_CALLS_USED_UP,
	   "a file that was removed starts again, for all processes");
	monthly_calls_give_back(&m, &one);
	ok(count_at("production", november_us) == 2,
	   "and gets nothing back from before");
	monthly_calls_close(&m);
	monthly_calls_close(&other);
}

int
main(void)
{
	begin_test();
	test_counting();
	test_limit();
	test_month_change();
	test_lock();
	test_removed();
	rawserver_clean(folder);
	return tap_done();
}
