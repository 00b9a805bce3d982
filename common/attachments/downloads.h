/*
 * attachments/downloads.h - fetch the files of attachments, several at once.
 *
 * A file whose download fails for the moment is tried again, as a call is
 * (http/retry.h).  For a link that is refused, as an expired one is, another
 * one is asked for, twice.  A file that cannot be had is told, and the others
 * go on.
 */
#ifndef ATTACHMENTS_DOWNLOADS_H
#define ATTACHMENTS_DOWNLOADS_H

#include "attachments/folder.h"
#include "attachments/links.h"
#include "stream/lines.h"

struct download_job;

/* Of those whose links are asked for together. */
struct batch_file {
	struct slice id;
	int renewals;    /* how often its link was refused */
	bool is_settled; /* it was found, or told */
};

struct downloads {
	/* the caller's */
	struct qbo_client *qbo;
	struct folder *folder;
	struct lines_out *out; /* a line for each file */
	int64_t jobs, most_bytes;
	bool any_size; /* whatever Size says */
	void (*progress)(const struct downloads *d);

	int64_t files, fetched, bytes; /* done, and of them from QuickBooks */
	int64_t gone;                  /* QuickBooks has no more */
	int64_t later, refused;        /* were not fetched; told */

	bool plain_http; /* the API is not https */
	struct http_client *http;
	struct links links;
	struct download_job *slots;
	size_t next; /* of links.all: the first that has not begun */
	struct batch_file batch[QUERY_MOST_IDS];
	size_t batch_count;
	size_t wanted[QUERY_MOST_IDS]; /* of the batch: links of these are to be
					  asked for */
	size_t wanted_count;
};

/* The caller sets its members between the two. */
bool downloads_open(struct downloads *d, struct failure *why) MUST_CHECK;
void downloads_close(struct downloads *d);

/*
 * Download all of `links`.  What must be asked for once more is then in
 * `wanted`.  False only for what ends all: FAILURE_IO, as files cannot be
 * written or the reader of the output has exited.
 */
bool downloads_work(struct downloads *d, struct failure *why) MUST_CHECK;

/* Write the line of a file that is there now; tell that one was not fetched,
 * and whether trying again may help. */
bool downloads_tell(struct downloads *d, struct slice id,
		    const struct folder_found *found,
		    struct failure *why) MUST_CHECK;
void downloads_lose(struct downloads *d, struct slice id, struct slice name,
		    bool may_come, const char *what);

#endif
