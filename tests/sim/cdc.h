/*
 * cdc.h - what changed since a time: /v3/company/REALM/cdc, with entities= and
 * changedSince=.
 */
#ifndef CDC_H
#define CDC_H

#include "sim.h"

enum { CDC_MOST = 1000 };

/* What the log and the rules know of such a request, good or not. */
void cdc_note(struct sim *s, const struct request *r, struct answer *a);

/* False where it is refused. */
bool cdc_answer(struct sim *s, const struct request *r, struct answer *a,
		struct refusal *why) MUST_CHECK;

#endif
