/* covers: fetch_status */
#include <fcntl.h>

#include "quickbooks/fetch_status.h"
#include "tap.h"

/* Fill a pipe until less than a line fits. */
static void
fill(int fd)
{
	char full[512] = { 0 };
	ssize_t n = 0;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (n >= 0)
		n = write(fd, full, sizeof(full));
	fcntl(fd, F_SETFL, 0);
}

static void
drain(int fd)
{
	char some[512];
	ssize_t n = 1;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (n > 0)
		n = read(fd, some, sizeof(some));
	fcntl(fd, F_SETFL, 0);
}

static void
full_pipe(void)
{
	struct fetch_progress progress = { .windows = 3 };
	struct absent_entities absent = { .count = 0 };
	struct fetch_status status;
	struct failure why = { 0 };
	char path[32], line[513] = "";
	int ends[2];

	if (pipe(ends))
		return;
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[1]);
	fetch_status_init(&status);
	ok(fetch_status_open(&status, path, &why), "a pipe is opened");
	fetch_status_tell(&status, &progress, &absent, true);
	ssize_t n = read(ends[0], line, sizeof(line) - 1);
	ok(n > 0 && strstr(line, "\"windows\":3"), "who reads it is told");
	fill(ends[1]);
	alarm(10); /* it waits for ever */
	fetch_status_tell(&status, &progress, &absent, true);
	alarm(0);
	ok(status.fd >= 0, "who does not read it does not stop the work");
	drain(ends[0]);
	fetch_status_tell(&status, &progress, &absent, true);
	n = read(ends[0], line, sizeof(line) - 1);
	ok(n > 0 && strstr(line, "\"windows\":3"), "and is told later");
	absent.of[0].entity = entity_find(SLICE("Budget"));
	absent.of[1].entity = entity_find(SLICE("Bill"));
	absent.of[2].entity = entity_find(SLICE("JournalCode"));
	absent.of[0].absent = absent.of[2].absent = true;
	absent.count = 3;
	fetch_status_tell(&status, &progress, &absent, true);
	n = read(ends[0], line, sizeof(line) - 1);
	ok(n > 0 && strstr(line, "\"rows\":0,\"absent\":[\"Budget\","
				 "\"JournalCode\"]}\n"),
	   "what the company does not have stands at the end");
	fetch_status_close(&status);
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	full_pipe();
	return tap_done();
}
