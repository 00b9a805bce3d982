/*
 * qb-check - prove that a range is in the table, or say what is missing.
 *
 * In:   nothing.  Out: for each entity how many rows QuickBooks has, how many
 * were read, archived and loaded, how many the table has, and the verdict.
 * Promise: the exit status is 0 only if all of that agrees; nothing is changed
 * anywhere.  One call to QuickBooks per entity, which counts the rows of the
 * range; and more only where something differs, to name the windows.
 */
#include <fcntl.h>

#include "audit/counting.h"
#include "audit/loaded_windows.h"
#include "base/clock.h"
#include "base/log.h"
#include "check/advice.h"
#include "check/last_reading.h"
#include "check/loaded_before.h"
#include "check/proof_report.h"
#include "check/table_query.h"
#include "check/unarchived.h"
#include "check/wanted_proofs.h"
#include "postgres/connect.h"
#include "stream/lines.h"
#include "stream/range.h"

static const char *schema;
static const char *archive;
static const char *run;
static const char *absent;
static const char *status_file;
static bool offline;
static bool outside;
static bool as_json;

static const struct option_row rows[] = {
	{ .name = "schema",
	  .argument = "NAME",
	  .preset = "raw",
	  .help = "schema of the tables and of the load log",
	  .text = &schema },
	{ .name = "archive",
	  .argument = "DIR",
	  .help = "also read the archived files and check them",
	  .text = &archive },
	{ .name = "run",
	  .argument = "ID",
	  .help = "count only what this run loaded",
	  .text = &run },
	{ .name = "offline",
	  .help = "do not ask QuickBooks; compare what is here",
	  .on = &offline },
	{ .name = "outside",
	  .help = "also count the rows outside the range, by up to two more "
		  "calls per entity",
	  .on = &outside },
	{ .name = "absent",
	  .argument = "NAMES",
	  .help = "entities that the company does not have; they are not asked "
		  "for",
	  .text = &absent },
	{ .name = "status-file",
	  .argument = "FILE",
	  .help = "append a line of JSON with the number of calls",
	  .text = &status_file },
	{ .name = "json",
	  .help = "print one line of JSON per entity instead of text",
	  .on = &as_json },
};

static const struct option_table options = {
	.tool = "qb-check",
	.operands = "ENTITY...",
	.about = "Prove that a range is in the table, or say what is missing.",
	.rows = rows,
	.count = LENGTH(rows),
};

/* What is known of an entity beside its proof. */
struct subject {
	struct narrowing pieces; /* the windows that cover its range */
	struct suspects suspects;
};

struct check {
	struct qbo_client *qbo; /* NULL: offline */
	struct counting counting;
	struct pg pg;
	struct ledger_query ledger;
	int archive_fd; /* its folder; -1: none */
	int status_fd;  /* of --status-file; -1: none */
	struct proof proofs[ENTITY_MOST];
	struct subject subjects[ENTITY_MOST];
	size_t count;
};

static bool
begin_proofs(struct check *c, const struct entity_list *wanted,
	     const struct range *span, struct failure *why)
{
	const struct wanted_proofs proofs = { .entities = wanted,
					      .range = span,
					      .absent = absent,
					      .with_archive = archive,
					      .with_outside = outside,
					      .offline = offline };

	if (!wanted_proofs_begin(&proofs, c->proofs, why))
		return false;
	c->count = wanted->count;
	for (size_t i = 0; i < c->count; i++)
		suspects_init(&c->subjects[i].suspects);
	return true;
}

/*
 * Without --to, or with one in the future, the range ends where the entity's
 * last load ended: what came later cannot have been loaded.
 */
static void
end_with_last_load(struct proof *p)
{
	const struct time_ranges *covered = &p->covered;

	if (!covered->count)
		return;
	int64_t end_us = covered->ranges[covered->count - 1].end_us;
	if (end_us > p->range.start_us && end_us < p->range.end_us)
		p->range.end_us = end_us;
}

static bool
read_coverage(struct check *c, const struct range *span, struct failure *why)
{
	for (size_t i = 0; i < c->count; i++) {
		struct proof *p = &c->proofs[i];

		if (!ledger_query_coverage(&c->ledger, p->entity, p->by, run,
					   &p->covered, why))
			return false;
		if (span->open || span->cut)
			end_with_last_load(p);
		if (!last_reading_read(&c->ledger, p, run, why))
			return false;
	}
	return true;
}

static bool
check_table(struct check *c, struct proof *p, struct subject *s,
	    struct failure *why)
{
	struct provenance provenance;
	struct table_counts counts;

	provenance_init(&provenance);
	table_counts_init(&counts);
	bool done = table_query_read(&c->ledger, p, &provenance, &counts, why);
	if (done) {
		provenance_check(&provenance, &counts, p->range, &s->suspects);
		narrowing_fill(&s->pieces, &counts);
	}
	provenance_free(&provenance);
	table_counts_free(&counts);
	return done;
}

static bool
check_entity(struct check *c, struct proof *p, struct subject *s,
	     struct failure *why)
{
	const struct loaded_windows windows = { &c->ledger, run, archive,
						c->archive_fd };

	narrowing_init(&s->pieces, p->range);
	if (p->absent) {
		if (!loaded_before_read(&c->ledger, p, why))
			return false;
		proof_conclude(p);
		return true;
	}
	if (!loaded_windows_check(&windows, p, &s->pieces, why) ||
	    !check_table(c, p, s, why) ||
	    (archive && !unarchived_check(&c->ledger, p, run, why)))
		return false;
	proof_conclude(p);
	return true;
}

