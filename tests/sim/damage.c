#include "damage.h"
#include "base/gzip.h"
#include "pen.h"
#include "refusal.h"

static const struct {
	const char *code, *type, *message, *detail;
} faults[] = {
	{ "120", "AuthorizatonFault", "Authorization Failure",
	  "AuthorizationFailure: You do not have access to this company" },
	{ "3001", "SERVICE",
	  "message=ThrottleExceeded; errorCode=003001; statusCode=429",
	  "The request limit was reached.  Try again later" },
	{ "4002", "ValidationFault", "Error processing query",
	  "QueryProcessingError: To email address entered is invalid" },
	{ "5020", "ValidationFault", "Permission Denied Error",
	  "Permission Denied Error : You do not have the access rights to use "
	  "this feature." },
	{ "610", "ValidationFault", "Object Not Found", "Object Not Found" },
	{ "6002", "SystemFault", "Gateway Timeout", "GatewayTimeout" },
	{ "6190", "ValidationFault", "Invalid Company Status",
	  "Subscription period has ended or canceled or there was a billing "
	  "problem" },
	{ "7001", "ValidationFault", "Company subscription lapsed",
	  "The company's subscription has lapsed" },
	{ "10000", "SystemFault",
	  "An application error has occurred while processing your request",
	  "System Failure Error" },
};

static void
write_fault(struct buf *to, const char *code, int status, bool json)
{
	struct refusal r = { .status = status,
			     .message = "Business Validation Error",
			     .type = "ValidationFault",
			     .code = *code ? code : "10000" };

	for (size_t i = 0; i < LENGTH(faults); i++)
		if (!strcmp(faults[i].code, r.code)) {
			r.message = faults[i].message;
			r.type = faults[i].type;
			snprintf(r.detail, sizeof(r.detail), "%s",
				 faults[i].detail);
		}
	refusal_write(to, &r, json);
}

/* The web server before QuickBooks: it knows nothing of the API. */
static void
write_page(struct answer *a, int status)
{
	a->intuit = false;
	if (status == 302)
		snprintf(a->location, sizeof(a->location), "/NotFound");
	if (status == 403)
		pen_text(&a->body, "<html>\r\n<head><title>403 Forbidden"
				   "</title></head>\r\n<body>\r\n<center><h1>"
				   "403 Forbidden</h1></center>\r\n<hr><center>"
				   "nginx</center>\r\n</body>\r\n</html>\r\n");
	else
		pen_format(
			&a->body,
			"<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">"
			"\n<html><head>\n<title>%d %s</title>\n</head><body>"
			"\n<h1>%s</h1>\n</body></html>\n",
			status, status == 404 ? "Not Found" : "Found",
			status == 404 ? "Not Found" : "Found");
}

static void
write_html(struct answer *a, int status)
{
	buf_clear(&a->body);
	a->type = "text/html";
	if (status == 302 || status == 403 || status == 404)
		write_page(a, status);
	else if (status == 503 || status == 200)
		pen_text(&a->body,
			 "<html><head><title>We'll be back soon</title></head>"
			 "<body><h1>We'll be back soon</h1></body></html>\n");
	else
		pen_format(&a->body,
			   "<html>\r\n<head><title>%d Bad Gateway</title>"
			   "</head>\r\n<body>\r\n<center><h1>%d Bad Gateway"
			   "</h1></center>\r\n<hr><center>nginx</center>\r\n"
			   "</body>\r\n</html>\r\n",
			   status, status);
}

/* As each status was seen to come: QUIRKS.md, "Faults". */
static const char *
usual_body(int64_t status)
{
	switch (status) {
	case 429:
	case 504:
		return "xml";
	case 502:
	case 503:
		return "html";
	default:
		return "json";
	}
}

static const char *
usual_code(int64_t status)
{
	return status == 429 ? "3001" : status == 504 ? "6002" : "10000";
}

