/* rejects.h - the file of --rejects, for rows that jsonb cannot hold. */
#ifndef REJECTS_H
#define REJECTS_H

#include "waiting.h"

/* Append the refused envelopes, as they came, and have them on the disk. */
bool rejects_write(struct waiting *w, int fd, struct failure *why) MUST_CHECK;

#endif
