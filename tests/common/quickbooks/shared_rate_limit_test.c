/* covers: shared_rate_limit */
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "quickbooks/shared_rate_limit.h"
#include "rawserver.h"
#include "tap.h"

enum { MANY = 3000, SHARERS = 4 };

static char *folder;
static int folder_fd;
static int64_t went_ms[MANY];

static void
forget(void)
{
	unlinkat(folder_fd, "sandbox-1.pace", 0);
}

static void
open_budget(struct shared_rate_limit *b)
{
	shared_rate_limit_open(b, folder_fd, "sandbox", "1");
}

static int
file_fd(void)
{
	int fd = openat(folder_fd, "sandbox-1.pace", O_RDWR);

	if (fd < 0)
		abort();
	return fd;
}

/* So many of them lie in some span of `ms`, which is half-open. */
static int
most_within(const int64_t *at_ms, int count, int64_t ms)
{
	int most = 0, first = 0;

	for (int last = 0; last < count; last++) {
		while (at_ms[last] - at_ms[first] >= ms)
			first++;
		if (last - first + 1 > most)
			most = last - first + 1;
	}
	return most;
}

/* Timers are late by a little. */
static int64_t
late(int64_t at_ms)
{
	static unsigned seed = 1;

	seed = seed * 1103515245 + 12345;
	return at_ms + (seed >> 16) % 4;
}

/* Each is always ready, and asks again when it was told to. */
static void
test_shared(void)
{
	struct shared_rate_limit b[SHARERS];
	int64_t due_ms[SHARERS], now_ms = 5000000;
	int count = 0, by[SHARERS] = { 0 };

	forget();
	for (int i = 0; i < SHARERS; i++) {
		open_budget(&b[i]);
		due_ms[i] = now_ms;
	}
	while (count < MANY) {
		int one = 0;

		for (int i = 1; i < SHARERS; i++)
			if (due_ms[i] < due_ms[one])
				one = i;
		now_ms = due_ms[one];
		if (shared_rate_limit_take(&b[one], now_ms, &due_ms[one])) {
			went_ms[count++] = now_ms;
			by[one]++;
			due_ms[one] = now_ms + 1;
		}
		due_ms[one] = late(due_ms[one]);
	}
	int second = most_within(went_ms, MANY, 1000);
	int minute = most_within(went_ms, MANY, 60000);
	double span_ms = (double)(went_ms[MANY - 1] - went_ms[0]);
	ok(second <= 10, "four together: no second holds more than 10 (%d)",
	   second);
	ok(minute <= 500, "four together: no minute holds more than 500 (%d)",
	   minute);
	double allowed_ms = (MANY / 500 - 1) * 60000.0 + 50000;
	ok(span_ms <= allowed_ms * 1.04,
	   "together they use what is allowed, within 4 %% (%.1f)",
	   100 * (span_ms / allowed_ms - 1));
	bool all = true;
	for (int i = 0; i < SHARERS; i++) {
		printf("# %d went by number %d\n", by[i], i);
		all = all && by[i] > MANY / SHARERS / 20;
		shared_rate_limit_close(&b[i]);
	}
	ok(all, "none of them starves");
}

static void
test_handed_on(void)
{
	struct shared_rate_limit b;
	int64_t next_ms = 0;
	bool went;

	forget();
	open_budget(&b);
	went = shared_rate_limit_take(&b, 1000, &next_ms);
	shared_rate_limit_close(&b);
	ok(went, "the first goes at once");
	open_budget(&b);
	went = shared_rate_limit_take(&b, 1001, &next_ms);
	ok(!went && next_ms == 1000 + RATE_LIMIT_GAP_MS,
	   "the next process knows when the one before it sent");
	shared_rate_limit_close(&b);
	shared_rate_limit_open(&b, folder_fd, "sandbox", "2");
	ok(shared_rate_limit_take(&b, 1001, &next_ms),
	   "another company has a budget of its own");
	shared_rate_limit_close(&b);
	shared_rate_limit_open(&b, folder_fd, "production", "1");
	ok(shared_rate_limit_take(&b, 1001, &next_ms),
	   "so has another environment");
	shared_rate_limit_close(&b);
}