void
damage_status(struct answer *a, bool json)
{
	const struct script_verdict *v = &a->verdict;
	const char *body = v->body[0] ? v->body : usual_body(v->status);
	bool as_json = json && strcmp(body, "xml") != 0;

	buf_clear(&a->body);
	a->status = (int)v->status; /* three digits */
	a->retry_after = v->retry_after;
	a->type =
		as_json ? "application/json;charset=utf-8" : "application/xml";
	if (!strcmp(body, "empty"))
		return;
	if (!strcmp(body, "html")) {
		write_html(a, a->status);
	} else if (v->status == 401 && !v->code[0]) {
		a->wants_login = true;
		refusal_write_gateway(&a->body, as_json, 401,
				      "AuthenticationFailed", "3200",
				      "Token expired", "AUTHENTICATION");
	} else if (v->status == 401 && !strcmp(v->code, "130")) {
		a->type = "application/xml";
		refusal_write_cluster(&a->body);
	} else if (v->status == 403 && !v->code[0]) {
		refusal_write_gateway(&a->body, as_json, 403,
				      "ApplicationAuthorizationFailed", "3100",
				      NULL, "SERVICE");
	} else {
		write_fault(&a->body,
			    v->code[0] ? v->code : usual_code(v->status),
			    a->status, as_json);
	}
}

/* The first comma between two rows past the middle becomes a space. */
static void
drop_comma(struct buf *body)
{
	for (size_t i = body->len / 2; i + 2 < body->len; i++)
		if (!memcmp(body->at + i, "},{", 3)) {
			body->at[i + 1] = ' ';
			return;
		}
	char *any = memchr(body->at, ',', body->len);
	if (any)
		*any = ' ';
}

/* Where `text` begins for the last time, or NULL. */
static char *
find_last(struct buf *body, const char *text)
{
	char *last = NULL, *at = body->at;
	size_t len = strlen(text);

	while (at && (at = memmem(at, (size_t)(body->at + body->len - at), text,
				  len)))
		last = at++;
	return last;
}

/* A Fault where the rows belong. */
static void
write_fault_inside(struct answer *a)
{
	struct buf fault;

	buf_init(&fault, SIM_MOST_BODY);
	write_fault(&fault, a->verdict.code, 200, true);
	const char *time = find_last(&fault, ",\"time\":");
	if (time) {
		fault.len = (size_t)(time - fault.at);
		pen_text(&fault, "}");
	}
	buf_clear(&a->body);
	pen_text(&a->body, a->entities ? "{\"CDCResponse\":[{"
					 "\"QueryResponse\":["
				       : "{\"QueryResponse\":");
	pen_bytes(&a->body, fault.at, fault.len);
	pen_text(&a->body, a->entities ? "]}],\"time\":\"" : ",\"time\":\"");
	refusal_write_now(&a->body);
	pen_text(&a->body, "\"}");
	buf_free(&fault);
}

static void
write_empty_response(struct buf *body)
{
	buf_clear(body);
	pen_text(body, "{\"QueryResponse\":{},\"time\":\"");
	refusal_write_now(body);
	pen_text(body, "\"}");
}

static void
drop_time(struct buf *body)
{
	const char *time = find_last(body, "\"time\":\"");

	if (!time)
		return;
	body->len = (size_t)(time - body->at);
	pen_text(body, "\"time\":\"a while ago\"}");
}

/* "2025-01-31T10:00:00-08:00" loses what follows its seconds. */
static void
drop_offsets(struct buf *body)
{
	static const char name[] = "\"LastUpdatedTime\":\"";
	enum { SECONDS = 19, OFFSET = 6 };
	size_t kept = 0, skip_at = 0;

	for (size_t i = 0; i < body->len; i++) {
		if (body->len - i > sizeof(name) + SECONDS + OFFSET &&
		    !memcmp(body->at + i, name, sizeof(name) - 1) &&
		    body->at[i + sizeof(name) - 1 + 10] == 'T')
			skip_at = i + sizeof(name) - 1 + SECONDS;
		if (skip_at && i >= skip_at && i < skip_at + OFFSET)
			continue;
		body->at[kept++] = body->at[i];
	}
	body->len = kept;
}

