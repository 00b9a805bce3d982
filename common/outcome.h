/*
 * outcome.h - how a request that ended without its answer is told.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "account.h"
#include "answer.h"

enum { OUTCOME_WHAT = FAULT_TOLD + 32 };

/* What it means. */
enum fault outcome_fault(const struct answer *a);

/* What came: "HTTP 400, 4001 Invalid query: ...", or why nothing did. */
void outcome_describe(const struct answer *a, char what[OUTCOME_WHAT]);

/* "what; note; intuit_tid ...": a bare note may be "". */
void outcome_fail(const struct answer *a, enum failure_kind kind,
		  const char *what, const char *note, struct failure *why);

/* Tries or patience are used up: FAILURE_LATER says after how many, and when
 * to come back if we were told to slow down. */
void outcome_gave_up(const struct answer *a, const struct retry_try *last,
		     const struct retry_verdict *verdict, const char *what,
		     struct failure *why);

/* It was not sent: all requests for this company are held for longer than it
 * has patience.  FAILURE_LATER. */
void outcome_held(int64_t wait_ms, struct failure *why);

/* FAULT_REFUSED: FAILURE_REFUSED; FAULT_LOGIN and FAULT_TOKEN: FAILURE_LOGIN.
 * Where it smells of it, the text asks "sandbox or production?". */
void outcome_refused(const struct answer *a, enum fault fault,
		     const struct account *with, const char *what,
		     struct failure *why);

#endif
