#include "base/option_values.h"

enum { MOST_SECRET_BYTES = 16 * 1024 };

/* strtoimax() alone would accept leading spaces and a plus. */
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

/* As a user would type it, in the largest unit that divides it. */
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

bool
option_value_set(const struct option_row *row, const char *called,
		 const char *given, struct failure *why)
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
		return fail_secret(variable, path,
				   len ? "contains a NUL byte" : "empty", why);
	return true;
}

/* A secret from the file that the variable `env`_FILE names; never freed. */
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

bool
option_value_from_environment(const struct option_row *row, struct failure *why)
{
	const char *given = row->env ? getenv(row->env) : NULL;

	if (given && *given)
		return option_value_set(row, row->env, given, why);
	return !row->secret || take_secret_file(row, why);
}
