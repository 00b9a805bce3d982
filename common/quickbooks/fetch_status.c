#include <fcntl.h>
#include <poll.h>

#include "base/clock.h"
#include "quickbooks/fetch_status.h"

/* One write, which a pipe does not mix with others: PIPE_BUF. */
enum { LONGEST_LINE = 4096, BETWEEN_LINES_MS = 250 };

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

/* ,"absent":["Budget"], or nothing. */
static void
spell_absent(const struct absent_entities *absent, char *text, size_t size)
{
	size_t used = 0, count = 0;

	text[0] = '\0';
	for (size_t i = 0; i < absent->count && used < size; i++)
		if (absent->of[i].absent)
			used += (size_t)snprintf(
				text + used, size - used, "%s\"%s\"",
				count++ ? "," : ",\"absent\":[",
				absent->of[i].entity->name);
	if (used + 1 < size && count)
		snprintf(text + used, size - used, "]");
}

void
fetch_status_tell(struct fetch_status *s, const struct fetch_progress *p,
		  const struct absent_entities *absent, bool now)
{
	char line[LONGEST_LINE], names[LONGEST_LINE - 512];
	int64_t now_ms = clock_monotonic_ms();

	if (s->fd < 0 || (!now && now_ms < s->next_ms) || !is_writable(s->fd))
		return;
	s->next_ms = now_ms + BETWEEN_LINES_MS;
	spell_absent(absent, names, sizeof(names));
	int len = snprintf(
		line, sizeof(line),
		"{\"qb\":\"status\",\"tool\":\"qb-fetch\","
		"\"calls\":%" PRId64 ",\"entity\":%s%s%s,\"windows\":%" PRId64
		",\"windows_counted\":%" PRId64 ",\"windows_sealed\":%" PRId64
		",\"rows_counted\":%" PRId64 ",\"rows\":%" PRId64 "%s}\n",
		p->calls, p->entity ? "\"" : "",
		p->entity ? p->entity->name : "null", p->entity ? "\"" : "",
		p->windows, p->windows_counted, p->windows_sealed,
		p->rows_counted, p->rows, names);
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
