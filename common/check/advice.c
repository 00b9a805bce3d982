#include "check/advice.h"
#include "base/command_text.h"

/* The command and the words around it fit into failure.next. */
enum { MOST_NAMED = 8, MOST_COMMAND = 440, MOST_RANGES = 3 };

enum remedy {
	LOAD,
	RELOAD,
	RELOAD_OR_REPLAY,
	READ_REJECTS,
	OTHER_RUNS,
	LEAVE_OUT,
	LOG_IN_OR_LEAVE_OUT,
};

/* A window that the ledger has is left out by qb-pending: only --reload reads
 * it again.  jsonb refuses a rejected row each time. */
static enum remedy
remedy_of(const struct proof *p, const struct advice_options *options)
{
	if (p->absent)
		return p->loaded_before ? LOG_IN_OR_LEAVE_OUT : LEAVE_OUT;
	if (p->verdict == FAILURE_DATA)
		return proof_missing_rejected(p) ? READ_REJECTS : RELOAD;
	if (!time_ranges_contain(&p->covered, p->range))
		return options->run ? OTHER_RUNS : LOAD;
	return p->missing || p->reload.count ? RELOAD_OR_REPLAY : RELOAD;
}

static bool
name_entities(const struct proof *proofs, size_t count, enum remedy remedy,
	      const struct advice_options *options, struct buf *to,
	      struct failure *why)
{
	size_t start = to->len, named = 0;

	for (size_t i = 0; i < count; i++) {
		const struct proof *p = &proofs[i];

		if (!p->verdict || remedy_of(p, options) != remedy)
			continue;
		if (!buf_printf(to, why, " %s%s",
				p->entity->unlisted ? "--unlisted=" : "",
				p->entity->name))
			return false;
		named++;
	}
	if (named <= MOST_NAMED)
		return true;
	buf_truncate(to, start);
	return buf_printf(to, why, " ENTITY...");
}

/* --- what is to be read --------------------------------------------------- */

/*
 * The windows to be read again for all these entities.  None where that is not
 * known of one of them: then it is the whole range.
 */
static void
find_ranges(const struct proof *proofs, size_t count, enum remedy remedy,
	    const struct advice_options *options, struct time_ranges *to)
{
	struct suspects all;

	suspects_init(&all);
	for (size_t i = 0; i < count && remedy == RELOAD_OR_REPLAY; i++) {
		const struct suspects *reload = &proofs[i].reload;

		if (!proofs[i].verdict ||
		    remedy_of(&proofs[i], options) != remedy)
			continue;
		if (!reload->count)
			goto out;
		for (size_t j = 0; j < reload->count; j++)
			suspects_add(&all, reload->at[j].range, 0);
	}
	suspects_sort(&all);
	for (size_t i = 0; i < all.count; i++) {
		struct time_range range = all.at[i].range;

		range.start_us = command_text_second(range.start_us, false);
		range.end_us = command_text_second(range.end_us, true);
		time_ranges_add(to, range);
	}
out:
	suspects_free(&all);
}

/* --- the commands --------------------------------------------------------- */

/* qb-backfill of the entities that this remedy helps, with the options that
 * were typed; without --to where there is no end. */
static bool
write_command(const struct proof *proofs, size_t count, enum remedy remedy,
	      const struct advice_options *options, int64_t start_us,
	      const int64_t *end_us, struct buf *to, struct failure *why)
{
	enum window_by by = options->range->by;
	char start[CLOCK_TEXT], end[CLOCK_TEXT];

	clock_format(start_us, start);
	if (end_us)
		clock_format(*end_us, end);
	return buf_printf(to, why, "qb-backfill") &&
	       name_entities(proofs, count, remedy, options, to, why) &&
	       (remedy == LOAD || buf_printf(to, why, " --reload")) &&
	       buf_printf(to, why, " --from=%s", start) &&
	       (!end_us || buf_printf(to, why, " --to=%s", end)) &&
	       (by == WINDOW_BY_UPDATED ||
		buf_printf(to, why, " --by=%s", window_by_name(by))) &&
	       (!strcmp(options->schema, "raw") ||
		command_text_option("--schema", options->schema, to, why)) &&
	       (!options->archive ||
		command_text_option("--archive", options->archive, to, why));
}

static bool
write_commands(const struct proof *proofs, size_t count, enum remedy remedy,
	       const struct advice_options *options,
	       const struct time_ranges *ranges, struct buf *to,
	       struct failure *why)
{
	for (size_t i = 0; i < ranges->count; i++)
		if ((i && !buf_printf(to, why, " && ")) ||
		    !write_command(proofs, count, remedy, options,
				   ranges->ranges[i].start_us,
				   &ranges->ranges[i].end_us, to, why))
			return false;
	return true;
}

