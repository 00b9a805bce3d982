#include "auth/consent_prompt.h"
#include "auth/foreign_text.h"
#include "base/log.h"
#include "base/subprocess.h"

enum { PAGE_SHOWN = 256 };

void
consent_prompt_init(struct consent_prompt *p)
{
	callback_init(&p->callback);
	p->server = (struct callback_server){ .fd = -1, .redirect_fd = -1 };
}

static void
open_browser(const char *browser, const char *url)
{
	struct failure ignored;
	const char *command = browser;
	const char *display = getenv("DISPLAY");

	if (!display || !*display)
		display = getenv("WAYLAND_DISPLAY");
	if (!command && display && *display)
		command = "xdg-open";
	if (command && !subprocess_start(command, url, &ignored))
		log_info("browser not started why=\"%s\"", ignored.text);
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
	return line->len || fail(why, FAILURE_DATA, "no address was pasted");
}

/* What stands before the parameters; nothing if they are pasted alone. */
static struct slice
page_of(struct slice address)
{
	const char *end = memchr(address.at, '?', address.len);

	if (!end || !memmem(address.at, (size_t)(end - address.at), "://", 3))
		return (struct slice){ NULL, 0 };
	return (struct slice){ address.at, (size_t)(end - address.at) };
}

/* A proxy may change the address, so that another one can be right; it is
 * reported because Intuit gives no tokens for a code of another redirect URI.
 */
static void
compare_page(struct slice address, const char *redirect)
{
	struct slice page = page_of(address);
	struct slice wanted = { redirect, strcspn(redirect, "?") };
	char shown[PAGE_SHOWN];

	if (!page.at || slice_equal(page, wanted))
		return;
	foreign_text_show(page, shown, sizeof(shown));
	log_warn("the pasted address begins with %s, and the redirect URI is "
		 "%s",
		 shown, redirect);
}

static bool
ask_by_paste(struct consent_prompt *p, const struct consent_url *url,
	     struct failure *why)
{
	struct buf line;

	buf_init(&line, TOKENS_LONGEST);
	fprintf(stderr,
		"Open this page and allow the access:\n\n  %s\n\nThen paste "
		"the address that the browser ends up at:\n",
		url->url.at);
	bool done = read_line(&line, why);
	if (done) {
		compare_page(buf_slice(&line), url->redirect);
		done = callback_parse(&p->callback, buf_slice(&line),
				      url->state, why);
	}
	tokens_wipe_free(&line);
	if (!done && why->kind == FAILURE_DATA)
		fail_next(why,
			  "qb-auth login --paste again, and paste the whole "
			  "address from the browser");
	return done;
}

/* Listen before the browser is opened, so that it cannot be too early. */
static bool
ask_by_listening(struct consent_prompt *p, const struct consent_url *url,
		 struct failure *why)
{
	struct buf query;

	if (!callback_server_open(&p->server, url->redirect, why))
		return false;
	buf_init(&query, CALLBACK_SERVER_HEAD);
	fprintf(stderr, "Open this page and allow the access:\n\n  %s\n\n",
		url->url.at);
	open_browser(p->browser, url->url.at);
	bool done = callback_server_wait(&p->server, p->wait_ms, &query, why) &&
		    callback_parse(&p->callback, buf_slice(&query), url->state,
				   why);
	tokens_wipe_free(&query);
	if (!done && why->kind == FAILURE_LATER && !why->next[0])
		fail_next(why,
			  "qb-auth login again, with --paste when the browser "
			  "is on another machine; if Intuit's page showed an "
			  "error, enter %s among the app's redirect URIs in "
			  "Intuit's developer portal, exactly like this",
			  url->redirect);
	return done;
}

bool
consent_prompt_ask(struct consent_prompt *p, const struct consent_url *url,
		   struct failure *why)
{
	p->is_listening =
		!p->paste && callback_server_can_listen(url->redirect);
	return (p->is_listening ? ask_by_listening : ask_by_paste)(p, url, why);
}

void
consent_prompt_finish(struct consent_prompt *p, const struct failure *why)
{
	if (p->is_listening) {
		callback_server_respond(&p->server, why);
		callback_server_close(&p->server);
	}
	callback_free(&p->callback);
}