static void
test_hold(void)
{
	struct shared_rate_limit a, b;
	int64_t next_ms = 0;

	forget();
	open_budget(&a);
	open_budget(&b);
	shared_rate_limit_hold(&a, 1000, 61000);
	ok(!shared_rate_limit_take(&b, 1001, &next_ms) && next_ms == 61000 &&
		   shared_rate_limit_held_ms(&b) == 61000,
	   "what one is told to wait, all wait");
	shared_rate_limit_hold(&b, 1002, 9000);
	ok(!shared_rate_limit_take(&a, 1003, &next_ms) && next_ms == 61000,
	   "a shorter hold does not end a longer one");
	shared_rate_limit_close(&a);
	open_budget(&a);
	ok(!shared_rate_limit_take(&a, 60999, &next_ms) && next_ms == 61000,
	   "who comes later waits too");
	ok(shared_rate_limit_take(&a, 61000, &next_ms), "and then it goes on");
	shared_rate_limit_hold(&a, 62000, INT64_C(3155760000000));
	ok(!shared_rate_limit_take(&b, 62001, &next_ms) &&
		   next_ms == 62000 + SHARED_RATE_LIMIT_MOST_HELD_MS,
	   "others are held for an hour at most");
	ok(!shared_rate_limit_take(&a, 62001, &next_ms) &&
		   next_ms == INT64_C(3155760000000),
	   "who was told itself waits as long as it was told");
	shared_rate_limit_close(&a);
	shared_rate_limit_close(&b);
}

/* While another one has the lock; `now_ms` after it was first not to be had. */
static void
test_lock(void)
{
	struct shared_rate_limit b;
	int64_t next_ms = 0;
	int fd;

	forget();
	open_budget(&b);
	fd = file_fd();
	if (flock(fd, LOCK_EX))
		abort();
	ok(!shared_rate_limit_take(&b, 1000, &next_ms) &&
		   next_ms == 1000 + SHARED_RATE_LIMIT_BUSY_MS,
	   "while another one has the lock nothing goes");
	shared_rate_limit_hold(&b, 1001, 9000);
	close(fd);
	ok(!shared_rate_limit_take(&b, 1002, &next_ms) && next_ms == 9000,
	   "a hold that could not be told is not lost");
	shared_rate_limit_close(&b);
	open_budget(&b);
	ok(!shared_rate_limit_take(&b, 1003, &next_ms) && next_ms == 9000,
	   "and is told with the next question");
	fd = file_fd();
	if (flock(fd, LOCK_EX))
		abort();
	ok(!shared_rate_limit_take(&b, 10000, &next_ms) &&
		   !shared_rate_limit_take(
			   &b, 10000 + SHARED_RATE_LIMIT_MOST_BUSY_MS,
			   &next_ms),
	   "it waits for the lock");
	ok(shared_rate_limit_take(&b, 10001 + SHARED_RATE_LIMIT_MOST_BUSY_MS,
				  &next_ms) &&
		   b.fd < 0,
	   "and goes alone when somebody stopped with it");
	ok(!shared_rate_limit_take(&b, 10002 + SHARED_RATE_LIMIT_MOST_BUSY_MS,
				   &next_ms),
	   "alone it keeps the limits too");
	close(fd);
	shared_rate_limit_close(&b);
}

static void
spoil(const char *what, const void *bytes, size_t len, off_t at, off_t size)
{
	struct shared_rate_limit b;
	int64_t next_ms = 0;
	int fd;

	forget();
	open_budget(&b);
	shared_rate_limit_hold(&b, 1000, 61000);
	for (int64_t i = 0; i < 700; i++)
		if (!shared_rate_limit_take(&b, 61000 + i * 1000, &next_ms))
			abort();
	fd = file_fd();
	if (pwrite(fd, bytes, len, at) != (ssize_t)len || ftruncate(fd, size))
		abort();
	close(fd);
	shared_rate_limit_close(&b);
	open_budget(&b);
	ok(shared_rate_limit_take(&b, 2000000, &next_ms) &&
		   !shared_rate_limit_take(&b, 2000001, &next_ms) &&
		   next_ms == 2000000 + RATE_LIMIT_GAP_MS && b.fd >= 0,
	   "%s counts as nothing, and is written anew", what);
	shared_rate_limit_close(&b);
}

