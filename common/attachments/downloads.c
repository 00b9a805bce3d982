#include "attachments/downloads.h"
#include "attachments/outcome.h"
#include "auth/settings.h"
#include "base/clock.h"
#include "base/log.h"
#include "http/jitter.h"

enum {
	MOST_RENEWALS = 2,
	MOST_WRONG_TRIES = 2,
	/* of 15 minutes; what began is not cut off when a link expires */
	LINK_IS_FRESH_MS = 12 * 60 * 1000,
	LONGEST_WAIT_MS = 60000,
	SHOWN_NAME = 80,
};

enum job_state { JOB_FREE, JOB_WAITS, JOB_RUNS };

struct download_job {
	enum job_state state;
	struct http_download get;
	size_t link; /* of links.all */
	int64_t tries, began_ms, due_ms;
};

bool
downloads_open(struct downloads *d, struct failure *why)
{
	struct settings settings;

	if (!settings_read(&settings, SETTINGS_ALL, why))
		return false;
	/* links of a test server are not https either */
	d->plain_http = !strncasecmp(settings.api_url, "http:", 5);
	d->http = http_client_open(why);
	if (!d->http)
		return false;
	links_init(&d->links);
	d->slots = base_realloc(NULL, (size_t)d->jobs * sizeof(*d->slots));
	for (int64_t i = 0; i < d->jobs; i++) {
		d->slots[i] = (struct download_job){ .state = JOB_FREE };
		http_download_init(&d->slots[i].get);
	}
	return true;
}

void
downloads_close(struct downloads *d)
{
	if (!d->http)
		return;
	for (int64_t i = 0; i < d->jobs; i++)
		http_download_free(&d->slots[i].get);
	free(d->slots);
	links_free(&d->links);
	http_client_close(d->http);
}

/* --- what became of a file ------------------------------------------------ */

/* {"id":"12","file":"12-a.pdf","bytes":4711,"sha256":"..."} */
bool
downloads_tell(struct downloads *d, struct slice id,
	       const struct folder_found *found, struct failure *why)
{
	struct buf *to = &d->out->pending;

	d->files++;
	if (!buf_printf(to, why, "{\"id\":") || !json_quote(id, to, why) ||
	    !buf_printf(to, why, ",\"file\":") ||
	    !json_quote(slice_of(found->name), to, why) ||
	    !buf_printf(to, why, ",\"bytes\":%" PRId64 ",\"sha256\":\"%s\"}\n",
			found->bytes, found->hex) ||
	    !lines_push(d->out, why))
		return false;
	if (d->progress)
		d->progress(d);
	return true;
}

void
downloads_lose(struct downloads *d, struct slice id, struct slice name,
	       bool may_come, const char *what)
{
	char shown[SHOWN_NAME];

	slice_printable(name, shown, sizeof(shown));
	log_warn("attachment %.*s%s%s%s: %s", SLICE_SHOWN(id),
		 name.len ? " (" : "", shown, name.len ? ")" : "", what);
	*(may_come ? &d->later : &d->refused) += 1;
}

static void
lose(struct downloads *d, const struct link *link, bool may_come,
     const char *what)
{
	downloads_lose(d, links_text(&d->links, link, ATTACHMENT_ID),
		       links_text(&d->links, link, ATTACHMENT_NAME), may_come,
		       what);
}

static bool
keep(struct downloads *d, struct download_job *job, struct failure *why)
{
	const struct link *link = &d->links.all[job->link];
	struct slice id = links_text(&d->links, link, ATTACHMENT_ID);
	struct folder_found found;

	d->fetched++;
	d->bytes += job->get.bytes;
	return folder_keep(d->folder, id,
			   links_text(&d->links, link, ATTACHMENT_NAME),
			   link->updated_us, &job->get.file, &job->get.sum,
			   job->get.bytes, &found, why) &&
	       downloads_tell(d, id, &found, why);
}

/* --- one download --------------------------------------------------------- */

/* Ask for its link again, with others. */
static void
renew(struct downloads *d, size_t link)
{
	if (d->wanted_count == LENGTH(d->wanted))
		BUG("more links are asked for again than there are");
	d->wanted[d->wanted_count++] = d->links.all[link].file;
}

static bool
begin(struct downloads *d, struct download_job *job, struct failure *why)
{
	const struct link *link = &d->links.all[job->link];
	struct slice url = links_text(&d->links, link, ATTACHMENT_LINK);
	struct failure refused = { 0 };

	if (!url.len) {
		lose(d, link, false, "QuickBooks gives no link to its file");
		job->state = JOB_FREE;
		return true;
	}
	job->tries++;
	if ((d->plain_http || !strncasecmp(url.at, "https:", 6)) &&
	    http_download_start(&job->get, d->http, url.at, d->folder->fd,
				d->most_bytes, &refused)) {
		job->state = JOB_RUNS;
		return true;
	}
	if (refused.kind == FAILURE_IO) {
		*why = refused;
		return false;
	}
	lose(d, link, false,
	     refused.kind ? refused.text : "its link is not an https:// URL");
	job->state = JOB_FREE;
	return true;
}

