/* covers: monthly_count calls_report state_folder - what stays, and what people
 * see. */
#include <fcntl.h>

#include "auth/calls_report.h"
#include "monthlycalls.h"

static int
files_of_folder(void)
{
	char command[800], text[16] = "";

	snprintf(command, sizeof(command), "ls '%s'/qb | grep -c .",
		 getenv("XDG_STATE_HOME"));
	FILE *from = popen(command, "r");
	if (!fgets(text, sizeof(text), from))
		abort();
	pclose(from);
	return (int)strtol(text, NULL, 10);
}

static bool
is_there(const char *name)
{
	char path[800];

	snprintf(path, sizeof(path), "%s/qb/%s", getenv("XDG_STATE_HOME"),
		 name);
	return !access(path, F_OK);
}

static void
make_file(const char *name)
{
	char path[800];

	snprintf(path, sizeof(path), "%s/qb/%s", getenv("XDG_STATE_HOME"),
		 name);
	close(open(path, O_CREAT | O_WRONLY, 0600));
}

static void
test_old_months(void)
{
	static const char *const others[] = {
		"production-000000000000-2020-01.calls", "production-123.json",
		"notes", "2020-01.calls"
	};
	struct monthly_calls m;
	int64_t at_us = november_us;

	forget();
	for (int i = 0; i < 30; i++, at_us += 31 * CLOCK_DAY) {
		open_calls(&m, 0, at_us);
		if (take(&m, at_us) != MONTHLY_CALLS_TAKEN)
			abort();
		monthly_calls_close(&m);
		for (size_t k = 0; k < LENGTH(others) && !i; k++)
			make_file(others[k]);
	}
	int kept = files_of_folder() - (int)LENGTH(others);
	ok(kept == MONTHLY_COUNT_KEPT, "the last %d months are kept (%d)",
	   MONTHLY_COUNT_KEPT, kept);
	bool all = true;
	for (size_t k = 0; k < LENGTH(others); k++)
		all = all && is_there(others[k]);
	ok(all, "and every other file");
	/* the clock is set back to where it was, after 30 months */
	open_calls(&m, 0, november_us);
	ok(take(&m, november_us) == MONTHLY_CALLS_TAKEN &&
		   count_at("production", november_us) == 1 &&
		   files_of_folder() - (int)LENGTH(others) == kept + 1,
	   "a wrong clock removes neither this month nor later ones");
	monthly_calls_close(&m);
}

static void
reports(int64_t calls, int64_t most, const char *text, const char *json)
{
	struct settings s = production;
	struct monthly_calls m;
	struct failure why;
	struct buf to;

	forget();
	open_calls(&m, 0, november_us);
	if (!monthly_count_write(&m.count, m.fd, calls, &why))
		abort();
	monthly_calls_close(&m);
	s.monthly_calls = most;
	buf_init(&to, 1000);
	if (!calls_report_write_text(&s, november_us, &to, &why))
		abort();
	is(to.at, text, "the report for people");
	buf_clear(&to);
	if (!calls_report_write_json(&s, november_us, &to, &why))
		abort();
	is(to.at, json, "and for programs");
	buf_free(&to);
}

static void
test_reports(void)
{
	struct settings s = { .env = "sandbox" };
	struct failure why;
	struct buf to;

	reports(12345, 500000, "calls this month: 12,345 of 500,000\n",
		",\"calls\":12345,\"calls_limit\":500000}\n");
	reports(0, 0, "calls this month: 0\n",
		",\"calls\":0,\"calls_limit\":null}\n");
	reports(1234567, 999, "calls this month: 1,234,567 of 999\n",
		",\"calls\":1234567,\"calls_limit\":999}\n");
	buf_init(&to, 1000);
	if (!calls_report_write_text(&s, november_us, &to, &why))
		abort();
	is(to.at, "calls this month: not known\n",
	   "without a client ID it is not known");
	buf_free(&to);
}

int
main(void)
{
	begin_test();
	test_old_months();
	test_reports();
	rawserver_clean(folder);
	return tap_done();
}