/* One for each range while they are few and fit; or else one from the first to
 * the last; or of the range as it was typed. */
static bool
write_best_commands(const struct proof *proofs, size_t count,
		    enum remedy remedy, const struct advice_options *options,
		    struct buf *to, struct failure *why)
{
	const struct range *typed = options->range;
	bool ends = !typed->open && !typed->cut;
	struct time_ranges ranges;
	bool done = false;

	time_ranges_init(&ranges);
	find_ranges(proofs, count, remedy, options, &ranges);
	if (ranges.count && ranges.count <= MOST_RANGES)
		done = write_commands(proofs, count, remedy, options, &ranges,
				      to, why);
	if (!done)
		buf_clear(to);
	if (!done && ranges.count)
		done = write_command(proofs, count, remedy, options,
				     ranges.ranges[0].start_us,
				     &ranges.ranges[ranges.count - 1].end_us,
				     to, why);
	else if (!done)
		done = write_command(proofs, count, remedy, options,
				     typed->start_us,
				     ends ? &typed->end_us : NULL, to, why);
	time_ranges_free(&ranges);
	return done;
}

static bool
advise(enum remedy remedy, const char *command, struct failure *why)
{
	switch (remedy) {
	case LOAD:
		return fail_next(why, "load what is missing: %s", command);
	case RELOAD:
		return fail_next(why, "reload: %s", command);
	case RELOAD_OR_REPLAY:
		return fail_next(why, "reload: %s, or replay the archive",
				 command);
	case READ_REJECTS:
		return fail_next(why, "see the rejected rows in the file of "
				      "qb-load --rejects: jsonb cannot hold "
				      "them");
	case LEAVE_OUT:
		return fail_next(why, "leave out what the company does not "
				      "have, or name a group of entities: all, "
				      "lists or transactions");
	case LOG_IN_OR_LEAVE_OUT:
		return fail_next(why, "log in as an administrator of the "
				      "company (qb-auth login), or name the "
				      "entities without those");
	case OTHER_RUNS:
		return fail_next(why, "leave out --run, to count what all "
				      "runs loaded");
	}
	BUG("a remedy that has no text");
}

/* "Item: incomplete", or "2 of 35 entities are not ok: Invoice is incomplete,
 * Item is damaged". */
static bool
write_bad(const struct proof *proofs, size_t count, size_t bad, struct buf *to,
	  struct failure *why)
{
	size_t named = 0;

	if (count == 1)
		return buf_printf(to, why, "%s: %s", proofs->entity->name,
				  proof_verdict(proofs));
	if (!buf_printf(to, why, "%zu of %zu entities are not ok:", bad, count))
		return false;
	for (size_t i = 0; i < count && named < MOST_NAMED; i++)
		if (proofs[i].verdict &&
		    !buf_printf(to, why, "%s %s is %s", named++ ? "," : "",
				proofs[i].entity->name,
				proof_verdict(&proofs[i])))
			return false;
	return named == bad ||
	       buf_printf(to, why, " and %zu more", bad - named);
}

/* What is damaged comes first, then what was never loaded; least helps where
 * the company does not have the entity. */
static int
gravity_of(const struct proof *p)
{
	if (p->absent)
		return p->loaded_before;
	if (p->verdict == FAILURE_DATA)
		return 4;
	return time_ranges_contain(&p->covered, p->range) ? 2 : 3;
}

static const struct proof *
find_worst(const struct proof *proofs, size_t count, size_t *bad)
{
	const struct proof *worst = NULL;

	*bad = 0;
	for (size_t i = 0; i < count; i++) {
		const struct proof *p = &proofs[i];

		if (!p->verdict)
			continue;
		++*bad;
		if (!worst || gravity_of(p) > gravity_of(worst))
			worst = p;
	}
	return worst;
}

bool
advice_conclude(const struct proof *proofs, size_t count,
		const struct advice_options *options, struct failure *why)
{
	struct failure too_long;
	struct buf text, command;
	size_t bad;
	const struct proof *worst = find_worst(proofs, count, &bad);

	if (!worst)
		return true;
	enum remedy remedy = remedy_of(worst, options);
	buf_init(&text, sizeof(why->text));
	buf_init(&command, MOST_COMMAND);
	if (write_bad(proofs, count, bad, &text, why)) {
		/* a part of a command may do something else */
		if (!write_best_commands(proofs, count, remedy, options,
					 &command, &too_long)) {
			buf_clear(&command);
			(void)!buf_printf(&command, &too_long,
					  "qb-backfill with the same options%s",
					  remedy == LOAD ? ""
							 : " and --reload");
		}
		fail(why, worst->verdict, "%s", text.at);
		advise(remedy, command.at, why);
	}
	buf_free(&text);
	buf_free(&command);
	return false;
}