/* Behind the object or array that begins here. */
static const char *
behind_value(const char *at, const char *end)
{
	bool text = false;
	int depth = 0;

	for (; at < end; at++) {
		if (text && *at == '\\')
			at++;
		else if (*at == '"')
			text = !text;
		else if (!text && (*at == '{' || *at == '['))
			depth++;
		else if (!text && (*at == '}' || *at == ']') && !--depth)
			return at + 1;
	}
	return end;
}

static void
keep_one_object(struct buf *body)
{
	char *array = memmem(body->at, body->len, "\":[{", 4);
	const char *end = body->at + body->len;

	if (!array)
		return;
	array += 2;
	const char *row_end = behind_value(array + 1, end);
	const char *array_end = behind_value(array, end);
	size_t row = (size_t)(row_end - array - 1);
	size_t rest = (size_t)(end - array_end);
	memmove(array, array + 1, row);
	memmove(array + row, array_end, rest);
	body->len = (size_t)(array - body->at) + row + rest;
}

enum { BOMB_PARTS = 256, BOMB_PART = 1024 * 1024 };

static void
compress(struct buf *body, bool bomb)
{
	struct failure why;
	struct gzip_out gzip;
	struct buf packed;
	bool good;

	buf_init(&packed, SIM_MOST_BODY);
	gzip_out_init(&gzip, bomb ? 6 : 1);
	good = gzip_deflate(&gzip, buf_slice(body), &packed, &why);
	if (bomb) {
		char *spaces = base_realloc(NULL, BOMB_PART);

		memset(spaces, ' ', BOMB_PART);
		for (int i = 0; good && i < BOMB_PARTS; i++)
			good = gzip_deflate(&gzip,
					    (struct slice){ spaces, BOMB_PART },
					    &packed, &why);
		free(spaces);
	}
	if (!good || !gzip_out_end(&gzip, &packed, &why))
		BUG("a body that gzip does not take");
	gzip_out_free(&gzip);
	buf_free(body);
	*body = packed;
}

static void
shorten(struct buf *body, size_t len)
{
	body->len = len;
}

static void
damage_gzip(struct answer *a)
{
	enum script_damage damage = a->verdict.damage;

	a->gzip = a->gzip || damage >= SCRIPT_GZIP_CUT;
	if (!a->gzip || damage == SCRIPT_GZIP_NOT)
		return;
	compress(&a->body, damage == SCRIPT_GZIP_BOMB);
	if (damage == SCRIPT_GZIP_CUT)
		shorten(&a->body, a->body.len - a->body.len / 3 - 1);
	if (damage == SCRIPT_GZIP_CRC)
		a->body.at[a->body.len - 8] ^= 1;
	if (damage == SCRIPT_GZIP_GARBAGE)
		pen_text(&a->body, "garbage");
}

void
damage_body(struct answer *a)
{
	switch (a->verdict.damage) {
	case SCRIPT_HTML:
		write_html(a, 200);
		break;
	case SCRIPT_EMPTY:
		buf_clear(&a->body);
		break;
	case SCRIPT_FAULT:
		buf_clear(&a->body);
		write_fault(&a->body, a->verdict.code, 200, true);
		break;
	case SCRIPT_FAULT_INSIDE:
		write_fault_inside(a);
		break;
	case SCRIPT_NO_TIME:
		drop_time(&a->body);
		break;
	case SCRIPT_NO_OFFSET:
		drop_offsets(&a->body);
		break;
	case SCRIPT_ONE_OBJECT:
		keep_one_object(&a->body);
		break;
	case SCRIPT_EMPTY_RESPONSE:
		write_empty_response(&a->body);
		break;
	case SCRIPT_CUT_JSON:
		shorten(&a->body, a->body.len * 2 / 3);
		break;
	case SCRIPT_NO_COMMA:
		drop_comma(&a->body);
		break;
	default:
		break;
	}
	if (a->body.len)
		damage_gzip(a);
}
