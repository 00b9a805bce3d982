#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "auth/state_folder.h"
#include "base/log.h"
#include "quickbooks/monthly_calls.h"

enum {
	MOST_OPENS = 3,       /* until a file is found that was not removed */
	MOST_CLOSE_TRIES = 50 /* for the lock, before calls stay counted */
};

/* --- what went wrong ----------------------------------------------------- */

static void
close_file(struct monthly_calls *m)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	m->to_give_back = 0;
	m->unsynced = false;
}

/* True: there is no limit to keep, so the work goes on. */
static bool
stop_counting(struct monthly_calls *m, const struct failure *trouble,
	      struct failure *why)
{
	if (m->most) {
		*why = *trouble;
		return fail_in(why, "QBO_MONTHLY_CALLS cannot be kept");
	}
	log_warn("the app's calls of this month are not counted: %s%s%s",
		 trouble->text, trouble->next[0] ? "; " : "", trouble->next);
	close_file(m);
	if (m->folder >= 0)
		close(m->folder);
	m->folder = -1;
	return true;
}

static bool
fail_next_month(const struct monthly_calls *m, struct failure *why)
{
	int next = m->count.month + 1;

	return fail_next(why,
			 "run the same command again from %04d-%02d-01 (UTC), "
			 "or raise QBO_MONTHLY_CALLS",
			 next / 12, next % 12 + 1);
}

static const char *
month_name(const struct monthly_calls *m)
{
	static const char *const names[] = {
		"January",   "February", "March",    "April",
		"May",       "June",     "July",     "August",
		"September", "October",  "November", "December"
	};

	return names[m->count.month % 12];
}

static enum monthly_calls_state
fail_used_up(const struct monthly_calls *m, int64_t calls, struct failure *why)
{
	fail(why, FAILURE_LATER,
	     "the app's %" PRId64 " calls of %s %d are used up (%" PRId64
	     " of %" PRId64 ")",
	     m->most, month_name(m), m->count.month / 12, calls, m->most);
	fail_next_month(m, why);
	return MONTHLY_CALLS_USED_UP;
}

static bool
fail_in_file(const struct monthly_calls *m, struct failure *why)
{
	char name[MONTHLY_COUNT_NAME];

	monthly_count_name(&m->count, name);
	return fail_in(why, "%s/%s", m->path.at, name);
}

/* --- the file, while it is locked ---------------------------------------- */

static bool
write_count(struct monthly_calls *m, int64_t calls, struct failure *why)
{
	m->unsynced = true;
	return monthly_count_write(&m->count, m->fd, calls, why) ||
	       fail_in_file(m, why);
}

/* Read it, less what is to be given back. */
static bool
read_count(struct monthly_calls *m, int64_t *calls, struct failure *why)
{
	if (!monthly_count_read(&m->count, m->fd, calls, why))
		return fail_in_file(m, why);
	if (!m->to_give_back)
		return true;
	*calls = *calls > m->to_give_back ? *calls - m->to_give_back : 0;
	if (!write_count(m, *calls, why))
		return false;
	m->to_give_back = 0;
	return true;
}

static enum monthly_calls_state
count_one(struct monthly_calls *m, struct failure *why)
{
	int64_t calls;

	if (!read_count(m, &calls, why))
		return MONTHLY_CALLS_FAILED;
	if (m->most && calls >= m->most)
		return fail_used_up(m, calls, why);
	return write_count(m, calls + 1, why) ? MONTHLY_CALLS_TAKEN
					      : MONTHLY_CALLS_FAILED;
}

/* --- the file, and its lock ---------------------------------------------- */

static bool
try_lock(const struct monthly_calls *m)
{
	return !flock(m->fd, LOCK_EX | LOCK_NB);
}

static void
unlock(const struct monthly_calls *m)
{
	(void)!flock(m->fd, LOCK_UN); /* cannot fail */
}

static void
give_back_if_free(struct monthly_calls *m)
{
	struct failure ignored; /* it stays to be given back */
	int64_t calls;

	if (!try_lock(m))
		return;
	(void)!read_count(m, &calls, &ignored);
	unlock(m);
}

static bool
sync_count(struct monthly_calls *m, int64_t now_ms, struct failure *why)
{
	if (fdatasync(m->fd)) {
		fail_errno(why, "fdatasync");
		return fail_in_file(m, why);
	}
	m->synced_ms = now_ms;
	m->unsynced = false;
	return true;
}

static void
leave_file(struct monthly_calls *m)
{
	struct failure ignored; /* nothing more can be done */

	for (int i = 0; m->to_give_back && i < MOST_CLOSE_TRIES; i++) {
		if (i)
			usleep(MONTHLY_CALLS_BUSY_MS * 1000);
		give_back_if_free(m);
	}
	if (m->unsynced)
		(void)!sync_count(m, 0, &ignored);
	close_file(m);
}

static bool
open_file(struct monthly_calls *m, int month, struct failure *why)
{
	struct stat st;

	m->count.month = month;
	m->file_number++;
	m->synced_ms = 0;
	m->fd = monthly_count_open(&m->count, m->folder, true, why);
	if (m->fd < 0)
		return fail_in_file(m, why);
	if (fstat(m->fd, &st) || st.st_size)
		return true;
	monthly_count_remove_old(&m->count, m->folder);
	if (fsync(m->folder)) {
		fail_errno(why, "fsync");
		return fail_in(why, "%s", m->path.at);
	}
	return true;
}

