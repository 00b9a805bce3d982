/* covers: client response */
#include <fcntl.h>

#include "base/clock.h"
#include "http/client.h"
#include "rawserver.h"
#include "tap.h"

static char *folder;
static struct http_client *http;

#define HEAD "HTTP/1.1\\s200\\sOK\\r\\n"

static const struct {
	const char *name;
	const char *steps;
	int status; /* 0: no answer */
	const char *body;
	const char *error; /* a part of it */
} cases[] = {
	{ "a whole answer", "ok:{}", 200, "{}", "" },
	{ "an empty answer", "ok:", 200, "", "" },
	{ "a 404 with a body", "404:<html>", 404, "<html>", "" },
	{ "a redirect is not followed",
	  "header:Location:http://127.0.0.1:1/ 302:", 302, "", "" },
	{ "a connection that is reset", "reset", 0, "", "" },
	{ "a connection that is closed without a word", "close", 0, "",
	  "Empty reply" },
	{ "an answer cut in its headers", "raw:" HEAD "Content-Le close", 0, "",
	  "" },
	{ "something that is no HTTP", "raw:SSH-2.0-x\\r\\n close", 0, "",
	  "HTTP/0.9" },
	{ "fewer bytes than Content-Length says",
	  "raw:" HEAD "Content-Length:\\s20\\r\\n\\r\\n{\\\"a\\\":1} close", 0,
	  "", "13 bytes remaining" },
	{ "a reset in the middle of the body",
	  "raw:" HEAD "Content-Length:\\s20\\r\\n\\r\\n{\\\"a\\\":1} pause:50 "
	  "reset",
	  0, "", "" },
	{ "a Content-Length that is no number",
	  "raw:" HEAD "Content-Length:\\sten\\r\\n\\r\\n{} close", 0, "", "" },
	{ "chunks",
	  "raw:" HEAD "Transfer-Encoding:\\schunked\\r\\n\\r\\n"
	  "1\\r\\n{\\r\\n1\\r\\n}\\r\\n0\\r\\n\\r\\n",
	  200, "{}", "" },
	{ "chunks that are cut between two",
	  "raw:" HEAD "Transfer-Encoding:\\schunked\\r\\n\\r\\n"
	  "2\\r\\n{}\\r\\n close",
	  0, "", "" },
	{ "a chunk that is cut",
	  "raw:" HEAD "Transfer-Encoding:\\schunked\\r\\n\\r\\n20\\r\\n{} "
	  "close",
	  0, "", "" },
	{ "a chunk whose size is junk",
	  "raw:" HEAD "Transfer-Encoding:\\schunked\\r\\n\\r\\nzz\\r\\n{} "
	  "close",
	  0, "", "" },
	{ "an interim 100, whose headers do not count",
	  "raw:HTTP/1.1\\s100\\sContinue\\r\\nRetry-After:\\s9\\r\\n"
	  "Content-Encoding:\\sgzip\\r\\n\\r\\n ok:{}",
	  200, "{}", "" },
	{ "gzip", "gz:{\\\"a\\\":1}", 200, "{\"a\":1}", "" },
	{ "gzip of two members",
	  "gzraw:twice:0123456789012345678901234567890123456789", 200,
	  "0123456789012345678901234567890123456789", "" },
	{ "gzip that is cut, with a matching Content-Length",
	  "gzraw:cut:{\\\"a\\\":1,\\\"b\\\":[1,2,3,4,5]}", 0, "", "truncated" },
	{ "gzip without its trailer", "gzraw:tail:{}", 0, "", "truncated" },
	{ "gzip with garbage after it", "gzraw:garbage:{}", 0, "", "corrupt" },
	{ "something called gzip that is not", "gzraw:not:{}", 0, "",
	  "corrupt" },
	{ "a coding that nobody asked for", "header:Content-Encoding:br ok:xx",
	  0, "", "unexpected" },
	{ "a body over the bound", "bomb:2", 0, "", "too large" },
};

static void
begin(struct http_response *a, int port, struct http_request r)
{
	struct failure why;
	char url[64];

	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	r.url = url;
	if (!r.most_bytes)
		r.most_bytes = 1 << 20;
	if (!r.most_ms)
		r.most_ms = 20000;
	if (!http_client_start(http, &r, a, &why))
		abort();
}

static void
finish(const struct http_response *a)
{
	struct failure why;

	while (!a->done)
		if (!http_client_run(http, 1000, -1, NULL, &why))
			abort();
}

