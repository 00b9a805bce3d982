#include "auth/company_info.h"
#include "auth/monthly_count.h"
#include "auth/session.h"
#include "base/clock.h"
#include "http/api_fault.h"

enum {
	MOST_URL_BYTES = 8192,
	MOST_RESPONSE_BYTES = 256 * 1024,
	TIMEOUT_MS = 10000,
	MINOR_VERSION = 75, /* as in quickbooks/query.h */
};

/* {"CompanyInfo":{"CompanyName":"..."},"time":"..."} */
static bool
find_member(struct slice object, const char *name, struct slice *value,
	    struct failure *why)
{
	struct slice key, one;
	struct json j;

	*value = (struct slice){ NULL, 0 };
	json_begin(&j, object);
	if (json_object(&j))
		while (json_key(&j, &key) && json_value(&j, &one))
			if (slice_is(key, name))
				*value = one;
	return json_end(&j, why) &&
	       (value->at || fail(why, FAILURE_DATA, "%s is missing", name));
}

static bool
take_name(const struct http_response *r, struct buf *name, struct failure *why)
{
	char fault[API_FAULT_TEXT];
	struct slice body = buf_slice(&r->body), info, value;

	if (!r->status)
		return fail(why, FAILURE_LATER, "%s", r->error);
	api_fault_describe(body, fault);
	if (r->status != 200 || fault[0])
		return fail(why, FAILURE_LATER, "HTTP %d%s%s", r->status,
			    fault[0] ? ", " : "", fault);
	return find_member(body, "CompanyInfo", &info, why) &&
	       find_member(info, "CompanyName", &value, why) &&
	       json_unquote(value, name, why) &&
	       (name->len || fail(why, FAILURE_DATA, "CompanyName is empty"));
}

static bool
request(const struct session *s, const char *url, struct buf *authorization,
	struct buf *name, bool *metered, struct failure *why)
{
	const char *const headers[] = { "Accept: application/json",
					authorization->at, NULL };
	const struct http_request request = {
		.url = url,
		.headers = headers,
		.own_connection = true, /* libcurl repeats nothing */
		.most_bytes = MOST_RESPONSE_BYTES,
		.most_ms = TIMEOUT_MS,
	};
	struct http_response response;

	http_response_init(&response);
	bool done = http_client_start(s->http, &request, &response, why);
	while (done && !response.done)
		done = http_client_run(s->http, TIMEOUT_MS, -1, NULL, why);
	*metered = done && response.status == 200;
	done = done && take_name(&response, name, why);
	http_client_cancel(&response);
	http_response_free(&response);
	return done;
}

static bool
ask(const struct session *s, struct buf *name, bool *metered,
    struct failure *why)
{
	const char *base = s->settings.api_url;
	size_t len = strlen(base);
	struct buf url, authorization;

	*metered = false;
	while (len && base[len - 1] == '/')
		len--;
	buf_init(&url, MOST_URL_BYTES);
	buf_init(&authorization, 2 * TOKENS_LONGEST);
	bool done = buf_add(&url, base, len, why) &&
		    buf_printf(&url, why,
			       "/v3/company/%s/companyinfo/%s?minorversion=%d",
			       s->settings.realm, s->settings.realm,
			       MINOR_VERSION) &&
		    buf_printf(&authorization, why, "Authorization: Bearer ") &&
		    buf_add_slice(&authorization, buf_slice(&s->tokens.access),
				  why) &&
		    request(s, url.at, &authorization, name, metered, why);
	tokens_wipe_free(&authorization);
	buf_free(&url);
	return done;
}

/* Counted before it is sent, and given back unless it is metered. */
static bool
ask_counted(const struct session *s, struct buf *name, struct failure *why)
{
	const struct settings *settings = &s->settings;
	struct monthly_count count;
	struct failure trouble;
	bool counted, metered;

	monthly_count_init(&count, settings->env, settings->client_id,
			   monthly_count_month(clock_now_us()));
	counted = monthly_count_change(&count, 1, settings->monthly_calls,
				       &trouble);
	if (!counted && settings->monthly_calls) {
		*why = trouble;
		return false;
	}
	bool done = ask(s, name, &metered, why);
	if (counted && !metered)
		(void)!monthly_count_change(&count, -1, 0, &trouble);
	return done;
}

bool
company_info_learn(const struct settings *s, struct http_client *http,
		   struct failure *why)
{
	struct session session;
	struct buf name;
	bool done = false;

	buf_init(&name, MOST_RESPONSE_BYTES);
	if (session_open(&session, s, http, why)) {
		done = session.tokens.access.len ||
		       fail(why, FAILURE_LOGIN, "there is no access token");
		done = done && ask_counted(&session, &name, why) &&
		       company_name_store(s, session.store.file.folder,
					  buf_slice(&name), why);
		session_close(&session);
	}
	buf_free(&name);
	return done;
}
