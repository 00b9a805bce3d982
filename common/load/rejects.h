/* load/rejects.h - the file of --rejects: rows that jsonb cannot hold. */
#ifndef LOAD_REJECTS_H
#define LOAD_REJECTS_H

#include "load/row_buffer.h"

/* Append the envelopes of rejected rows, byte for byte, and fsync. */
bool rejects_write(struct row_buffer *rb, int fd,
		   struct failure *why) MUST_CHECK;

#endif