static void
get(struct http_response *a, const char *steps, struct http_request r)
{
	char script[4000];
	struct rawserver s;

	snprintf(script, sizeof(script), "%s %s\n", r.body.at ? "POST" : "GET",
		 steps);
	rawserver_start(&s, folder, script);
	begin(a, s.port, r);
	finish(a);
	rawserver_stop(&s);
}

static void
test_cases(void)
{
	const struct http_request once = { .own_connection = true };
	static char script[LENGTH(cases) * 300];
	struct rawserver s;
	struct http_response a;
	size_t used = 0;

	for (size_t i = 0; i < LENGTH(cases); i++)
		used += (size_t)snprintf(script + used, 300, "GET %s\n",
					 cases[i].steps);
	http_response_init(&a);
	rawserver_start(&s, folder, script);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		begin(&a, s.port, once);
		finish(&a);
		bool right = a.status == cases[i].status &&
			     !strcmp(a.body.at, cases[i].body) &&
			     !a.error[0] == !!a.status &&
			     strstr(a.error, cases[i].error);

		ok(right, "%s", cases[i].name);
		if (!right)
			printf("# %d, %s, %s\n", a.status, a.body.at, a.error);
	}
	rawserver_stop(&s);
	http_response_free(&a);
}

static void
test_flags(void)
{
	const struct http_request plain = { 0 };
	struct http_response a;

	http_response_init(&a);
	get(&a, "header:Retry-After:7 header:intuit_tid:1-5f\\x1b 429:x",
	    plain);
	ok(a.status == 429 && a.retry_after_ms == 7000 &&
		   !strcmp(a.tid, "1-5f "),
	   "Retry-After and intuit_tid are read, and made harmless");
	get(&a, "header:location:http://a.example/?x 302:", plain);
	ok(a.status == 302 && !strcmp(a.location, "a.example"),
	   "the host of a Location is read");
	get(&a, "ok:x", plain);
	ok(a.retry_after_ms == -1 && !a.tid[0] && !a.location[0],
	   "an answer forgets the one before");
	get(&a, "gzraw:not:{}", plain);
	ok(a.bad_gzip, "broken gzip is told apart");
	get(&a, "bomb:2", plain);
	ok(a.too_large, "a body that is too large is told apart");
	get(&a, "hold", (struct http_request){ .most_ms = 200 });
	ok(a.timed_out && !a.unsent && !a.status, "an answer that never comes");
	get(&a, "raw:" HEAD "Content-Length:\\s9\\r\\n\\r\\n{} hold",
	    (struct http_request){ .most_ms = 200 });
	ok(a.timed_out && !a.status, "an answer that stalls in the middle");
	get(&a, "bomb:64", (struct http_request){ .most_bytes = 1 << 30 });
	ok(!a.status && !a.too_large && strstr(a.error, "200 times"),
	   "gzip that inflates a thousand times is stopped early");
	ok(a.body.len < 16 << 20, "long before it is all there");
	http_response_free(&a);
}

static void
test_headers(void)
{
	static char steps[200000];
	const struct http_request plain = { 0 };
	struct http_response a;
	size_t used = (size_t)snprintf(steps, sizeof(steps), "raw:" HEAD);
	struct rawserver s;

	while (used < 150000)
		used += (size_t)snprintf(steps + used, 100,
					 "X-Filler:\\s%060d\\r\\n", 7);
	static char script[200100];
	snprintf(script, sizeof(script), "GET %s close\n", steps);
	http_response_init(&a);
	rawserver_start(&s, folder, script);
	begin(&a, s.port, plain);
	finish(&a);
	rawserver_stop(&s);
	ok(!a.status && strstr(a.error, "64 KiB of headers"),
	   "headers without end are stopped");

	for (size_t i = strlen("raw:" HEAD "X-Filler:\\s"); i < used - 4; i++)
		steps[i] = 'y';
	snprintf(script, sizeof(script), "GET %s close\n", steps);
	rawserver_start(&s, folder, script);
	begin(&a, s.port, plain);
	finish(&a);
	rawserver_stop(&s);
	ok(!a.status && strstr(a.error, "a header line"),
	   "so is one header line without end");

	static const char *const own[] = { "X-Own: yes", NULL };
	rawserver_start(&s, folder, "GET ok:x\nPOST ok:x\n");
	begin(&a, s.port, (struct http_request){ .headers = own });
	finish(&a);
	ok(rawserver_asked(&s, "X-Own: yes") == 1 &&
		   rawserver_asked(&s, "Accept-Encoding: gzip") == 1 &&
		   rawserver_asked(&s, "User-Agent: qb/" QB_VERSION) == 1,
	   "our headers go out, gzip is asked for");
	begin(&a, s.port,
	      (struct http_request){ .no_gzip = true,
				     .body = SLICE("a=b"),
				     .user = "me",
				     .password = "pw" });
	finish(&a);
	ok(rawserver_asked(&s, "POST / ") == 1 &&
		   rawserver_asked(&s, "Authorization: Basic bWU6cHc=") == 1 &&
		   rawserver_asked(&s, "a=b") == 1 &&
		   rawserver_asked(&s, "gzip") == 1,
	   "a form goes out with name and password, and plain is plain");
	rawserver_stop(&s);
	http_response_free(&a);
}