static void
test_spoiled(void)
{
	static const unsigned char junk[16] = { 0xff, 0xff, 0xff, 0xff, 0xff,
						0xff, 0xff, 0x7f, 0x99 };
	static char long_junk[9000];
	const off_t whole = 8 + 8 + (off_t)sizeof(struct rate_limit);

	memset(long_junk, 'x', sizeof(long_junk));
	spoil("a file that is cut", "", 0, 0, 100);
	spoil("an empty file", "", 0, 0, 0);
	spoil("junk", long_junk, sizeof(long_junk), 0, sizeof(long_junk));
	spoil("a time from the future", junk, 8, 16 + 8 * 30, whole);
	spoil("what another boot wrote", junk, 8, 8, whole);
	spoil("what another make of qb wrote", "other..1", 8, 0, whole);
	spoil("a hold without end", junk, 8,
	      16 + (off_t)offsetof(struct rate_limit, held_until_ms), whole);
}

static void
test_alone(void)
{
	struct shared_rate_limit b;
	int64_t next_ms = 0;

	forget();
	if (symlinkat("elsewhere", folder_fd, "sandbox-1.pace"))
		abort();
	open_budget(&b);
	ok(b.fd < 0 && shared_rate_limit_take(&b, 1000, &next_ms) &&
		   !shared_rate_limit_take(&b, 1001, &next_ms) &&
		   faccessat(folder_fd, "elsewhere", F_OK, 0),
	   "a link is not followed, and the limits are kept alone");
	shared_rate_limit_close(&b);
	forget();
	if (mkfifoat(folder_fd, "sandbox-1.pace", 0600))
		abort();
	open_budget(&b);
	ok(b.fd < 0, "a pipe in its place does not hang");
	shared_rate_limit_close(&b);
	forget();
	if (mkdirat(folder_fd, "sandbox-1.pace", 0700))
		abort();
	open_budget(&b);
	ok(b.fd < 0, "nor does a folder");
	unlinkat(folder_fd, "sandbox-1.pace", AT_REMOVEDIR);
}

static void
take_for_ever(int64_t now_ms)
{
	struct shared_rate_limit b;
	int64_t next_ms;

	open_budget(&b);
	for (;; now_ms = next_ms)
		if (!shared_rate_limit_take(&b, now_ms, &next_ms) && b.fd < 0)
			_exit(1);
}

/* Killed anywhere, the file holds all that went before, in order. */
static void
test_killed(void)
{
	enum { KILLS = 200 };
	struct shared_rate_limit b;
	size_t sent = 0, by_killed = 0;
	int64_t next_ms;
	int good = 0;

	forget();
	for (int i = 1; i <= KILLS; i++) {
		pid_t child = fork();

		if (!child)
			take_for_ever(i * INT64_C(1000000000000));
		usleep((useconds_t)(i * 37));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		open_budget(&b);
		if (shared_rate_limit_take(
			    &b, i * INT64_C(1000000000000) + 900000000000,
			    &next_ms))
			good += b.limit.sent > sent;
		by_killed += b.limit.sent - sent - 1;
		sent = b.limit.sent;
		shared_rate_limit_close(&b);
	}
	ok(good == KILLS && by_killed > KILLS,
	   "%d of %d kills, %zu requests: nothing is forgotten", good, KILLS,
	   by_killed);
}

int
main(void)
{
	char said[600];

	folder = rawserver_folder();
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	snprintf(said, sizeof(said), "%s/said", folder);
	if (!freopen(said, "w", stderr))
		abort();
	log_begin("qb-test");
	test_shared();
	test_handed_on();
	test_hold();
	test_lock();
	test_spoiled();
	test_alone();
	test_killed();
	rawserver_clean(folder);
	return tap_done();
}
