#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "budget.h"
#include "diag.h"
#include "digest.h"

enum { AHEAD_MS = 1000 }; /* of our `now_ms`, which was read before the lock */

/* The file, in this machine's own byte order: it does not outlive a boot. */
struct record {
	char magic[8];
	int64_t boot;
	struct pace pace;
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
go_alone(struct budget *b, const char *why)
{
	diag_warn("the pace is not shared with other processes that read this "
		  "company: %s",
		  why);
	budget_close(b);
}

void
budget_open(struct budget *b, int folder, const char *env, const char *realm)
{
	char name[256];
	struct stat st;

	*b = (struct budget){ .fd = -1, .boot = boot_number() };
	pace_init(&b->pace);
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
budget_close(struct budget *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

/* False: somebody else has it. */
static bool
lock(struct budget *b, int64_t now_ms)
{
	if (!flock(b->fd, LOCK_EX | LOCK_NB)) {
		b->busy_ms = 0;
		return true;
	}
	if (errno != EWOULDBLOCK && errno != EINTR) {
		go_alone(b, strerror(errno));
	} else if (!b->busy_ms) {
		b->busy_ms = now_ms;
	} else if (now_ms - b->busy_ms > BUDGET_MOST_BUSY_MS) {
		go_alone(b, "another one stands still with the lock in hand");
	}
	return false;
}

static void
unlock(struct budget *b)
{
	if (b->fd >= 0)
		(void)!flock(b->fd, LOCK_UN); /* of a lock that we have */
}

/* Of this boot, in order, and nothing from the future. */
static bool
makes_sense(const struct budget *b, const struct record *r, int64_t now_ms)
{
	const struct pace *p = &r->pace;
	size_t first =
		p->sent > PACE_MINUTE_MOST ? p->sent - PACE_MINUTE_MOST : 0;
	int64_t before_ms = 0;

	if (memcmp(r->magic, magic, sizeof(magic)) != 0 || r->boot != b->boot ||
	    p->held_ms < 0 ||
	    p->held_ms > now_ms + BUDGET_MOST_HELD_MS + AHEAD_MS)
		return false;
	for (size_t i = first; i < p->sent; i++) {
		int64_t at_ms = p->sent_ms[i % PACE_MINUTE_MOST];

		if (at_ms < before_ms || at_ms > now_ms + AHEAD_MS)
			return false;
		before_ms = at_ms;
	}
	return true;
}

static void
look(struct budget *b, int64_t now_ms)
{
	int64_t told_ms = b->pace.held_ms;
	struct record r;
	ssize_t len = pread(b->fd, &r, sizeof(r), 0);

	if (len != (ssize_t)sizeof(r) || !makes_sense(b, &r, now_ms))
		return; /* what this process knows is all there is */
	b->pace = r.pace;
	pace_hold(&b->pace, told_ms);
}

static void
note(struct budget *b, int64_t now_ms)
{
	struct record r = { .boot = b->boot, .pace = b->pace };
	int64_t most_ms = now_ms + BUDGET_MOST_HELD_MS;
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
budget_take(struct budget *b, int64_t now_ms, int64_t *next_ms)
{
	if (b->fd >= 0) {
		if (lock(b, now_ms)) {
			look(b, now_ms);
		} else if (b->fd >= 0) {
			*next_ms = now_ms + BUDGET_BUSY_MS;
			return false;
		}
	}
	*next_ms = pace_next_ms(&b->pace, now_ms);
	bool goes = *next_ms <= now_ms;
	if (goes)
		pace_sent(&b->pace, now_ms);
	if (b->fd >= 0 && (goes || b->untold))
		note(b, now_ms);
	unlock(b);
	return goes;
}

/* Where the lock is not to be had now, the next budget_take() notes it. */
void
budget_hold(struct budget *b, int64_t now_ms, int64_t until_ms)
{
	pace_hold(&b->pace, until_ms);
	b->untold = true;
	if (b->fd < 0 || !lock(b, now_ms))
		return;
	look(b, now_ms);
	note(b, now_ms);
	unlock(b);
}

int64_t
budget_held_ms(const struct budget *b)
{
	return b->pace.held_ms;
}
