/* covers: metrics */
#include "status/metrics.h"
#include "tap.h"

static void
test_labels(void)
{
	static const struct {
		const char *value, *written;
	} cases[] = {
		{ "raw", "schema=\"raw\"" },
		{ "", "schema=\"\"" },
		{ "a\"b", "schema=\"a\\\"b\"" },
		{ "a\\b", "schema=\"a\\\\b\"" },
		{ "a\\\"\n", "schema=\"a\\\\\\\"\\n\"" },
		{ "espa\xC3\xB1"
		  "a",
		  "schema=\"espa\xC3\xB1"
		  "a\"" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct failure why = { 0 };
		struct buf to;

		buf_init(&to, 1024);
		ok(metrics_write_label("schema", cases[i].value, &to, &why),
		   "a label is written");
		is(to.at, cases[i].written, "a label is escaped");
		buf_free(&to);
	}
}

/* What is known of one entity, of which nothing else is. */
static void
test_samples(void)
{
	struct entity_status e = { .entity = "Item",
				   .covered_us = STATUS_NEVER,
				   .again_us = STATUS_NEVER,
				   .loaded_us = 1500000,
				   .deleted = -1,
				   .late = true };
	struct overview o = { .schema = "raw",
			      .entities = { .at = &e, .count = 1 },
			      .login = { .calls = -1 } };
	struct failure why = { 0 };
	struct buf to;

	buf_init(&to, 16 * 1024);
	ok(metrics_write(&o, &to, &why), "metrics are written");
	ok(strstr(to.at, "\nqb_last_load_timestamp_seconds{schema=\"raw\","
			 "entity=\"Item\"} 1.500000\n") != NULL,
	   "a time is seconds with a fraction");
	ok(strstr(to.at, "\nqb_late{schema=\"raw\",entity=\"Item\"} 1\n") !=
		   NULL,
	   "what is late is 1");
	ok(!strstr(to.at, "qb_covered_until_timestamp_seconds{"),
	   "a time that there is not has no sample");
	ok(!strstr(to.at, "qb_rows{") && !strstr(to.at, "qb_deleted_rows{"),
	   "rows that are not known have no sample");
	ok(!strstr(to.at, "qb_login_expires_timestamp_seconds{") &&
		   !strstr(to.at, "qb_calls_this_month{"),
	   "nor do a login and calls");
	ok(to.len > 6 && !strcmp(to.at + to.len - 6, "# EOF\n"),
	   "the last line says so");
	buf_clear(&to);
	e.covered_us = -1500000;
	e.deleted = 2;
	e.table_rows = 5;
	ok(metrics_write(&o, &to, &why), "metrics are written again");
	ok(strstr(to.at, "qb_covered_until_timestamp_seconds{schema=\"raw\","
			 "entity=\"Item\"} -1\n") != NULL,
	   "a time before 1970 is a number, too");
	ok(strstr(to.at, "qb_rows{schema=\"raw\",entity=\"Item\"} 3\n") != NULL,
	   "deleted rows are not among the rows");
	buf_free(&to);
}

int
main(void)
{
	test_labels();
	test_samples();
	return tap_done();
}
