/* export.h - the rows without a server, on standard output. */
#ifndef EXPORT_H
#define EXPORT_H

#include "stream/lines.h"
#include "world.h"

/* Payloads, one a line, in the order of their LastUpdatedTime. */
bool export_payloads(const struct world *w, const struct world_entity *e,
		     struct lines_out *out, struct failure *why) MUST_CHECK;

/*
 * What qb-fetch would print for `windows` windows of equal length that cover
 * [from, to): rows in pages of 1000, seals, and the end.  The same seed and
 * times give the same bytes.
 */
bool export_envelopes(const struct world *w, const struct world_entity *e,
		      int64_t windows, struct lines_out *out,
		      struct failure *why) MUST_CHECK;

#endif
