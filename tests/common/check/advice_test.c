/* What qb-check says of entities that are not ok. */
#include "check/advice.h"
#include "tap.h"

static const struct range whole = { .start_us = 0, .end_us = 7 * CLOCK_DAY };

static void
begin(struct proof *p, const char *entity)
{
	proof_init(p);
	p->entity = entity_find(slice_of(entity));
	p->range = (struct time_range){ whole.start_us, whole.end_us };
	p->in_range = p->in_table = p->counted = 10;
	time_ranges_add(&p->covered, p->range);
}

static void
says(const struct proof *proofs, size_t count,
     const struct advice_options *options, const char *text, const char *next,
     const char *what)
{
	struct failure why = { 0 };

	ok(!advice_conclude(proofs, count, options, &why), "%s: refused", what);
	is(why.text, text, what);
	is(why.next, next, what);
}

static void
test_one(void)
{
	struct advice_options options = { .range = &whole, .schema = "raw" };
	struct failure why = { 0 };
	struct proof p;

	begin(&p, "Item");
	proof_conclude(&p);
	ok(advice_conclude(&p, 1, &options, &why), "what is ok needs nothing");
	proof_free(&p);

	begin(&p, "Item");
	time_ranges_free(&p.covered);
	proof_conclude(&p);
	says(&p, 1, &options, "Item: incomplete",
	     "load what is missing: qb-backfill Item "
	     "--from=1970-01-01T00:00:00Z --to=1970-01-08T00:00:00Z",
	     "what was not loaded is loaded");
	p.entity = entity_unlisted(SLICE("ChangeOrder"), &why);
	says(&p, 1, &options, "ChangeOrder: incomplete",
	     "load what is missing: qb-backfill --unlisted=ChangeOrder "
	     "--from=1970-01-01T00:00:00Z --to=1970-01-08T00:00:00Z",
	     "an unlisted one is named as such");
	p.entity = entity_find(SLICE("Item"));
	options.run = "second";
	says(&p, 1, &options, "Item: incomplete",
	     "leave out --run, to count what all runs loaded",
	     "another run may have loaded it");
	proof_free(&p);
}

static void
test_reload(void)
{
	static char longest[600];
	struct range open = whole;
	struct advice_options options = { .range = &open, .schema = "acme" };
	struct proof p;

	begin(&p, "Item");
	p.counted = 12;
	proof_conclude(&p);
	open.open = true;
	open.by = WINDOW_BY_CREATED;
	says(&p, 1, &options, "Item: incomplete",
	     "reload: qb-backfill Item --reload --from=1970-01-01T00:00:00Z "
	     "--by=created --schema=acme, or replay the archive",
	     "the command repeats what was typed");
	proof_free(&p);

	begin(&p, "Item");
	proof_add_finding(&p, FAILURE_DATA, "a file is damaged");
	proof_conclude(&p);
	options = (struct advice_options){ .range = &whole,
					   .schema = "raw",
					   .archive = "qb-archive" };
	says(&p, 1, &options, "Item: damaged",
	     "reload: qb-backfill Item --reload --from=1970-01-01T00:00:00Z "
	     "--to=1970-01-08T00:00:00Z --archive=qb-archive",
	     "a damaged archive is written again");
	options.archive = "Ann's files; rm x";
	says(&p, 1, &options, "Item: damaged",
	     "reload: qb-backfill Item --reload --from=1970-01-01T00:00:00Z "
	     "--to=1970-01-08T00:00:00Z --archive='Ann'\\''s files; rm x'",
	     "a name is quoted for the shell");
	memset(longest, 'x', sizeof(longest) - 1);
	options.archive = longest;
	says(&p, 1, &options, "Item: damaged",
	     "reload: qb-backfill with the same options and --reload",
	     "a command that is too long is not cut");
	options.archive = NULL;
	proof_free(&p);

	begin(&p, "Item");
	p.counted = 12;
	p.loaded.rejected = 2;
	proof_conclude(&p);
	says(&p, 1, &options, "Item: damaged",
	     "see the rejected rows in the file of qb-load --rejects: jsonb "
	     "cannot hold them",
	     "rejected rows do not come by reloading");
	proof_free(&p);
}