static void
name_windows(struct check *c, size_t i)
{
	counting_name_windows(&c->counting, &c->proofs[i],
			      &c->subjects[i].pieces, &c->subjects[i].suspects);
}

/* What is wrong comes first, since there may not be counts enough for all. */
static void
name_all_windows(struct check *c)
{
	bool wrong[ENTITY_MOST];

	for (size_t i = 0; i < c->count; i++) {
		wrong[i] =
			c->proofs[i].verdict || c->subjects[i].suspects.count;
		if (wrong[i])
			name_windows(c, i);
	}
	for (size_t i = 0; i < c->count; i++)
		if (!wrong[i])
			name_windows(c, i);
}

static bool
write_proofs(const struct check *c, struct lines_out *out, struct failure *why)
{
	size_t bad = 0, missing = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct proof *p = &c->proofs[i];

		bad += p->verdict != FAILURE_NONE;
		missing += p->absent;
		if (!(as_json ? proof_write_json(p, &out->pending, why)
			      : proof_write(p, &out->pending, why)) ||
		    !lines_push(out, why))
			return false;
	}
	if (as_json || bad || c->count == 1)
		return true;
	return buf_printf(&out->pending, why, "%zu of %zu entities ok",
			  c->count - missing, c->count - missing) &&
	       (!missing || buf_printf(&out->pending, why,
				       ", %zu not in this company", missing)) &&
	       buf_printf(&out->pending, why, "\n");
}

static bool
open_archive(struct check *c, struct failure *why)
{
	c->archive_fd = -1;
	if (!archive)
		return true;
	c->archive_fd = open(archive, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->archive_fd >= 0 ||
	       fail(why, FAILURE_USAGE, "--archive=%s: %s", archive,
		    strerror(errno));
}

static bool
open_status_file(struct check *c, struct failure *why)
{
	if (!status_file)
		return true;
	c->status_fd = open(status_file,
			    O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	return c->status_fd >= 0 ||
	       fail(why, FAILURE_USAGE, "--status-file=%s: %s", status_file,
		    strerror(errno));
}

/* One write, so that lines of several processes do not mix. */
static void
write_status(const struct check *c)
{
	char line[96];
	int len = snprintf(line, sizeof(line),
			   "{\"qb\":\"status\",\"tool\":\"qb-check\","
			   "\"calls\":%" PRId64 "}\n",
			   c->qbo ? qbo_client_calls(c->qbo) : 0);

	if (c->status_fd >= 0 && write(c->status_fd, line, (size_t)len) != len)
		log_warn("--status-file=%s: %s", status_file, strerror(errno));
}

static bool
open_all(struct check *c, struct failure *why)
{
	if (offline && outside)
		return fail(
			why, FAILURE_USAGE,
			"--outside asks QuickBooks, and --offline does not");
	if (!open_archive(c, why) || !open_status_file(c, why))
		return false;
	if (!offline)
		c->qbo = qbo_client_open(why);
	counting_init(&c->counting, c->qbo);
	return (offline || c->qbo) && pg_connect(&c->pg, why) &&
	       ledger_query_open(&c->ledger, &c->pg, schema,
				 c->qbo ? qbo_client_realm(c->qbo) : NULL, why);
}

static bool
check_all(struct check *c, const struct range *span, struct lines_out *out,
	  struct failure *why)
{
	const struct advice_options typed = { span, schema, archive, run };

	if (!open_all(c, why) || !read_coverage(c, span, why) ||
	    !counting_read(&c->counting, c->proofs, c->count, why))
		return false;
	for (size_t i = 0; i < c->count; i++)
		if (!check_entity(c, &c->proofs[i], &c->subjects[i], why))
			return fail_in(why, "%s", c->proofs[i].entity->name);
	name_all_windows(c);
	if (!write_proofs(c, out, why) || !lines_flush(out, why))
		return false;
	return advice_conclude(c->proofs, c->count, &typed, why);
}

static void
end_check(struct check *c)
{
	write_status(c);
	qbo_client_close(c->qbo);
	pg_free(&c->pg);
	if (c->archive_fd >= 0)
		close(c->archive_fd);
	if (c->status_fd >= 0)
		close(c->status_fd);
	for (size_t i = 0; i < c->count; i++) {
		proof_free(&c->proofs[i]);
		narrowing_free(&c->subjects[i].pieces);
		suspects_free(&c->subjects[i].suspects);
	}
}

int
main(int argc, char *argv[])
{
	static struct check check = { .archive_fd = -1, .status_fd = -1 };
	struct option_table qbo = retry_options, pg = pg_options,
			    range = range_options, all = options;
	struct failure why = { 0 };
	struct entity_list wanted;
	struct lines_out out;
	struct range span;
	int used;

	log_begin("qb-check");
	all.also = &range;
	range.also = &pg;
	pg.also = &qbo;
	lines_out_init(&out, STDOUT_FILENO);
	pg_init(&check.pg, "qb-check");
	if (options_read(argc, argv, &all, &used, &why) &&
	    range_read(&span, clock_now_us(), &why) &&
	    range_require_entities(&span, argv + used, &wanted, &why)) {
		if (span.cut)
			log_warn("--to lies in the future: the range ends "
				 "where the last load ended");
		if (begin_proofs(&check, &wanted, &span, &why))
			check_all(&check, &span, &out, &why);
		lines_finish(&out, &why);
	}
	end_check(&check);
	lines_out_free(&out);
	return log_failure(&why);
}
