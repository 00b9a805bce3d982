#include <getopt.h>

#include "base/option_help.h"
#include "base/option_values.h"
#include "base/options.h"
#include "base/slice.h"

enum { MOST_ROWS = 64, MOST_NAMES = 2 * MOST_ROWS + 4 };

/* What getopt_long() returns. */
enum { HELP = 'h', VERSION = 'V', LIST = 255, FIRST_ROW = 256 };

/* Print to standard output and exit, with FAILURE_IO where that failed. */
_Noreturn static void
print_and_exit(const struct option_table *table, int chosen)
{
	if (chosen == HELP)
		option_help_print(stdout, table);
	else if (chosen == LIST)
		option_help_list(stdout, table);
	else
		printf("%s " QB_VERSION "\n", table->tool);
	exit(fflush(stdout) || ferror(stdout) ? FAILURE_IO : 0);
}

/* All rows of the tables, as one list and as getopt_long(3) wants them. */
struct command_line {
	const struct option_row *rows[MOST_ROWS];
	bool given[MOST_ROWS];
	size_t count;
	struct option longs[MOST_NAMES];
};

static struct option
long_option(const char *name, const struct command_line *line,
	    const struct option_row *row)
{
	return (struct option){ .name = name,
				.has_arg = row->argument != NULL,
				.val = FIRST_ROW + (int)line->count };
}

static void
collect(struct command_line *line, const struct option_table *table)
{
	struct option *next = line->longs;

	for (; table; table = table->also)
		for (size_t i = 0; i < table->count; i++) {
			const struct option_row *row = &table->rows[i];

			if (line->count == MOST_ROWS)
				BUG("more options than MOST_ROWS");
			if (row->name)
				*next++ = long_option(row->name, line, row);
			if (row->former)
				*next++ = long_option(row->former, line, row);
			line->rows[line->count++] = row;
		}
	*next++ = (struct option){ .name = "help", .val = HELP };
	*next++ = (struct option){ .name = "version", .val = VERSION };
	*next = (struct option){ .name = "list-options", .val = LIST };
}

static void
take_presets(const struct command_line *line)
{
	struct failure why;

	for (size_t i = 0; i < line->count; i++) {
		const struct option_row *row = line->rows[i];

		if (row->preset &&
		    !option_value_set(row, "preset", row->preset, &why))
			BUG("an option with an invalid default");
	}
}

/* What getopt_long(3) stopped at: an unknown option, or a missing value. */
static bool
fail_option(const char *word, int chosen, struct failure *why)
{
	struct slice name = { word, strcspn(word, "=") };

	if (chosen == ':')
		return fail(why, FAILURE_USAGE, "option %.*s needs a value",
			    SLICE_SHOWN(name));
	if (!slice_begins(name, "--"))
		return fail(why, FAILURE_USAGE, "unknown option -%c", optopt);
	return fail(why, FAILURE_USAGE,
		    optopt ? "option %.*s takes no value"
			   : "unknown option %.*s",
		    SLICE_SHOWN(name));
}

/* The word that getopt_long(3) has just taken an option from. */
static const char *
last_word(char *const argv[])
{
	return argv[optind - (argv[optind - 1] == optarg ? 2 : 1)];
}

/* getopt_long(3) would accept "--pag" for "--page-size", which a new option may
 * make ambiguous: a name must be whole. */
static int
next_option(int argc, char *argv[], const struct option *longs)
{
	int which = -1;
	int chosen = getopt_long(argc, argv, ":hV", longs, &which);

	if (which < 0 ||
	    strcspn(last_word(argv), "=") == strlen(longs[which].name) + 2)
		return chosen;
	optopt = 0;
	return '?';
}

static bool
take_given(struct command_line *line, int chosen, struct failure *why)
{
	size_t i = (size_t)(chosen - FIRST_ROW);
	char called[64];

	snprintf(called, sizeof(called), "--%s", line->rows[i]->name);
	line->given[i] = true;
	return option_value_set(line->rows[i], called, optarg, why);
}

/* After the command line: the variable of an option given there is not read. */
static bool
take_environments(const struct command_line *line, struct failure *why)
{
	for (size_t i = 0; i < line->count; i++)
		if (!line->given[i] &&
		    !option_value_from_environment(line->rows[i], why))
			return false;
	return true;
}

bool
options_read(int argc, char *argv[], const struct option_table *table,
	     int *used, struct failure *why)
{
	struct command_line line = { .count = 0 };
	int chosen;

	collect(&line, table);
	take_presets(&line);
	opterr = 0;
	optind = 0; /* glibc: start over */
	while ((chosen = next_option(argc, argv, line.longs)) != -1) {
		if (chosen == HELP || chosen == VERSION || chosen == LIST)
			print_and_exit(table, chosen);
		if (chosen < FIRST_ROW)
			return fail_option(last_word(argv), chosen, why);
		if (!take_given(&line, chosen, why))
			return false;
	}
	*used = optind;
	return take_environments(&line, why);
}

bool
options_require_pipe(const struct option_table *table, struct failure *why)
{
	if (!isatty(STDIN_FILENO))
		return true;
	option_help_usage(stderr, table);
	return fail(why, FAILURE_USAGE,
		    "standard input is a terminal; it must be a pipe or a "
		    "file");
}

bool
options_no_operands(int argc, char *argv[], int used, struct failure *why)
{
	if (used == argc)
		return true;
	return fail(why, FAILURE_USAGE, "unexpected argument \"%s\"",
		    argv[used]);
}
