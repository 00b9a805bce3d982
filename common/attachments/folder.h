/*
 * attachments/folder.h - the folder of the files: each complete, on the disk,
 * and listed in SHA256SUMS.
 *
 * What is there is never overwritten.  An attachment whose content is another
 * one gets another file beside the first (file_name.h).  The time of a file is
 * the LastUpdatedTime of the attachment when its content was seen last, by
 * which a later change is known.
 */
#ifndef ATTACHMENTS_FOLDER_H
#define ATTACHMENTS_FOLDER_H

#include "archive/sha256sums.h"
#include "attachments/file_name.h"
#include "base/durable_file.h"

struct folder_file {
	size_t name_at, name_len; /* in `text` */
	char hex[DIGEST_HEX];
	int version;
};

struct folder {
	const char *path; /* as the user typed it */
	int fd, lock;     /* -1: not open */
	struct buf text;
	struct folder_file *files; /* all that are listed, by Id */
	size_t count, room;
	int64_t damaged; /* that are not as they are listed, so far */
};

/* Of an attachment: its file. */
struct folder_found {
	char name[FILE_NAME];
	char hex[DIGEST_HEX];
	int64_t bytes;
	bool is_new;
};

void folder_init(struct folder *f);
void folder_close(struct folder *f);

/* Create it if it is missing.  FAILURE_LATER: another process writes there. */
bool folder_open(struct folder *f, const char *path,
		 struct failure *why) MUST_CHECK;

/*
 * Is there a file of this attachment with the right size (-1: any), not older
 * than `updated_us` (INT64_MIN: whenever), and as it is listed?  One that is
 * not as it is listed is told once, with log_warn().
 */
bool folder_has(struct folder *f, struct slice id, int64_t size,
		int64_t updated_us, bool *has, struct folder_found *found,
		struct failure *why) MUST_CHECK;

/*
 * Keep what was written to a temporary file in f->fd, which is closed or
 * removed.  If a file of this attachment has this content, that one is kept.
 */
bool folder_keep(struct folder *f, struct slice id, struct slice given_name,
		 int64_t updated_us, struct durable_file *file,
		 struct digest *sum, int64_t bytes, struct folder_found *found,
		 struct failure *why) MUST_CHECK;

#endif