static enum monthly_calls_state
wait_for_lock(struct monthly_calls *m, int64_t now_ms, struct failure *why)
{
	if (errno != EWOULDBLOCK && errno != EINTR) {
		fail_errno(why, "flock");
		fail_in_file(m, why);
		return MONTHLY_CALLS_FAILED;
	}
	if (!m->busy_since_ms)
		m->busy_since_ms = now_ms;
	if (now_ms - m->busy_since_ms <= MONTHLY_CALLS_MOST_BUSY_MS)
		return MONTHLY_CALLS_BUSY;
	fail(why, FAILURE_LATER,
	     "another process holds the lock and does not release it");
	fail_in_file(m, why);
	return MONTHLY_CALLS_FAILED;
}

/* The file that is open may be of the last month, or may have been removed:
 * then others count in another one. */
static enum monthly_calls_state
lock_file(struct monthly_calls *m, int month, int64_t now_ms,
	  struct failure *why)
{
	struct stat st;

	if (m->fd >= 0 && m->count.month != month)
		leave_file(m);
	for (int i = 0; i < MOST_OPENS; i++) {
		if (m->fd < 0 && !open_file(m, month, why))
			return MONTHLY_CALLS_FAILED;
		if (!try_lock(m))
			return wait_for_lock(m, now_ms, why);
		m->busy_since_ms = 0;
		if (!fstat(m->fd, &st) && st.st_nlink)
			break;
		close_file(m);
	}
	if (m->fd >= 0)
		return MONTHLY_CALLS_TAKEN;
	fail(why, FAILURE_IO, "it is removed again and again");
	fail_in_file(m, why);
	return MONTHLY_CALLS_FAILED;
}

/* --- calls --------------------------------------------------------------- */

bool
monthly_calls_open(struct monthly_calls *m, const struct settings *s,
		   int64_t now_us, struct failure *why)
{
	int month = monthly_count_month(now_us);
	struct failure trouble = { 0 };
	int64_t calls;
	bool found = false;

	*m = (struct monthly_calls){ .most = s->monthly_calls,
				     .folder = -1,
				     .fd = -1 };
	buf_init(&m->path, STATE_FOLDER_LONGEST);
	monthly_count_init(&m->count, s->env, s->client_id, month);
	if (state_folder_path(&m->path, &found, &trouble) && !found)
		fail(&trouble, FAILURE_USAGE,
		     "neither XDG_STATE_HOME nor HOME is set");
	if (found)
		m->folder = state_folder_open(m->path.at, 022, &trouble);
	if (m->folder >= 0 && open_file(m, month, &trouble) &&
	    (monthly_count_read(&m->count, m->fd, &calls, &trouble) ||
	     fail_in_file(m, &trouble)))
		return true;
	return stop_counting(m, &trouble, why);
}

void
monthly_calls_close(struct monthly_calls *m)
{
	if (m->fd >= 0)
		leave_file(m);
	if (m->folder >= 0)
		close(m->folder);
	m->folder = -1;
	buf_free(&m->path);
}

enum monthly_calls_state
monthly_calls_take(struct monthly_calls *m, int64_t now_us, int64_t now_ms,
		   int64_t *counted_in, struct failure *why)
{
	int month = monthly_count_month(now_us);
	enum monthly_calls_state state = MONTHLY_CALLS_TAKEN;
	struct failure trouble = { 0 };

	if (*counted_in == m->file_number && m->count.month == month)
		return state;
	if (m->folder >= 0)
		state = lock_file(m, month, now_ms, &trouble);
	if (m->folder >= 0 && state == MONTHLY_CALLS_TAKEN) {
		state = count_one(m, &trouble);
		unlock(m);
		if (state == MONTHLY_CALLS_TAKEN &&
		    now_ms - m->synced_ms >= MONTHLY_CALLS_SYNC_MS &&
		    !sync_count(m, now_ms, &trouble))
			state = MONTHLY_CALLS_FAILED;
	}
	if (state == MONTHLY_CALLS_USED_UP)
		*why = trouble;
	if (state == MONTHLY_CALLS_FAILED && stop_counting(m, &trouble, why))
		state = MONTHLY_CALLS_TAKEN;
	if (state == MONTHLY_CALLS_TAKEN)
		*counted_in = m->file_number;
	return state;
}

void
monthly_calls_give_back(struct monthly_calls *m, int64_t *counted_in)
{
	bool counted = *counted_in == m->file_number && m->fd >= 0;

	*counted_in = 0;
	if (!counted)
		return;
	m->to_give_back++;
	give_back_if_free(m);
}

int64_t
monthly_calls_left(const struct monthly_calls *m, int64_t now_us)
{
	struct monthly_count count = m->count;
	struct failure ignored; /* taking a call will say it */
	int64_t calls = 0;

	if (!m->most)
		return INT64_MAX;
	count.month = monthly_count_month(now_us);
	(void)!monthly_count_peek(&count, m->folder, &calls, &ignored);
	if (count.month == m->count.month)
		calls -= m->to_give_back;
	return calls < m->most ? m->most - calls : 0;
}

bool
monthly_calls_suffice(const struct monthly_calls *m, int64_t needed,
		      int64_t now_us, struct failure *why)
{
	int64_t left = monthly_calls_left(m, now_us);

	if (left >= needed)
		return true;
	if (!left) {
		fail_used_up(m, m->most, why);
		return false;
	}
	fail(why, FAILURE_LATER,
	     "reading it takes %" PRId64 " calls, and %" PRId64
	     " of the app's %" PRId64 " calls of %s %d are left",
	     needed, left, m->most, month_name(m), m->count.month / 12);
	return fail_next_month(m, why);
}
