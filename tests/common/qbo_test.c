#include "diag.h"
#include "qbo.h"
#include "rawserver.h"
#include "tap.h"

#define ROWS \
	"{\"QueryResponse\":{\"Invoice\":[{\"Id\":\"7\"},{\"Id\":" \
	"\"8\"}],\"startPosition\":1,\"maxResults\":2},\"time\":\"t\"}"
#define TOKEN \
	"POST ok:{\"access_token\":\"CANARY-ACCESS-1\",\"refresh_" \
	"token\":\"CANARY-REFRESH-2\",\"expires_in\":3600,\"x_" \
	"refresh_token_expires_in\":8726400}\n"

static char *folder;

/* A fresh store, the variables set, and a server that says `script`. */
static struct qbo *
start(struct rawserver *s, const char *script, const char *retries,
      struct failure *why)
{
	static int number;
	static char given[32];
	char *argv[] = { (char *)(uintptr_t) "qbo_test", given, NULL };
	char text[600];
	int used;

	rawserver_start(s, folder, script);
	snprintf(text, sizeof(text), "http://127.0.0.1:%d", s->port);
	setenv("QBO_API_URL", text, 1);
	setenv("QBO_TOKEN_URL", text, 1);
	snprintf(text, sizeof(text), "%s/state%d", folder, number++);
	setenv("XDG_STATE_HOME", text, 1);
	setenv("QBO_ENV", "sandbox", 1);
	setenv("QBO_REALM_ID", "1234567890", 1);
	setenv("QBO_CLIENT_ID", "client", 1);
	setenv("QBO_CLIENT_SECRET", "CANARY-SECRET", 1);
	setenv("QBO_REFRESH_TOKEN", "CANARY-REFRESH-1", 1);
	snprintf(given, sizeof(given), "--retries=%s", retries);
	if (!options_read(2, argv, &qbo_options, &used, why))
		return NULL;
	return qbo_open(why);
}

static bool
ask(struct qbo *q, struct qbo_call *call, struct failure *why)
{
	struct failure ignored;

	qbo_call_init(call);
	call->entity = entity_find(slice_of("Invoice"));
	if (!buf_printf(&call->statement, &ignored,
			"select * from Invoice where a >= 'b c'"))
		abort();
	qbo_begin(q, call);
	while (!call->done)
		if (!qbo_work(q, -1, why))
			return false;
	return true;
}

int
main(void)
{
	struct failure why = { 0 };
	struct qbo_call call;
	struct rawserver s;

	folder = rawserver_folder();
	diag_verbose(true);
	struct qbo *q = start(&s,
			      TOKEN "GET 503:<html> reset\n"
				    "GET ok:" ROWS "\n",
			      "2", &why);
	ok(q && ask(q, &call, &why) && !call.why.kind &&
		   call.response.row_count == 2,
	   "a 503 is asked again");
	printf("# %s / %s / %s\n", why.text, call.why.text, call.url.at);
	qbo_call_free(&call);
	qbo_close(q);
	rawserver_stop(&s);
	rawserver_clean(folder);
	return tap_done();
}