/* libcurl sends again by itself when a kept connection turns out dead. */
static void
test_once(void)
{
	struct rawserver s;
	struct http_response a;

	http_response_init(&a);
	rawserver_start(&s, folder, "GET ok:x\nPOST close\n");
	begin(&a, s.port, (struct http_request){ 0 });
	finish(&a);
	begin(&a, s.port,
	      (struct http_request){ .body = SLICE("a=b"),
				     .own_connection = true });
	finish(&a);
	ok(!a.status && !a.unsent && rawserver_asked(&s, "POST / ") == 1,
	   "what is to go once goes once");
	rawserver_stop(&s);
	begin(&a, s.port, (struct http_request){ 0 });
	finish(&a);
	ok(!a.status && a.unsent && a.error[0],
	   "where nobody listens nothing was sent");
	printf("# %s\n", a.error);
	http_response_free(&a);
}

static void
test_side_by_side(void)
{
	struct http_response slow, fast;
	struct rawserver s;
	struct failure why;
	bool woken;
	int ends[2];

	http_response_init(&slow);
	http_response_init(&fast);
	rawserver_start(&s, folder, "GET hold\nGET ok:x\n");
	begin(&slow, s.port, (struct http_request){ 0 });
	while (!rawserver_asked(&s, "GET"))
		if (!http_client_run(http, 10, -1, NULL, &why))
			abort();
	begin(&fast, s.port, (struct http_request){ 0 });
	finish(&fast);
	ok(fast.status == 200 && !slow.done, "one does not wait for the other");
	if (pipe(ends))
		abort();
	close(ends[1]);
	ok(http_client_run(http, 10000, ends[0], &woken, &why) && woken,
	   "a pipe whose writer has exited wakes");
	close(ends[0]);
	http_client_cancel(&slow);
	rawserver_stop(&s);
	ok(!slow.transfer, "what is under way can be dropped");
	http_response_free(&slow);
	http_response_free(&fast);
}

static void
test_urls(void)
{
	static const struct {
		const char *url;
		bool allowed;
	} urls[] = {
		{ "https://quickbooks.api.intuit.com", true },
		{ "http://127.0.0.1:8080", true },
		{ "http://127.1.2.3/x", true },
		{ "http://localhost:1/", true },
		{ "http://[::1]:1/", true },
		{ "HTTP://LOCALHOST/", true },
		{ "http://quickbooks.api.intuit.com", false },
		{ "http://128.0.0.1", false },
		{ "http://localhost.example.com", false },
		{ "http://127.0.0.1.example.com", false },
		{ "http://127.0.0.1@example.com/", false },
		{ "http://me:secret@127.0.0.1/", false },
		{ "ftp://127.0.0.1/", false },
		{ "file:///etc/passwd", false },
		{ "", false },
		{ "http://", false },
	};
	struct failure why = { 0 };

	for (size_t i = 0; i < LENGTH(urls); i++)
		ok(http_url_allowed(urls[i].url, &why) == urls[i].allowed &&
			   !strstr(why.text, "secret"),
		   "%s is %s", urls[i].url,
		   urls[i].allowed ? "allowed" : "refused");
}

int
main(void)
{
	struct failure why;

	signal(SIGPIPE, SIG_IGN);
	folder = rawserver_folder();
	/* plain http stays on this machine: this proxy must not be asked */
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	http = http_client_open(&why);
	if (!http)
		abort();
	test_cases();
	test_flags();
	test_headers();
	test_once();
	test_side_by_side();
	test_urls();
	http_client_close(http);
	rawserver_clean(folder);
	return tap_done();
}
