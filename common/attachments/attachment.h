/*
 * attachments/attachment.h - what an Attachable says of its file.
 *
 * The wing attachments/ fetches the files of attachments into a folder.  Only
 * tools include it.
 */
#ifndef ATTACHMENTS_ATTACHMENT_H
#define ATTACHMENTS_ATTACHMENT_H

#include "json/json.h"

enum attachment_text {
	ATTACHMENT_ID,
	ATTACHMENT_NAME,
	ATTACHMENT_TYPE,
	ATTACHMENT_LINK,
	ATTACHMENT_TEXTS
};

struct attachment {
	struct slice text[ATTACHMENT_TEXTS]; /* at NULL: it does not say */
	int64_t size;                        /* -1: it does not say */
	int64_t updated_us;                  /* INT64_MIN: it does not say */
	struct buf rooms[ATTACHMENT_TEXTS];
};

void attachment_init(struct attachment *a);
void attachment_free(struct attachment *a);

/* Slices live until the next call, and no longer than the payload.
 * FAILURE_DATA: it is not an object. */
bool attachment_read(struct attachment *a, struct slice payload,
		     struct failure *why) MUST_CHECK;

/* A note has none. */
bool attachment_has_file(const struct attachment *a);

#endif
