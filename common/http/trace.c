#include "http/trace.h"
#include "base/log.h"

static bool enabled;

void
http_trace_enable(bool on)
{
	enabled = on;
}

void
http_trace_request(const char *method, const char *url)
{
	char address[HTTP_TRACE_LINE];

	if (!enabled)
		return;
	slice_printable((struct slice){ url, strcspn(url, "?#") }, address,
			sizeof(address));
	log_warn("http > %s %s", method, address);
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
http_trace_redact(struct slice line, char text[HTTP_TRACE_LINE])
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
	slice_printable(line, text, HTTP_TRACE_LINE);
}

void
http_trace_header(struct slice line)
{
	char text[HTTP_TRACE_LINE];

	if (!enabled)
		return;
	http_trace_redact(line, text);
	if (*text)
		log_warn("http < %s", text);
}
