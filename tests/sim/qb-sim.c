/*
 * qb-sim - QuickBooks Online as an extractor sees it, on this machine.
 *
 * Out: a server on 127.0.0.1, and with --env a file that tells how to reach
 * it, as shell assignments; or with --print the rows themselves.
 * Promise: the same seed, rows and times give the same company, however large;
 * what it answers has the members, number texts and oddities of the recorded
 * bodies; it ends with its parent.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "body.h"
#include "export.h"
#include "plan.h"
#include "server.h"
#include "settings.h"
#include "json/json.h"

static bool
read_time(const char *name, const char *text, int64_t *at_s,
	  struct failure *why)
{
	struct clock_civil civil;
	int64_t us;

	if (!text)
		return true;
	if (clock_parse_civil(slice_of(text), &civil))
		us = clock_from_civil(&civil);
	else if (!clock_parse(slice_of(text), &us))
		return fail(why, FAILURE_USAGE,
			    "--%s takes 2025-01-31 or RFC 3339, not \"%s\"",
			    name, text);
	*at_s = us / CLOCK_SECOND;
	return true;
}

/* The place of a word among those of an option. */
static bool
read_word(struct slice word, const char *const words[], size_t count,
	  size_t *place, const char *said, struct failure *why)
{
	*place = 0;
	while (*place < count && !slice_is(word, words[*place]))
		(*place)++;
	return *place < count || fail(why, FAILURE_USAGE, "%s", said);
}

static bool
read_shapes(struct world *w, struct failure *why)
{
	static const char *const times[] = { "none", "fixed", "now" };
	static const char *const rates[] = { "", "empty", "refused" };
	const char *one = settings.one_currency;
	size_t time, rate;

	if (!read_word(slice_of(settings.pseudo_codes), times, LENGTH(times),
		       &time, "--pseudo-codes takes none, fixed or now", why) ||
	    !read_word(slice_of(one ? one : ""), rates, LENGTH(rates), &rate,
		       "--one-currency takes empty or refused", why))
		return false;
	w->without = settings.without;
	w->unlisted = settings.unlisted;
	w->pseudo = (enum world_pseudo)time;
	w->pseudo_unfiltered = settings.pseudo_unfiltered;
	w->one_currency = (enum world_currency)rate;
	return true;
}

static bool
set_world(struct world *w, struct failure *why)
{
	w->seed = (uint64_t)settings.seed; /* never negative */
	w->realm = settings.realm;
	w->name = settings.company;
	w->exotic = settings.exotic;
	w->spoil = settings.spoil;
	w->late_s = settings.late_ms / 1000;
	w->to_s = clock_now_us() / CLOCK_SECOND;
	if (!read_time("to", settings.to, &w->to_s, why))
		return false;
	w->from_s = w->to_s - 365 * 86400;
	if (!read_time("from", settings.from, &w->from_s, why))
		return false;
	if (w->from_s >= w->to_s)
		return fail(why, FAILURE_USAGE, "--from is not before --to");
	if (!read_shapes(w, why) || !plan_world(w, settings.rows, why))
		return false;
	body_prepare(w);
	return true;
}

static bool
set_oauth(struct oauth *g, struct failure *why)
{
	static const char *const rules[] = { "newest", "previous", "all" };
	size_t i;

	if (!read_word(slice_of(settings.rotation), rules, LENGTH(rules), &i,
		       "--rotation takes newest, previous or all", why))
		return false;
	g->rotation = (enum oauth_rotation)i;
	g->rotate_every = settings.rotate_every;
	g->reuse_revokes = settings.reuse_revokes;
	g->life_ms = settings.life_ms;
	g->life_requests = settings.life_requests;
	oauth_begin(g);
	return true;
}

/* "9,ignored,cdc-refused": a number, and what becomes of the include. */
static bool
set_custom_fields(struct sim *s, struct failure *why)
{
	static const char *const rules[] = { "taken",       "ignored",
					     "refused",     "cdc-taken",
					     "cdc-ignored", "cdc-refused" };
	const char *at = settings.custom_fields;
	size_t len = strcspn(at, ","), rule;

	s->include = SIM_INCLUDE_TAKEN;
	s->cdc_include = SIM_INCLUDE_IGNORED;
	if (!json_integer((struct slice){ at, len }, &s->world.custom_fields))
		return fail(why, FAILURE_USAGE,
			    "--custom-fields begins with a number");
	while (at[len]) {
		at += len + 1;
		len = strcspn(at, ",");
		if (!read_word((struct slice){ at, len }, rules, LENGTH(rules),
			       &rule,
			       "--custom-fields takes a number, and taken, "
			       "ignored, refused, or these with cdc-",
			       why))
			return false;
		*(rule < 3 ? &s->include : &s->cdc_include) =
			(enum sim_include)(rule % 3);
	}
	return true;
}

