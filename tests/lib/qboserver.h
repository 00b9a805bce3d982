/* qboserver.h - a qbo that talks to tests/lib/rawserver.py, for tests in C. */
#ifndef QBOSERVER_H
#define QBOSERVER_H

#include <fcntl.h>
#include <getopt.h>

#include "base/log.h"
#include "quickbooks/client.h"
#include "rawserver.h"

#define ROWS \
	"{\"QueryResponse\":{\"Invoice\":[{\"Id\":\"7\"},{\"Id\":" \
	"\"8\"}],\"startPosition\":1,\"maxResults\":2},\"time\":\"2026-05-" \
	"02T09:00:00-07:00\"}"
#define GOOD "GET ok:" ROWS "\n"
#define HEAD "raw:HTTP/1.1\\s200\\sOK\\r\\n"
#define TOKENS(n) \
	"{\"access_token\":\"CANARY-ACCESS-" n \
	"\",\"refresh_token\":\"CANARY-REFRESH-" n \
	"\",\"token_type\":\"bearer\",\"expires_in\":3600,\"x_" \
	"refresh_token_expires_in\":8726400,\"x_refresh_token_" \
	"hard_expires_in\":157680000}"
#define FAULT(code, type) \
	"{\"fault\":{\"error\":[{\"message\":\"Message\"," \
	"\"detail\":\"Detail:\\sCANARY-ACCESS-2\",\"code\":\"" code \
	"\"}],\"type\":\"" type "\"}}"

static char *folder;
static char store[600]; /* the token file */

/* Everything that is said goes into a file, to be searched. */
static inline void
listen_in(void)
{
	char path[600];

	folder = rawserver_folder();
	snprintf(path, sizeof(path), "%s/said", folder);
	if (!freopen(path, "w+", stderr))
		abort();
	log_begin("qb-test");
	log_verbose(true);
}

static inline bool
was_said(const char *word)
{
	static char text[1 << 20];
	char path[600];

	fflush(stderr);
	snprintf(path, sizeof(path), "%s/said", folder);
	FILE *in = fopen(path, "r");
	size_t len = in ? fread(text, 1, sizeof(text) - 1, in) : 0;
	if (in)
		fclose(in);
	text[len] = '\0';
	return strstr(text, word);
}

/* No token is stored yet from here on. */
static inline void
forget_login(void)
{
	static int number;
	char state[500];

	snprintf(state, sizeof(state), "%s/state%d", folder, number++);
	setenv("XDG_STATE_HOME", state, 1);
	snprintf(store, sizeof(store), "%s/qb/sandbox-1234567890.json", state);
}

static inline void
serve(struct rawserver *s, const char *script)
{
	char url[64];

	rawserver_start(s, folder, script);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", s->port);
	setenv("QBO_API_URL", url, 1);
	setenv("QBO_TOKEN_URL", url, 1);
	setenv("QBO_ENV", "sandbox", 1);
	setenv("QBO_REALM_ID", "1234567890", 1);
	setenv("QBO_CLIENT_ID", "client", 1);
	setenv("QBO_CLIENT_SECRET", "CANARY-SECRET", 1);
}

/* `options` are "--retries=..." and "--retry-for=...", or NULL. */
static inline struct qbo_client *
open_qbo(const char *retries, const char *patience, struct failure *why)
{
	static char given[2][40];
	char *argv[] = { given[0], given[0], given[1], NULL };
	int used;

	*why = (struct failure){ 0 };
	snprintf(given[0], sizeof(given[0]), "%s",
		 retries ? retries : "--retries=2");
	snprintf(given[1], sizeof(given[1]), "%s",
		 patience ? patience : "--retry-for=1m");
	optind = 0; /* getopt begins anew */
	if (!options_read(3, argv, &retry_options, &used, why))
		return NULL;
	return qbo_client_open(why);
}

/* A client of a company that nobody has logged in to yet, and its server. */
static inline struct qbo_client *
serve_client(struct rawserver *s, const char *script, const char *retries,
	     const char *patience, struct failure *why)
{
	forget_login();
	serve(s, script);
	struct qbo_client *q = open_qbo(retries, patience, why);
	if (!q)
		abort();
	return q;
}

static inline void
begin_call(struct qbo_client *q, struct qbo_call *call, bool can_split)
{
	struct failure why;

	qbo_call_init(call);
	call->entity = entity_find(slice_of("Invoice"));
	call->can_split = can_split;
	if (!buf_printf(&call->statement, &why,
			"select * from Invoice where a >= 'b c'"))
		abort();
	qbo_client_start(q, call);
}

static inline bool
ask(struct qbo_client *q, struct qbo_call *call, bool can_split,
    struct failure *why)
{
	begin_call(q, call, can_split);
	while (!call->done)
		if (!qbo_client_run(q, -1, why))
			return false;
	return true;
}

/* Open, ask one thing and close; what went wrong is in `why`. */
static inline bool
ask_once_for(struct rawserver *s, const char *script, const char *retry_for,
	     struct failure *why)
{
	struct qbo_call call;
	bool answered = false;

	serve(s, script);
	struct qbo_client *q = open_qbo(NULL, retry_for, why);
	if (q) {
		answered = ask(q, &call, false, why) && !call.why.kind;
		if (!answered && call.why.kind)
			*why = call.why;
	}
	qbo_client_close(q);
	if (q)
		qbo_call_free(&call);
	rawserver_stop(s);
	if (why->kind)
		fprintf(stderr, "%s\n%s\n", why->text, why->next);
	return answered;
}

static inline bool
ask_once(struct rawserver *s, const char *script, struct failure *why)
{
	return ask_once_for(s, script, NULL, why);
}

#endif