static void
retry(struct downloads *d, struct download_job *job, const struct outcome *o)
{
	const struct retry_policy policy = retry_options_policy();
	const struct retry_try last = {
		.number = job->tries,
		.fault = o->fault,
		.elapsed_ms = clock_monotonic_ms() - job->began_ms,
		.retry_after_ms = job->get.response.retry_after_ms,
		.jitter = jitter_draw(),
	};
	struct retry_decision decision = retry_decide(&policy, &last);

	if (!decision.again) {
		lose(d, &d->links.all[job->link], true, o->what);
		job->state = JOB_FREE;
		return;
	}
	log_info("download will be retried try=%" PRId64 " wait_ms=%" PRId64
		 " why=\"%s\"",
		 job->tries + 1, decision.wait_ms, o->what);
	job->due_ms = clock_monotonic_ms() + decision.wait_ms;
	job->state = JOB_WAITS;
}

/* A response of another size may have been cut, or it is another file: then its
 * row says so when it is read again. */
static void
try_another_link(struct downloads *d, struct download_job *job,
		 const struct outcome *o)
{
	const struct link *link = &d->links.all[job->link];
	struct batch_file *file = &d->batch[link->file];
	int most =
		o->kind == OUTCOME_WRONG ? MOST_WRONG_TRIES - 1 : MOST_RENEWALS;

	job->state = JOB_FREE;
	if (file->renewals < most) {
		log_info("another link is asked for why=\"%s\"", o->what);
		file->renewals++;
		renew(d, job->link);
	} else {
		lose(d, link, false, o->what);
	}
}

static bool
end(struct downloads *d, struct download_job *job, struct failure *why)
{
	const struct link *link = &d->links.all[job->link];
	const struct outcome_expected expected = {
		.size = d->any_size ? -1 : link->size,
		.type = links_text(&d->links, link, ATTACHMENT_TYPE),
		.name = links_text(&d->links, link, ATTACHMENT_NAME),
	};
	struct outcome o;
	bool done = true;

	outcome_judge(&o, &job->get, &expected);
	switch (o.kind) {
	case OUTCOME_STOP:
		*why = job->get.why;
		return fail_in(why, "%s", d->folder->path);
	case OUTCOME_FILE:
		done = keep(d, job, why);
		job->state = JOB_FREE;
		break;
	case OUTCOME_NEW_LINK:
	case OUTCOME_WRONG:
		try_another_link(d, job, &o);
		break;
	case OUTCOME_RETRY:
		retry(d, job, &o);
		break;
	case OUTCOME_REFUSED:
		lose(d, link, false, o.what);
		job->state = JOB_FREE;
		break;
	}
	http_download_cancel(&job->get); /* no half file stays */
	return done;
}

/* --- several -------------------------------------------------------------- */

/* The next file of the batch; a link that waited too long is renewed. */
static bool
take_next(struct downloads *d, struct download_job *job, int64_t now_ms)
{
	while (d->next < d->links.count) {
		size_t link = d->next++;

		if (now_ms - d->links.all[link].asked_ms > LINK_IS_FRESH_MS) {
			renew(d, link);
			continue;
		}
		job->link = link;
		job->tries = 0;
		job->began_ms = now_ms;
		return true;
	}
	return false;
}

/* `*busy`: some run or wait; `*wait_ms` becomes how long nothing is due. */
static bool
begin_due(struct downloads *d, bool *busy, int64_t *wait_ms,
	  struct failure *why)
{
	*busy = false;
	*wait_ms = LONGEST_WAIT_MS;
	for (int64_t i = 0; i < d->jobs; i++) {
		struct download_job *job = &d->slots[i];
		int64_t now_ms = clock_monotonic_ms();

		if (job->state == JOB_WAITS && job->due_ms <= now_ms &&
		    !begin(d, job, why))
			return false;
		while (job->state == JOB_FREE && take_next(d, job, now_ms))
			if (!begin(d, job, why))
				return false;
		*busy |= job->state != JOB_FREE;
		if (job->state == JOB_WAITS && job->due_ms - now_ms < *wait_ms)
			*wait_ms = job->due_ms - now_ms;
	}
	return true;
}

static bool
end_done(struct downloads *d, struct failure *why)
{
	for (int64_t i = 0; i < d->jobs; i++) {
		struct download_job *job = &d->slots[i];

		if (job->state == JOB_RUNS &&
		    http_download_is_done(&job->get) && !end(d, job, why))
			return false;
	}
	return true;
}

/* All links that there are. */
bool
downloads_work(struct downloads *d, struct failure *why)
{
	int64_t wait_ms;
	bool busy;

	for (;;) {
		if (!begin_due(d, &busy, &wait_ms, why))
			return false;
		if (!busy)
			return true;
		if (!lines_flush(d->out, why) ||
		    !http_client_run(d->http, wait_ms, -1, NULL, why) ||
		    !end_done(d, why))
			return false;
	}
}
