#include "consent.h"
#include "child.h"
#include "diag.h"

void
consent_init(struct consent *c)
{
	callback_init(&c->callback);
	c->listener = (struct listener){ .fd = -1, .asked = -1 };
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
	if (command && !child_start(command, url, &ignored))
		diag_say("no browser why=\"%s\"", ignored.text);
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
ask_by_paste(struct consent *c, const struct authorize *a, struct failure *why)
{
	struct buf line;

	buf_init(&line, TOKENS_LONGEST);
	fprintf(stderr,
		"Open this page and agree:\n\n  %s\n\n"
		"Then paste the address at which the browser ends up:\n",
		a->url.at);
	bool done =
		read_line(&line, why) &&
		callback_read(&c->callback, buf_slice(&line), a->state, why);
	tokens_wipe_free(&line);
	return done;
}

/* Listening begins before the browser could be back. */
static bool
ask_by_listening(struct consent *c, const struct authorize *a,
		 struct failure *why)
{
	struct buf query;

	if (!listener_open(&c->listener, a->redirect, why))
		return false;
	buf_init(&query, LISTENER_HEAD);
	fprintf(stderr, "Open this page and agree:\n\n  %s\n\n", a->url.at);
	open_browser(c->browser, a->url.at);
	bool done =
		listener_wait(&c->listener, c->wait_ms, &query, why) &&
		callback_read(&c->callback, buf_slice(&query), a->state, why);
	tokens_wipe_free(&query);
	return done;
}

bool
consent_ask(struct consent *c, const struct authorize *a, struct failure *why)
{
	c->listens = !c->paste && listener_can(a->redirect);
	return (c->listens ? ask_by_listening : ask_by_paste)(c, a, why);
}

void
consent_end(struct consent *c, bool good)
{
	if (c->listens) {
		listener_answer(&c->listener, good);
		listener_close(&c->listener);
	}
	callback_free(&c->callback);
}
