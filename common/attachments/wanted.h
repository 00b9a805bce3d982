/* attachments/wanted.h - the attachments whose files are to be in the folder.
 */
#ifndef ATTACHMENTS_WANTED_H
#define ATTACHMENTS_WANTED_H

#include "attachments/attachment.h"

struct wanted_file {
	size_t id_at, id_len;
	int64_t size;       /* -1: not known */
	int64_t updated_us; /* INT64_MIN: not known */
};

struct wanted {
	struct wanted_file *files;
	size_t count, room;
	struct buf ids;
	int64_t rows;  /* all attachments that were added */
	int64_t notes; /* of them: without a file */
};

void wanted_init(struct wanted *w);
void wanted_free(struct wanted *w);

/* A note is counted only.  FAILURE_DATA: its Id is none. */
bool wanted_add(struct wanted *w, const struct attachment *a,
		struct failure *why) MUST_CHECK;

/* Back to its first `count` files. */
void wanted_truncate(struct wanted *w, size_t count);

/* By Id, and of each only the version that was updated last. */
void wanted_sort(struct wanted *w);

struct slice wanted_id(const struct wanted *w, size_t i);

#endif
