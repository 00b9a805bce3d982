#include <getopt.h>

#include "base/options.h"

enum { MOST_ROWS = 40, MOST_SECRET_BYTES = 16 * 1024 };

/* Digits at once, with a minus at most: strtoimax() alone would let spaces and
 * a plus pass. */
static bool
begins_number(const char *given)
{
	given += *given == '-';
	return *given >= '0' && *given <= '9';
}

static bool
take_integer(const struct option_row *row, const char *called,
	     const char *given, struct failure *why)
{
	char *end;

	errno = 0;
	intmax_t value = strtoimax(given, &end, 10);
	if (errno || !begins_number(given) || *end || value < row->least ||
	    value > row->most)
		return fail(why, FAILURE_USAGE,
			    "%s takes a whole number from %" PRId64
			    " to %" PRId64 ", not \"%s\"",
			    called, row->least, row->most, given);
	*row->integer = value;
	return true;
}

static const struct {
	const char *name;
	int64_t ms;
} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };

static int64_t
unit_ms(const char *unit)
{
	for (size_t i = 0; i < LENGTH(units); i++)
		if (!strcmp(units[i].name, unit))
			return units[i].ms;
	return 0;
}

enum { DURATION_SPELLED = 32 };

/* As a user would type it, in the largest unit that says all of it. */
static const char *
spell_duration(int64_t ms, char text[DURATION_SPELLED])
{
	size_t i = LENGTH(units) - 1;

	while (i && ms % units[i].ms)
		i--;
	snprintf(text, DURATION_SPELLED, "%" PRId64 "%s", ms / units[i].ms,
		 units[i].name);
	return text;
}

static bool
fail_duration(const struct option_row *row, const char *called,
	      const char *given, struct failure *why)
{
	char least[DURATION_SPELLED], most[DURATION_SPELLED];

	return fail(why, FAILURE_USAGE,
		    "%s takes a time such as 250ms, 30s, 10m or 2h, from %s to "
		    "%s, not \"%s\"",
		    called, spell_duration(row->least, least),
		    spell_duration(row->most, most), given);
}

static bool
take_duration(const struct option_row *row, const char *called,
	      const char *given, struct failure *why)
{
	char *end;

	errno = 0;
	intmax_t value = strtoimax(given, &end, 10);
	int64_t unit = unit_ms(end);
	if (errno || !begins_number(given) || !unit || value < 0 ||
	    value > row->most / unit || value * unit < row->least)
		return fail_duration(row, called, given, why);
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

static bool
fail_secret(const char *variable, const char *path, const char *what,
	    struct failure *why)
{
	return fail(why, FAILURE_USAGE, "%s: %s: %s", variable, path, what);
}

/* The whole file, without the newlines at its end. */
static bool
read_secret(FILE *file, const char *variable, const char *path, char *secret,
	    struct failure *why)
{
	size_t len = fread(secret, 1, MOST_SECRET_BYTES, file);

	if (ferror(file))
		return fail_secret(variable, path, strerror(errno), why);
	if (len == MOST_SECRET_BYTES)
		return fail_secret(variable, path, "too long for a secret",
				   why);
	while (len && (secret[len - 1] == '\n' || secret[len - 1] == '\r'))
		len--;
	secret[len] = '\0';
	if (!len || strlen(secret) != len)
		return fail_secret(variable, path, len ? "not a text" : "empty",
				   why);
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

	FILE *file = fopen(path, "re");
	if (!file)
		return fail_secret(variable, path, strerror(errno), why);
	char *secret = base_realloc(NULL, MOST_SECRET_BYTES);
	bool done = read_secret(file, variable, path, secret, why);
	fclose(file);
	if (done)
		*row->text = secret;
	else
		free(secret);
	return done;
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
	exit(fflush(stdout) || ferror(stdout) ? FAILURE_IO : 0);
}

/* All rows of the tables, as one list and as getopt_long(3) wants them. */
struct command_line {
	const struct option_row *rows[MOST_ROWS];
	bool given[MOST_ROWS];
	size_t count;
	struct option longs[MOST_ROWS + 3];
};

enum { FIRST_ROW = 256 }; /* what getopt_long() returns for rows[0] */

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
				*next++ = (struct option){
					.name = row->name,
					.has_arg = row->argument != NULL,
					.val = FIRST_ROW + (int)line->count,
				};
			line->rows[line->count++] = row;
		}
	*next++ = (struct option){ .name = "help", .val = 'h' };
	*next = (struct option){ .name = "version", .val = 'V' };
}

static void
take_presets(const struct command_line *line)
{
	struct failure why;

	for (size_t i = 0; i < line->count; i++) {
		const struct option_row *row = line->rows[i];

		if (row->preset && !take(row, "preset", row->preset, &why))
			BUG("a preset outside its own range");
	}
}

/* What getopt_long() stopped at: a letter, a whole word, or a row's name. */
static bool
fail_word(const char *word, int chosen, struct failure *why)
{
	if (chosen == ':')
		return fail(why, FAILURE_USAGE, "\"%s\" needs a value", word);
	if (optopt >= FIRST_ROW)
		return fail(why, FAILURE_USAGE, "\"%s\" takes no value", word);
	if (optopt)
		return fail(why, FAILURE_USAGE, "\"-%c\" is not understood",
			    optopt);
	return fail(why, FAILURE_USAGE, "\"%s\" is not understood", word);
}

/* The word that getopt_long(3) has just taken an option from. */
static const char *
last_word(char *const argv[])
{
	return argv[optind - (argv[optind - 1] == optarg ? 2 : 1)];
}

/* But it takes "--pag" for "--page-size", and would for another option when
 * more are born: a name is a whole one here. */
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
	return take(line->rows[i], called, optarg, why);
}

/* Last, so that what is given on the command line is never even read here. */
static bool
take_environments(const struct command_line *line, struct failure *why)
{
	for (size_t i = 0; i < line->count; i++)
		if (!line->given[i] && !take_environment(line->rows[i], why))
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
	optind = 0; /* glibc: begin anew, whatever was read before */
	while ((chosen = next_option(argc, argv, line.longs)) != -1) {
		if (chosen == 'h' || chosen == 'V')
			print_and_exit(table, chosen == 'h');
		if (chosen < FIRST_ROW)
			return fail_word(last_word(argv), chosen, why);
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
