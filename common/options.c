#include <fcntl.h>
#include <getopt.h>

#include "options.h"

enum { MOST_ROWS = 40, MOST_SECRET_BYTES = 16 * 1024 };

static bool
take_integer(const struct option_row *row, const char *called,
	     const char *given, struct failure *why)
{
	char *end;

	errno = 0;
	intmax_t value = strtoimax(given, &end, 10);
	if (errno || end == given || *end || value < row->least ||
	    value > row->most)
		return fail(why, FAILURE_USAGE,
			    "%s takes a whole number from %" PRId64
			    " to %" PRId64 ", not \"%s\"",
			    called, row->least, row->most, given);
	*row->integer = value;
	return true;
}

static int64_t
unit_ms(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }
	};

	for (size_t i = 0; i < LENGTH(units); i++)
		if (!strcmp(units[i].name, unit))
			return units[i].ms;
	return 0;
}

static bool
take_duration(const struct option_row *row, const char *called,
	      const char *given, struct failure *why)
{
	char *end;

	errno = 0;
	intmax_t value = strtoimax(given, &end, 10);
	int64_t unit = unit_ms(end);
	if (errno || end == given || !unit || value < 0 ||
	    value > row->most / unit || value * unit < row->least)
		return fail(why, FAILURE_USAGE,
			    "%s takes a time such as 250ms, 30s, 10m or 2h, "
			    "from %" PRId64 " ms to %" PRId64 " ms, not \"%s\"",
			    called, row->least, row->most, given);
	*row->duration_ms = value * unit;
	return true;
}

static bool
take(const struct option_row *row, const char *called, const char *given,
     struct failure *why)
{
	if (row->integer)
		return take_integer(row, called, given, why);
	if (row->duration_ms)
		return take_duration(row, called, given, why);
	if (row->text)
		*row->text = given;
	else
		*row->on = true;
	return true;
}

/* A secret from the file that the variable `env`_FILE names; kept for good. */
static bool
take_secret_file(const struct option_row *row, struct failure *why)
{
	char variable[64];

	snprintf(variable, sizeof(variable), "%s_FILE", row->env);
	const char *path = getenv(variable);
	if (!path || !*path)
		return true;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(why, FAILURE_USAGE, "%s: %s: %s", variable, path,
			    strerror(errno));
	char *secret = base_realloc(NULL, MOST_SECRET_BYTES);
	ssize_t len = read(fd, secret, MOST_SECRET_BYTES - 1);
	close(fd);
	if (len < 0)
		return fail(why, FAILURE_USAGE, "%s: %s: %s", variable, path,
			    strerror(errno));
	while (len && (secret[len - 1] == '\n' || secret[len - 1] == '\r'))
		len--;
	secret[len] = '\0';
	*row->text = secret;
	return true;
}

static bool
take_environment(const struct option_row *row, struct failure *why)
{
	const char *given = row->env ? getenv(row->env) : NULL;

	if (given && *given)
		return take(row, row->env, given, why);
	return !row->secret || take_secret_file(row, why);
}

static void
print_row(FILE *to, const struct option_row *row)
{
	char spelled[64];

	if (row->name)
		snprintf(spelled, sizeof(spelled), "--%s%s%s", row->name,
			 row->argument ? "=" : "",
			 row->argument ? row->argument : "");
	else
		snprintf(spelled, sizeof(spelled), "%s", row->env);
	fprintf(to, "  %-22s %s", spelled, row->help);
	if (row->preset)
		fprintf(to, " (default %s)", row->preset);
	if (row->name && row->env)
		fprintf(to, " [%s]", row->env);
	if (row->secret)
		fprintf(to, " [or %s_FILE]", row->env);
	fputc('\n', to);
}

static void
print_help(FILE *to, const struct option_table *table)
{
	fprintf(to, "usage: %s\n%s\n\noptions:\n", table->synopsis,
		table->about);
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++)
			if (t->rows[i].name)
				print_row(to, &t->rows[i]);
	fprintf(to, "  %-22s %s\n  %-22s %s\n", "--help", "print this",
		"--version", "print the version");

	bool titled = false;
	for (const struct option_table *t = table; t; t = t->also)
		for (size_t i = 0; i < t->count; i++) {
			if (t->rows[i].name)
				continue;
			if (!titled)
				fputs("\nenvironment:\n", to);
			titled = true;
			print_row(to, &t->rows[i]);
		}
}

/* Print to standard output and end; a full disk there is told by the status. */
_Noreturn static void
print_and_exit(const struct option_table *table, bool help)
{
	if (help)
		print_help(stdout, table);
	else
		printf("%.*s " QB_VERSION "\n",
		       (int)strcspn(table->synopsis, " "), table->synopsis);
	exit(fflush(stdout) ? FAILURE_IO : 0);
}

/* Presets and environment first; returns how many rows there are. */
static bool
prepare(const struct option_table *table, const struct option_row **all,
	struct option *longs, size_t *count, struct failure *why)
{
	for (; table; table = table->also)
		for (size_t i = 0; i < table->count; i++) {
			const struct option_row *row = &table->rows[i];

			if (*count == MOST_ROWS)
				BUG("more options than MOST_ROWS");
			longs[*count].name = row->name ? row->name : "";
			longs[*count].has_arg = row->argument ?
							required_argument :
							no_argument;
			longs[*count].val = 256 + (int)*count;
			all[(*count)++] = row;
			if (row->preset &&
			    !take(row, row->name, row->preset, why))
				BUG("a preset outside its own range");
			if (!take_environment(row, why))
				return false;
		}
	return true;
}

bool
options_read(int argc, char *argv[], const struct option_table *table,
	     int *used, struct failure *why)
{
	struct option longs[MOST_ROWS + 3] = { 0 };
	const struct option_row *all[MOST_ROWS];
	size_t count = 0;
	int chosen;

	if (!prepare(table, all, longs, &count, why))
		return false;
	longs[count].name = "help";
	longs[count].val = 'h';
	longs[count + 1].name = "version";
	longs[count + 1].val = 'V';

	opterr = 0;
	optind = 1;
	while ((chosen = getopt_long(argc, argv, ":hV", longs, NULL)) != -1) {
		char called[64];

		if (chosen == 'h' || chosen == 'V')
			print_and_exit(table, chosen == 'h');
		if (chosen == ':')
			return fail(why, FAILURE_USAGE, "\"%s\" needs a value",
				    argv[optind - 1]);
		if (chosen < 256)
			return fail(why, FAILURE_USAGE,
				    "\"%s\" is not understood",
				    argv[optind - 1]);
		const struct option_row *row = all[chosen - 256];
		if (!row->name)
			return fail(why, FAILURE_USAGE,
				    "\"%s\" is not understood",
				    argv[optind - 1]);
		snprintf(called, sizeof(called), "--%s", row->name);
		if (!take(row, called, optarg, why))
			return false;
	}
	*used = optind;
	return true;
}

bool
options_want_pipe(const struct option_table *table, struct failure *why)
{
	if (!isatty(STDIN_FILENO))
		return true;
	fprintf(stderr, "usage: %s\n%s\n", table->synopsis, table->about);
	return fail(why, FAILURE_USAGE,
		    "standard input is a terminal, and this reads a pipe");
}

bool
options_no_operands(int argc, char *argv[], int used, struct failure *why)
{
	if (used == argc)
		return true;
	return fail(why, FAILURE_USAGE, "\"%s\" is one word too many",
		    argv[used]);
}
