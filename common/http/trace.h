/*
 * http/trace.h - what of HTTP is shown to whoever looks for a fault.
 *
 * Of a request the method and the address up to its "?", of an answer the
 * status and the headers on a list; of all others the name alone.  Bodies,
 * what we send in headers, and libcurl's own account of it never are.
 */
#ifndef HTTP_TRACE_H
#define HTTP_TRACE_H

#include "base/slice.h"

enum { HTTP_TRACE_LINE = 256 };

/* The option --debug-http; silent until then. */
void http_trace_enable(bool on);

void http_trace_request(const char *method, const char *url);
void http_trace_header(struct slice line); /* a status line, too */

/* What the last one says, or "" when it says nothing: an empty line. */
void http_trace_redact(struct slice line, char text[HTTP_TRACE_LINE]);

#endif
