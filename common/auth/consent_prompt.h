/*
 * auth/consent_prompt.h - shows a person the consent page's URL, and waits for
 * the redirect: from a browser on this machine, or pasted from any other one.
 */
#ifndef AUTH_CONSENT_PROMPT_H
#define AUTH_CONSENT_PROMPT_H

#include "auth/callback.h"
#include "auth/callback_server.h"
#include "auth/consent_url.h"

struct consent_prompt {
	const char *browser;      /* command that opens a URL; NULL: xdg-open */
	int64_t wait_ms;          /* for a browser on this machine */
	bool paste;               /* read the redirect address from stdin */
	struct callback callback; /* the result */
	struct callback_server server;
	bool is_listening;
};

void consent_prompt_init(
	struct consent_prompt *p); /* after the first three are set */

/* Failures as callback_server_wait() and callback_parse(); FAILURE_DATA:
 * nothing was pasted. */
bool consent_prompt_ask(struct consent_prompt *p, const struct consent_url *url,
			struct failure *why) MUST_CHECK;

/* Tell the person at the browser that the login succeeded (`why` has no
 * failure), or why not. */
void consent_prompt_finish(struct consent_prompt *p, const struct failure *why);

#endif
