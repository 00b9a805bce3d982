#include "auth/consent_prompt.h"
#include "base/log.h"
#include "base/subprocess.h"

void
consent_prompt_init(struct consent_prompt *c)
{
	callback_init(&c->callback);
	c->listener = (struct callback_server){ .fd = -1, .asked = -1 };
}

static void
open_browser(const char *browser, const char *url)
{
	struct failure ignored;
	const char *command = browser;
	const char *screen = getenv("DISPLAY");

	if (!screen || !*screen)
		screen = getenv("WAYLAND_DISPLAY");
	if (!command && screen && *screen)
		command = "xdg-open";
	if (command && !subprocess_start(command, url, &ignored))
		log_info("no browser why=\"%s\"", ignored.text);
}

static bool
read_line(struct buf *line, struct failure *why)
{
	char c;
	ssize_t n;

	while ((n = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n')
		if (c != '\r' && !buf_add(line, &c, 1, why))
			return false;
	if (n < 0)
		return fail_errno(why, "standard input");
	return line->len || fail(why, FAILURE_DATA, "no address was given");
}

static bool
ask_by_paste(struct consent_prompt *c, const struct consent_url *a,
	     struct failure *why)
{
	struct buf line;

	buf_init(&line, TOKENS_LONGEST);
	fprintf(stderr,
		"Open this page and agree:\n\n  %s\n\n"
		"Then paste the address at which the browser ends up:\n",
		a->url.at);
	bool done =
		read_line(&line, why) &&
		callback_parse(&c->callback, buf_slice(&line), a->state, why);
	tokens_wipe_free(&line);
	return done;
}

/* Listening begins before the browser could be back. */
static bool
ask_by_listening(struct consent_prompt *c, const struct consent_url *a,
		 struct failure *why)
{
	struct buf query;

	if (!callback_server_open(&c->listener, a->redirect, why))
		return false;
	buf_init(&query, CALLBACK_SERVER_HEAD);
	fprintf(stderr, "Open this page and agree:\n\n  %s\n\n", a->url.at);
	open_browser(c->browser, a->url.at);
	bool done =
		callback_server_wait(&c->listener, c->wait_ms, &query, why) &&
		callback_parse(&c->callback, buf_slice(&query), a->state, why);
	tokens_wipe_free(&query);
	return done;
}

bool
consent_prompt_ask(struct consent_prompt *c, const struct consent_url *a,
		   struct failure *why)
{
	c->listens = !c->paste && callback_server_can_listen(a->redirect);
	return (c->listens ? ask_by_listening : ask_by_paste)(c, a, why);
}

void
consent_prompt_finish(struct consent_prompt *c, bool good)
{
	if (c->listens) {
		callback_server_respond(&c->listener, good);
		callback_server_close(&c->listener);
	}
	callback_free(&c->callback);
}
