/*
 * auth/consent_prompt.h - show a person the question, and wait for the answer:
 * at a browser on this machine, or pasted from one anywhere.
 */
#ifndef AUTH_CONSENT_PROMPT_H
#define AUTH_CONSENT_PROMPT_H

#include "auth/callback.h"
#include "auth/callback_server.h"
#include "auth/consent_url.h"

struct consent_prompt {
	const char *browser; /* what opens a URL; NULL: the usual, if any */
	int64_t wait_ms;     /* for a browser on this machine */
	bool paste;          /* read the address in any case */
	struct callback callback; /* the answer */
	struct callback_server listener;
	bool listens;
};

void consent_prompt_init(
	struct consent_prompt *c); /* after the first three are set */

/* Failures as callback_server_wait() and callback_parse() have them. */
bool consent_prompt_ask(struct consent_prompt *c, const struct consent_url *a,
			struct failure *why) MUST_CHECK;

/* Tell the person at the browser how it ended. */
void consent_prompt_finish(struct consent_prompt *c, bool good);

#endif
