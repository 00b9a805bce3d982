/* The company's data: /v3/company/REALM/... */
#include <pthread.h>

#include "base/clock.h"
#include "body.h"
#include "cdc.h"
#include "choose.h"
#include "damage.h"
#include "download.h"
#include "drift.h"
#include "include.h"
#include "pen.h"
#include "pseudo.h"
#include "reads.h"
#include "reports.h"

#define COMPANY "/v3/company/"

static void
write_rows_json(struct buf *to, const struct world *w, const struct choice *c,
		int64_t start, bool all_fields)
{
	pen_text(to, "{\"QueryResponse\":{");
	if (c->row_count) {
		pen_format(to, "\"%s\":[", c->of->entity->rows_key);
		for (size_t i = 0; i < c->row_count; i++) {
			if (i)
				pen_text(to, ",");
			body_write(to, w, &c->rows[i], all_fields);
		}
		pen_format(to,
			   "],\"startPosition\":%" PRId64 ",\"maxResults\":%zu",
			   start, c->row_count);
	}
	pen_text(to, "},\"time\":\"");
	refusal_write_now(to);
	pen_text(to, "\"}");
}

/* As much XML as shows a client that it asked for the wrong thing. */
static void
write_xml(struct buf *to, const struct choice *c, bool count, int64_t start)
{
	refusal_write_xml_head(to, clock_now_us());
	pen_text(to, "<QueryResponse");
	if (count)
		pen_format(to, " totalCount=\"%" PRId64 "\"", c->count);
	else if (c->row_count)
		pen_format(to,
			   " startPosition=\"%" PRId64 "\" maxResults=\"%zu\"",
			   start, c->row_count);
	pen_text(to, ">");
	for (size_t i = 0; i < c->row_count; i++) {
		if (pseudo_is(c->of, c->rows[i].i))
			continue;
		pen_format(to,
			   "<%s domain=\"QBO\" sparse=\"false\"><Id>%" PRId64
			   "</Id></%s>",
			   c->of->entity->name, world_id(c->of, c->rows[i].i),
			   c->of->entity->name);
	}
	pen_text(to, "</QueryResponse></IntuitResponse>");
}

static void
write_choice(struct answer *a, const struct sim *s, const struct request *r,
	     const struct question *asked, const struct choice *c)
{
	a->rows = asked->count ? c->count : (int64_t)c->row_count;
	if (!r->json) {
		write_xml(&a->body, c, asked->count, asked->start);
	} else if (asked->count) {
		pen_format(&a->body,
			   "{\"QueryResponse\":{\"totalCount\":%" PRId64
			   "},\"time\":\"",
			   c->count);
		refusal_write_now(&a->body);
		pen_text(&a->body, "\"}");
	} else {
		write_rows_json(&a->body, &s->world, c, asked->start,
				a->all_fields);
	}
}

static void
refuse(struct answer *a, const struct request *r, const struct refusal *why)
{
	a->status = why->status;
	refusal_write(&a->body, why, r->json);
}

static void
answer_query(struct sim *s, const struct request *r, struct answer *a,
	     struct question *asked)
{
	struct refusal why;
	struct choice c;
	bool chosen;

	pthread_mutex_lock(&s->lock);
	drift(s, asked, &a->verdict);
	int64_t start = asked->start;
	drift_question(asked, &a->verdict);
	chosen = choose(&c, &s->world, &s->overlay, asked, &why);
	pthread_mutex_unlock(&s->lock);
	if (!chosen) {
		refuse(a, r, &why);
		return;
	}
	asked->start = start;
	write_choice(a, s, r, asked, &c);
	choice_free(&c);
}

/* What is no entity: the path's first word after the realm, and who answers
 * it.  `rest` is what follows the word's slash, or "".  False, with `why`,
 * where it is refused. */
static const struct {
	const char *word;
	bool (*answer)(struct sim *s, const struct request *r, struct answer *a,
		       const char *rest, struct refusal *why);
} paths[] = {
	{ "companyinfo", read_company },
	{ "preferences", read_preferences },
	{ "exchangerate", read_rate },
	{ "reports", reports_answer },
};

static bool
answer_path(struct sim *s, const struct request *r, struct answer *a,
	    struct slice word, const char *rest)
{
	struct refusal why;
	size_t i = 0;

	while (i < LENGTH(paths) &&
	       (word.len != strlen(paths[i].word) ||
		strncasecmp(word.at, paths[i].word, word.len)))
		i++;
	if (i == LENGTH(paths))
		return false;
	if (!paths[i].answer(s, r, a, rest, &why))
		refuse(a, r, &why);
	return true;
}

/* `rest` is what follows the realm: "query", "customer/5", ... */
static void
answer_rest(struct sim *s, const struct request *r, struct answer *a,
	    const char *rest, struct question *asked,
	    const struct refusal *refused)
{
	const char *slash = strchr(rest, '/');
	struct slice name = { rest,
			      slash ? (size_t)(slash - rest) : strlen(rest) };
	const struct world_entity *e = world_find(&s->world, name);
	struct refusal why;

	if (asked && refused->status)
		refuse(a, r, refused);
	else if (!include_read(s, r, a->entities, &a->all_fields, &why))
		refuse(a, r, &why);
	else if (a->entities) {
		if (!cdc_answer(s, r, a, &why))
			refuse(a, r, &why);
	} else if (asked)
		answer_query(s, r, a, asked);
	else if (answer_path(s, r, a, name, slash ? slash + 1 : ""))
		return;
	else if (slice_is(name, "download") && slash)
		download_answer_link(s, r, a, slice_of(slash + 1));
	else if (e && slash) {
		if (!read_by_id(s, a, e, slice_of(slash + 1), &why))
			refuse(a, r, &why);
	} else {
		refuse_operation(&why, r->path);
		refuse(a, r, &why);
	}
}

