/* server.h - HTTP on the loopback address, by libmicrohttpd. */
#ifndef SERVER_H
#define SERVER_H

#include "sim.h"

/* Start on `port` (0: a free one); s->url is set. */
bool server_start(struct sim *s, int64_t port, struct failure *why) MUST_CHECK;

#endif
