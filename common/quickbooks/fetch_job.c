#include "quickbooks/fetch_job.h"
#include "quickbooks/query.h"

bool
fetch_job_send(struct fetch_job *job, struct qbo_client *qbo,
	       struct failure *why)
{
	struct query query = { &job->fetch->window, job->question.count,
			       job->question.start, job->question.most };

	qbo_call_clear(&job->call);
	job->call.entity = job->fetch->window.entity;
	job->call.count = job->question.count;
	job->call.can_split = job->question.most > 1;
	if (!query_write(&query, &job->call.statement, why))
		return false;
	qbo_client_start(qbo, &job->call);
	return true;
}

bool
fetch_job_deliver(struct fetch_job *job, const char *realm,
		  struct fetch_output *output, struct failure *why)
{
	struct window_reader *reader = &job->fetch->reader;

	if (job->question.count) {
		window_reader_count(reader, job->call.response.count);
		return true;
	}
	if (!window_fetch_write_page(job->fetch, output, realm, &job->call,
				     &job->question, why))
		return false;
	/* the page is in memory, so its rows fit into an int64_t */
	window_reader_page(reader, &job->question,
			   (int64_t)job->call.response.row_count);
	return true;
}

bool
fetch_job_fail_in(const struct fetch_job *job, struct failure *why)
{
	if (job->question.count)
		fail_in(why, "count");
	else
		fail_in(why, "page at row %" PRId64, job->question.start);
	return window_fetch_fail_in(job->fetch, why);
}
