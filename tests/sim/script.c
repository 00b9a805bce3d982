#include <limits.h>

#include "script.h"
#include "json/json.h"

static const char *const whens[] = { "request",    "every",        "page",
				     "start",      "row",          "position",
				     "count-over", "count-longer", "count",
				     "cdc",        "report",       "any",
				     "token" };

static const struct {
	const char *name;
	enum script_damage damage;
} damages[] = {
	{ "html", SCRIPT_HTML },
	{ "empty", SCRIPT_EMPTY },
	{ "fault-in-200", SCRIPT_FAULT },
	{ "fault-in-response", SCRIPT_FAULT_INSIDE },
	{ "no-time", SCRIPT_NO_TIME },
	{ "no-offset", SCRIPT_NO_OFFSET },
	{ "one-object", SCRIPT_ONE_OBJECT },
	{ "empty-response", SCRIPT_EMPTY_RESPONSE },
	{ "cut-json", SCRIPT_CUT_JSON },
	{ "no-comma", SCRIPT_NO_COMMA },
	{ "cut-body", SCRIPT_CUT_BODY },
	{ "reset-in-body", SCRIPT_RESET_IN_BODY },
	{ "reset", SCRIPT_RESET },
	{ "gzip-cut", SCRIPT_GZIP_CUT },
	{ "gzip-crc", SCRIPT_GZIP_CRC },
	{ "gzip-garbage", SCRIPT_GZIP_GARBAGE },
	{ "gzip-not", SCRIPT_GZIP_NOT },
	{ "gzip-bomb", SCRIPT_GZIP_BOMB },
};

/* The words of one line. */
struct words {
	char text[1024];
	const char *at[64];
	size_t count, taken;
};

static void
split(struct words *w)
{
	char *at = w->text, *word;

	w->count = w->taken = 0;
	at[strcspn(at, "#\n")] = '\0';
	while ((word = strsep(&at, " \t")) && w->count < LENGTH(w->at))
		if (*word)
			w->at[w->count++] = word;
}

static bool
take_word(struct words *w, const char *word)
{
	if (w->taken == w->count || strcmp(w->at[w->taken], word))
		return false;
	w->taken++;
	return true;
}

static const char *
take_any(struct words *w)
{
	return w->taken < w->count ? w->at[w->taken++] : "";
}

static bool
take_number(struct words *w, int64_t *number)
{
	return json_integer(slice_of(take_any(w)), number);
}

/* "7" or "7..9" */
static bool
take_range(struct words *w, struct script_rule *r)
{
	const char *word = take_any(w), *dots = strstr(word, "..");
	size_t len = dots ? (size_t)(dots - word) : strlen(word);

	if (!json_integer((struct slice){ word, len }, &r->from))
		return false;
	r->to = r->from;
	return !dots || json_integer(slice_of(dots + 2), &r->to);
}

/* "90s", "15m", "12h", "7d": in seconds. */
static bool
take_time(struct words *w, int64_t *seconds)
{
	static const char units[] = "smhd";
	static const int64_t each[] = { 1, 60, 3600, 86400 };
	const char *word = take_any(w);
	size_t len = strlen(word);
	const char *unit = len ? strchr(units, word[len - 1]) : NULL;

	if (!unit || !json_integer((struct slice){ word, len - 1 }, seconds))
		return false;
	*seconds *= each[unit - units];
	return true;
}

static bool
holds_always(enum script_when when)
{
	return when <= SCRIPT_EVERY ||
	       (when >= SCRIPT_ROW && when <= SCRIPT_COUNT_LONGER);
}

static bool
take_when(struct words *w, struct script_rule *r)
{
	size_t i = 0;

	if (take_word(w, "entity"))
		snprintf(r->entity, sizeof(r->entity), "%s", take_any(w));
	while (i < LENGTH(whens) && !take_word(w, whens[i]))
		i++;
	if (i == LENGTH(whens))
		return false;
	r->when = (enum script_when)i;
	r->times = holds_always(r->when) ? -1 : 1;
	if (r->when == SCRIPT_COUNT_LONGER
		    ? !take_time(w, &r->from)
		    : r->when < SCRIPT_COUNT && !take_range(w, r))
		return false;
	if (r->when == SCRIPT_EVERY && r->from < 1)
		return false;
	if (take_word(w, "always"))
		r->times = -1;
	return !take_word(w, "times") || take_number(w, &r->times);
}

