#include <arpa/inet.h>
#include <microhttpd.h>
#include <pthread.h>

#include "base/clock.h"
#include "control.h"
#include "download.h"
#include "pen.h"
#include "server.h"

enum { CONNECTION_MEMORY = 512 * 1024, CHUNK = 64 * 1024 };

/* A body on its way, and what shall go wrong in its middle. */
struct sending {
	struct buf body;
	size_t ends_at; /* shorter than the body when it is cut */
	int64_t stall_ms;
	int reset_fd; /* -1: no reset */
};

const char *
request_argument(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND,
					   name);
}

int64_t
sim_tries(struct sim *s, struct slice text)
{
	uint64_t hash = 1;
	int64_t times;

	for (size_t i = 0; i < text.len; i++)
		hash = chance_mix(hash ^ (unsigned char)text.at[i]);
	pthread_mutex_lock(&s->lock);
	size_t at = hash % SIM_TRIES;
	if (s->seen[at] != hash)
		s->seen_times[at] = 0;
	s->seen[at] = hash;
	times = ++s->seen_times[at];
	pthread_mutex_unlock(&s->lock);
	return times;
}

/* Close with a reset, not with an orderly end. */
static void
arm_reset(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static ssize_t
read_body(void *closure, uint64_t from, char *to, size_t room)
{
	struct sending *s = closure;
	size_t left = s->ends_at - (size_t)from; /* never past the body */

	if (s->stall_ms && from) {
		usleep((useconds_t)(s->stall_ms * 1000));
		s->stall_ms = 0;
	}
	if (!left && s->ends_at < s->body.len) {
		if (s->reset_fd >= 0)
			arm_reset(s->reset_fd);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (!left)
		return MHD_CONTENT_READER_END_OF_STREAM;
	/* in two parts at least, so that there is a middle to stall in */
	size_t most = s->body.len / 2 + 1;
	if (left > most && s->stall_ms)
		left = most;
	if (left > room)
		left = room;
	memcpy(to, s->body.at + from, left);
	return (ssize_t)left; /* at most CHUNK */
}

static void
free_sending(void *closure)
{
	struct sending *s = closure;

	buf_free(&s->body);
	free(s);
}

static void
add_header(struct MHD_Response *response, const char *name, const char *value)
{
	if (MHD_add_response_header(response, name, value) != MHD_YES)
		BUG("a header that libmicrohttpd does not take");
}

static void
add_intuit_headers(struct MHD_Response *response)
{
	int64_t now = clock_now_us();
	char tid[64];

	snprintf(tid, sizeof(tid), "1-%08" PRIx64 "-%024" PRIx64,
		 (uint64_t)(now / CLOCK_SECOND) & UINT32_MAX,
		 chance_mix((uint64_t)now));
	add_header(response, "intuit_tid", tid);
	add_header(response, "QBO-Version", "1944.190");
	add_header(response, "Service-Time", "total=34, db=20");
	add_header(response, "Server", "nginx");
	add_header(response, "Vary", "Accept-Encoding");
	add_header(response, "Expires", "0");
	add_header(response, "Cache-Control",
		   "max-age=0, no-cache, no-store, must-revalidate, private");
}

static struct MHD_Response *
new_response(struct answer *a, int fd)
{
	struct sending *s = base_realloc(NULL, sizeof(*s));
	enum script_damage damage = a->verdict.damage;
	bool cut = damage == SCRIPT_CUT_BODY || damage == SCRIPT_RESET_IN_BODY;
	/* whole answers go in chunks, and gateway errors with their length */
	uint64_t length =
		a->status == 200 && a->intuit ? MHD_SIZE_UNKNOWN : a->body.len;

	*s = (struct sending){ .body = a->body,
			       .ends_at = cut ? a->body.len / 2 : a->body.len,
			       .stall_ms = a->verdict.stall_ms,
			       .reset_fd = damage == SCRIPT_RESET_IN_BODY
						   ? fd
						   : -1 };
	buf_init(&a->body, SIM_MOST_BODY);
	struct MHD_Response *response = MHD_create_response_from_callback(
		length, CHUNK, read_body, s, free_sending);
	if (!response)
		BUG("libmicrohttpd makes no response");
	add_header(response, "Content-Type", a->type);
	if (a->intuit)
		add_intuit_headers(response);
	if (a->gzip && s->body.len)
		add_header(response, "Content-Encoding", "gzip");
	if (a->wants_login)
		add_header(response, "WWW-Authenticate",
			   "Bearer realm=\"Intuit\", error=\"invalid_token\"");
	if (a->location[0])
		add_header(response, "Location", a->location);
	if (a->retry_after) {
		char seconds[24];

		snprintf(seconds, sizeof(seconds), "%" PRId64, a->retry_after);
		add_header(response, "Retry-After", seconds);
	}
	return response;
}

/* Each connection has its own. */
static unsigned
client_port(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_in address;

	memcpy(&address, info->client_addr, sizeof(address));
	return ntohs(address.sin_port);
}

/* "2025-01-31T00:00:00Z", or - where the range is open. */
static const char *
shown_time(int64_t at_s, char text[CLOCK_TEXT])
{
	if (at_s <= CLOCK_FIRST / CLOCK_SECOND ||
	    at_s >= CLOCK_LAST / CLOCK_SECOND)
		return "-";
	clock_format(at_s * CLOCK_SECOND, text);
	return text;
}

/* Has the client an answer that it can use? */
static const char *
shown_answer(const struct answer *a)
{
	enum script_damage damage = a->verdict.damage;

	if (damage == SCRIPT_RESET)
		return "none";
	return a->status == 200 && (!damage || damage == SCRIPT_EMPTY_RESPONSE)
		       ? "whole"
		       : "broken";
}

static void
log_request(const struct sim *s, const struct request *r,
	    const struct answer *a, int64_t came_ms)
{
	char line[2048], low[CLOCK_TEXT], high[CLOCK_TEXT];
	const char *entity = a->entities ? a->entities : a->entity;
	/* what the client sent, but no second line */
	size_t whole = strcspn(entity, " \t\r\n");
	size_t include = strcspn(r->include, " \t\r\n");
	int entity_len = whole < 1024 ? (int)whole : 1024, len;

	if (s->log_fd < 0)
		return;
	len = snprintf(
		line, sizeof(line),
		"ms=%" PRId64 " no=%" PRId64 " method=%s kind=%s "
		"status=%d entity=%.*s start=%" PRId64 " rows=%" PRId64
		" tries=%" PRId64 " most=%" PRId64
		" from=%s to=%s include=%.*s answer=%s port=%u fault=%s\n",
		came_ms - s->started_tick_ms, a->number, r->method, a->kind,
		a->status, entity_len ? entity_len : 1,
		entity_len ? entity : "-", a->start, a->rows, a->tries, a->most,
		shown_time(a->low_s, low), shown_time(a->high_s, high),
		include && include < 256 ? (int)include : 1,
		include ? r->include : "-", shown_answer(a),
		client_port(r->connection),
		a->verdict.name[0] ? a->verdict.name : "-");
	if (len > 0 && write(s->log_fd, line, (size_t)len) < 0)
		perror("qb-sim: log");
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	const char *value =
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);

	return value ? value : "";
}

static enum MHD_Result
answer(struct sim *s, struct MHD_Connection *connection, const char *path,
       const char *method, struct slice body)
{
	int fd = MHD_get_connection_info(connection,
					 MHD_CONNECTION_INFO_CONNECTION_FD)
			 ->connect_fd;
	struct answer a = { .status = 200,
			    .tries = 1,
			    .low_s = INT64_MIN,
			    .high_s = INT64_MAX };
	struct request r = { .method = method,
			     .path = path,
			     .body = body,
			     .connection = connection };
	int64_t came_ms = clock_monotonic_ms();

	r.authorization = header(connection, "Authorization");
	r.json = strstr(header(connection, "Accept"), "application/json");
	r.gzip = strstr(header(connection, "Accept-Encoding"), "gzip");
	r.hard_expiry = header(connection,
			       "x-include-refresh-token-hard-expires-in")[0];
	const char *include = request_argument(&r, "include");
	r.include = include ? include : "";
	r.query = request_argument(&r, "query");
	buf_init(&a.body, SIM_MOST_BODY);
	if (!strncmp(path, "/v3/company/", 12))
		api_answer(s, &r, &a);
	else if (!strncmp(path, "/files/", 7))
		download_answer_file(s, &r, &a);
	else if (!strcmp(path, "/sim/files"))
		download_control(s, &r, &a);
	else if (!strncmp(path, "/sim/", 5))
		control_answer(s, &r, &a);
	else
		signin_answer(s, &r, &a);
	log_request(s, &r, &a, came_ms);
	if (a.verdict.damage == SCRIPT_RESET) {
		buf_free(&a.body);
		arm_reset(fd);
		return MHD_NO;
	}
	struct MHD_Response *response = new_response(&a, fd);
	enum MHD_Result queued =
		MHD_queue_response(connection, (unsigned)a.status, response);
	MHD_destroy_response(response);
	return queued;
}

/* libmicrohttpd calls first for the headers, then for each piece of the
 * body, then once more. */
static enum MHD_Result
take_request(void *closure, struct MHD_Connection *connection, const char *path,
	     const char *method, const char *version, const char *data,
	     size_t *size, void **context)
{
	struct buf *body = *context;

	(void)version;
	if (!body) {
		body = base_realloc(NULL, sizeof(*body));
		buf_init(body, SIM_MOST_BODY);
		*context = body;
		return MHD_YES;
	}
	if (*size) {
		pen_bytes(body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	return answer(closure, connection, path, method, buf_slice(body));
}

static void
end_request(void *closure, struct MHD_Connection *connection, void **context,
	    enum MHD_RequestTerminationCode how)
{
	struct buf *body = *context;

	(void)closure;
	(void)connection;
	(void)how;
	if (body)
		buf_free(body);
	free(body);
	*context = NULL;
}

bool
server_start(struct sim *s, int64_t port, struct failure *why)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port), /* its option's range */
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct MHD_Daemon *daemon = MHD_start_daemon(
		MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD,
		0, NULL, NULL, take_request, s, MHD_OPTION_SOCK_ADDR, &address,
		MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_END);

	if (!daemon)
		return fail(why, FAILURE_IO,
			    "127.0.0.1 port %" PRId64 ": no server: %s", port,
			    strerror(errno));
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%u",
		 info ? info->port : 0u);
	return true;
}
