/*
 * quickbooks/fetch_job.h - one question of a scan on its way: a page, or a
 * count, which may take several requests.
 */
#ifndef QUICKBOOKS_FETCH_JOB_H
#define QUICKBOOKS_FETCH_JOB_H

#include "quickbooks/client.h"
#include "quickbooks/scan.h"
#include "stream/lines.h"

struct fetch_job {
	struct qbo_call call;
	struct reader_question question;
	struct scan *scan;  /* NULL: this job is free */
	int64_t number;     /* among the questions of its scan */
	int64_t most_tries; /* as in struct qbo_call */
};

/* Send the question, the next part of a count, or the same once more. */
bool fetch_job_send(struct fetch_job *job, struct qbo_client *qbo,
		    struct failure *why) MUST_CHECK;

/* The same once more, when QuickBooks' clock has reached the window's end, so
 * many seconds from now; `out` is flushed before. */
bool fetch_job_wait(struct fetch_job *job, int64_t wait_s,
		    struct lines_out *out, struct qbo_client *qbo,
		    struct failure *why) MUST_CHECK;

/*
 * Counts of this scan have run out of time as often as a request may be tried,
 * and none succeeded in between: then it is not the length of the range.  Sets
 * `why`.
 */
bool fetch_job_is_stalled(const struct fetch_job *job, struct failure *why);

/* Put scan and page in front of what is recorded; returns false. */
bool fetch_job_fail_in(const struct fetch_job *job, struct failure *why);

/* Intuit's older limit of concurrent requests. */
enum { FETCH_MOST_JOBS = 10 };

struct fetch_jobs {
	struct qbo_client *qbo; /* the caller's */
	int64_t most;           /* in flight */
	struct fetch_job at[FETCH_MOST_JOBS];
	struct qbo_call extra; /* of fetch_jobs_count_now() */
};

void fetch_jobs_init(struct fetch_jobs *jobs);
void fetch_jobs_free(struct fetch_jobs *jobs);

struct fetch_job *fetch_jobs_free_one(struct fetch_jobs *jobs); /* or NULL */

/*
 * Begin a scan, or a part of it.  `*ready` false: questions of it must wait: no
 * job is free to find out where to split it, or too few calls are left this
 * month to read it to its end; of the `first` scan that is FAILURE_LATER.
 */
bool fetch_jobs_ready(struct fetch_jobs *jobs, struct scan *scan,
		      const struct scan_policy *policy, bool first, bool *ready,
		      struct failure *why) MUST_CHECK;

/* Forget the questions of a scan; the calls they took count as its. */
void fetch_jobs_cancel(struct fetch_jobs *jobs, struct scan *scan);

/* Close all scans of an entity, from this one on, and forget their questions.
 */
void fetch_jobs_drop(struct fetch_jobs *jobs, struct scan *scans,
		     const struct entity *entity);

/* Count a part of a scan that is done, and wait for the result; the calls count
 * as the scan's.  `*count` -1: that count failed, others need not. */
bool fetch_jobs_count_now(struct fetch_jobs *jobs, struct scan *scan,
			  struct time_range range, int64_t *count,
			  struct failure *why) MUST_CHECK;

#endif
