#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/log.h"
#include "quickbooks/shared_rate_limit.h"

enum { AHEAD_MS = 1000 }; /* of our `now_ms`, which was read before the lock */

/* The file's contents, in this machine's byte order: it is valid for one boot.
 */
struct record {
	char magic[8];
	int64_t boot;
	struct rate_limit limit;
};

/* One write within a page, so that a kill cannot leave half of it. */
_Static_assert(sizeof(struct record) <= 4096, "a record is a page at most");

static const char magic[8] = { 'q', 'b', ' ', 'p', 'a', 'c', 'e', '1' };

/* Differs from boot to boot; 0 where the kernel does not say. */
static int64_t
boot_number(void)
{
	char id[64];
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, id, sizeof(id));

	if (fd >= 0)
		close(fd);
	return len > 0 ? digest_fingerprint((struct slice){ id, (size_t)len })
		       : 0;
}

static void
stop_sharing(struct shared_rate_limit *s, const char *why)
{
	log_warn("the rate limit is not shared with other processes that read "
		 "this company: %s",
		 why);
	shared_rate_limit_close(s);
}

void
shared_rate_limit_open(struct shared_rate_limit *s, int folder, const char *env,
		       const char *realm)
{
	char name[256];
	struct stat st;

	*s = (struct shared_rate_limit){ .fd = -1, .boot = boot_number() };
	rate_limit_init(&s->limit);
	snprintf(name, sizeof(name), "%s-%s.pace", env, realm);
	s->fd = openat(folder, name,
		       O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		       0600);
	if (s->fd < 0)
		stop_sharing(s, strerror(errno));
	else if (fstat(s->fd, &st) || !S_ISREG(st.st_mode))
		stop_sharing(s, "not a regular file");
}

void
shared_rate_limit_close(struct shared_rate_limit *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* False: another process holds it. */
static bool
lock(struct shared_rate_limit *s, int64_t now_ms)
{
	if (!flock(s->fd, LOCK_EX | LOCK_NB)) {
		s->busy_since_ms = 0;
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR) {
		stop_sharing(s, strerror(errno));
	} else if (!s->busy_since_ms) {
		s->busy_since_ms = now_ms;
	} else if (now_ms - s->busy_since_ms > SHARED_RATE_LIMIT_MOST_BUSY_MS) {
		stop_sharing(s, "another process holds the lock and does not "
				"release it");
	}
	return false;
}

static void
unlock(struct shared_rate_limit *s)
{
	if (s->fd >= 0)
		(void)!flock(s->fd, LOCK_UN); /* cannot fail */
}

/* Of this boot, in order, and not in the future. */
static bool
is_valid_record(const struct shared_rate_limit *s, const struct record *r,
		int64_t now_ms)
{
	const struct rate_limit *p = &r->limit;
	size_t first = p->sent > RATE_LIMIT_PER_MINUTE
			       ? p->sent - RATE_LIMIT_PER_MINUTE
			       : 0;
	int64_t before_ms = 0;

	if (memcmp(r->magic, magic, sizeof(magic)) != 0 || r->boot != s->boot ||
	    p->held_until_ms < 0 ||
	    p->held_until_ms >
		    now_ms + SHARED_RATE_LIMIT_MOST_HELD_MS + AHEAD_MS)
		return false;
	for (size_t i = first; i < p->sent; i++) {
		int64_t sent_ms = p->sent_ms[i % RATE_LIMIT_PER_MINUTE];

		if (sent_ms < before_ms || sent_ms > now_ms + AHEAD_MS)
			return false;
		before_ms = sent_ms;
	}
	return true;
}

static void
read_record(struct shared_rate_limit *s, int64_t now_ms)
{
	int64_t held_until_ms = s->limit.held_until_ms;
	struct record r;
	ssize_t len = pread(s->fd, &r, sizeof(r), 0);

	if (len != (ssize_t)sizeof(r) || !is_valid_record(s, &r, now_ms))
		return; /* keep what this process knows */
	s->limit = r.limit;
	rate_limit_hold(&s->limit, held_until_ms);
}

static void
write_record(struct shared_rate_limit *s, int64_t now_ms)
{
	struct record r = { .boot = s->boot, .limit = s->limit };
	int64_t most_ms = now_ms + SHARED_RATE_LIMIT_MOST_HELD_MS;
	ssize_t len;

	memcpy(r.magic, magic, sizeof(magic));
	if (r.limit.held_until_ms > most_ms)
		r.limit.held_until_ms = most_ms;
	len = pwrite(s->fd, &r, sizeof(r), 0);
	s->unsaved_hold = false;
	if (len != (ssize_t)sizeof(r))
		stop_sharing(s, len < 0 ? strerror(errno) : "short write");
}

bool
shared_rate_limit_take(struct shared_rate_limit *s, int64_t now_ms,
		       int64_t *next_ms)
{
	if (s->fd >= 0) {
		if (lock(s, now_ms)) {
			read_record(s, now_ms);
		} else if (s->fd >= 0) {
			*next_ms = now_ms + SHARED_RATE_LIMIT_BUSY_MS;
			return false;
		}
	}
	*next_ms = rate_limit_next_ms(&s->limit, now_ms);
	bool allowed = *next_ms <= now_ms;
	if (allowed)
		rate_limit_sent(&s->limit, now_ms);
	if (s->fd >= 0 && (allowed || s->unsaved_hold))
		write_record(s, now_ms);
	unlock(s);
	return allowed;
}

/* If the lock is taken, the next shared_rate_limit_take() saves the hold. */
void
shared_rate_limit_hold(struct shared_rate_limit *s, int64_t now_ms,
		       int64_t until_ms)
{
	rate_limit_hold(&s->limit, until_ms);
	s->unsaved_hold = true;
	if (s->fd < 0 || !lock(s, now_ms))
		return;
	read_record(s, now_ms);
	write_record(s, now_ms);
	unlock(s);
}

int64_t
shared_rate_limit_held_ms(const struct shared_rate_limit *s)
{
	return s->limit.held_until_ms;
}
