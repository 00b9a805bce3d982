/*
 * attachments/outcome.h - what the end of a download means for its file.
 */
#ifndef ATTACHMENTS_OUTCOME_H
#define ATTACHMENTS_OUTCOME_H

#include "http/download.h"

enum outcome_kind {
	OUTCOME_FILE,     /* it is the file */
	OUTCOME_NEW_LINK, /* this one is refused, as one that has expired */
	OUTCOME_RETRY,    /* a transient error */
	OUTCOME_WRONG,    /* another size: once more, it may have been cut */
	OUTCOME_REFUSED,  /* repeating is useless */
	OUTCOME_STOP,     /* it cannot be written: download->why */
};

enum { OUTCOME_WHAT = 400 };

struct outcome {
	enum outcome_kind kind;
	enum api_fault fault;    /* of OUTCOME_RETRY */
	char what[OUTCOME_WHAT]; /* for a message, without the link */
};

/* What is expected of a file. */
struct outcome_expected {
	int64_t size;            /* -1: any */
	struct slice type, name; /* of a web page: it may be one */
};

void outcome_judge(struct outcome *o, const struct http_download *d,
		   const struct outcome_expected *expected);

#endif
