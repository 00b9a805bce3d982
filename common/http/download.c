#include "http/download.h"

enum {
	MOST_ERROR_BYTES = 1024 * 1024, /* and what is inflated at once */
	MOST_MS = 6 * 3600 * 1000,
	MOST_IDLE_S = 60,
	MOST_REDIRECTS = 3,
	FILE_MODE = 0600, /* financial data: for the owner only */
};

void
http_download_init(struct http_download *d)
{
	*d = (struct http_download){ .file.fd = -1 };
	http_response_init(&d->response);
	digest_init(&d->sum);
}

void
http_download_cancel(struct http_download *d)
{
	http_client_cancel(&d->response);
	durable_file_discard(&d->file);
}

void
http_download_free(struct http_download *d)
{
	http_download_cancel(d);
	http_response_free(&d->response);
	digest_free(&d->sum);
}

/* Without a body there is no file until the end. */
static bool
open_file(struct http_download *d)
{
	return d->file.fd >= 0 ||
	       durable_file_create(&d->file, d->folder, FILE_MODE, &d->why);
}

static bool
take(void *into, struct slice bytes)
{
	struct http_download *d = into;
	size_t room = HTTP_DOWNLOAD_HEAD - d->head_len;
	size_t len = bytes.len < room ? bytes.len : room;

	d->bytes += (int64_t)bytes.len; /* a piece */
	if (d->bytes > d->most_bytes) {
		d->too_large = true;
		return false;
	}
	memcpy(d->head + d->head_len, bytes.at, len);
	d->head_len += len;
	digest_add(&d->sum, bytes);
	return open_file(d) && durable_file_write(&d->file, bytes, &d->why);
}

static bool
request(struct http_download *d, const char *url, struct failure *why)
{
	const struct http_request request = { .url = url,
					      .no_gzip = true,
					      .most_bytes = MOST_ERROR_BYTES,
					      .most_ms = MOST_MS,
					      .most_idle_s = MOST_IDLE_S,
					      .take = take,
					      .into = d };

	durable_file_discard(&d->file);
	digest_clear(&d->sum);
	d->bytes = 0;
	d->head_len = 0;
	d->too_large = false;
	d->why = (struct failure){ 0 };
	return http_client_start(d->http, &request, &d->response, why);
}

static bool
is_https(const char *url)
{
	return !strncasecmp(url, "https:", 6);
}

bool
http_download_start(struct http_download *d, struct http_client *http,
		    const char *url, int folder, int64_t most_bytes,
		    struct failure *why)
{
	d->http = http;
	d->folder = folder;
	d->most_bytes = most_bytes;
	d->redirects = 0;
	d->is_https = is_https(url);
	return request(d, url, why);
}

static bool
is_redirected(const struct http_download *d)
{
	int status = d->response.status;

	return (status == 301 || status == 302 || status == 303 ||
		status == 307 || status == 308) &&
	       d->redirects < MOST_REDIRECTS && d->response.redirect.len &&
	       is_https(d->response.redirect.at) == d->is_https;
}

/* An address that is not allowed is not followed, and the redirect is what
 * came. */
static bool
follow(struct http_download *d)
{
	struct failure refused;
	struct buf url = d->response.redirect; /* starting over clears it */

	if (!http_url_allowed(url.at, &refused))
		return false;
	buf_init(&d->response.redirect, url.most);
	d->redirects++;
	bool started = request(d, url.at, &d->why);
	buf_free(&url);
	return started;
}

bool
http_download_is_done(struct http_download *d)
{
	if (!d->response.done || (is_redirected(d) && follow(d)))
		return false;
	if (d->response.status == 200 && !d->why.kind)
		(void)!open_file(d); /* an empty one; d->why says why not */
	return true;
}

bool
http_download_is_html(const struct http_download *d)
{
	size_t i = 0;

	while (i < d->head_len && strchr(" \t\r\n\xEF\xBB\xBF", d->head[i]))
		i++;
	return d->head_len - i >= 9 &&
	       (!strncasecmp(d->head + i, "<!doctype", 9) ||
		!strncasecmp(d->head + i, "<html", 5));
}