/* Only the windows that have to be read again. */
static void
test_windows(void)
{
	struct advice_options options = { .range = &whole, .schema = "raw" };
	struct proof p[2];
	const int64_t days[] = { 5, 1, 4 };

	begin(&p[0], "Item");
	proof_conclude(&p[0]);
	for (size_t i = 0; i < LENGTH(days); i++) {
		struct proof_difference d = {
			.range = { days[i] * CLOCK_DAY + (i == 1),
				   (days[i] + 1) * CLOCK_DAY - (i == 1) },
			.windows = 1,
			.missing = 1
		};

		proof_add_difference(&p[0], &d);
	}
	says(p, 1, &options, "Item: incomplete",
	     "reload: qb-backfill Item --reload --from=1970-01-02T00:00:00Z "
	     "--to=1970-01-03T00:00:00Z && qb-backfill Item --reload "
	     "--from=1970-01-05T00:00:00Z --to=1970-01-07T00:00:00Z, or "
	     "replay the archive",
	     "in order, those that touch together, in whole seconds");
	options.archive = "a/folder/with/a/name/that/is/so/long/that/the/"
			  "commands/for/two/windows/do/not/fit/although/the/"
			  "command/for/one/window/does/and/so/it/is/one/from/"
			  "the/first/window/to/the/last/one";
	says(p, 1, &options, "Item: incomplete",
	     "reload: qb-backfill Item --reload --from=1970-01-02T00:00:00Z "
	     "--to=1970-01-07T00:00:00Z "
	     "--archive=a/folder/with/a/name/that/is/so/long/that/the/"
	     "commands/for/two/windows/do/not/fit/although/the/command/for/"
	     "one/window/does/and/so/it/is/one/from/the/first/window/to/the/"
	     "last/one, or replay the archive",
	     "if they do not fit, one from the first to the last");
	options.archive = NULL;
	begin(&p[1], "Bill");
	p[1].counted = 12;
	proof_conclude(&p[1]);
	says(p, 2, &options,
	     "2 of 2 entities are not ok: Item is incomplete, Bill is "
	     "incomplete",
	     "reload: qb-backfill Item Bill --reload "
	     "--from=1970-01-01T00:00:00Z --to=1970-01-08T00:00:00Z, or "
	     "replay the archive",
	     "the whole range, if the windows of one are not known");
	proof_free(&p[0]);
	proof_free(&p[1]);
}

static void
test_many(void)
{
	static const char *const names[] = {
		"Invoice", "Item",  "Bill",    "Customer",   "Vendor",
		"Payment", "Class", "Account", "CreditMemo", "Deposit",
	};
	struct advice_options options = { .range = &whole, .schema = "raw" };
	struct proof p[LENGTH(names)];

	for (size_t i = 0; i < LENGTH(names); i++)
		begin(&p[i], names[i]);
	time_ranges_free(&p[0].covered);
	proof_conclude(&p[0]);
	proof_add_finding(&p[1], FAILURE_DATA, "a file is damaged");
	says(p, LENGTH(names), &options,
	     "2 of 10 entities are not ok: Invoice is incomplete, Item is "
	     "damaged",
	     "reload: qb-backfill Item --reload --from=1970-01-01T00:00:00Z "
	     "--to=1970-01-08T00:00:00Z",
	     "damage is told first");
	proof_free(&p[1]);
	begin(&p[1], names[1]);
	p[1].counted = 12;
	proof_conclude(&p[1]);
	time_ranges_free(&p[2].covered);
	proof_conclude(&p[2]);
	says(p, LENGTH(names), &options,
	     "3 of 10 entities are not ok: Invoice is incomplete, Item is "
	     "incomplete, Bill is incomplete",
	     "load what is missing: qb-backfill Invoice Bill "
	     "--from=1970-01-01T00:00:00Z --to=1970-01-08T00:00:00Z",
	     "what was never loaded comes before what is short of rows");
	for (size_t i = 1; i < LENGTH(names); i++) {
		proof_free(&p[i]);
		begin(&p[i], names[i]);
		time_ranges_free(&p[i].covered);
		proof_conclude(&p[i]);
	}
	says(p, LENGTH(names), &options,
	     "10 of 10 entities are not ok: Invoice is incomplete, Item is "
	     "incomplete, Bill is incomplete, Customer is incomplete, Vendor "
	     "is incomplete, Payment is incomplete, Class is incomplete, "
	     "Account is incomplete and 2 more",
	     "load what is missing: qb-backfill ENTITY... "
	     "--from=1970-01-01T00:00:00Z --to=1970-01-08T00:00:00Z",
	     "of many only some are named");
	for (size_t i = 0; i < LENGTH(names); i++)
		proof_free(&p[i]);
}

static void
test_absent(void)
{
	struct advice_options options = { .range = &whole, .schema = "raw" };
	struct proof p[2];

	begin(&p[0], "Budget");
	begin(&p[1], "Invoice");
	p[0].absent = p[1].absent = p[1].loaded_before = true;
	proof_conclude(&p[0]);
	proof_conclude(&p[1]);
	says(p, 2, &options,
	     "2 of 2 entities are not ok: Budget is absent, Invoice is "
	     "incomplete",
	     "log in as an administrator of the company (qb-auth login), or "
	     "name the entities without those",
	     "what was loaded before may be missing by a lost right");
	says(p, 1, &options, "Budget: absent",
	     "leave out what the company does not have, or name a group of "
	     "entities: all, lists or transactions",
	     "what never was is left out");
	proof_free(&p[0]);
	proof_free(&p[1]);
}

int
main(void)
{
	test_one();
	test_reload();
	test_windows();
	test_many();
	test_absent();
	return tap_done();
}
