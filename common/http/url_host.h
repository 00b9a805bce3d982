/*
 * http/url_host.h - what a message may quote of an address: a path or a query
 * can hold a secret, and so can a user name before the host.
 */
#ifndef HTTP_URL_HOST_H
#define HTTP_URL_HOST_H

#include "base/slice.h"

enum { HTTP_URL_HOST = 128 };

/* The host of a URL and its port, printable; "" if there is none, or if it is
 * too long to be one. */
void http_url_host(struct slice url, char host[HTTP_URL_HOST]);

/* Where a Location header points: a host, the path if it has no host and is
 * too short to hold a token, or else "the same host". */
void http_url_target(struct slice location, char target[HTTP_URL_HOST]);

#endif
