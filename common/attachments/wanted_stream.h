/* attachments/wanted_stream.h - the attachments of a stream of rows. */
#ifndef ATTACHMENTS_WANTED_STREAM_H
#define ATTACHMENTS_WANTED_STREAM_H

#include "attachments/wanted.h"
#include "stream/stream.h"

/*
 * Add what the sealed windows of Attachable have, to the end of the input.
 * Other entities are passed over.  After a failure `to` has what was sealed
 * before it.  FAILURE_REFUSED: the rows are of another company than `realm`;
 * others as stream_next().
 */
bool wanted_read_stream(struct wanted *to, struct stream *in, const char *realm,
			struct failure *why) MUST_CHECK;

#endif
