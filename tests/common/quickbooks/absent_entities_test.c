/* covers: absent_entities */
#include <unistd.h>

#include "base/log.h"
#include "quickbooks/absent_entities.h"
#include "tap.h"

static struct absent_entities absent;
static const struct failure refused = { .kind = FAILURE_REFUSED,
					.text = "HTTP 400, 5020 No access",
					.next = "check it" };

static const struct entity *
of(const char *name)
{
	return entity_find(slice_of(name));
}

static const char *
said(const char *path)
{
	static char text[2000];

	fflush(stderr);
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text) - 1, in) : 0;
	if (in)
		fclose(in);
	text[len] = '\0';
	return text;
}

static void
test_optional(const char *path)
{
	struct failure why = { 0 };

	ok(absent_entities_ticket(&absent, of("Budget"), true) &&
		   absent_entities_ticket(&absent, of("Invoice"), false),
	   "tickets are taken");
	ok(!absent_entities_has(&absent, of("Budget")), "nothing is absent");
	absent_entities_add(&absent, of("Budget"), &refused);
	ok(absent_entities_has(&absent, of("Budget")) &&
		   !absent_entities_has(&absent, of("Invoice")) &&
		   !absent_entities_has(&absent, of("Bill")),
	   "one is");
	absent_entities_add(&absent, of("Budget"), &refused);
	const char *text = said(path);
	ok(strstr(text, "Budget is not in this company, and is left out: HTTP "
			"400, 5020 No access\n") != NULL,
	   "it is said, with QuickBooks' words");
	ok(strchr(text, '\n') == text + strlen(text) - 1, "once, in one line");
	ok(!absent_entities_ticket(&absent, of("Budget"), true),
	   "more tickets of it are left out");
	ok(!absent_entities_fail(&absent), "it was optional");
	absent_entities_report(&absent, &why);
	ok(!why.kind, "which is no failure");
}

static void
test_named(void)
{
	struct failure why = { 0 };

	ok(!absent_entities_ticket(&absent, of("Budget"), false) &&
		   absent_entities_fail(&absent),
	   "a later ticket names it");
	absent_entities_ticket(&absent, of("JournalCode"), false);
	absent_entities_ticket(&absent, of("JournalCode"), true);
	absent_entities_add(&absent, of("JournalCode"), &refused);
	absent_entities_report(&absent, &why);
	ok(why.kind == FAILURE_REFUSED, "that is a failure");
	is(why.text,
	   "Budget, JournalCode: not in this company; all others are sealed, "
	   "and the stream has no end",
	   "which names all");
	is(why.next, "leave out Budget, JournalCode", "and what helps");
	fail(&why, FAILURE_LATER, "first");
	absent_entities_report(&absent, &why);
	is(why.text, "first", "an earlier failure stays");
	absent_entities_add(&absent, of("Vendor"), &refused);
	ok(!absent_entities_has(&absent, of("Vendor")),
	   "what no ticket asked for is not added");
}

static void
test_all(void)
{
	static struct absent_entities all;
	struct failure why = { 0 };

	for (size_t i = 0; entity_at(i); i++) {
		absent_entities_ticket(&all, entity_at(i), false);
		absent_entities_add(&all, entity_at(i), &refused);
	}
	absent_entities_report(&all, &why);
	ok(why.kind == FAILURE_REFUSED && strstr(why.text, "Account, "),
	   "all of them at once");
}

int
main(void)
{
	char path[] = "/tmp/qb-absent.XXXXXX";
	int file = mkstemp(path);

	if (file < 0 || dup2(file, STDERR_FILENO) < 0)
		return 1;
	log_begin("qb-test");
	test_optional(path);
	test_named();
	test_all();
	close(file);
	remove(path);
	return tap_done();
}
