#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/log.h"
#include "quickbooks/shared_rate_limit.h"

enum { AHEAD_MS = 1000 }; /* of our `now_ms`, which was read before the lock */

/* The file, in this machine's own byte order: it does not outlive a boot. */
struct record {
	char magic[8];
	int64_t boot;
	struct rate_limit pace;
};

/* Written at once and within one page, so a kill leaves no half of it. */
_Static_assert(sizeof(struct record) <= 4096, "a record is a page at most");

static const char magic[8] = { 'q', 'b', ' ', 'p', 'a', 'c', 'e', '1' };

/* Tells this boot from others; 0 where the kernel does not say. */
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
go_alone(struct shared_rate_limit *b, const char *why)
{
	log_warn("the pace is not shared with other processes that read this "
		 "company: %s",
		 why);
	shared_rate_limit_close(b);
}

void
shared_rate_limit_open(struct shared_rate_limit *b, int folder, const char *env,
		       const char *realm)
{
	char name[256];
	struct stat st;

	*b = (struct shared_rate_limit){ .fd = -1, .boot = boot_number() };
	rate_limit_init(&b->pace);
	snprintf(name, sizeof(name), "%s-%s.pace", env, realm);
	b->fd = openat(folder, name,
		       O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		       0600);
	if (b->fd < 0)
		go_alone(b, strerror(errno));
	else if (fstat(b->fd, &st) || !S_ISREG(st.st_mode))
		go_alone(b, "it is not a file");
}

void
shared_rate_limit_close(struct shared_rate_limit *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

/* False: somebody else has it. */
static bool
lock(struct shared_rate_limit *b, int64_t now_ms)
{
	if (!flock(b->fd, LOCK_EX | LOCK_NB)) {
		b->busy_ms = 0;
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR) {
		go_alone(b, strerror(errno));
	} else if (!b->busy_ms) {
		b->busy_ms = now_ms;
	} else if (now_ms - b->busy_ms > SHARED_RATE_LIMIT_MOST_BUSY_MS) {
		go_alone(b, "another one stands still with the lock in hand");
	}
	return false;
}

static void
unlock(struct shared_rate_limit *b)
{
	if (b->fd >= 0)
		(void)!flock(b->fd, LOCK_UN); /* of a lock that we have */
}

/* Of this boot, in order, and nothing from the future. */
static bool
makes_sense(const struct shared_rate_limit *b, const struct record *r,
	    int64_t now_ms)
{
	const struct rate_limit *p = &r->pace;
	size_t first = p->sent > RATE_LIMIT_PER_MINUTE
			       ? p->sent - RATE_LIMIT_PER_MINUTE
			       : 0;
	int64_t before_ms = 0;

	if (memcmp(r->magic, magic, sizeof(magic)) != 0 || r->boot != b->boot ||
	    p->held_ms < 0 ||
	    p->held_ms > now_ms + SHARED_RATE_LIMIT_MOST_HELD_MS + AHEAD_MS)
		return false;
	for (size_t i = first; i < p->sent; i++) {
		int64_t at_ms = p->sent_ms[i % RATE_LIMIT_PER_MINUTE];

		if (at_ms < before_ms || at_ms > now_ms + AHEAD_MS)
			return false;
		before_ms = at_ms;
	}
	return true;
}

static void
look(struct shared_rate_limit *b, int64_t now_ms)
{
	int64_t told_ms = b->pace.held_ms;
	struct record r;
	ssize_t len = pread(b->fd, &r, sizeof(r), 0);

	if (len != (ssize_t)sizeof(r) || !makes_sense(b, &r, now_ms))
		return; /* what this process knows is all there is */
	b->pace = r.pace;
	rate_limit_hold(&b->pace, told_ms);
}

static void
note(struct shared_rate_limit *b, int64_t now_ms)
{
	struct record r = { .boot = b->boot, .pace = b->pace };
	int64_t most_ms = now_ms + SHARED_RATE_LIMIT_MOST_HELD_MS;
	ssize_t len;

	memcpy(r.magic, magic, sizeof(magic));
	if (r.pace.held_ms > most_ms)
		r.pace.held_ms = most_ms;
	len = pwrite(b->fd, &r, sizeof(r), 0);
	b->untold = false;
	if (len != (ssize_t)sizeof(r))
		go_alone(b, len < 0 ? strerror(errno) : "a write came short");
}

bool
shared_rate_limit_take(struct shared_rate_limit *b, int64_t now_ms,
		       int64_t *next_ms)
{
	if (b->fd >= 0) {
		if (lock(b, now_ms)) {
			look(b, now_ms);
		} else if (b->fd >= 0) {
			*next_ms = now_ms + SHARED_RATE_LIMIT_BUSY_MS;
			return false;
		}
	}
	*next_ms = rate_limit_next_ms(&b->pace, now_ms);
	bool goes = *next_ms <= now_ms;
	if (goes)
		rate_limit_sent(&b->pace, now_ms);
	if (b->fd >= 0 && (goes || b->untold))
		note(b, now_ms);
	unlock(b);
	return goes;
}

/* Where the lock is not to be had now, the next shared_rate_limit_take() notes
 * it. */
void
shared_rate_limit_hold(struct shared_rate_limit *b, int64_t now_ms,
		       int64_t until_ms)
{
	rate_limit_hold(&b->pace, until_ms);
	b->untold = true;
	if (b->fd < 0 || !lock(b, now_ms))
		return;
	look(b, now_ms);
	note(b, now_ms);
	unlock(b);
}

int64_t
shared_rate_limit_held_ms(const struct shared_rate_limit *b)
{
	return b->pace.held_ms;
}
