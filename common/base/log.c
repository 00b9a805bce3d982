#include <signal.h>
#include <stdarg.h>

#include "base/log.h"

static const char *name = "qb";
static bool verbose;

void
log_begin(const char *tool)
{
	name = tool;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* treat ulimit -f as a full disk */
}

void
log_verbose(bool on)
{
	verbose = on;
}

/* One write a line, so that the lines of a pipeline do not interleave. */
static void PRINTF_LIKE(1, 0) print_line(const char *fmt, va_list args)
{
	char text[2048];

	vsnprintf(text, sizeof(text), fmt, args);
	fprintf(stderr, "%s: %s\n", name, text);
}

void
log_info(const char *fmt, ...)
{
	va_list args;

	if (!verbose)
		return;
	va_start(args, fmt);
	print_line(fmt, args);
	va_end(args);
}

void
log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_line(fmt, args);
	va_end(args);
}

/* For a wrong command line: "qb-fetch --help". */
static const char *
help_command(void)
{
	static char command[64];

	snprintf(command, sizeof(command), "%s --help", name);
	return command;
}

static const char *
advice(const struct failure *why)
{
	if (why->next[0])
		return why->next;
	switch (why->kind) {
	case FAILURE_USAGE:
		return help_command();
	case FAILURE_DATA:
		return "check the input, or create it again";
	case FAILURE_REFUSED:
		return "fix what the message above names; retrying alone will "
		       "not "
		       "help";
	case FAILURE_BUG:
		return "please report this bug";
	case FAILURE_IO:
		return "fix this on this machine, then run the same command "
		       "again";
	case FAILURE_LATER:
		return "run the same command again";
	case FAILURE_LOGIN:
		return "qb-auth login, then run the same command again";
	case FAILURE_NONE:
		break;
	}
	return "";
}

int
log_failure(const struct failure *why)
{
	if (why->kind) {
		log_warn("%s", why->text);
		log_warn("next: %s", advice(why));
	}
	return (int)why->kind;
}
