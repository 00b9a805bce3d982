#include "shown.h"
#include "diag.h"

static bool on;

void
shown_on(bool is)
{
	on = is;
}

/* Control characters, which a terminal would obey, become dots. */
static void
copy(char *to, size_t room, struct slice from)
{
	size_t len = from.len < room ? from.len : room - 1;

	for (size_t i = 0; i < len; i++)
		to[i] = from.at[i] >= 0x20 && from.at[i] < 0x7f ? from.at[i]
								: '.';
	to[len] = '\0';
}

void
shown_request(const char *method, const char *url)
{
	char address[SHOWN_LINE];

	if (!on)
		return;
	copy(address, sizeof(address),
	     (struct slice){ url, strcspn(url, "?#") });
	diag_warn("http > %s %s", method, address);
}

static bool
is_listed(struct slice name)
{
	static const char *const listed[] = {
		"Cache-Control",  "Connection",        "Content-Encoding",
		"Content-Length", "Content-Type",      "Date",
		"intuit_tid",     "QBO-Version",       "Retry-After",
		"Server",         "Transfer-Encoding",
	};

	for (size_t i = 0; i < LENGTH(listed); i++)
		if (strlen(listed[i]) == name.len &&
		    !strncasecmp(listed[i], name.at, name.len))
			return true;
	return false;
}

void
shown_line(struct slice line, char text[SHOWN_LINE])
{
	enum { STATUS_LINE = sizeof("HTTP/1.1 200") - 1 };
	const char *colon = memchr(line.at, ':', line.len);
	struct slice name = { line.at, colon ? (size_t)(colon - line.at) : 0 };

	while (line.len && strchr("\r\n", line.at[line.len - 1]))
		line.len--;
	if (slice_begins(line, "HTTP/") && line.len > STATUS_LINE)
		line.len = STATUS_LINE; /* the rest is free text */
	else if (line.len && !slice_begins(line, "HTTP/") && !is_listed(name))
		line = name;
	copy(text, SHOWN_LINE, line);
}

void
shown_header(struct slice line)
{
	char text[SHOWN_LINE];

	if (!on)
		return;
	shown_line(line, text);
	if (*text)
		diag_warn("http < %s", text);
}
