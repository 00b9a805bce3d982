/*
 * shown.h - what of HTTP is shown to whoever looks for a fault.
 *
 * Of a request the method and the address up to its "?", of an answer the
 * status and the headers on a list; of all others the name alone.  Bodies,
 * what we send in headers, and libcurl's own account of it never are.
 */
#ifndef SHOWN_H
#define SHOWN_H

#include "slice.h"

enum { SHOWN_LINE = 256 };

/* The option --debug-http; silent until then. */
void shown_on(bool on);

void shown_request(const char *method, const char *url);
void shown_header(struct slice line); /* a status line, too */

/* What the last one says, or "" when it says nothing: an empty line. */
void shown_line(struct slice line, char text[SHOWN_LINE]);

#endif
