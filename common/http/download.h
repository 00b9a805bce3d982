/*
 * http/download.h - an HTTP response whose body becomes a file.
 *
 * The bytes go to a temporary file of base/durable_file.h as they come, so a
 * file may be larger than memory.  No header is sent that could identify
 * anybody; redirects are followed, a few, and never to another scheme.
 */
#ifndef HTTP_DOWNLOAD_H
#define HTTP_DOWNLOAD_H

#include "base/digest.h"
#include "base/durable_file.h"
#include "http/client.h"

enum { HTTP_DOWNLOAD_HEAD = 1024 };

struct http_download {
	struct http_client *http;
	int folder;
	int64_t most_bytes;
	int redirects;
	bool is_https;
	struct http_response response; /* its body is that of an error */
	struct durable_file file;      /* of status 200: all of it */
	struct digest sum;
	int64_t bytes;
	char head[HTTP_DOWNLOAD_HEAD]; /* the first bytes */
	size_t head_len;
	bool too_large;     /* more than most_bytes */
	struct failure why; /* the file cannot be written */
};

void http_download_init(struct http_download *d);
/* Ends the transfer and removes the temporary file. */
void http_download_free(struct http_download *d);
void http_download_cancel(struct http_download *d);

/* Start over: into a temporary file in the open folder.  FAILURE_USAGE as
 * http_client_start(). */
bool http_download_start(struct http_download *d, struct http_client *http,
			 const char *url, int folder, int64_t most_bytes,
			 struct failure *why) MUST_CHECK;

/*
 * Is it over?  A redirect is followed meanwhile.  d->response says how it ended
 * (its status 200: the file is complete), unless d->why or d->too_large do.
 */
bool http_download_is_done(struct http_download *d);

/* Does what came look like a web page? */
bool http_download_is_html(const struct http_download *d);

#endif
