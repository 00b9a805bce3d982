#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "auth/callback_server.h"
#include "auth/tokens.h"
#include "base/clock.h"

/* A failure's texts, all of them escaped. */
enum { ROOM = 4096, MOST_PAGE_BYTES = 6 * sizeof(struct failure) + 256 };

/* "http://localhost:8765/callback": a port, 80 if it has none, and the path. */
static bool
parse_redirect(const char *redirect, uint16_t *port, struct slice *path)
{
	static const char *const origins[] = { "http://localhost",
					       "http://127.0.0.1" };
	const char *at = NULL;
	char *end;
	long number = 80;

	for (size_t i = 0; i < LENGTH(origins); i++)
		if (slice_begins(slice_of(redirect), origins[i]))
			at = redirect + strlen(origins[i]);
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

	return parse_redirect(redirect, &port, &path);
}

bool
callback_server_open(struct callback_server *s, const char *redirect,
		     struct failure *why)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	const int on = 1;
	uint16_t port;

	*s = (struct callback_server){ .fd = -1, .redirect_fd = -1 };
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++) {
		s->clients[i].fd = -1;
		buf_init(&s->clients[i].head, CALLBACK_SERVER_HEAD);
	}
	if (!parse_redirect(redirect, &port, &s->path))
		return fail(why, FAILURE_USAGE,
			    "\"%s\" is not an http:// address of this machine",
			    redirect);
	address.sin_port = htons(port);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return fail_errno(why, "socket");
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (!bind(s->fd, (struct sockaddr *)&address, sizeof(address)) &&
	    !listen(s->fd, CALLBACK_SERVER_CLIENTS))
		return true;
	fail(why, FAILURE_IO, "127.0.0.1 port %d: %s", port, strerror(errno));
	return fail_next(why,
			 "stop the program that uses the port, or set "
			 "QBO_REDIRECT_URL to another redirect URI of the app");
}

static void
close_client(struct callback_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	tokens_wipe(&c->head);
}

static void
stop_listening(struct callback_server *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++) {
		close_client(&s->clients[i]);
		buf_free(&s->clients[i].head);
	}
}

void
callback_server_close(struct callback_server *s)
{
	stop_listening(s);
	if (s->redirect_fd >= 0)
		close(s->redirect_fd);
	s->redirect_fd = -1;
}

/* A short page fits into the socket's buffer, so one send(2) is enough. */
static void
send_page(int fd, const char *status, const char *text)
{
	char head[512];
	int len = snprintf(
		head, sizeof(head),
		"HTTP/1.1 %s\r\nContent-Type: text/html; "
		"charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: "
		"no-referrer\r\nConnection: close\r\nContent-Length: "
		"%zu\r\n\r\n",
		status, strlen(text));

	if (len > 0 && (size_t)len < sizeof(head) &&
	    send(fd, head, (size_t)len, MSG_NOSIGNAL | MSG_MORE) > 0 &&
	    (!*text || send(fd, text, strlen(text), MSG_NOSIGNAL) > 0))
		shutdown(fd, SHUT_WR);
}

/* The message may show what came with the redirect. */
static bool
add_escaped(struct buf *page, const char *text, struct failure *why)
{
	for (; *text; text++) {
		const char *escaped = *text == '&'   ? "&amp;"
				      : *text == '<' ? "&lt;"
				      : *text == '>' ? "&gt;"
				      : *text == '"' ? "&quot;"
						     : NULL;

		if (!(escaped ? buf_printf(page, why, "%s", escaped)
			      : buf_add(page, text, 1, why)))
			return false;
	}
	return true;
}

static bool
write_page(struct buf *page, const struct failure *failure, struct failure *why)
{
	if (!buf_printf(page, why, "<!doctype html><title>qb</title>"))
		return false;
	if (!failure->kind)
		return buf_printf(page, why,
				  "<p>You are logged in and can close this "
				  "page.</p>\n");
	if (!buf_printf(page, why, "<p>Not logged in: ") ||
	    !add_escaped(page, failure->text, why) ||
	    !buf_printf(page, why, "</p>\n"))
		return false;
	return !failure->next[0] || (buf_printf(page, why, "<p>Next: ") &&
				     add_escaped(page, failure->next, why) &&
				     buf_printf(page, why, "</p>\n"));
}

void
callback_server_respond(struct callback_server *s,
			const struct failure *failure)
{
	struct failure ignored;
	struct buf page;

	if (s->redirect_fd < 0)
		return;
	buf_init(&page, MOST_PAGE_BYTES);
	if (write_page(&page, failure, &ignored))
		send_page(s->redirect_fd,
			  failure->kind ? "400 Bad Request" : "200 OK",
			  page.at);
	buf_free(&page);
	close(s->redirect_fd);
	s->redirect_fd = -1;
}

/* The oldest connection without a request makes room. */
static void
accept_client(struct callback_server *s)
{
	struct callback_client *c =
		&s->clients[s->accepted % CALLBACK_SERVER_CLIENTS];
	int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	close_client(c);
	c->fd = fd;
	s->accepted++;
}

/* The query part of "GET /callback?code=... HTTP/1.1"; at NULL for any other
 * request, with the status `*error`. */
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

/* True when this client has sent the request that we wait for. */
static bool
read_client(struct callback_server *s, struct callback_client *c,
	    struct buf *query)
{
	struct failure ignored;
	char *room = buf_reserve(&c->head, ROOM, &ignored);
	ssize_t n = room ? read(c->fd, room, ROOM) : 0;
	const char *error = NULL;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0)
		buf_wrote(&c->head, (size_t)n);
	if (n > 0 && !strstr(c->head.at, "\r\n\r\n"))
		return false;
	struct slice query_part = { NULL, 0 };
	if (n > 0)
		query_part = query_of(buf_slice(&c->head), s->path, &error);
	if (!query_part.at || !buf_add_slice(query, query_part, &ignored)) {
		if (n > 0)
			send_page(c->fd, error, "");
		close_client(c);
		return false;
	}
	s->redirect_fd = c->fd;
	c->fd = -1;
	return true;
}

static bool
poll_once(struct callback_server *s, int wait_ms, struct buf *query,
	  bool *received, struct failure *why)
{
	struct pollfd all[CALLBACK_SERVER_CLIENTS + 1];

	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS; i++)
		all[i] = (struct pollfd){ .fd = s->clients[i].fd,
					  .events = POLLIN };
	all[CALLBACK_SERVER_CLIENTS] =
		(struct pollfd){ .fd = s->fd, .events = POLLIN };
	if (poll(all, LENGTH(all), wait_ms) < 0)
		return errno == EINTR || fail_errno(why, "poll");
	for (size_t i = 0; i < CALLBACK_SERVER_CLIENTS && !*received; i++)
		if (all[i].revents)
			*received = read_client(s, &s->clients[i], query);
	if (all[CALLBACK_SERVER_CLIENTS].revents && !*received)
		accept_client(s);
	return true;
}

bool
callback_server_wait(struct callback_server *s, int64_t most_ms,
		     struct buf *query, struct failure *why)
{
	int64_t end_ms = clock_monotonic_ms() + most_ms, left_ms = most_ms;
	bool received = false;

	while (!received && left_ms > 0) {
		/* the option's range, in ms, fits into an int */
		if (!poll_once(s, (int)left_ms, query, &received, why))
			return false;
		left_ms = end_ms - clock_monotonic_ms();
	}
	stop_listening(s);
	if (received)
		return true;
	return fail(why, FAILURE_LATER,
		    "no browser came back from Intuit's page within %lld s",
		    (long long)(most_ms / 1000));
}
