#include "postgres/sql_template.h"

bool
sql_template_check_schema(const char *name, struct failure *why)
{
	size_t len = strlen(name);

	if (len && len <= SQL_TEMPLATE_LONGEST_NAME)
		return true;
	return fail(why, FAILURE_USAGE,
		    "--schema takes a name of 1 to %d bytes, not %zu",
		    SQL_TEMPLATE_LONGEST_NAME, len);
}

static const char *
value_of(const char *name, size_t len, const struct sql_variable *with,
	 size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slice_equal((struct slice){ name, len },
				slice_of(with[i].name)))
			return with[i].value ? with[i].value : "";
	BUG("a statement with a variable that has no value");
}

/* The value in quotes; quotes within it are doubled. */
static bool
add_quoted(const char *value, char quote, struct buf *to, struct failure *why)
{
	if (!buf_add(to, &quote, 1, why))
		return false;
	for (const char *at = value; *at; at++)
		if (!buf_add(to, at, 1, why) ||
		    (*at == quote && !buf_add(to, at, 1, why)))
			return false;
	return buf_add(to, &quote, 1, why);
}

/* `at` is at the colon; returns what follows the closing quote. */
static const char *
add_variable(const char *at, const struct sql_variable *with, size_t count,
	     struct buf *to, struct failure *why)
{
	char quote = at[1];
	const char *name = at + 2;
	const char *end = strchr(name, quote);

	if (!end)
		BUG("a statement with a variable that does not end");
	const char *value = value_of(name, (size_t)(end - name), with, count);
	size_t len = strlen(value);
	if (quote == '"' && (!len || len > SQL_TEMPLATE_LONGEST_NAME)) {
		fail(why, FAILURE_USAGE,
		     "%.*s: a name has 1 to %d bytes, not %zu",
		     (int)(end - name), name, SQL_TEMPLATE_LONGEST_NAME, len);
		return NULL;
	}
	return add_quoted(value, quote, to, why) ? end + 1 : NULL;
}

/* Skip one byte, or a literal, identifier, comment or $$ body, in which psql
 * does not expand variables. */
static const char *
skip_quoted(const char *at)
{
	static const char *const pairs[][2] = {
		{ "'", "'" }, { "\"", "\"" }, { "--", "\n" }, { "$$", "$$" }
	};

	for (size_t i = 0; i < LENGTH(pairs); i++) {
		size_t len = strlen(pairs[i][0]);

		if (strncmp(at, pairs[i][0], len))
			continue;
		const char *end = strstr(at + len, pairs[i][1]);
		if (!end)
			BUG("a statement that ends inside quotes");
		return end + strlen(pairs[i][1]);
	}
	return at + 1;
}

bool
sql_template_expand(const char *sql, const struct sql_variable *with,
		    size_t count, struct buf *to, struct failure *why)
{
	while (*sql) {
		if (*sql == ':' && (sql[1] == '"' || sql[1] == '\'')) {
			sql = add_variable(sql, with, count, to, why);
			if (!sql)
				return false;
			continue;
		}
		const char *next = sql[0] == ':' && sql[1] == ':'
					   ? sql + 2
					   : skip_quoted(sql);

		if (!buf_add(to, sql, (size_t)(next - sql), why))
			return false;
		sql = next;
	}
	return true;
}
