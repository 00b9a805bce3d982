/*
 * http/trace.h - the log of --debug-http, without secrets.
 *
 * Logged are a request's method and URL up to "?", a response's status and the
 * headers on a list; of any other header only the name.  Never logged are
 * bodies, the headers that are sent, and libcurl's own trace.
 */
#ifndef HTTP_TRACE_H
#define HTTP_TRACE_H

#include "base/slice.h"

enum { HTTP_TRACE_LINE = 256 };

/* Off until then. */
void http_trace_enable(bool on);

void http_trace_request(const char *method, const char *url);
void http_trace_header(struct slice line); /* a status line, too */

/* The text that http_trace_header() logs of a line; "": it logs nothing. */
void http_trace_redact(struct slice line, char text[HTTP_TRACE_LINE]);

#endif