static bool
take_status(struct words *w, struct script_verdict *v)
{
	if (!take_number(w, &v->status))
		return false;
	for (;;)
		if (take_word(w, "code"))
			snprintf(v->code, sizeof(v->code), "%s", take_any(w));
		else if (take_word(w, "body"))
			snprintf(v->body, sizeof(v->body), "%s", take_any(w));
		else if (!take_word(w, "retry-after"))
			return true;
		else if (!take_number(w, &v->retry_after))
			return false;
}

static bool
take_damage(struct words *w, struct script_verdict *v)
{
	for (size_t i = 0; i < LENGTH(damages); i++)
		if (take_word(w, damages[i].name)) {
			v->damage = damages[i].damage;
			if ((v->damage == SCRIPT_FAULT ||
			     v->damage == SCRIPT_FAULT_INSIDE) &&
			    take_word(w, "code"))
				snprintf(v->code, sizeof(v->code), "%s",
					 take_any(w));
			return true;
		}
	return false;
}

static bool
take_mark(struct words *w, struct script_verdict *v)
{
	return v->mark_count < SCRIPT_MARKS &&
	       take_number(w, &v->marks[v->mark_count++].id);
}

static bool
take_do(struct words *w, struct script_verdict *v)
{
	struct {
		const char *name;
		bool *on;
		int64_t *number;
	} simple[] = {
		{ "other-entity", &v->other_entity, NULL },
		{ "repeat-page", &v->repeat_page, NULL },
		{ "one-more", &v->one_more, NULL },
		{ "ignore-filter", &v->ignore_filter, NULL },
		{ "expire", &v->expire, NULL },
		{ "bare-tombstones", &v->bare_tombstones, NULL },
		{ "cut-report", &v->cut_report, NULL },
		{ "wait", NULL, &v->wait_ms },
		{ "stall", NULL, &v->stall_ms },
		{ "edit", NULL, &v->edit },
		{ "delete", NULL, &v->delete },
		{ "edit-last", NULL, &v->edit_last },
		{ "delete-last", NULL, &v->delete_last },
		{ "edit-here", NULL, &v->edit_here },
		{ "delete-here", NULL, &v->delete_here },
		{ "return", NULL, &v->restore },
	};

	if (w->taken < w->count)
		snprintf(v->name, sizeof(v->name), "%s", w->at[w->taken]);
	for (size_t i = 0; i < LENGTH(simple); i++)
		if (take_word(w, simple[i].name)) {
			if (simple[i].number)
				return take_number(w, simple[i].number);
			return *simple[i].on = true;
		}
	if (take_word(w, "mark-deleted"))
		return take_mark(w, v);
	return take_word(w, "status") ? take_status(w, v) : take_damage(w, v);
}

static bool
read_rule(struct script *s, struct words *w)
{
	struct script_rule *r = &s->rules[s->count];

	if (!w->count)
		return true;
	*r = (struct script_rule){ 0 };
	if (s->count == SCRIPT_RULES || !take_when(w, r))
		return false;
	do
		if (!take_do(w, &r->verdict))
			return false;
	while (take_word(w, "and"));
	for (size_t i = 0; i < r->verdict.mark_count; i++)
		memcpy(r->verdict.marks[i].entity, r->entity,
		       sizeof(r->entity));
	s->count++;
	return w->taken == w->count;
}

bool
script_read(struct script *s, const char *path, struct failure *why)
{
	FILE *from = fopen(path, "re");
	struct words w = { 0 };
	bool good = true;
	int line = 0;

	if (!from)
		return fail(why, FAILURE_USAGE, "%s: %s", path,
			    strerror(errno));
	while (good && fgets(w.text, sizeof(w.text), from)) {
		line++;
		split(&w);
		good = read_rule(s, &w);
	}
	fclose(from);
	return good || fail(why, FAILURE_USAGE,
			    "%s: line %d is not understood near word %zu", path,
			    line, w.taken);
}

static bool
holds_row(const struct look *look, int64_t id)
{
	for (size_t i = 0; i < look->id_count; i++)
		if (look->ids[i] == id)
			return true;
	return false;
}

