/* load/rejects.h - the file of --rejects, for rows that jsonb cannot hold. */
#ifndef LOAD_REJECTS_H
#define LOAD_REJECTS_H

#include "load/row_buffer.h"

/* Append the refused envelopes, as they came, and have them on the disk. */
bool rejects_write(struct row_buffer *w, int fd,
		   struct failure *why) MUST_CHECK;

#endif
