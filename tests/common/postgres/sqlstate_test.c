/* covers: sqlstate */
#include "postgres/sqlstate.h"
#include "tap.h"

static void
test_kinds(void)
{
	static const struct {
		const char *state, *means;
		enum failure_kind kind;
	} cases[] = {
		{ "08006", "a broken connection", FAILURE_LATER },
		{ "57P01", "a server that stops", FAILURE_LATER },
		{ "57P03", "a server that starts", FAILURE_LATER },
		{ "57014", "a statement that took too long", FAILURE_LATER },
		{ "40001", "a serialization failure", FAILURE_LATER },
		{ "40P01", "a deadlock", FAILURE_LATER },
		{ "53100", "a full disk", FAILURE_LATER },
		{ "53300", "too many connections", FAILURE_LATER },
		{ "55P03", "a lock that is not to be had", FAILURE_LATER },
		{ "58030", "a broken disk", FAILURE_LATER },
		{ "25P03", "idle for too long", FAILURE_LATER },
		{ "25006", "a read-only server", FAILURE_REFUSED },
		{ "28P01", "a wrong password", FAILURE_REFUSED },
		{ "28000", "a user that is not let in", FAILURE_REFUSED },
		{ "3D000", "no such database", FAILURE_REFUSED },
		{ "42501", "no right", FAILURE_REFUSED },
		{ "42P01", "no such table", FAILURE_REFUSED },
		{ "0A000", "what is not supported", FAILURE_REFUSED },
		{ "22P05", "a character that jsonb refuses", FAILURE_DATA },
		{ "22003", "a number that is too large", FAILURE_DATA },
		{ "23502", "a constraint", FAILURE_DATA },
		{ "54001", "nested too deep", FAILURE_DATA },
		{ "XX000", "anything else", FAILURE_REFUSED },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };

		ok(!sqlstate_fail(cases[i].state, "words", &why) &&
			   why.kind == cases[i].kind &&
			   strstr(why.text, cases[i].state),
		   "%s is %d", cases[i].means, (int)cases[i].kind);
	}
}

static void
test_find(void)
{
	char state[SQLSTATE_SIZE];
	const char *said = "";

	ok(sqlstate_find("connection to server on socket \"/a:  b\" failed: "
			 "FATAL:  28P01: password authentication failed\n"
			 "LOCATION:  auth_failed, auth.c:338\n",
			 state, &said),
	   "a verbose message has a state");
	is(state, "28P01", "which is found");
	ok(!strncmp(said, "password authentication", 23),
	   "and what was said follows");
	ok(sqlstate_find("FATAL:  la base: FATAL:  3D000: existe pas", state,
			 &said) &&
		   !strcmp(state, "3D000"),
	   "in any language");
	ok(!sqlstate_find("could not connect: No such file", state, &said),
	   "a message of libpq's own has none");
}

static void
test_row(void)
{
	ok(sqlstate_copy_row("COPY qb_stage, line 17, column payload") == 17,
	   "the row of a COPY");
	ok(sqlstate_copy_row("COPY qb_stage, Zeile 3, Spalte payload") == 3,
	   "in another language");
	ok(sqlstate_copy_row("JSON data, line 1: {\"a\":\"...\nCOPY t, "
			     "line 9, column j") == 9,
	   "and behind what the column was read from");
	ok(sqlstate_copy_row("SQL function \"f\" statement 1, line 2") == 0,
	   "no COPY, no row");
	ok(sqlstate_copy_row(NULL) == 0, "no context, no row");
	ok(sqlstate_copy_row("COPY qb_stage") == 0, "nor without a number");
}

int
main(void)
{
	test_kinds();
	test_find();
	test_row();
	return tap_done();
}
