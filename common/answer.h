/*
 * answer.h - an HTTP answer as it comes in, held to its bounds.
 *
 * An answer counts when it is whole: status 0 says that none came, and `error`
 * why, in words that bear nothing of headers or body.  Gzip that is cut,
 * corrupt or followed by something, more than 64 KiB of headers and a body
 * past its bounds are no answers.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "gzip.h"
#include "retry.h"

enum { ANSWER_TID = 96, ANSWER_ERROR = 256 };

struct answer {
	bool done;
	int status;
	struct buf body;          /* inflated */
	int64_t advice_ms;        /* retry_advice_ms(); -1: no Retry-After */
	char tid[ANSWER_TID];     /* intuit_tid, printable; or "" */
	char error[ANSWER_ERROR]; /* printable; "" when an answer came */
	bool unsent;              /* nothing of the request had been sent */
	bool timed_out;           /* it was sent, and its time went by */
	bool too_large;           /* more than most_bytes */
	bool bad_gzip;            /* ask for it plain */
	bool distrusted; /* TLS: the other side cannot prove its name */
	bool barred;     /* a proxy wants a login first */
	int64_t took_ms;

	void *under_way; /* http's own, as is what follows */
	size_t most_bytes, raw_bytes, header_bytes;
	bool headers_ended, zipped;
	struct gzip_in gzip;
};

void answer_init(struct answer *a);
void answer_free(struct answer *a);

/* Empty it for another one, whose body may have `most_bytes` inflated. */
void answer_begin(struct answer *a, size_t most_bytes);

/* A whole header line, or the next bytes of the body.  False: stop here, and
 * `error` says why. */
bool answer_header(struct answer *a, struct slice line) MUST_CHECK;
bool answer_body(struct answer *a, struct slice bytes) MUST_CHECK;

/* The last byte came: is it whole?  Then that is its status. */
void answer_end(struct answer *a, int status);

/* Why no answer came; the first reason stays. */
void answer_fail(struct answer *a, const char *error);

#endif
