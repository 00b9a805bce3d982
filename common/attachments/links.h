/*
 * attachments/links.h - fresh links to the files of attachments, many by one
 * call.
 *
 * A link is signed, and valid for 15 minutes; it is a secret, and no message
 * may show it.
 */
#ifndef ATTACHMENTS_LINKS_H
#define ATTACHMENTS_LINKS_H

#include "attachments/attachment.h"
#include "quickbooks/client.h"

struct link_text {
	size_t at, len;
};

/* An attachment as it is now. */
struct link {
	struct link_text texts[ATTACHMENT_TEXTS];
	int64_t size, updated_us;
	int64_t asked_ms; /* clock_monotonic_ms() */
	size_t file;      /* the caller's */
};

struct links {
	struct link *all;
	size_t count, room;
	struct buf text;
	struct qbo_call call;
	struct attachment row;
	bool in_halves;
};

void links_init(struct links *l);
void links_free(struct links *l);
void links_clear(struct links *l);

struct slice links_text(const struct links *l, const struct link *link,
			enum attachment_text which);

/*
 * Add the attachments of these Ids, at most QUERY_MOST_IDS, that QuickBooks has
 * and that have a file.  `refused` is called for an Id that QuickBooks refuses
 * alone.  Failures as of calls.
 */
bool links_query(struct links *l, struct qbo_client *qbo,
		 const struct slice *ids, size_t count,
		 void (*refused)(void *into, struct slice id,
				 const struct failure *trouble),
		 void *into, struct failure *why) MUST_CHECK;

#endif
