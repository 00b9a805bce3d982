/* http/url_escape.h - percent-encoding of what stands in an address. */
#ifndef HTTP_URL_ESCAPE_H
#define HTTP_URL_ESCAPE_H

#include "base/buf.h"

/* Append `text`, percent-encoded for a URL's query or a form's value. */
bool http_url_escape(struct buf *to, struct slice text,
		     struct failure *why) MUST_CHECK;

#endif
