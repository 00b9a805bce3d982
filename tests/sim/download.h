/*
 * download.h - the files of attachments, with --attachments.
 *
 *	/v3/company/REALM/download/ID    a link, as text
 *	/files/ID?Expires=...            the file; the link is signed, and valid
 *					 for --link-life
 *
 * Each reading of a row has another link.  Every tenth attachment is a note and
 * has no file; every seventh has a name that no file should get.  The content
 * of a file is another one after each edit, and sometimes of the same length.
 * The storage refuses a request with the header Authorization, as Amazon S3
 * does.  A test asks for trouble by
 *
 *	/sim/files?do=DO[&id=ID][&times=N]
 *
 * DO: expired, missing, html, short, long, cut, reset, busy, redirect (to the
 * same file), elsewhere (a redirect to another scheme), slow, or whole,
 * which ends all trouble.
 */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include "sim.h"

/* The members of an attachment, with its link. */
void download_write(struct buf *to, const struct world *w,
		    const struct world_row *row);

void download_answer_link(struct sim *s, const struct request *r,
			  struct answer *a, struct slice id);
void download_answer_file(struct sim *s, const struct request *r,
			  struct answer *a);
void download_control(struct sim *s, const struct request *r, struct answer *a);

#endif
