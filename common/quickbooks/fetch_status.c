#include <fcntl.h>
#include <poll.h>

#include "base/clock.h"
#include "quickbooks/fetch_status.h"

/* One write, which a pipe does not mix with others: PIPE_BUF. */
enum { LONGEST_LINE = 512, BETWEEN_LINES_MS = 250 };

void
fetch_status_init(struct fetch_status *s)
{
	*s = (struct fetch_status){ .fd = -1 };
}

bool
fetch_status_open(struct fetch_status *s, const char *path, struct failure *why)
{
	s->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	return s->fd >= 0 || fail(why, FAILURE_IO, "--status-file=%s: %s", path,
				  strerror(errno));
}

/* A watcher that does not read must not stop the work.  A pipe can be written
 * to when PIPE_BUF bytes fit. */
static bool
is_writable(int fd)
{
	struct pollfd room = { .fd = fd, .events = POLLOUT };

	return poll(&room, 1, 0) > 0;
}

void
fetch_status_tell(struct fetch_status *s, const struct fetch_progress *p,
		  bool now)
{
	char line[LONGEST_LINE];
	int64_t now_ms = clock_monotonic_ms();

	if (s->fd < 0 || (!now && now_ms < s->next_ms) || !is_writable(s->fd))
		return;
	s->next_ms = now_ms + BETWEEN_LINES_MS;
	int len = snprintf(
		line, sizeof(line),
		"{\"qb\":\"status\",\"tool\":\"qb-fetch\","
		"\"calls\":%" PRId64 ",\"entity\":%s%s%s,\"windows\":%" PRId64
		",\"windows_counted\":%" PRId64 ",\"windows_sealed\":%" PRId64
		",\"rows_counted\":%" PRId64 ",\"rows\":%" PRId64 "}\n",
		p->calls, p->entity ? "\"" : "",
		p->entity ? p->entity->name : "null", p->entity ? "\"" : "",
		p->windows, p->windows_counted, p->windows_sealed,
		p->rows_counted, p->rows);
	if (write(s->fd, line, (size_t)len) != len)
		fetch_status_close(s);
}

void
fetch_status_close(struct fetch_status *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
