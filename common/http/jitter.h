/* http/jitter.h - the random part of a wait before a retry. */
#ifndef HTTP_JITTER_H
#define HTTP_JITTER_H

#include "base/base.h"

/* A random number in [0, 1), for retry_try.jitter. */
double jitter_draw(void);

#endif