/* "5020" or "4001", and "cdc-omits". */
static bool
set_without(struct sim *s, struct failure *why)
{
	static const char *const words[] = { "5020", "4001", "cdc-omits" };
	const char *at = settings.without_code;
	size_t word;

	s->world.without_as = WORLD_NO_RIGHTS;
	for (size_t len; *at; at += len + (at[len] == ',')) {
		len = strcspn(at, ",");
		if (!read_word((struct slice){ at, len }, words, LENGTH(words),
			       &word,
			       "--without-code takes 5020 or 4001, and "
			       "cdc-omits",
			       why))
			return false;
		if (word == 2)
			s->cdc_omits = true;
		else
			s->world.without_as =
				word ? WORLD_NO_METADATA : WORLD_NO_RIGHTS;
	}
	return true;
}

static bool
set_cdc(struct sim *s, struct failure *why)
{
	char text[1024];
	char *list[] = { text, NULL };

	snprintf(text, sizeof(text), "%s",
		 settings.cdc_without ? settings.cdc_without : "");
	s->cdc_limit = settings.cdc_limit;
	s->cdc_all = settings.cdc_all;
	return !settings.cdc_without ||
	       entity_list_read(list, NULL, &s->cdc_without, why);
}

static bool
set_all(struct sim *s, struct failure *why)
{
	s->latency_ms = settings.latency_ms;
	s->retry_after = settings.retry_after;
	s->wrong_cluster = settings.wrong_cluster;
	s->denies = settings.denies;
	s->pkce = settings.pkce;
	s->no_gzip = settings.no_gzip;
	s->world.files_url = settings.attachments ? s->url : NULL;
	s->world.link_life_s = settings.link_life_ms / 1000;
	s->started_tick_ms = clock_monotonic_ms();
	s->limits.per_second = settings.per_second ? settings.per_second
			       : settings.limits   ? 10
						   : 0;
	s->limits.per_minute = settings.per_minute ? settings.per_minute
			       : settings.limits   ? 500
						   : 0;
	s->log_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (settings.log_file)
		s->log_fd =
			open(settings.log_file,
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (settings.log_file && s->log_fd < 0)
		return fail_errno(why, settings.log_file);
	return set_without(s, why) && set_world(&s->world, why) &&
	       set_oauth(&s->oauth, why) && set_cdc(s, why) &&
	       set_custom_fields(s, why) &&
	       (!settings.script ||
		script_read(&s->script, settings.script, why));
}

/* Under another name first: who waits for the file finds it whole. */
static bool
write_env(struct sim *s, struct failure *why)
{
	char draft[4096];

	if (!settings.env)
		return true;
	snprintf(draft, sizeof(draft), "%s.%d", settings.env, (int)getpid());
	FILE *file = fopen(draft, "we");
	if (!file)
		return fail_errno(why, draft);
	pthread_mutex_lock(&s->lock); /* it answers already */
	fprintf(file,
		"QBO_ENV=sandbox\nQBO_REALM_ID=%s\nQBO_CLIENT_ID=%s\n"
		"QBO_CLIENT_SECRET=%s\nQBO_REFRESH_TOKEN=%s\nQBO_API_URL=%s\n"
		"QBO_TOKEN_URL=%s/oauth2/v1/tokens/bearer\n"
		"QBO_AUTHORIZE_URL=%s/connect/oauth2\n"
		"QBO_REVOKE_URL=%s/v2/oauth2/tokens/revoke\n"
		"QBO_DISCOVERY_URL=%s/.well-known/"
		"openid_sandbox_configuration\nQB_SIM_PID=%d\n",
		s->world.realm, SIM_CLIENT_ID, SIM_CLIENT_SECRET,
		oauth_newest(&s->oauth), s->url, s->url, s->url, s->url, s->url,
		(int)getpid());
	pthread_mutex_unlock(&s->lock);
	if (fclose(file) || rename(draft, settings.env))
		return fail_errno(why, settings.env);
	return true;
}

/* Until SIGTERM or SIGINT, or the parent's death, which is a SIGTERM too. */
static bool
serve(struct sim *s, struct failure *why)
{
	pid_t parent = getppid();
	sigset_t ends;
	int which;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return true;
	if (!server_start(s, settings.port, why) || !write_env(s, why))
		return false;
	sigwait(&ends, &which);
	return true;
}

static bool
print_rows(const struct world *w, struct failure *why)
{
	const struct world_entity *e = plan_named(w, slice_of(settings.print));
	struct lines_out out;
	bool good;

	if (!e)
		return fail(why, FAILURE_USAGE, "--print: no entity \"%s\"",
			    settings.print);
	lines_out_init(&out, STDOUT_FILENO);
	good = settings.envelopes
		       ? export_envelopes(w, e, settings.windows, &out, why)
		       : export_payloads(w, e, &out, why);
	if (good)
		good = lines_flush(&out, why);
	lines_out_free(&out);
	return good;
}

int
main(int argc, char *argv[])
{
	static struct sim sim;
	struct failure why = { 0 };
	int used;

	log_begin("qb-sim");
	if (options_read(argc, argv, &settings_options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    set_all(&sim, &why)) {
		if (settings.print ? print_rows(&sim.world, &why)
				   : serve(&sim, &why))
			_exit(0); /* connections may still be served */
	}
	return log_failure(&why);
}
