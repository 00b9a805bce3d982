#include "quickbooks/call.h"
#include "http/client.h"

enum { MOST_URL_BYTES = 64 * 1024, MOST_STATEMENT_BYTES = 16 * 1024 };

void
qbo_call_init(struct qbo_call *call)
{
	*call = (struct qbo_call){ 0 };
	buf_init(&call->statement, MOST_STATEMENT_BYTES);
	buf_init(&call->url, MOST_URL_BYTES);
	buf_init(&call->body, QBO_CALL_MOST_BYTES);
	query_response_init(&call->response);
	change_response_init(&call->changes);
}

void
qbo_call_clear(struct qbo_call *call)
{
	if (call->pending)
		BUG("a call is cleared that is not done");
	buf_clear(&call->statement);
	buf_clear(&call->url);
	buf_clear(&call->body);
	call->done = call->must_split = call->this_call_only = false;
	call->may_be_row = call->absent = call->include_refused = false;
	call->changed = NULL;
	call->include = NULL;
	call->by_created = false;
	call->path = call->member = NULL;
	call->why = (struct failure){ 0 };
	call->took_ms = 0;
	call->tries = 0;
	call->calls = call->most_tries = 0;
}

void
qbo_call_free(struct qbo_call *call)
{
	buf_free(&call->statement);
	buf_free(&call->url);
	buf_free(&call->body);
	query_response_free(&call->response);
	change_response_free(&call->changes);
}

bool
qbo_call_address(struct qbo_call *call, const char *base, const char *realm,
		 struct failure *why)
{
	size_t len = strlen(base);
	bool is_query = !call->changed && !call->path;

	while (len && base[len - 1] == '/')
		len--;
	buf_clear(&call->url);
	if (!buf_add(&call->url, base, len, why) ||
	    !buf_printf(&call->url, why, "/v3/company/%s/%s?%s", realm,
			is_query        ? "query"
			: call->changed ? "cdc"
					: call->path,
			is_query ? "query=" : ""))
		return false;
	/* the others have parameters of the URL as they are */
	if (!(is_query ? http_url_escape(&call->url,
					 buf_slice(&call->statement), why)
		       : buf_add_slice(&call->url, buf_slice(&call->statement),
				       why)))
		return false;
	if (call->include &&
	    !buf_printf(&call->url, why, "&include=%s", call->include))
		return false;
	return buf_printf(&call->url, why, "&minorversion=%d",
			  QUERY_MINOR_VERSION);
}