static void
refuse_token(struct answer *a, const struct request *r, struct slice token)
{
	char detail[256];

	snprintf(detail, sizeof(detail), "Token expired: %.*s",
		 SLICE_SHOWN(token));
	a->kind = "gateway";
	a->status = 401;
	a->wants_login = true;
	refusal_write_gateway(&a->body, r->json, 401, "AuthenticationFailed",
			      "3200", detail, "AUTHENTICATION");
}

static void
refuse_realm(const struct sim *s, struct answer *a, const struct request *r)
{
	a->kind = "gateway";
	if (s->wrong_cluster) {
		a->status = 401;
		a->type = "application/xml";
		refusal_write_cluster(&a->body);
		return;
	}
	a->status = 403;
	refusal_write_gateway(&a->body, r->json, 403,
			      "ApplicationAuthorizationFailed", "3100", NULL,
			      "SERVICE");
}

static void
refuse_throttled(struct answer *a)
{
	a->kind = "gateway";
	a->verdict.status = 429;
	damage_status(a, false);
}

/* Token, company, pace; false when the gateway has answered itself. */
static bool
passes_gateway(struct sim *s, const struct request *r, struct answer *a,
	       struct slice realm)
{
	struct slice token = slice_of(r->authorization ? r->authorization : "");
	bool known, paced = true;

	if (slice_begins(token, "Bearer ")) {
		token.at += 7;
		token.len -= 7;
	}
	pthread_mutex_lock(&s->lock);
	known = oauth_spend(&s->oauth, token);
	if (known && slice_is(realm, s->world.realm))
		paced = limits_pass(&s->limits);
	pthread_mutex_unlock(&s->lock);
	if (!known)
		refuse_token(a, r, token);
	else if (!slice_is(realm, s->world.realm))
		refuse_realm(s, a, r);
	else if (!paced)
		refuse_throttled(a);
	if (!paced)
		a->retry_after = s->retry_after;
	return known && paced && slice_is(realm, s->world.realm);
}

/* `good`: it is a statement that would be answered. */
static void
judge(struct sim *s, struct answer *a, const struct question *asked, bool good)
{
	struct look look = { 0 };

	if (asked) {
		look_at(&look, &s->world, asked);
		a->low_s = look.low_s;
		a->high_s = look.high_s;
	}
	pthread_mutex_lock(&s->lock);
	a->number = ++s->requests;
	if (asked && good && script_looks(&s->script))
		look_at_rows(&look, &s->world, &s->overlay, asked);
	script_judge(&s->script,
		     &(struct script_request){ .number = a->number,
					       .asked = asked,
					       .look = &look,
					       .changes = a->entities,
					       .report = a->report },
		     &a->verdict);
	if (a->verdict.expire)
		oauth_expire(&s->oauth);
	pthread_mutex_unlock(&s->lock);
	look_free(&look);
	usleep((useconds_t)((s->latency_ms + a->verdict.wait_ms) * 1000));
}

static void
note_query(struct sim *s, struct answer *a, const struct question *asked,
	   struct slice text)
{
	a->kind = asked->count ? "count" : "rows";
	a->start = asked->start;
	a->most = asked->count ? 0 : asked->most;
	snprintf(a->entity, sizeof(a->entity), "%.*s",
		 SLICE_SHOWN(asked->entity));
	a->tries = sim_tries(s, text);
}

void
api_answer(struct sim *s, const struct request *r, struct answer *a)
{
	const char *realm = r->path + strlen(COMPANY);
	size_t realm_len = strcspn(realm, "/");
	const char *rest = realm + realm_len + (realm[realm_len] == '/');
	struct question *asked = NULL;
	struct refusal why = { 0 };

	a->intuit = true;
	a->kind = "read";
	a->type = r->json ? "application/json;charset=utf-8"
			  : "application/xml;charset=utf-8";
	if (!passes_gateway(s, r, a, (struct slice){ realm, realm_len }))
		return;
	if (!strcmp(rest, "query")) {
		struct slice text = r->query ? slice_of(r->query) : r->body;

		asked = base_realloc(NULL, sizeof(*asked));
		memset(asked, 0, sizeof(*asked));
		if (question_read(asked, text, &why) || asked->entity.at)
			note_query(s, a, asked, text);
	} else if (!strcmp(rest, "cdc")) {
		cdc_note(s, r, a);
	} else if (!strncmp(rest, "reports/", 8)) {
		reports_note(s, r, rest + 8, a);
	}
	judge(s, a, asked, !why.status);
	a->gzip = r->gzip && !s->no_gzip;
	if (a->verdict.status)
		damage_status(a, r->json);
	else
		answer_rest(s, r, a, rest, asked, &why);
	damage_body(a);
	free(asked);
}
