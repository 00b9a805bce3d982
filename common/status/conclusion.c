#include "status/conclusion.h"
#include "base/command_text.h"

/* The texts fit into those of a failure. */
enum { MOST_NAMED = 8, MOST_TEXT = 800, MOST_NEXT = 400 };

static size_t
count_late(const struct overview *o)
{
	size_t late = 0;

	for (size_t i = 0; i < o->entities.count; i++)
		late += o->entities.at[i].late;
	return late;
}

/* "late, by --max-age=1d: Customer (covered until ...), Item (not covered)" */
static bool
name_late(const struct overview *o, size_t late, struct buf *to,
	  struct failure *why)
{
	char until[CLOCK_TEXT];
	size_t named = 0;

	if (!buf_printf(to, why, "%zu of %zu entities %s older than %s:", late,
			o->entities.count, late == 1 ? "is" : "are",
			o->max_age))
		return false;
	for (size_t i = 0; i < o->entities.count && named < MOST_NAMED; i++) {
		const struct entity_status *e = &o->entities.at[i];

		if (!e->late)
			continue;
		if (!buf_printf(to, why, "%s %s", named++ ? "," : "",
				e->entity))
			return false;
		if (e->covered_us != STATUS_NEVER)
			clock_format(e->covered_us, until);
		if (e->covered_us == STATUS_NEVER
			    ? !buf_printf(to, why, " (not covered by updated)")
			    : !buf_printf(to, why, " (covered until %s)",
					  until))
			return false;
	}
	return named == late ||
	       buf_printf(to, why, " and %zu more", late - named);
}

/* Those that are late, and that qb lists or does not. */
static bool
name_entities(const struct overview *o, bool unlisted, struct buf *to,
	      struct failure *why)
{
	const char *before = unlisted ? " --unlisted=" : " ";

	for (size_t i = 0; i < o->entities.count; i++) {
		const struct entity_status *e = &o->entities.at[i];

		if (!e->late || e->unlisted != unlisted)
			continue;
		if (!buf_printf(to, why, "%s%s", before, e->entity))
			return false;
		before = ",";
	}
	return true;
}

/* It goes on from the load log, except for what that does not cover at all.
 * Without names it is all that the schema has. */
static bool
write_load(const struct overview *o, size_t late, struct buf *to,
	   struct failure *why)
{
	bool all_covered = true;

	for (size_t i = 0; i < o->entities.count; i++)
		all_covered &= !o->entities.at[i].late ||
			       o->entities.at[i].covered_us != STATUS_NEVER;
	return buf_printf(to, why, "qb-sync") &&
	       (late > MOST_NAMED || (name_entities(o, false, to, why) &&
				      name_entities(o, true, to, why))) &&
	       (late <= MOST_NAMED || all_covered ||
		buf_printf(to, why, " ENTITY...")) &&
	       (all_covered || buf_printf(to, why, " --from=TIME")) &&
	       command_text_schema(o->schema, to, why);
}

/* What is wrong with the login, and what helps; FAILURE_NONE: nothing. */
static struct failure
judge_login(const struct login_status *l)
{
	const struct expiry *e = &l->expiry;
	struct failure why = l->trouble;

	if (!l->asked || why.kind)
		return why;
	if (e->state == EXPIRY_OVER) {
		fail(&why, FAILURE_LOGIN,
		     l->found ? "the login has expired" : "there is no login");
		fail_next(&why, "qb-auth login");
	} else if (e->state == EXPIRY_SOON) {
		bool consent =
			e->login_days >= 0 && e->login_days < LOGIN_STATUS_DAYS;

		fail(&why, FAILURE_LATER,
		     "fewer than %d days are left of the login",
		     LOGIN_STATUS_DAYS);
		fail_next(&why, consent ? "qb-auth login"
					: "qb-auth token >/dev/null, which "
					  "extends it");
	}
	return why;
}

/* The login comes first: nothing can be loaded without it. */
static void
join(const struct failure *login, const struct buf *text,
     const struct buf *next, struct failure *why)
{
	if (!text->len) {
		*why = *login;
	} else if (!login->kind) {
		fail(why, FAILURE_LATER, "%s", text->at);
		fail_next(why, "%s", next->at);
	} else {
		fail(why, login->kind, "%s; %s", login->text, text->at);
		fail_next(why, "%s; then %s", login->next, next->at);
	}
}

bool
conclusion_draw(const struct overview *o, struct failure *why)
{
	const struct failure login = judge_login(&o->login);
	size_t late = count_late(o);
	struct failure too_long;
	struct buf text, next;

	buf_init(&text, MOST_TEXT);
	buf_init(&next, MOST_NEXT);
	if (late && !name_late(o, late, &text, &too_long)) {
		buf_clear(&text);
		(void)!buf_printf(&text, &too_long,
				  "%zu entities are older than %s", late,
				  o->max_age);
	}
	if (late && !write_load(o, late, &next, &too_long)) {
		buf_clear(&next);
		(void)!buf_printf(&next, &too_long,
				  "qb-sync as for the last run");
	}
	if (late || login.kind)
		join(&login, &text, &next, why);
	buf_free(&text);
	buf_free(&next);
	return !late && !login.kind;
}
