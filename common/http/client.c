#include <arpa/inet.h>
#include <curl/curl.h>
#include <poll.h>

#include "base/clock.h"
#include "http/client.h"
#include "http/trace.h"

enum { CONNECT_S = 30, LONGEST_POLL_MS = 60000 };

struct http_client {
	CURLM *multi;
	bool finished; /* another response is done */
};

/* A request in flight. */
struct transfer {
	struct http_client *http;
	struct http_response *response;
	CURL *easy;
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	int64_t began_ms;
	bool (*take)(void *into, struct slice bytes);
	void *into;
};

struct http_client *
http_client_open(struct failure *why)
{
	struct http_client *h = base_realloc(NULL, sizeof(*h));

	*h = (struct http_client){ 0 };
	if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		h->multi = curl_multi_init();
	if (h->multi)
		return h;
	fail(why, FAILURE_IO, "libcurl cannot be initialised");
	free(h);
	return NULL;
}

void
http_client_close(struct http_client *h)
{
	if (!h)
		return;
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}

static bool
is_loopback(const char *host)
{
	struct in_addr v4;

	if (!strcasecmp(host, "localhost") || !strcmp(host, "[::1]"))
		return true;
	return inet_pton(AF_INET, host, &v4) == 1 &&
	       ntohl(v4.s_addr) >> 24 == 127;
}

static bool
check_url(const char *scheme, const char *host, bool has_user,
	  struct failure *why)
{
	if (has_user)
		return fail(why, FAILURE_USAGE,
			    "a URL must not hold a user name or a password");
	if (!strcmp(scheme, "https"))
		return true;
	if (strcmp(scheme, "http"))
		return fail(why, FAILURE_USAGE,
			    "a URL must begin with https://");
	return is_loopback(host) ||
	       fail(why, FAILURE_USAGE,
		    "%.200s is another machine: use https (plain http "
		    "is for this machine only)",
		    host);
}

bool
http_url_allowed(const char *url, struct failure *why)
{
	char *scheme = NULL, *host = NULL, *user = NULL, *password = NULL;
	CURLU *parts = curl_url();
	bool allowed;

	if (!parts || curl_url_set(parts, CURLUPART_URL, url, 0) ||
	    curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(parts, CURLUPART_HOST, &host, 0)) {
		allowed = fail(why, FAILURE_USAGE, "not an https:// URL");
	} else {
		curl_url_get(parts, CURLUPART_USER, &user, 0);
		curl_url_get(parts, CURLUPART_PASSWORD, &password, 0);
		allowed = check_url(scheme, host, user || password, why);
	}
	curl_free(password);
	curl_free(user);
	curl_free(host);
	curl_free(scheme);
	curl_url_cleanup(parts);
	return allowed;
}

/* libcurl calls this for each header line. */
static size_t
on_header(char *bytes, size_t one, size_t len, void *into)
{
	struct transfer *t = into;

	(void)one;
	http_trace_header((struct slice){ bytes, len });
	return http_response_header(t->response, (struct slice){ bytes, len })
		       ? len
		       : 0;
}

/* To the request's own reader, if it has one and this is what it wants. */
static bool
pass_on(struct transfer *t)
{
	struct buf *body = &t->response->body;
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (!t->take || status != 200)
		return true;
	bool taken = t->take(t->into, buf_slice(body));
	buf_clear(body);
	return taken;
}

static size_t
on_body(char *bytes, size_t one, size_t len, void *into)
{
	struct transfer *t = into;

	(void)one;
	return http_response_body(t->response, (struct slice){ bytes, len }) &&
			       pass_on(t)
		       ? len
		       : 0;
}

static void
end_transfer(struct transfer *t)
{
	t->response->transfer = NULL;
	curl_multi_remove_handle(t->http->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	free(t);
}

void
http_client_cancel(struct http_response *response)
{
	if (response->transfer)
		end_transfer(response->transfer);
}

/* Why no response came. */
static void
record_error(struct transfer *t, CURLcode code)
{
	struct http_response *response = t->response;
	long sent = 0, proxy = 0;

	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	response->unsent = sent == 0;
	response->timed_out =
		code == CURLE_OPERATION_TIMEDOUT && !response->unsent;
	response->untrusted = code == CURLE_PEER_FAILED_VERIFICATION ||
			      code == CURLE_SSL_CACERT_BADFILE;
	response->proxy_auth = proxy == 407;
	/* libcurl's code for a header line above its limit, 100 KiB */
	if (code == CURLE_OUT_OF_MEMORY)
		http_response_fail(
			response,
			"a header line that is too long, or out of memory");
	http_response_fail(response,
			   t->error[0] ? t->error : curl_easy_strerror(code));
}

static void
keep_redirect(struct transfer *t)
{
	struct buf *to = &t->response->redirect;
	struct failure too_long;
	char *url = NULL;

	curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &url);
	if (url && !buf_add_slice(to, slice_of(url), &too_long))
		buf_clear(to);
}

static void
finish(struct transfer *t, CURLcode code)
{
	struct http_response *response = t->response;
	long status = 0;

	if (code != CURLE_OK) {
		record_error(t, code);
	} else {
		curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
		http_response_end(response, (int)status); /* three digits */
		keep_redirect(t);
	}
	response->took_ms = clock_monotonic_ms() - t->began_ms;
	response->done = true;
	t->http->finished = true;
	end_transfer(t);
}

static bool
add_header(struct transfer *t, const char *header)
{
	struct curl_slist *longer = curl_slist_append(t->headers, header);

	if (longer)
		t->headers = longer;
	return longer;
}

