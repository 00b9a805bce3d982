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
#include "cdc.h"
#include "export.h"
#include "plan.h"
#include "server.h"

static const char *env, *realm, *from, *to, *rows, *print, *script, *rotation,
	*log_file, *cdc_without, *company;
static int64_t port, seed, spoil, rotate_every, life_ms, life_requests,
	per_second, per_minute, retry_after, latency_ms, late_ms, windows,
	cdc_limit;
static bool exotic, cdc_all, reuse_revokes, limits, wrong_cluster, denies, pkce,
	envelopes, no_gzip;

static const struct option_row option_rows[] = {
	{ .name = "env",
	  .argument = "FILE",
	  .required = true,
	  .help = "write QBO_* assignments for a shell when ready",
	  .text = &env },
	{ .name = "port",
	  .argument = "N",
	  .preset = "0",
	  .help = "listen there; 0 takes a free one",
	  .least = 0,
	  .most = 65535,
	  .integer = &port },
	{ .name = "seed",
	  .argument = "N",
	  .preset = "1",
	  .help = "another number, another company",
	  .least = 0,
	  .most = INT32_MAX,
	  .integer = &seed },
	{ .name = "realm",
	  .argument = "ID",
	  .preset = "4620816365022138560",
	  .help = "the company's number",
	  .text = &realm },
	{ .name = "company",
	  .argument = "NAME",
	  .preset = "Simulated Company",
	  .help = "what CompanyInfo says that it is called",
	  .text = &company },
	{ .name = "from",
	  .argument = "TIME",
	  .help = "first LastUpdatedTime; a year before --to otherwise",
	  .text = &from },
	{ .name = "to",
	  .argument = "TIME",
	  .help = "all LastUpdatedTimes are before it; now otherwise",
	  .text = &to },
	{ .name = "rows",
	  .argument = "LIST",
	  .help = "how many: all=0,Invoice=5000,Customer=300",
	  .text = &rows },
	{ .name = "exotic",
	  .help = "payloads with every escape, number form and depth",
	  .on = &exotic },
	{ .name = "spoil",
	  .argument = "N",
	  .preset = "0",
	  .help = "each N-th row has \\u0000 or half a surrogate pair",
	  .least = 0,
	  .most = INT32_MAX,
	  .integer = &spoil },
	{ .name = "late",
	  .argument = "TIME",
	  .preset = "0s",
	  .help = "queries show a change that long after its time",
	  .least = 0,
	  .most = 86400000,
	  .duration_ms = &late_ms },
	{ .name = "cdc-limit",
	  .argument = "N",
	  .preset = "1000",
	  .help = "objects of one answer about changes",
	  .least = 1,
	  .most = CDC_MOST,
	  .integer = &cdc_limit },
	{ .name = "cdc-all",
	  .help = "changes of TaxCode and others, too",
	  .on = &cdc_all },
	{ .name = "cdc-without",
	  .argument = "LIST",
	  .help = "no changes of these: TimeActivity,Deposit",
	  .text = &cdc_without },
	{ .name = "rotation",
	  .argument = "RULE",
	  .preset = "newest",
	  .help = "refresh tokens that are taken: newest, previous, all",
	  .text = &rotation },
	{ .name = "rotate-every",
	  .argument = "N",
	  .preset = "1",
	  .help = "a new refresh token each N refreshes; 0 never",
	  .least = 0,
	  .most = INT32_MAX,
	  .integer = &rotate_every },
	{ .name = "reuse-revokes",
	  .help = "an old refresh token ends the connection",
	  .on = &reuse_revokes },
	{ .name = "token-life",
	  .argument = "TIME",
	  .preset = "1h",
	  .help = "of an access token",
	  .least = 1,
	  .most = 86400000,
	  .duration_ms = &life_ms },
	{ .name = "token-requests",
	  .argument = "N",
	  .preset = "0",
	  .help = "an access token is stale after N requests; 0 never",
	  .least = 0,
	  .most = INT32_MAX,
	  .integer = &life_requests },
	{ .name = "deny",
	  .help = "the person who is asked for consent says no",
	  .on = &denies },
	{ .name = "pkce",
	  .help = "offer PKCE in the discovery document, and insist on it",
	  .on = &pkce },
	{ .name = "wrong-cluster",
	  .help = "another realm gives 401 code 130, not 403 code 3100",
	  .on = &wrong_cluster },
	{ .name = "limits",
	  .help = "refuse more than 10 requests a second, 500 a minute",
	  .on = &limits },
	{ .name = "per-second",
	  .argument = "N",
	  .preset = "0",
	  .help = "another limit; 0 none",
	  .least = 0,
	  .most = LIMITS_MOST,
	  .integer = &per_second },
	{ .name = "per-minute",
	  .argument = "N",
	  .preset = "0",
	  .help = "another limit; 0 none",
	  .least = 0,
	  .most = LIMITS_MOST,
	  .integer = &per_minute },
	{ .name = "retry-after",
	  .argument = "SECONDS",
	  .preset = "0",
	  .help = "header of a 429 by the limits; 0 none",
	  .least = 0,
	  .most = 3600,
	  .integer = &retry_after },
	{ .name = "latency",
	  .argument = "TIME",
	  .preset = "0ms",
	  .help = "of every answer",
	  .least = 0,
	  .most = 600000,
	  .duration_ms = &latency_ms },
	{ .name = "no-gzip",
	  .help = "plain bodies, even to whom asks for gzip: three times "
		  "faster",
	  .on = &no_gzip },
	{ .name = "script",
	  .argument = "FILE",
	  .help = "what shall go wrong, and when (script.h)",
	  .text = &script },
	{ .name = "log",
	  .argument = "FILE",
	  .help = "append a line for each request",
	  .text = &log_file },
	{ .name = "print",
	  .argument = "ENTITY",
	  .help = "print its rows, one a line, and end",
	  .text = &print },
	{ .name = "envelopes",
	  .help = "print them as qb-fetch would, with seals and end",
	  .on = &envelopes },
	{ .name = "windows",
	  .argument = "N",
	  .preset = "12",
	  .help = "of equal length, for --envelopes",
	  .least = 1,
	  .most = 1000000,
	  .integer = &windows },
};

