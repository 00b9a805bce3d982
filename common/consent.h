/*
 * consent.h - show a person the question, and wait for the answer: at a
 * browser on this machine, or pasted from one anywhere.
 */
#ifndef CONSENT_H
#define CONSENT_H

#include "authorize.h"
#include "callback.h"
#include "listener.h"

struct consent {
	const char *browser; /* what opens a URL; NULL: the usual, if any */
	int64_t wait_ms;     /* for a browser on this machine */
	bool paste;          /* read the address in any case */
	struct callback callback; /* the answer */
	struct listener listener;
	bool listens;
};

void consent_init(struct consent *c); /* after the first three are set */

/* Failures as listener_wait() and callback_read() have them. */
bool consent_ask(struct consent *c, const struct authorize *a,
		 struct failure *why) MUST_CHECK;

/* Tell the person at the browser how it ended. */
void consent_end(struct consent *c, bool good);

#endif