#define SET(option, value) (!curl_easy_setopt(t->easy, (option), (value)))

static bool
set_headers(struct transfer *t, const struct http_request *r)
{
	if (!r->no_gzip && !add_header(t, "Accept-Encoding: gzip"))
		return false;
	for (size_t i = 0; r->headers && r->headers[i]; i++)
		if (!add_header(t, r->headers[i]))
			return false;
	return SET(CURLOPT_HTTPHEADER, t->headers);
}

/* OpenSSL's variable, as curl(1) reads it; libcurl does not. */
static bool
set_certificates(struct transfer *t)
{
	const char *file = getenv("SSL_CERT_FILE");

	return !file || !*file || SET(CURLOPT_CAINFO, file);
}

/* CURLOPT_ACCEPT_ENCODING stays unset: libcurl accepts truncated gzip. */
static bool
set_defaults(struct transfer *t)
{
	return SET(CURLOPT_PROTOCOLS_STR, "https,http") &&
	       SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	       SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_PRIVATE, t) &&
	       SET(CURLOPT_ERRORBUFFER, t->error) &&
	       SET(CURLOPT_USERAGENT, "qb/" QB_VERSION) &&
	       SET(CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S) &&
	       SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
	       SET(CURLOPT_HEADERFUNCTION, on_header) &&
	       SET(CURLOPT_HEADERDATA, t) &&
	       SET(CURLOPT_WRITEFUNCTION, on_body) && SET(CURLOPT_WRITEDATA, t);
}

static bool
set_request(struct transfer *t, const struct http_request *r)
{
	bool is_plain_http = !strncasecmp(r->url, "http:", 5);

	return SET(CURLOPT_URL, r->url) &&
	       SET(CURLOPT_TIMEOUT_MS, (long)r->most_ms) &&
	       (!r->most_idle_s ||
		(SET(CURLOPT_LOW_SPEED_LIMIT, 1L) &&
		 SET(CURLOPT_LOW_SPEED_TIME, (long)r->most_idle_s))) &&
	       set_headers(t, r) &&
	       /* plain http must not leave this machine: no proxy */
	       (!is_plain_http || SET(CURLOPT_PROXY, "")) &&
	       set_certificates(t) &&
	       (!r->own_connection || (SET(CURLOPT_FRESH_CONNECT, 1L) &&
				       SET(CURLOPT_FORBID_REUSE, 1L))) &&
	       (!r->user || (SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) &&
			     SET(CURLOPT_USERNAME, r->user) &&
			     SET(CURLOPT_PASSWORD, r->password))) &&
	       (!r->body.at || (SET(CURLOPT_POSTFIELDSIZE, (long)r->body.len) &&
				SET(CURLOPT_COPYPOSTFIELDS, r->body.at)));
}

bool
http_client_start(struct http_client *h, const struct http_request *request,
		  struct http_response *response, struct failure *why)
{
	if (!http_url_allowed(request->url, why))
		return false;
	struct transfer *t = base_realloc(NULL, sizeof(*t));

	*t = (struct transfer){ .http = h,
				.response = response,
				.easy = curl_easy_init(),
				.began_ms = clock_monotonic_ms(),
				.take = request->take,
				.into = request->into };
	http_trace_request(request->body.at ? "POST" : "GET", request->url);
	http_response_begin(response, request->most_bytes);
	response->transfer = t;
	if (t->easy && set_defaults(t) && set_request(t, request) &&
	    !curl_multi_add_handle(h->multi, t->easy))
		return true;
	end_transfer(t);
	return fail(why, FAILURE_IO, "libcurl refuses the request");
}

/* Send and receive what is possible without waiting. */
static bool
perform(struct http_client *h, struct failure *why)
{
	int count;
	CURLMcode code = curl_multi_perform(h->multi, &count);
	struct transfer *t;
	CURLMsg *message;

	if (code != CURLM_OK)
		return fail(why, FAILURE_IO, "libcurl: %s",
			    curl_multi_strerror(code));
	while ((message = curl_multi_info_read(h->multi, &count))) {
		CURLcode result = message->data.result;

		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(t, result);
	}
	return true;
}

static bool
wait_for_more(struct http_client *h, int64_t ms, int wake_fd,
	      struct failure *why)
{
	struct curl_waitfd wake = { .fd = wake_fd, .events = CURL_WAIT_POLLIN };
	int wait_ms = ms > LONGEST_POLL_MS ? LONGEST_POLL_MS : (int)ms;
	CURLMcode code =
		curl_multi_poll(h->multi, &wake, wake_fd >= 0, wait_ms, NULL);

	return code == CURLM_OK ||
	       fail(why, FAILURE_IO, "libcurl: %s", curl_multi_strerror(code));
}

/* curl_multi_poll() does not report a pipe whose writer has exited; poll(2)
 * does. */
static bool
is_readable(int fd)
{
	struct pollfd one = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&one, 1, 0) > 0;
}

bool
http_client_run(struct http_client *h, int64_t wait_ms, int wake_fd,
		bool *woken, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + wait_ms, left_ms = wait_ms;
	bool wake_ready;

	h->finished = false;
	for (;;) {
		if (!perform(h, why))
			return false;
		wake_ready = is_readable(wake_fd);
		if (h->finished || wake_ready || left_ms <= 0)
			break;
		if (!wait_for_more(h, left_ms, wake_fd, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	if (woken)
		*woken = wake_ready;
	return true;
}

bool
http_client_wait(struct http_client *h, int64_t wait_ms, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + wait_ms, left_ms = wait_ms;

	while (left_ms > 0) {
		if (!http_client_run(h, left_ms, -1, NULL, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	return true;
}