static const struct option_table options = {
	.tool = "qb-sim",
	.about = "Simulate QuickBooks Online on 127.0.0.1.  It exits with the "
		 "process that started it.",
	.rows = option_rows,
	.count = LENGTH(option_rows),
};

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

static bool
set_world(struct world *w, struct failure *why)
{
	w->seed = (uint64_t)seed; /* never negative */
	w->realm = realm;
	w->name = company;
	w->exotic = exotic;
	w->spoil = spoil;
	w->late_s = late_ms / 1000;
	w->to_s = clock_now_us() / CLOCK_SECOND;
	if (!read_time("to", to, &w->to_s, why))
		return false;
	w->from_s = w->to_s - 365 * 86400;
	if (!read_time("from", from, &w->from_s, why))
		return false;
	if (w->from_s >= w->to_s)
		return fail(why, FAILURE_USAGE, "--from is not before --to");
	if (!plan_world(w, rows, why))
		return false;
	body_prepare(w);
	return true;
}

static bool
set_oauth(struct oauth *g, struct failure *why)
{
	static const char *const rules[] = { "newest", "previous", "all" };
	size_t i = 0;

	while (i < LENGTH(rules) && strcmp(rules[i], rotation))
		i++;
	if (i == LENGTH(rules))
		return fail(why, FAILURE_USAGE,
			    "--rotation takes newest, previous or all");
	g->rotation = (enum oauth_rotation)i;
	g->rotate_every = rotate_every;
	g->reuse_revokes = reuse_revokes;
	g->life_ms = life_ms;
	g->life_requests = life_requests;
	oauth_begin(g);
	return true;
}

static bool
set_cdc(struct sim *s, struct failure *why)
{
	char text[1024];
	char *list[] = { text, NULL };

	snprintf(text, sizeof(text), "%s", cdc_without ? cdc_without : "");
	s->cdc_limit = cdc_limit;
	s->cdc_all = cdc_all;
	return !cdc_without ||
	       entity_list_read(list, NULL, &s->cdc_without, why);
}

static bool
set_all(struct sim *s, struct failure *why)
{
	s->latency_ms = latency_ms;
	s->retry_after = retry_after;
	s->wrong_cluster = wrong_cluster;
	s->denies = denies;
	s->pkce = pkce;
	s->no_gzip = no_gzip;
	s->started_tick_ms = clock_monotonic_ms();
	s->limits.per_second = per_second ? per_second : limits ? 10 : 0;
	s->limits.per_minute = per_minute ? per_minute : limits ? 500 : 0;
	s->log_fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	if (log_file)
		s->log_fd =
			open(log_file,
			     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log_file && s->log_fd < 0)
		return fail_errno(why, log_file);
	return set_world(&s->world, why) && set_oauth(&s->oauth, why) &&
	       set_cdc(s, why) &&
	       (!script || script_read(&s->script, script, why));
}

/* Under another name first: who waits for the file finds it whole. */
static bool
write_env(struct sim *s, struct failure *why)
{
	char draft[4096];

	if (!env)
		return true;
	snprintf(draft, sizeof(draft), "%s.%d", env, (int)getpid());
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
	if (fclose(file) || rename(draft, env))
		return fail_errno(why, env);
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
	if (!server_start(s, port, why) || !write_env(s, why))
		return false;
	sigwait(&ends, &which);
	return true;
}

static bool
print_rows(const struct world *w, struct failure *why)
{
	const struct world_entity *e = plan_named(w, slice_of(print));
	struct lines_out out;
	bool good;

	if (!e)
		return fail(why, FAILURE_USAGE, "--print: no entity \"%s\"",
			    print);
	lines_out_init(&out, STDOUT_FILENO);
	good = envelopes ? export_envelopes(w, e, windows, &out, why)
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
	if (options_read(argc, argv, &options, &used, &why) &&
	    options_no_operands(argc, argv, used, &why) &&
	    set_all(&sim, &why)) {
		if (print ? print_rows(&sim.world, &why) : serve(&sim, &why))
			_exit(0); /* connections may still be served */
	}
	return log_failure(&why);
}
