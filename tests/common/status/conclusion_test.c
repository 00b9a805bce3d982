/* covers: conclusion, overview */
#include "status/conclusion.h"
#include "tap.h"

enum { MOST = 40 };

static struct entity_status entities[MOST];

static struct overview
begin(size_t count)
{
	struct overview o = {
		.schema = "raw",
		.now_us = 10 * CLOCK_DAY,
		.max_age_us = CLOCK_DAY,
		.max_age = "1d",
		.entities = { .at = entities, .count = count },
	};

	for (size_t i = 0; i < count; i++)
		entities[i] = (struct entity_status){
			.entity = "RecurringTransaction",
			.covered_us = 9 * CLOCK_DAY,
		};
	return o;
}

static void
test_late(void)
{
	struct overview o = begin(2);
	struct failure why = { 0 };

	entity_statuses_judge(&o.entities, o.now_us, o.max_age_us);
	ok(conclusion_draw(&o, &why) && !why.kind,
	   "as old as allowed is not late");
	entities[1].covered_us--;
	entity_statuses_judge(&o.entities, o.now_us, o.max_age_us);
	ok(!entities[0].late && entities[1].late, "a microsecond more is");
	entities[1].covered_us = STATUS_NEVER;
	entities[1].entity = "Item";
	entity_statuses_judge(&o.entities, o.now_us, o.max_age_us);
	ok(!conclusion_draw(&o, &why) && why.kind == FAILURE_LATER,
	   "what was never covered is late");
	is(why.text,
	   "1 of 2 entities is older than 1d: Item (not covered by "
	   "updated)",
	   "it is named");
	is(why.next, "qb-sync Item --from=TIME", "and what helps");
	o.schema = "a'b";
	ok(!conclusion_draw(&o, &why), "in another schema");
	is(why.next, "qb-sync Item --from=TIME --schema='a'\\''b'",
	   "it is quoted");
	entities[0].covered_us = 0;
	entity_statuses_judge(&o.entities, o.now_us, o.max_age_us);
	ok(!conclusion_draw(&o, &why), "one is covered, one is not");
	is(why.next,
	   "qb-sync RecurringTransaction,Item --from=TIME "
	   "--schema='a'\\''b'",
	   "from when must be said for one of them");
	entities[0].unlisted = true;
	ok(!conclusion_draw(&o, &why), "one of them is not listed");
	is(why.next,
	   "qb-sync Item --unlisted=RecurringTransaction --from=TIME "
	   "--schema='a'\\''b'",
	   "it is named as such");
}

/* QuickBooks' log of changes leaves them out, so they are read less often. */
static void
test_unlogged(void)
{
	struct overview o = begin(2);

	entities[0].unlogged = true;
	entities[0].covered_us = entities[1].covered_us = 2 * CLOCK_DAY;
	entity_statuses_judge(&o.entities, o.now_us, CLOCK_DAY);
	ok(!entities[0].late && entities[1].late,
	   "eight days are not late for an unlogged entity");
	entities[0].covered_us--;
	entity_statuses_judge(&o.entities, o.now_us, CLOCK_DAY);
	ok(entities[0].late, "a microsecond more is");
	entity_statuses_judge(&o.entities, o.now_us, 9 * CLOCK_DAY);
	ok(!entities[0].late, "a longer --max-age holds for it, too");
	entities[0].covered_us = STATUS_NEVER;
	entity_statuses_judge(&o.entities, o.now_us, CLOCK_DAY);
	ok(entities[0].late, "what was never covered is late at once");
}

static void
test_many(void)
{
	struct overview o = begin(MOST);
	struct failure why = { 0 };

	for (size_t i = 0; i < MOST; i++)
		entities[i].covered_us = (int64_t)i * CLOCK_SECOND;
	entity_statuses_judge(&o.entities, o.now_us, o.max_age_us);
	ok(!conclusion_draw(&o, &why), "forty are late");
	ok(strstr(why.text, "40 of 40 entities are older than 1d: ") &&
		   strstr(why.text, " and 32 more"),
	   "a few are named, the others are counted");
	is(why.next, "qb-sync", "all that is there is read");
	entities[7].covered_us = STATUS_NEVER;
	ok(!conclusion_draw(&o, &why), "one of them was never covered");
	is(why.next, "qb-sync ENTITY... --from=TIME",
	   "from when must be said by who knows it");
}

static void
test_login(void)
{
	struct overview o = begin(1);
	struct login_status *l = &o.login;
	struct failure why = { 0 };

	l->expiry.state = EXPIRY_OVER;
	ok(conclusion_draw(&o, &why), "a login that was not asked for is fine");
	l->asked = true;
	ok(!conclusion_draw(&o, &why) && why.kind == FAILURE_LOGIN, "no login");
	is(overview_verdict(&why), "login", "its verdict");
	l->found = true;
	entities[0].late = true;
	ok(!conclusion_draw(&o, &why) && why.kind == FAILURE_LOGIN,
	   "it has expired, and something is late");
	is(why.text,
	   "the login has expired; 1 of 1 entities is older than 1d: "
	   "RecurringTransaction (covered until "
	   "1970-01-10T00:00:00Z)",
	   "both are said");
	is(why.next, "qb-auth login; then qb-sync RecurringTransaction",
	   "and what helps, in order");
	l->expiry = (struct expiry){ .state = EXPIRY_SOON,
				     .idle_days = 6,
				     .login_days = -1 };
	entities[0].late = false;
	ok(!conclusion_draw(&o, &why) && why.kind == FAILURE_LATER,
	   "it ends soon");
	is(why.next, "qb-auth token >/dev/null, which extends it",
	   "using it helps");
	is(overview_verdict(&why), "late", "the verdict is another one");
}

static void
test_ages(void)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{ -5, "0s" },         { 0, "0s" },        { 59, "59s" },
		{ 60, "1m" },         { 3599, "59m" },    { 3600, "1h 0m" },
		{ 86399, "23h 59m" }, { 86400, "1d 0h" }, { 90000, "1d 1h" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		char text[OVERVIEW_AGE];

		overview_age(cases[i].seconds * CLOCK_SECOND, text);
		is(text, cases[i].text, "an age");
	}
}

int
main(void)
{
	test_late();
	test_unlogged();
	test_many();
	test_login();
	test_ages();
	return tap_done();
}
