#include <ctype.h>

#include "postgres/sqlstate.h"

/*
 * By class or code; the longest match counts.  PostgreSQL's manual, appendix A.
 */
static const struct {
	const char *prefix;
	enum failure_kind kind;
	const char *next; /* NULL: the default of the kind */
} states[] = {
	{ "08", FAILURE_LATER, NULL }, /* connection */
	{ "0A", FAILURE_REFUSED, NULL },
	{ "22", FAILURE_DATA, NULL }, /* a value that does not fit */
	{ "23", FAILURE_DATA, NULL }, /* a constraint */
	{ "25", FAILURE_REFUSED, NULL },
	{ "25006", FAILURE_REFUSED,
	  "connect to the primary: this server is read-only" },
	{ "25P03", FAILURE_LATER, NULL }, /* idle in a transaction */
	{ "28", FAILURE_REFUSED,
	  "check PGUSER, the password (~/.pgpass, PGPASSFILE) and the server's "
	  "pg_hba.conf" },
	{ "3D", FAILURE_REFUSED,
	  "check PGDATABASE or --dsn; createdb creates a database" },
	{ "40", FAILURE_LATER, NULL }, /* deadlock, serialization */
	{ "42", FAILURE_REFUSED, NULL },
	{ "42501", FAILURE_REFUSED,
	  "have the owner run grants.sql (in share/qb/sql/schema), or connect "
	  "as another user" },
	{ "53", FAILURE_LATER, NULL }, /* connections, memory */
	{ "53100", FAILURE_LATER,
	  "free disk space on the server, then run the same command again" },
	{ "54", FAILURE_DATA, NULL }, /* nested too deep, too long */
	{ "55", FAILURE_LATER, NULL },
	{ "57", FAILURE_LATER, NULL }, /* shutdown, cancelled, timeout */
	{ "58", FAILURE_LATER, NULL }, /* the server's disk */
};

bool
sqlstate_fail(const char *state, const char *said, struct failure *why)
{
	enum failure_kind kind = FAILURE_REFUSED;
	const char *next = NULL;
	size_t best = 0;

	for (size_t i = 0; i < LENGTH(states); i++) {
		size_t len = strlen(states[i].prefix);

		if (len > best && !strncmp(state, states[i].prefix, len)) {
			best = len;
			kind = states[i].kind;
			next = states[i].next;
		}
	}
	fail(why, kind, "PostgreSQL says: %s (%s)", said, state);
	return next ? fail_next(why, "%s", next) : false;
}

bool
sqlstate_find(const char *message, char state[SQLSTATE_SIZE], const char **said)
{
	const char *at = message;

	while ((at = strstr(at, ":  "))) {
		size_t i = 0;

		at += 3;
		while (i < 5 && (isupper((unsigned char)at[i]) ||
				 isdigit((unsigned char)at[i])))
			i++;
		if (i < 5 || at[5] != ':')
			continue;
		memcpy(state, at, 5);
		state[5] = '\0';
		*said = at + 7;
		return true;
	}
	return false;
}

/* It is the last line of the context: functions called by it come before. */
int64_t
sqlstate_copy_row(const char *context)
{
	const char *at = context;

	while (at && strncmp(at, "COPY ", 5)) {
		at = strchr(at, '\n');
		at = at ? at + 1 : NULL;
	}
	at = at ? strchr(at, ',') : NULL;
	if (!at)
		return 0;
	at += strcspn(at, "0123456789");
	return (int64_t)strtoll(at, NULL, 10);
}