/* Is it in a list with commas? */
static bool
is_listed(const char *list, const char *name)
{
	for (size_t len; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		if (len == strlen(name) && !strncasecmp(list, name, len))
			return true;
	}
	return false;
}

static bool
is_asked(const struct script_rule *r, const struct question *asked,
	 const struct look *look)
{
	int64_t page =
		asked->most > 0 ? (asked->start - 1) / asked->most + 1 : 1;

	if (r->entity[0] &&
	    (asked->entity.len != strlen(r->entity) ||
	     strncasecmp(asked->entity.at, r->entity, asked->entity.len)))
		return false;
	switch (r->when) {
	case SCRIPT_PAGE:
		return !asked->count && page == r->from;
	case SCRIPT_START:
		return !asked->count && asked->start == r->from;
	case SCRIPT_ROW:
		return holds_row(look, r->from);
	case SCRIPT_POSITION:
		return !asked->count && asked->start <= r->from &&
		       r->from - asked->start < asked->most;
	case SCRIPT_COUNT_OVER:
		return asked->count && look->matching > r->from;
	case SCRIPT_COUNT_LONGER:
		return asked->count && look_span_s(look) > r->from;
	case SCRIPT_COUNT:
		return asked->count;
	case SCRIPT_CDC:
	case SCRIPT_REPORT:
		return false;
	default:
		return true;
	}
}

static bool
holds(const struct script_rule *r, const struct script_request *q)
{
	int64_t number = q->number;

	if (!r->times || (r->when == SCRIPT_TOKEN) != q->token)
		return false;
	if (r->when == SCRIPT_REQUEST && (number < r->from || number > r->to))
		return false;
	if (r->when == SCRIPT_EVERY && number % r->from)
		return false;
	if (q->token)
		return true;
	if (q->changes)
		return (r->when <= SCRIPT_EVERY || r->when == SCRIPT_CDC) &&
		       (!r->entity[0] || is_listed(q->changes, r->entity));
	if (q->report)
		return (r->when <= SCRIPT_EVERY || r->when == SCRIPT_REPORT) &&
		       (!r->entity[0] || !strcmp(q->report, r->entity));
	if (!q->asked)
		return r->when <= SCRIPT_EVERY && !r->entity[0];
	return is_asked(r, q->asked, q->look);
}

static void
add(struct script_verdict *v, const struct script_verdict *more)
{
	if (more->status) {
		v->status = more->status;
		v->retry_after = more->retry_after;
		memcpy(v->body, more->body, sizeof(v->body));
	}
	if (more->code[0])
		memcpy(v->code, more->code, sizeof(v->code));
	if (more->damage)
		v->damage = more->damage;
	v->other_entity |= more->other_entity;
	v->repeat_page |= more->repeat_page;
	v->one_more |= more->one_more;
	v->ignore_filter |= more->ignore_filter;
	v->expire |= more->expire;
	v->wait_ms += more->wait_ms;
	v->stall_ms += more->stall_ms;
	v->edit += more->edit;
	v->delete += more->delete;
	v->edit_last += more->edit_last;
	v->delete_last += more->delete_last;
	v->edit_here += more->edit_here;
	v->delete_here += more->delete_here;
	v->restore += more->restore;
	v->bare_tombstones |= more->bare_tombstones;
	v->cut_report |= more->cut_report;
	for (size_t i = 0; i < more->mark_count; i++)
		if (v->mark_count < SCRIPT_MARKS)
			v->marks[v->mark_count++] = more->marks[i];
	memcpy(v->name, more->name, sizeof(v->name));
}

bool
script_looks(const struct script *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->rules[i].when == SCRIPT_ROW ||
		    s->rules[i].when == SCRIPT_COUNT_OVER)
			return true;
	return false;
}

void
script_judge(struct script *s, const struct script_request *q,
	     struct script_verdict *verdict)
{
	*verdict = (struct script_verdict){ 0 };
	for (size_t i = 0; i < s->count; i++) {
		struct script_rule *r = &s->rules[i];

		if (!holds(r, q))
			continue;
		r->times -= r->times > 0;
		add(verdict, &r->verdict);
	}
}
