#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "auth/callback_server.h"
#include "auth/tokens.h"
#include "base/clock.h"

enum { ROOM = 4096 };

/* "http://localhost:8765/callback": a port, 80 if it has none, and the path. */
static bool
take_redirect(const char *redirect, uint16_t *port, struct slice *path)
{
	static const char *const begins[] = { "http://localhost",
					      "http://127.0.0.1" };
	const char *at = NULL;
	char *end;
	long number = 80;

	for (size_t i = 0; i < LENGTH(begins); i++)
		if (slice_begins(slice_of(redirect), begins[i]))
			at = redirect + strlen(begins[i]);
	if (!at)
		return false;
	if (*at == ':') {
		if (at[1] < '1' || at[1] > '9')
			return false;
		number = strtol(at + 1, &end, 10);
		at = end;
	}
	if (number > UINT16_MAX || *at != '/' || strpbrk(at, "?# "))
		return false;
	*port = (uint16_t)number;
	*path = slice_of(at);
	return true;
}

bool
callback_server_can_listen(const char *redirect)
{
	struct slice path;
	uint16_t port;

	return take_redirect(redirect, &port, &path);
}

bool
callback_server_open(struct callback_server *l, const char *redirect,
		     struct failure *why)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	const int on = 1;
	uint16_t port;

	*l = (struct callback_server){ .fd = -1, .asked = -1 };
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++) {
		l->guests[i].fd = -1;
		buf_init(&l->guests[i].head, CALLBACK_SERVER_HEAD);
	}
	if (!take_redirect(redirect, &port, &l->path))
		return fail(why, FAILURE_USAGE,
			    "nobody can listen at \"%s\" here", redirect);
	address.sin_port = htons(port);
	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return fail_errno(why, "socket");
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(l->fd, (struct sockaddr *)&address, sizeof(address)) &&
	    !listen(l->fd, CALLBACK_SERVER_CLIENTS))
		return true;
	fail(why, FAILURE_IO, "127.0.0.1 port %d: %s", port, strerror(errno));
	return fail_next(why, "end what listens there, or set QBO_REDIRECT_URL "
			      "to another one that the application has too");
}

static void
dismiss(struct callback_client *g)
{
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
	tokens_wipe(&g->head);
}

static void
let_nobody_in(struct callback_server *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++) {
		dismiss(&l->guests[i]);
		buf_free(&l->guests[i].head);
	}
}

void
callback_server_close(struct callback_server *l)
{
	let_nobody_in(l);
	if (l->asked >= 0)
		close(l->asked);
	l->asked = -1;
}

/* A page of a few bytes fits into any socket's buffer. */
static void
say(int fd, const char *status, const char *text)
{
	char page[1024];
	int len = snprintf(page, sizeof(page),
			   "HTTP/1.1 %s\r\n"
			   "Content-Type: text/html; charset=utf-8\r\n"
			   "Cache-Control: no-store\r\n"
			   "Referrer-Policy: no-referrer\r\n"
			   "Connection: close\r\n"
			   "Content-Length: %zu\r\n\r\n%s",
			   status, strlen(text), text);

	if (len > 0 && (size_t)len < sizeof(page) &&
	    send(fd, page, (size_t)len, MSG_NOSIGNAL) > 0)
		shutdown(fd, SHUT_WR);
}

void
callback_server_respond(struct callback_server *l, bool good)
{
	if (l->asked < 0)
		return;
	say(l->asked, good ? "200 OK" : "400 Bad Request",
	    good ? "<!doctype html><title>qb</title><p>Logged in. This page "
		   "can be closed.</p>\n"
		 : "<!doctype html><title>qb</title><p>Not logged in: see what "
		   "qb-auth says.</p>\n");
	close(l->asked);
	l->asked = -1;
}

/* Whoever is there longest without asking makes room. */
static void
welcome(struct callback_server *l)
{
	struct callback_client *g =
		&l->guests[l->welcomed % CALLBACK_SERVER_CLIENTS];
	int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	dismiss(g);
	g->fd = fd;
	l->welcomed++;
}

/* Of "GET /callback?code=... HTTP/1.1": what stands behind the "?", or at
 * NULL; `*error` is the status of what is not wanted here. */
static struct slice
query_of(struct slice head, struct slice path, const char **error)
{
	struct slice none = { NULL, 0 };
	const char *end = memchr(head.at, '\r', head.len);
	struct slice line = { head.at, end ? (size_t)(end - head.at) : 0 };
	const char *at = line.at + 4;

	*error = "400 Bad Request";
	if (line.len < sizeof("GET / HTTP/1.1") - 1 ||
	    memcmp(line.at + line.len - 9, " HTTP/1.", 8) != 0)
		return none;
	line.len -= 9;
	*error = "405 Method Not Allowed";
	if (!slice_begins(line, "GET "))
		return none;
	*error = "404 Not Found";
	struct slice target = { at, line.len - 4 };
	if (target.len <= path.len ||
	    memcmp(target.at, path.at, path.len) != 0 ||
	    target.at[path.len] != '?')
		return none;
	return (struct slice){ at + path.len + 1, target.len - path.len - 1 };
}

/* False until one of them has asked what we wait for. */
static bool
hear(struct callback_server *l, struct callback_client *g, struct buf *query)
{
	struct failure ignored;
	char *room = buf_reserve(&g->head, ROOM, &ignored);
	ssize_t n = room ? read(g->fd, room, ROOM) : 0;
	const char *error = NULL;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0)
		buf_wrote(&g->head, (size_t)n);
	if (n > 0 && !strstr(g->head.at, "\r\n\r\n"))
		return false;
	struct slice asked = { NULL, 0 };
	if (n > 0)
		asked = query_of(buf_slice(&g->head), l->path, &error);
	if (!asked.at || !buf_add_slice(query, asked, &ignored)) {
		if (n > 0)
			say(g->fd, error, "");
		dismiss(g);
		return false;
	}
	l->asked = g->fd;
	g->fd = -1;
	return true;
}

static bool
turn(struct callback_server *l, int wait_ms, struct buf *query, bool *heard,
     struct failure *why)
{
	struct pollfd all[CALLBACK_SERVER_CLIENTS + 1];

	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++)
		all[i] = (struct pollfd){ .fd = l->guests[i].fd,
					  .events = POLLIN };
	all[CALLBACK_SERVER_CLIENTS] =
		(struct pollfd){ .fd = l->fd, .events = POLLIN };
	if (poll(all, LENGTH(all), wait_ms) < 0)
		return errno == EINTR || fail_errno(why, "poll");
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS && !*heard; i++)
		if (all[i].revents)
			*heard = hear(l, &l->guests[i], query);
	if (all[CALLBACK_SERVER_CLIENTS].revents && !*heard)
		welcome(l);
	return true;
}

bool
callback_server_wait(struct callback_server *l, int64_t most_ms,
		     struct buf *query, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + most_ms, left_ms = most_ms;
	bool heard = false;

	while (!heard && left_ms > 0) {
		/* an option's range, in ms, is within an int */
		if (!turn(l, (int)left_ms, query, &heard, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	let_nobody_in(l);
	if (heard)
		return true;
	fail(why, FAILURE_LATER,
	     "nobody came back from Intuit's page in %lld s",
	     (long long)(most_ms / 1000));
	return fail_next(why, "qb-auth login again; with --paste when the "
			      "browser is on another machine");
}
