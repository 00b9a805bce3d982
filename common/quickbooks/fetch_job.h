/*
 * quickbooks/fetch_job.h - one request for a window: a count or a page.
 */
#ifndef QUICKBOOKS_FETCH_JOB_H
#define QUICKBOOKS_FETCH_JOB_H

#include "quickbooks/client.h"
#include "quickbooks/window_fetch.h"

struct fetch_job {
	struct qbo_call call;
	struct reader_question question;
	struct window_fetch *fetch; /* NULL: this job is free */
	int64_t number;             /* among the questions of its window */
};

/* Send the question, or send it again. */
bool fetch_job_send(struct fetch_job *job, struct qbo_client *qbo,
		    struct failure *why) MUST_CHECK;

/* Give the response, which is a good one, to the window: its reader takes the
 * count, or the rows of the page are written. */
bool fetch_job_deliver(struct fetch_job *job, const char *realm,
		       struct fetch_output *output,
		       struct failure *why) MUST_CHECK;

/* Put window and page in front of what is recorded; returns false. */
bool fetch_job_fail_in(const struct fetch_job *job, struct failure *why);

#endif
